/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * The device's reads and writes of memory, through the address space that
 * QEMU gives it: the IOMMU applies. Only RAM is reached (abi_guard.h,
 * presil_ram_only), so a device never calls into another device.
 */
#include <inttypes.h>

#include "abi_guard.h"
#include "presil_pci.h"

static enum presil_status refuse(PresilPci *s, uint64_t addr, uint32_t len,
                                 bool is_write, const char *why,
                                 enum presil_status status)
{
    s->counters.dma_refused++;
    presil_log(s, "dma-refused",
               "kind=%s addr=0x%" PRIx64 " len=%" PRIu32 " why=%s",
               is_write ? "write" : "read", addr, len, why);
    return status;
}

enum presil_status presil_dma(PresilPci *s, uint64_t addr, void *data,
                              uint32_t len_bytes, bool is_write)
{
    if (!presil_config_bus_master(s)) {
        return refuse(s, addr, len_bytes, is_write, "bus-master-off",
                      PRESIL_STATUS_UNSUPPORTED_REQUEST);
    }
    if (address_space_rw(s->dma_space, addr, presil_ram_only, data, len_bytes,
                         is_write) == MEMTX_OK) {
        s->counters.dma_bytes += len_bytes;
        presil_publish(&s->link, dma_bytes, s->counters.dma_bytes);
        return PRESIL_STATUS_SUCCESS;
    }
    /*
     * A posted write has left the endpoint when the platform finds nobody at
     * its address: the IOMMU reports that, and the endpoint never hears of it.
     * What is there and no RAM is refused here, in this version.
     */
    if (is_write &&
        !address_space_access_valid(s->dma_space, addr, len_bytes, true,
                                    (MemTxAttrs){0})) {
        return refuse(s, addr, len_bytes, true, "nobody-there",
                      PRESIL_STATUS_SUCCESS);
    }
    return refuse(s, addr, len_bytes, is_write,
                  is_write ? "not-ram" : "not-ram-or-nobody-there",
                  PRESIL_STATUS_UNSUPPORTED_REQUEST);
}
