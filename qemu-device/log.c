/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/* QEMU's side of the story, one line an event, and messages to the user. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "presil_pci.h"

bool presil_log_open(PresilPci *s, Error **errp)
{
    if (!s->params.log) {
        return true;
    }
    s->log = fopen(s->params.log, "we");
    if (!s->log) {
        error_setg(errp, "presil-pci: cannot write log '%s': %s", s->params.log,
                   strerror(errno));
        return false;
    }
    /* Whatever ends QEMU, the lines so far are in the file. */
    setvbuf(s->log, NULL, _IOLBF, BUFSIZ);
    return true;
}

void presil_log(PresilPci *s, const char *kind, const char *format, ...)
{
    va_list arguments;

    if (!s->log) {
        return;
    }
    fprintf(s->log, "%" PRId64 " %s ", presil_guest_ns(), kind);
    va_start(arguments, format);
    vfprintf(s->log, format, arguments);
    va_end(arguments);
    fputc('\n', s->log);
}

void presil_log_close(PresilPci *s)
{
    const PresilCounters *c = &s->counters;

    if (!s->log) {
        return;
    }
    presil_log(s, "counters",
               "mmio_reads=%" PRIu64 " mmio_writes=%" PRIu64
               " failed_reads=%" PRIu64 " refused=%" PRIu64 " stalls=%" PRIu64
               " stalls_continued=%" PRIu64
               " dma_bytes=%" PRIu64 " dma_refused=%" PRIu64
               " interrupts=%" PRIu64 " interrupts_dropped=%" PRIu64
               " errors=%" PRIu64 " advances=%" PRIu64 " timer_ticks=%" PRIu64
               " idle_probes=%" PRIu64 " idle_runs=%" PRIu64,
               c->mmio_reads, c->mmio_writes, c->failed_reads, c->refused,
               c->stalls, c->stalls_continued, c->dma_bytes, c->dma_refused, c->interrupts,
               c->interrupts_dropped, c->errors, c->advances, c->timer_ticks,
               c->idle_probes, c->idle_runs);
    presil_log(s, "host", "calls=%" PRIu64 " call_host_ns=%" PRIu64,
               s->link.calls, s->link.call_host_ns);
    fclose(s->log);
    s->log = NULL;
}

void presil_complain(const PresilPci *s, const char *format, ...)
{
    va_list arguments;

    flockfile(stderr);
    fprintf(stderr, "presil-pci (%s): ",
            s->params.socket ? s->params.socket : "no socket");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    funlockfile(stderr);
}

void *presil_alloc(size_t bytes)
{
    /* Aligned for whatever QEMU keeps in its objects. */
    void *room = aligned_alloc(64, (bytes + 63) & ~(size_t)63);

    if (!room) {
        fprintf(stderr, "presil-pci: out of memory\n");
        abort();
    }
    memset(room, 0, bytes);
    return room;
}
