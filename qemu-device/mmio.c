/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * Accesses of the guest to the BARs.
 *
 * Whatever happens, an access is answered: by the simulator, or with all ones
 * as on a bus where nobody answers.
 */
#include "presil_pci.h"

/* Failed accesses after this many are counted, not logged one by one. */
#define LOGGED_FAILURES 64

static uint64_t ones(unsigned size)
{
    return size >= 8 ? UINT64_MAX : (UINT64_C(1) << (size * 8)) - 1;
}

/*
 * False from when the vCPU has stopped until just before it goes on. QEMU's
 * run state changes earlier, while the vCPU may still be in an access.
 */
static bool vm_running;

static void vm_state_changed(void *opaque, bool running, int state)
{
    (void)opaque;
    (void)state;
    vm_running = running;
}

/* Why an access cannot go to the simulator; NULL: it can. */
static const char *unreachable(const PresilPci *s)
{
    if (!presil_link_is_up(&s->link)) {
        return "down";
    }
    if (!vm_running) {
        return "vm-stopped";
    }
    if (presil_config_power_state(s) != 0) {
        return "d3hot";
    }
    /* A guest may aim an interrupt message at a BAR. */
    if (presil_link_any_call_in_flight()) {
        return "re-entrant";
    }
    return NULL;
}

static void note_refusal(PresilPci *s, const char *why, const char *access,
                         uint32_t bar, hwaddr offset, unsigned size)
{
    if (s->counters.refused++ < LOGGED_FAILURES) {
        presil_log(s, "refused",
                   "access=%s bar=%u offset=0x%llx size=%u why=%s", access, bar,
                   (unsigned long long)offset, size, why);
    }
}

static const char *status_name(uint32_t status)
{
    switch (status) {
    case PRESIL_STATUS_UNSUPPORTED_REQUEST:
        return "ur";
    case PRESIL_STATUS_COMPLETER_ABORT:
        return "ca";
    case PRESIL_STATUS_COMPLETION_TIMEOUT:
        return "cto";
    default:
        return "success";
    }
}

static void note_failure(PresilPci *s, uint32_t bar, hwaddr offset,
                         unsigned size, uint32_t status)
{
    if (s->counters.failed_reads++ < LOGGED_FAILURES) {
        presil_log(s, "read-failed",
                   "bar=%u offset=0x%llx size=%u status=%s", bar,
                   (unsigned long long)offset, size, status_name(status));
    }
}

static uint64_t mmio_read(void *opaque, hwaddr offset, unsigned size)
{
    const PresilBarRegion *bar = opaque;
    PresilPci *s = bar->device;
    const char *why = unreachable(s);
    struct presil_message ret;
    const struct presil_message call = {
        .header = {.type = PRESIL_CALL_MMIO_READ, .time_ps = presil_guest_ps()},
        .u.mmio = {.offset = offset, .bar = bar->index, .size = size},
    };

    if (why) {
        note_refusal(s, why, "read", bar->index, offset, size);
        return ones(size);
    }
    presil_count(s, mmio_reads);
    if (!presil_link_call(&s->link, &call, &ret)) {
        return ones(size);
    }
    presil_stall_until(s, presil_ps_to_ns(ret.header.time_ps));
    presil_clock_update(s);
    if (ret.u.ret.status != PRESIL_STATUS_SUCCESS) {
        note_failure(s, bar->index, offset, size, ret.u.ret.status);
        return ones(size);
    }
    return ret.u.ret.data & ones(size);
}

static void mmio_write(void *opaque, hwaddr offset, uint64_t data,
                       unsigned size)
{
    const PresilBarRegion *bar = opaque;
    PresilPci *s = bar->device;
    const char *why = unreachable(s);
    const uint64_t guest_ps = presil_guest_ps();
    struct presil_message ret;
    uint64_t present_ps;
    const struct presil_message call = {
        .header = {.type = PRESIL_CALL_MMIO_WRITE, .time_ps = guest_ps},
        .u.mmio = {.offset = offset,
                   .data = data & ones(size),
                   .bar = bar->index,
                   .size = size},
    };

    if (why) {
        note_refusal(s, why, "write", bar->index, offset, size);
        return;
    }
    presil_count(s, mmio_writes);
    present_ps = s->link.device_ps > guest_ps ? s->link.device_ps : guest_ps;
    if (!presil_link_call(&s->link, &call, &ret)) {
        return;
    }
    /* Posted, unless the queue was full and the device had to go on first. */
    if (ret.header.time_ps > present_ps) {
        presil_stall_until(s, presil_ps_to_ns(ret.header.time_ps));
    }
    presil_clock_update(s);
}

static const MemoryRegionOps mmio_ops = {
    .read = mmio_read,
    .write = mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {.min_access_size = 1, .max_access_size = 8, .unaligned = true},
    .impl = {.min_access_size = 1, .max_access_size = 8, .unaligned = true},
};

enum { BAR_ATTR_64BIT = 0x4, BAR_ATTR_PREFETCH = 0x8 };

void presil_mmio_init(PresilPci *s)
{
    static bool watching;

    if (!watching) {
        watching = true;
        vm_running = runstate_is_running();
        qemu_add_vm_change_state_handler(vm_state_changed, NULL);
    }
    for (uint32_t i = 0; i < PRESIL_LINK_BARS; i++) {
        const struct presil_bar *bar = &s->personality.bars[i];
        PresilBarRegion *region = &s->bars[i];
        char name[32];

        if (!bar->size_bytes) {
            continue;
        }
        snprintf(name, sizeof(name), "presil-bar%u", i);
        region->device = s;
        region->index = i;
        region->region = presil_alloc(PRESIL_MEMORY_REGION_BYTES);
        memory_region_init_io(region->region, (Object *)s->pci, &mmio_ops,
                              region, name, bar->size_bytes);
        pci_register_bar(
            s->pci, (int)i,
            (uint8_t)((bar->flags & PRESIL_BAR_64BIT ? BAR_ATTR_64BIT : 0) |
                      (bar->flags & PRESIL_BAR_PREFETCH ? BAR_ATTR_PREFETCH
                                                        : 0)),
            region->region);
    }
}
