/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/* The guard's checks of what QEMU is: target, symbols, class layout, build. */
#define _GNU_SOURCE

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "abi_guard.h"

const char *const presil_guard_test_names[GUARD_TESTS] = {
    [GUARD_TEST_TARGET]        = "target",
    [GUARD_TEST_SYMBOL]        = "symbol",
    [GUARD_TEST_IDS]           = "ids",
    [GUARD_TEST_SLOTS]         = "slots",
    [GUARD_TEST_TYPE_INFO]     = "type-info",
    [GUARD_TEST_REGION_SIZE]   = "region-size",
    [GUARD_TEST_SPACE_SIZE]    = "space-size",
    [GUARD_TEST_TIMER_SIZE]    = "timer-size",
    [GUARD_TEST_NOTIFIER_SIZE] = "notifier-size",
    [GUARD_TEST_OPS]           = "ops",
    [GUARD_TEST_ATTRS]         = "attrs",
    [GUARD_TEST_BUILD_ID]      = "build-id",
};

/* Builds of qemu-system-x86_64 that this module was tested with. */
static const struct {
    const char *version;
    const char *build_id;
} tested_builds[] = {
    {"Debian 1:10.0.13+ds-0+deb13u1",
     "e5588a4ae9dc724ce182d9d2421089e0668fd1bd"},
    {"Debian 1:11.1.3+ds-1~bpo13+1",
     "fc693c98cb6d8b9e45f9a391a4a94a17863053a5"},
};

/* ------------------------------------------------------- target, symbols ---- */

static bool check_target(const qemu_info_t *info, PresilGuardTest test,
                         PresilMismatch *mismatch)
{
    const char *expected = test == GUARD_TEST_TARGET ? "sparc64" : "x86_64";

    if (!info->system_emulation || strcmp(info->target_name, expected)) {
        return presil_mismatch(mismatch,
                               "target is %s%s, expected %s system emulation",
                               info->target_name,
                               info->system_emulation ? "" : " user emulation",
                               expected);
    }
    return true;
}

#define PRESIL_SYMBOL(result, name, arguments) {#name, (const void *)&(name)},
static const struct {
    const char *name;
    const void *address;
} symbols[] = {PRESIL_QEMU_FUNCTIONS(PRESIL_SYMBOL){"use_icount", &use_icount}};
#undef PRESIL_SYMBOL

static bool check_symbols(PresilGuardTest test, PresilMismatch *mismatch)
{
    char missing[160] = "";
    size_t used = 0;

    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        const bool pretend = test == GUARD_TEST_SYMBOL &&
                             !strcmp(symbols[i].name, "pci_register_bar");

        if ((!symbols[i].address || pretend) && used < sizeof(missing)) {
            used += (size_t)snprintf(missing + used, sizeof(missing) - used,
                                     " %s", symbols[i].name);
        }
    }
    return !missing[0] || presil_mismatch(mismatch, "it lacks%s", missing);
}

/* ----------------------------------------------------------- class layout ---- */

/* Copies memory that may not be there; false: it is not. */
static bool copy_memory(void *to, const void *from, size_t bytes)
{
    int ends[2];
    bool ok;

    if (pipe(ends) < 0) {
        return false;
    }
    /* write() tells EFAULT where a plain read would end QEMU. */
    ok = write(ends[1], from, bytes) == (ssize_t)bytes &&
         read(ends[0], to, bytes) == (ssize_t)bytes;
    close(ends[0]);
    close(ends[1]);
    return ok;
}

/* No class of a PCI device is known to put its ids further on. */
#define CLASS_SEARCH_BYTES 512

typedef struct KnownDevice {
    const char *name;
    uint16_t vendor_id, device_id, class_id;
} KnownDevice;

/* Finds the one place where a known device's class holds its ids. */
static bool find_class_part(const KnownDevice *device, size_t *offset,
                            PresilMismatch *mismatch)
{
    const ObjectClass *klass = object_class_by_name(device->name);
    char copy[CLASS_SEARCH_BYTES];
    unsigned found = 0;

    if (!klass) {
        return presil_mismatch(mismatch, "it has no device %s to compare with",
                               device->name);
    }
    for (size_t at = 0; at + sizeof(PCIClassPart) <= sizeof(copy);
         at += sizeof(void *)) {
        PCIClassPart part;

        if (!copy_memory(&part, (const char *)klass + at, sizeof(part))) {
            break;
        }
        if (part.vendor_id == device->vendor_id &&
            part.device_id == device->device_id &&
            part.class_id == device->class_id) {
            *offset = at;
            found++;
        }
    }
    return found == 1 ||
           presil_mismatch(mismatch,
                           "the ids of %s were found %u times in its class, "
                           "expected once",
                           device->name, found);
}

static bool check_ids(PresilGuardTest test, size_t *offset,
                      PresilMismatch *mismatch)
{
    const KnownDevice first = {"edu", 0x1234, 0x11e8, 0x00ff};
    const KnownDevice second = {
        "e1000e", 0x8086, test == GUARD_TEST_IDS ? 0x10d4 : 0x10d3, 0x0200};
    size_t second_offset;

    if (!find_class_part(&first, offset, mismatch) ||
        !find_class_part(&second, &second_offset, mismatch)) {
        return false;
    }
    return *offset == second_offset ||
           presil_mismatch(mismatch, "%s has its ids at %zu and %s at %zu",
                           first.name, *offset, second.name, second_offset);
}

/* A callback that is known to stand in a class. */
typedef struct KnownSlot {
    const char *device;
    const char *slot;
    size_t offset; /* in PCIClassPart */
    const void *function;
    const char *function_name;
} KnownSlot;

#define KNOWN_SLOT(device, slot, function)                                     \
    {device, #slot, offsetof(PCIClassPart, slot), (const void *)(function),    \
     #function}

/* The fourth slot, exit, lies between those of realize and config_read. */
static bool check_slots(PresilGuardTest test, size_t offset,
                        PresilMismatch *mismatch)
{
    const KnownSlot slots[] = {
        KNOWN_SLOT("ich9-usb-uhci1", realize, usb_uhci_common_realize),
        KNOWN_SLOT("vfio-pci", config_read, vfio_pci_read_config),
        KNOWN_SLOT("i82801b11-bridge", config_write, pci_bridge_write_config),
    };

    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        const KnownSlot *slot = &slots[i];
        const ObjectClass *klass = object_class_by_name(slot->device);
        const void *found;

        if (!klass) {
            return presil_mismatch(mismatch,
                                   "it has no device %s to compare with",
                                   slot->device);
        }
        memcpy(&found, (const char *)klass + offset + slot->offset,
               sizeof(found));
        if (found != slot->function || test == GUARD_TEST_SLOTS) {
            return presil_mismatch(mismatch, "%s of %s is not %s", slot->slot,
                                   slot->device, slot->function_name);
        }
    }
    return true;
}

/* ------------------------------------------------------------------ build ---- */

typedef struct BuildId {
    char hex[2 * 64 + 1];
} BuildId;

/* The first object that is walked is the program itself. */
static int read_build_id(struct dl_phdr_info *object, size_t size, void *data)
{
    BuildId *id = data;

    (void)size;
    for (unsigned i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        const char *at = (const char *)object->dlpi_addr + segment->p_vaddr;
        const char *end = at + segment->p_memsz;

        while (segment->p_type == PT_NOTE &&
               at + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
            const unsigned char *bytes = (const unsigned char *)at +
                                         sizeof(*note) +
                                         ((note->n_namesz + 3) & ~3u);

            if (note->n_type == NT_GNU_BUILD_ID && note->n_descsz <= 64) {
                for (unsigned b = 0; b < note->n_descsz; b++) {
                    sprintf(id->hex + (size_t)2 * b, "%02x", bytes[b]);
                }
                return 1;
            }
            at = (const char *)bytes + ((note->n_descsz + 3) & ~3u);
        }
    }
    return 1;
}

static void warn_if_untested(PresilGuardTest test, const char *version)
{
    BuildId id = {""};

    dl_iterate_phdr(read_build_id, &id);
    for (size_t i = 0; i < sizeof(tested_builds) / sizeof(tested_builds[0]);
         i++) {
        if (!strcmp(id.hex, tested_builds[i].build_id) &&
            test != GUARD_TEST_BUILD_ID) {
            return;
        }
    }
    fprintf(stderr,
            "presil-pci: warning: QEMU %s (build %s) passed all checks, but "
            "was not tested with this module\n",
            version, id.hex[0] ? id.hex : "without id");
}

/* ------------------------------------------------------------------ guard ---- */

static void describe_version(char *text, size_t bytes)
{
    const VersionInfo *info = qmp_query_version ? qmp_query_version(NULL) : NULL;

    if (!info) {
        snprintf(text, bytes, "of unknown version");
        return;
    }
    /* Lives as long as QEMU; a few bytes once. */
    snprintf(text, bytes, "%d.%d.%d (%s)", (int)info->qemu->major,
             (int)info->qemu->minor, (int)info->qemu->micro, info->package);
}

bool presil_guard_pass(const qemu_info_t *info, PresilGuardTest test,
                       size_t *class_offset)
{
    PresilMismatch mismatch = {""};
    char version[96];

    describe_version(version, sizeof(version));
    if (!check_target(info, test, &mismatch) ||
        !check_symbols(test, &mismatch) ||
        !check_ids(test, class_offset, &mismatch) ||
        !check_slots(test, *class_offset, &mismatch) ||
        !presil_guard_selftest(test, &mismatch)) {
        fprintf(stderr,
                "presil-pci: refusing to load into QEMU %s: %s; this module "
                "does not fit that QEMU\n",
                version, mismatch.text);
        return false;
    }
    warn_if_untested(test, version);
    return true;
}
