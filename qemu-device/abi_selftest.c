/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * The guard's live checks: types, memory regions, timers and notifiers of our
 * own, in a private address space, with canaries round every opaque buffer.
 *
 * QEMU may free or walk such objects later, so all of them are static.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "abi_guard.h"

MemTxAttrs presil_ram_only;

/* ---------------------------------------------------------------- canaries ---- */

#define CANARY_BYTES 256
#define CANARY       0xa5

/* Room for one opaque object, with a canary on both sides. */
#define GUARDED(name, bytes)                                                   \
    static struct {                                                            \
        _Alignas(64) unsigned char before[CANARY_BYTES];                       \
        unsigned char room[bytes];                                             \
        unsigned char after[2 * CANARY_BYTES];                                 \
    } name

#define guard(object) guard_bytes(&(object), sizeof(object))

static void guard_bytes(void *object, size_t bytes)
{
    memset(object, CANARY, bytes);
}

static bool intact(const unsigned char *bytes, const unsigned char *end)
{
    while (bytes < end && *bytes == CANARY) {
        bytes++;
    }
    return bytes == end;
}

/*
 * Checks the canaries. For the guard's own test `assumed` is less than the
 * room: what QEMU writes beyond it counts as damage.
 */
#define check_canaries(object, assumed, what, mismatch)                        \
    ((intact((object).before, (object).before + CANARY_BYTES) &&               \
      intact((object).room + (assumed),                                        \
             (object).after + sizeof((object).after))) ||                      \
     presil_mismatch(mismatch, "its %s does not fit into %zu bytes", what,     \
                     (size_t)(assumed)))

/* ---------------------------------------------------------------- TypeInfo ---- */

static const void *seen_class_data;

static void probe_class_init(ObjectClass *klass, const void *data)
{
    (void)klass;
    seen_class_data = data;
}

static bool check_type_info(PresilGuardTest test, PresilMismatch *mismatch)
{
    static const char data[] = "presil";
    static TypeInfo type = {
        .name = "presil-abi-probe",
        .parent = "object",
        .abstract = true,
        .class_init = probe_class_init,
        .class_data = data,
    };

    if (test == GUARD_TEST_TYPE_INFO) {
        type.class_base_init = type.class_init;
        type.class_init = NULL;
    }
    type_register_static(&type);
    if (!object_class_by_name(type.name) || seen_class_data != data) {
        return presil_mismatch(mismatch, "its TypeInfo is laid out otherwise");
    }
    return true;
}

/* --------------------------------------------------------- memory accesses ---- */

#define SPACE_BYTES 8192
#define RAM_OFFSET  4096

GUARDED(root_region, PRESIL_MEMORY_REGION_BYTES);
GUARDED(io_region, PRESIL_MEMORY_REGION_BYTES);
GUARDED(ram_region, PRESIL_MEMORY_REGION_BYTES);
GUARDED(space, PRESIL_ADDRESS_SPACE_BYTES);
static _Alignas(4096) unsigned char ram[4096];

/* The latest access that our ops saw. */
static struct {
    void *opaque;
    hwaddr addr;
    uint64_t data;
    unsigned size;
    unsigned count;
} seen;

static uint64_t pattern(hwaddr addr)
{
    return UINT64_C(0x0123456789abcdef) ^ (addr * UINT64_C(0x0101010101010101));
}

static uint64_t mask(unsigned size)
{
    return size == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
}

static uint64_t probe_read(void *opaque, hwaddr addr, unsigned size)
{
    seen.opaque = opaque;
    seen.addr = addr;
    seen.size = size;
    seen.count++;
    return pattern(addr) & mask(size);
}

static void probe_write(void *opaque, hwaddr addr, uint64_t data,
                        unsigned size)
{
    seen.opaque = opaque;
    seen.addr = addr;
    seen.data = data;
    seen.size = size;
    seen.count++;
}

static MemoryRegionOps probe_ops = {
    .read = probe_read,
    .write = probe_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {.min_access_size = 1, .max_access_size = 8, .unaligned = true},
    .impl = {.min_access_size = 1, .max_access_size = 8, .unaligned = true},
};

static MemTxResult access_space(hwaddr addr, MemTxAttrs attrs, void *data,
                                unsigned size, bool is_write)
{
    memset(&seen, 0, sizeof(seen));
    return address_space_rw((AddressSpace *)space.room, addr, attrs, data, size,
                            is_write);
}

static bool saw_once(hwaddr addr, unsigned size)
{
    return seen.count == 1 && seen.opaque == &seen && seen.addr == addr &&
           seen.size == size;
}

static bool check_ops(PresilMismatch *mismatch)
{
    const MemTxAttrs plain = {0};

    for (unsigned size = 1; size <= 8; size *= 2) {
        const hwaddr addr = 16u * size;
        uint64_t data = 0;

        if (access_space(addr, plain, &data, size, false) != MEMTX_OK ||
            !saw_once(addr, size) || data != (pattern(addr) & mask(size))) {
            return presil_mismatch(
                mismatch,
                "a read of %u bytes came as %u accesses of %u bytes at 0x%" PRIx64
                " and gave 0x%" PRIx64,
                size, seen.count, seen.size, seen.addr, data);
        }
        data = pattern(~addr);
        if (access_space(addr, plain, &data, size, true) != MEMTX_OK ||
            !saw_once(addr, size) ||
            seen.data != (pattern(~addr) & mask(size))) {
            return presil_mismatch(
                mismatch,
                "a write of %u bytes came as %u accesses of %u bytes with "
                "0x%" PRIx64,
                size, seen.count, seen.size, seen.data);
        }
    }
    return true;
}

/*
 * One bit of the attributes confines an access to RAM; which one differs by
 * version. Finds the bit that keeps an access from our region, and demands
 * that RAM can still be reached with it.
 */
static bool find_ram_only(PresilGuardTest test, PresilMismatch *mismatch)
{
    const unsigned bits = test == GUARD_TEST_ATTRS ? 4 : 64;
    unsigned found = 0;
    uint64_t data = 0;

    for (unsigned bit = 0; bit < bits; bit++) {
        const MemTxAttrs attrs = {UINT64_C(1) << bit};

        if (access_space(0, attrs, &data, 4, false) != MEMTX_OK &&
            seen.count == 0) {
            presil_ram_only = attrs;
            found++;
        }
    }
    if (found != 1) {
        return presil_mismatch(mismatch,
                               "%u memory attributes confine an access to RAM, "
                               "expected one",
                               found);
    }
    data = pattern(1);
    if (access_space(RAM_OFFSET + 8, presil_ram_only, &data, 8, true) !=
            MEMTX_OK ||
        memcmp(ram + 8, &data, 8)) {
        return presil_mismatch(mismatch,
                               "RAM cannot be written with the attribute that "
                               "confines an access to RAM");
    }
    return true;
}

static bool check_memory(PresilGuardTest test, PresilMismatch *mismatch)
{
    MemoryRegion *const root = (MemoryRegion *)root_region.room;
    MemoryRegion *const io = (MemoryRegion *)io_region.room;
    MemoryRegion *const memory = (MemoryRegion *)ram_region.room;
    const size_t region_bytes = test == GUARD_TEST_REGION_SIZE
                                    ? 64
                                    : PRESIL_MEMORY_REGION_BYTES;
    const size_t space_bytes =
        test == GUARD_TEST_SPACE_SIZE ? 16 : PRESIL_ADDRESS_SPACE_BYTES;
    bool ok;

    if (test == GUARD_TEST_OPS) {
        probe_ops.valid.max_access_size = 4;
        probe_ops.impl.max_access_size = 4;
    }
    guard(root_region);
    guard(io_region);
    guard(ram_region);
    guard(space);
    memory_region_init(root, NULL, "presil-abi-root", SPACE_BYTES);
    memory_region_init_io(io, NULL, &probe_ops, &seen, "presil-abi-io",
                          RAM_OFFSET);
    memory_region_init_ram_ptr(memory, NULL, "presil-abi-ram", sizeof(ram),
                               ram);
    /* A region that outgrew its room is not used any further. */
    if (!check_canaries(root_region, region_bytes, "MemoryRegion", mismatch) ||
        !check_canaries(io_region, region_bytes, "MemoryRegion", mismatch) ||
        !check_canaries(ram_region, region_bytes, "MemoryRegion", mismatch)) {
        return false;
    }
    memory_region_add_subregion(root, 0, io);
    memory_region_add_subregion(root, RAM_OFFSET, memory);
    address_space_init((AddressSpace *)space.room, root, "presil-abi");

    ok = check_canaries(space, space_bytes, "AddressSpace", mismatch) &&
         check_ops(mismatch) && find_ram_only(test, mismatch);

    address_space_destroy((AddressSpace *)space.room);
    memory_region_del_subregion(root, memory);
    memory_region_del_subregion(root, io);
    object_unparent((Object *)memory);
    return ok;
}

/* -------------------------------------------------------- timer, notifier ---- */

GUARDED(timer, PRESIL_TIMER_BYTES);
GUARDED(notifier, sizeof(Notifier));

static void never(void *opaque)
{
    (void)opaque;
}

static bool check_timer(PresilGuardTest test, PresilMismatch *mismatch)
{
    QEMUTimer *const t = (QEMUTimer *)timer.room;
    const size_t bytes = test == GUARD_TEST_TIMER_SIZE ? 16 : PRESIL_TIMER_BYTES;

    guard(timer);
    timer_init_full(t, NULL, QEMU_CLOCK_VIRTUAL, SCALE_NS, 0, never, NULL);
    timer_mod_ns(t, INT64_MAX);
    timer_del(t);
    timer_deinit(t);
    return check_canaries(timer, bytes, "QEMUTimer", mismatch);
}

static bool check_notifier(PresilGuardTest test, PresilMismatch *mismatch)
{
    Notifier *const n = (Notifier *)notifier.room;
    const size_t bytes = test == GUARD_TEST_NOTIFIER_SIZE ? 8
                                                          : sizeof(Notifier);

    guard(notifier);
    qemu_add_exit_notifier(n);
    qemu_remove_exit_notifier(n);
    return check_canaries(notifier, bytes, "Notifier", mismatch);
}

bool presil_guard_selftest(PresilGuardTest test, PresilMismatch *mismatch)
{
    return check_type_info(test, mismatch) && check_timer(test, mismatch) &&
           check_notifier(test, mismatch) && check_memory(test, mismatch);
}
