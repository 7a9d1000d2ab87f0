/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/* What a device asks for while a call is in flight: interrupts and errors. */
#include <inttypes.h>
#include <string.h>

#include "presil_pci.h"

/* 4 KiB, which no DMA request crosses (PCIe 2.2.7). */
#define DMA_BOUNDARY 4096u

static const char *serve_dma(PresilPci *s, const struct presil_message *upcall,
                             uint8_t *payload, struct presil_message *answer)
{
    const bool is_write = upcall->header.type == PRESIL_UPCALL_DMA_WRITE;
    const struct presil_message *config = &s->config.sent;
    const uint64_t addr = upcall->u.dma.addr;
    const uint32_t len = upcall->u.dma.len_bytes;
    const uint32_t limit = is_write ? config->u.config.mps_bytes
                                    : config->u.config.mrrs_bytes;

    if (len == 0 || len > limit) {
        return "DMA length is zero or above Max_Payload_Size or "
               "Max_Read_Request_Size";
    }
    if (addr % DMA_BOUNDARY + len > DMA_BOUNDARY) {
        return "DMA crosses a 4 KiB boundary";
    }
    answer->u.answer.status = presil_dma(s, addr, payload, len, is_write);
    if (!is_write && answer->u.answer.status == PRESIL_STATUS_SUCCESS) {
        answer->header.payload_bytes = len;
    }
    return NULL;
}

static const char *serve_msix(PresilPci *s, const struct presil_message *upcall)
{
    const uint32_t vector = upcall->u.msix.vector;
    const int64_t late_ps =
        (int64_t)(presil_guest_ps() - upcall->header.time_ps);

    if (vector >= s->personality.msix_vectors) {
        return "no such MSI-X vector";
    }
    presil_count(s, interrupts);
    if (!msix_enabled(s->pci) || presil_config_power_state(s) != 0) {
        s->counters.interrupts_dropped++;
        presil_log(s, "msix-dropped", "vector=%" PRIu32 " device_ps=%" PRIu64,
                   vector, upcall->header.time_ps);
        return NULL;
    }
    /* Negative while a read is charged: the vCPU will see it in time. */
    presil_log(s, "msix",
               "vector=%" PRIu32 " device_ps=%" PRIu64 " delay_ns=%" PRId64,
               vector, upcall->header.time_ps, late_ps / 1000);
    msix_notify(s->pci, vector);
    return NULL;
}

static const char *serve_error(PresilPci *s,
                               const struct presil_message *upcall)
{
    const uint32_t bit = upcall->u.error.status_bit;
    const uint32_t severity = upcall->u.error.severity;
    PCIEAERErr error = {
        .status = bit,
        .source_id = pci_requester_id(s->pci),
        .flags = PCIE_AER_ERR_HEADER_VALID,
    };
    int result;

    if (severity > PRESIL_ERROR_FATAL || !bit || (bit & (bit - 1))) {
        return "error without severity or without exactly one status bit";
    }
    s->counters.errors++;
    if (!s->config.aer_cap) {
        presil_log(s, "error-dropped", "severity=%" PRIu32 " status=0x%" PRIx32,
                   severity, bit);
        return NULL;
    }
    if (severity == PRESIL_ERROR_CORRECTABLE) {
        error.flags |= PCIE_AER_ERR_IS_CORRECTABLE;
    }
    memcpy(error.header, upcall->u.error.header_log, sizeof(error.header));
    result = pcie_aer_inject_error(s->pci, &error);
    presil_log(s, "error",
               "severity=%" PRIu32 " status=0x%" PRIx32 " device_ps=%" PRIu64
               " result=%d",
               severity, bit, upcall->header.time_ps, result);
    return NULL;
}

static const char *serve(void *opaque, const struct presil_message *upcall,
                         uint8_t *payload, struct presil_message *answer)
{
    PresilPci *s = opaque;

    switch (upcall->header.type) {
    case PRESIL_UPCALL_MSIX:
        return serve_msix(s, upcall);
    case PRESIL_UPCALL_ERROR:
        return serve_error(s, upcall);
    default:
        return serve_dma(s, upcall, payload, answer);
    }
}

static uint64_t guest_ps(void *opaque)
{
    (void)opaque;
    return presil_guest_ps();
}

static void link_down(void *opaque)
{
    PresilPci *s = opaque;

    qemu_set_fd_handler(s->link.socket, NULL, NULL, NULL);
    if (s->link.down_reason == PRESIL_DOWN_QUIT) {
        return;
    }
    presil_log(s, "down", "reason=%s text=\"%s\"",
               presil_down_reason_name(s->link.down_reason), s->link.down_text);
    presil_complain(s, "link down (%s): %s",
                    presil_down_reason_name(s->link.down_reason),
                    s->link.down_text);
}

const PresilLinkOps presil_link_ops = {
    .guest_ps = guest_ps,
    .upcall = serve,
    .down = link_down,
};
