/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/* The device type: properties, life and death, reset. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "presil_pci.h"

/* Where PCIClassPart lies in a PCI device's class; found by the guard. */
static size_t class_part_offset;
static PresilPci *devices;

PresilPci *presil_pci_find(const void *object)
{
    PresilPci *s = devices;

    while (s && (const void *)s->pci != object) {
        s = s->next;
    }
    return s;
}

/* ---------------------------------------------------------- personality ---- */

/* What is wrong with a personality; NULL: nothing. */
static const char *check_personality(const struct presil_personality *p)
{
    bool taken[PRESIL_LINK_BARS] = {false};

    if (!memchr(p->name, 0, sizeof(p->name))) {
        return "name is not terminated";
    }
    for (const char *c = p->name; *c; c++) {
        if (*c < 0x20 || *c > 0x7e) {
            return "name is not printable";
        }
    }
    if (p->class_code > 0xffffff) {
        return "class code has more than 24 bits";
    }
    if (p->link_speed < 1 || p->link_speed > 6) {
        return "link speed is not 1 .. 6";
    }
    if (!p->link_width || p->link_width > 16 ||
        (p->link_width & (p->link_width - 1))) {
        return "link width is not 1, 2, 4, 8 or 16";
    }
    if (p->msix_vectors > 2048) {
        return "more than 2048 MSI-X vectors";
    }
    for (unsigned i = 0; i < PRESIL_LINK_BARS; i++) {
        const struct presil_bar *bar = &p->bars[i];
        const bool is_64bit = bar->flags & PRESIL_BAR_64BIT;

        if (!bar->size_bytes) {
            continue;
        }
        if (bar->size_bytes < 16 || (bar->size_bytes & (bar->size_bytes - 1))) {
            return "a BAR's size is not a power of two of at least 16";
        }
        if (!is_64bit &&
            (bar->size_bytes >= 1ull << 32 || bar->flags & PRESIL_BAR_PREFETCH)) {
            return "a 32-bit BAR is prefetchable or as large as 4 GiB";
        }
        if (taken[i] || (is_64bit && i + 1 >= PRESIL_LINK_BARS)) {
            return "two BARs in one slot";
        }
        taken[i] = true;
        if (is_64bit) {
            taken[i + 1] = true;
        }
    }
    if (p->msix_vectors &&
        (p->msix_bar >= PRESIL_LINK_BARS || taken[p->msix_bar])) {
        return "the MSI-X BAR is not free";
    }
    if (p->capabilities &
        ~(uint32_t)(PRESIL_CAP_PM | PRESIL_CAP_AER | PRESIL_CAP_FLR)) {
        return "a capability that this version does not offer";
    }
    return NULL;
}

/* --------------------------------------------------------- life and death ---- */

/* The simulator has closed its socket, or sent what does not belong there. */
static void socket_readable(void *opaque)
{
    PresilPci *s = opaque;

    if (presil_link_is_up(&s->link) && presil_link_peer_gone(&s->link)) {
        presil_link_set_down(&s->link, PRESIL_DOWN_CLOSED,
                             "simulator closed the link");
    }
}

/*
 * Tells the simulator that it is over, and waits until it has seen it. How far
 * the guest came between asking for the end and being stopped is the host's
 * affair: QUIT carries the latest time that both sides have seen.
 */
static void quit(PresilPci *s)
{
    const struct presil_message call = {
        .header = {.type = PRESIL_CALL_QUIT, .time_ps = s->link.latest_ps},
    };
    struct presil_message ret;

    if (presil_link_is_up(&s->link) && !presil_link_any_call_in_flight()) {
        if (presil_link_call(&s->link, &call, &ret)) {
            presil_link_set_down(&s->link, PRESIL_DOWN_QUIT, "QEMU ended");
        }
        presil_log(s, "quit", "device_ps=%" PRIu64, s->link.device_ps);
    }
    presil_log_close(s);
}

static void qemu_exits(Notifier *notifier, void *data)
{
    (void)data;
    quit((PresilPci *)((char *)notifier - offsetof(PresilPci, exit_notifier)));
}

static bool check_machine(PresilPci *s, Error **errp)
{
    if (!s->params.socket) {
        error_setg(errp, "presil-pci: needs socket=PATH of a simulator");
        return false;
    }
    if (s->params.free_running && use_icount) {
        error_setg(errp, "presil-pci: free-running=1 goes without -icount");
        return false;
    }
    if (!s->params.free_running && (!use_icount || icount_to_ns(1) != 1)) {
        error_setg(errp, "presil-pci: needs -icount shift=0,sleep=off, or "
                         "free-running=1");
        return false;
    }
    if (!s->params.free_running && qemu_get_cpu(1)) {
        error_setg(errp, "presil-pci: needs a machine with one vCPU");
        return false;
    }
    if (!object_dynamic_cast(
            (Object *)qdev_get_parent_bus((DeviceState *)s->pci), "PCIE")) {
        error_setg(errp, "presil-pci: needs a PCI Express bus; put it behind "
                         "a pcie-root-port");
        return false;
    }
    return true;
}

static bool connect_simulator(PresilPci *s, Error **errp)
{
    char text[256];
    const char *wrong;

    s->link.ops = &presil_link_ops;
    s->link.opaque = s;
    s->link.quantum_ps = s->params.quantum_ns * 1000u;
    s->link.watchdog_ms = s->params.watchdog_ms;
    s->link.spin_ns = s->params.spin_ns;
    if (!presil_link_open(&s->link, s->params.socket, &s->personality, text,
                          sizeof(text))) {
        error_setg(errp, "presil-pci: %s", text);
        return false;
    }
    wrong = check_personality(&s->personality);
    if (wrong) {
        error_setg(errp, "presil-pci: simulator's personality: %s", wrong);
        presil_link_close(&s->link);
        return false;
    }
    return true;
}

static bool block_migration(PresilPci *s, Error **errp)
{
    error_setg(&s->migration_blocker,
               "presil-pci cannot be saved or migrated: the simulator's state "
               "is not part of a snapshot yet");
    return migrate_add_blocker(&s->migration_blocker, errp) >= 0;
}

static void realize(PCIDevice *pci, Error **errp)
{
    PresilPci *s = presil_pci_find(pci);

    if (!check_machine(s, errp) || !presil_log_open(s, errp)) {
        return;
    }
    if (!connect_simulator(s, errp)) {
        goto fail_log;
    }
    if (!presil_config_init(s, errp)) {
        goto fail_link;
    }
    if (!block_migration(s, errp)) {
        goto fail_config;
    }
    s->dma_space = pci_device_iommu_address_space(pci);
    presil_mmio_init(s);
    presil_clock_add(s);
    if (use_icount) {
        presil_idle_jump_init();
    }
    presil_pulse_add(s);
    qemu_set_fd_handler(s->link.socket, socket_readable, NULL, s);
    s->exit_notifier.notify = qemu_exits;
    qemu_add_exit_notifier(&s->exit_notifier);
    s->realized = true;
    presil_log(s, "up",
               "name=%s vendor=0x%04x device=0x%04x quantum_ns=%" PRIu64
               " watchdog_ms=%" PRIu64 " spin_ns=%" PRIu64,
               s->personality.name, s->personality.vendor_id,
               s->personality.device_id, s->params.quantum_ns,
               s->params.watchdog_ms, s->params.spin_ns);
    return;

fail_config:
    presil_config_exit(s);
fail_link:
    presil_link_close(&s->link);
fail_log:
    if (s->log) {
        fclose(s->log);
        s->log = NULL;
    }
}

static void unrealize(PCIDevice *pci)
{
    PresilPci *s = presil_pci_find(pci);

    presil_stall_drop(s);
    presil_clock_remove(s);
    quit(s);
    qemu_remove_exit_notifier(&s->exit_notifier);
    if (s->link.socket >= 0) {
        qemu_set_fd_handler(s->link.socket, NULL, NULL, NULL);
    }
    presil_pulse_remove(s);
    presil_link_close(&s->link);
    migrate_del_blocker(&s->migration_blocker);
    presil_config_exit(s);
    s->realized = false;
}

static void reset(DeviceState *dev)
{
    PresilPci *s = presil_pci_find(dev);
    const uint32_t kind = s->config.in_flr ? PRESIL_RESET_FUNCTION
                                           : PRESIL_RESET_CONVENTIONAL;
    const struct presil_message call = {
        .header = {.type = PRESIL_CALL_RESET, .time_ps = presil_guest_ps()},
        .u.reset = {.kind = kind},
    };
    struct presil_message ret;

    if (!s->realized) {
        return;
    }
    presil_stall_drop(s);
    if (presil_link_is_up(&s->link) && !presil_link_any_call_in_flight()) {
        presil_log(s, "reset", "kind=%s",
                   kind == PRESIL_RESET_FUNCTION ? "function" : "conventional");
        if (presil_link_call(&s->link, &call, &ret)) {
            presil_clock_update(s);
        }
    }
    presil_config_reset(s);
}

/* ------------------------------------------------------------- properties ---- */

typedef struct NumberProperty {
    const char *name;
    const char *text;
    size_t offset; /* in PresilParams */
    uint64_t initial, least, most;
} NumberProperty;

static const NumberProperty number_properties[] = {
    {"quantum", "Step while guest and device both work, ns",
     offsetof(PresilParams, quantum_ns), 10000, 100, PRESIL_SLICE_NS},
    {"watchdog", "Give the simulator up after this long without a sign, ms of "
                 "host time; 0: never",
     offsetof(PresilParams, watchdog_ms), 10000, 0, 86400000},
    {"spin", "Wait for the simulator this long before sleeping, ns of host time",
     offsetof(PresilParams, spin_ns), 20000, 0, 1000000000},
    {"free-running", "1: guest time is the host's, no -icount, several vCPUs",
     offsetof(PresilParams, free_running), 0, 0, 1},
};
#define NUMBER_PROPERTIES                                                      \
    (sizeof(number_properties) / sizeof(number_properties[0]))

static uint64_t *number(Object *obj, const NumberProperty *property)
{
    return (uint64_t *)((char *)&presil_pci_find(obj)->params +
                        property->offset);
}

static void get_number(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    uint64_t value = *number(obj, opaque);

    visit_type_uint64(v, name, &value, errp);
}

static void set_number(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    const NumberProperty *property = opaque;
    uint64_t value;

    if (!visit_type_uint64(v, name, &value, errp)) {
        return;
    }
    if (value < property->least || value > property->most) {
        error_setg(errp,
                   "presil-pci: %s=%" PRIu64 " is not within %" PRIu64
                   " .. %" PRIu64,
                   name, value, property->least, property->most);
        return;
    }
    *number(obj, property) = value;
}

static char *get_socket(Object *obj, Error **errp)
{
    const char *path = presil_pci_find(obj)->params.socket;

    (void)errp;
    return strdup(path ? path : "");
}

static void set_socket(Object *obj, const char *value, Error **errp)
{
    PresilParams *params = &presil_pci_find(obj)->params;

    (void)errp;
    free(params->socket);
    params->socket = strdup(value);
}

static char *get_log(Object *obj, Error **errp)
{
    const char *path = presil_pci_find(obj)->params.log;

    (void)errp;
    return strdup(path ? path : "");
}

static void set_log(Object *obj, const char *value, Error **errp)
{
    PresilParams *params = &presil_pci_find(obj)->params;

    (void)errp;
    free(params->log);
    params->log = strdup(value);
}

/* ------------------------------------------------------------------- type ---- */

static void instance_init(Object *obj)
{
    PresilPci *s = presil_alloc(sizeof(*s));
    PresilPci **end = &devices;

    s->pci = (PCIDevice *)obj;
    s->link.socket = -1;
    for (size_t i = 0; i < NUMBER_PROPERTIES; i++) {
        const NumberProperty *property = &number_properties[i];

        *(uint64_t *)((char *)&s->params + property->offset) =
            property->initial;
    }
    while (*end) {
        end = &(*end)->next;
    }
    *end = s;
}

/* The memory regions were the object's children: they are gone by now. */
static void instance_finalize(Object *obj)
{
    PresilPci *s = presil_pci_find(obj);
    PresilPci **place = &devices;

    while (*place != s) {
        place = &(*place)->next;
    }
    *place = s->next;
    for (unsigned i = 0; i < PRESIL_LINK_BARS; i++) {
        free(s->bars[i].region);
    }
    free(s->params.socket);
    free(s->params.log);
    free(s);
}

static void class_init(ObjectClass *klass, const void *data)
{
    PCIClassPart *part = (PCIClassPart *)((char *)klass + class_part_offset);

    (void)data;
    part->realize = realize;
    part->exit = unrealize;
    part->config_read = presil_config_read;
    part->config_write = presil_config_write;
    /* The true ids come with the hello (config.c). */
    part->class_id = 0xff00;
    device_class_set_legacy_reset((DeviceClass *)klass, reset);

    object_class_property_add_str(klass, "socket", get_socket, set_socket);
    object_class_property_set_description(klass, "socket",
                                          "Unix socket of the simulator");
    object_class_property_add_str(klass, "log", get_log, set_log);
    object_class_property_set_description(klass, "log",
                                          "File for what happens on QEMU's side");
    for (size_t i = 0; i < NUMBER_PROPERTIES; i++) {
        const NumberProperty *property = &number_properties[i];

        object_class_property_add(klass, property->name, "uint64", get_number,
                                  set_number, NULL, (void *)property);
        object_class_property_set_description(klass, property->name,
                                              property->text);
    }
}

void presil_pci_register(size_t class_offset)
{
    static const InterfaceInfo interfaces[] = {
        {"pci-express-device"},
        {NULL},
    };
    static const TypeInfo type = {
        .name = TYPE_PRESIL_PCI,
        .parent = "pci-device",
        .instance_init = instance_init,
        .instance_finalize = instance_finalize,
        .class_init = class_init,
        .interfaces = interfaces,
    };

    class_part_offset = class_offset;
    type_register_static(&type);
}
