/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/* QEMU's end of the link to one simulator: connect, call, serve, give up. */
#ifndef PRESIL_LINK_CLIENT_H
#define PRESIL_LINK_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "presil_link.h"

typedef struct PresilLink PresilLink;

/* What the link needs of its owner. Called with the big lock held. */
typedef struct PresilLinkOps {
    /* Guest time for the answers' headers, ps. */
    uint64_t (*guest_ps)(void *opaque);
    /*
     * Serves one upcall whose header and length have been checked. Fills
     * `answer` and, for DMA_READ, `payload` (dma.len_bytes of it). Returns
     * NULL, or what rule the upcall broke.
     */
    const char *(*upcall)(void *opaque, const struct presil_message *upcall,
                          uint8_t *payload, struct presil_message *answer);
    /* The link went down; called once, after `down_reason` was set. */
    void (*down)(void *opaque);
} PresilLinkOps;

struct PresilLink {
    /* set by the owner before presil_link_open() */
    const PresilLinkOps *ops;
    void *opaque;
    uint64_t quantum_ps;  /* told to the simulator */
    uint64_t watchdog_ms; /* host time without a heartbeat; 0: no watchdog */
    uint64_t spin_ns;     /* host time before the waiting thread sleeps */

    /* read by the owner */
    enum presil_down_reason down_reason; /* PRESIL_UP while it works */
    char down_text[160];                 /* what happened, one line */
    uint64_t device_ps;                  /* latest device time heard of */
    uint64_t next_ps;                    /* `next_ps` of the latest return */
    uint64_t latest_ps;                  /* latest time in any message */
    uint64_t call_host_ns;               /* host time spent in calls */
    uint64_t calls;

    /* private */
    int socket; /* -1: none */
    struct presil_segment *segment;
    uint32_t received; /* sequence of the latest message taken */
    uint32_t sent;
    uint32_t call_type; /* call in flight, 0: none */
    uint32_t call_flags;
    uint64_t call_start_ns;
    struct presil_message reply;
    uint8_t payload[PRESIL_LINK_MAX_PAYLOAD];
};

/*
 * Connects to the simulator listening at `path`, hands it the segment and
 * receives the personality. On failure returns false with one sentence in
 * `error`, and nothing is left open.
 */
bool presil_link_open(PresilLink *link, const char *path,
                      struct presil_personality *personality, char *error,
                      size_t error_bytes);

/* Frees everything; the link is down afterwards. No call may be in flight. */
void presil_link_close(PresilLink *link);

/*
 * Makes a call. presil_link_begin() sends it; presil_link_finish() serves
 * upcalls until the return has come, which it copies to `ret`. Both return
 * false once the link is down; a begun call must be finished in any case.
 * `alone`: no other link has a call in flight, so that the wait may spin.
 */
bool presil_link_begin(PresilLink *link, const struct presil_message *call);
bool presil_link_finish(PresilLink *link, struct presil_message *ret,
                        bool alone);
bool presil_link_call(PresilLink *link, const struct presil_message *call,
                      struct presil_message *ret);

/* True while any link has a call in flight: then nothing may start another. */
bool presil_link_any_call_in_flight(void);

/* Gives the link up. Harmless when it is down already. */
void presil_link_set_down(PresilLink *link, enum presil_down_reason reason,
                          const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* True if the peer has closed its socket or said something on it. */
bool presil_link_peer_gone(const PresilLink *link);

const char *presil_down_reason_name(enum presil_down_reason reason);

static inline bool presil_link_is_up(const PresilLink *link)
{
    return link->down_reason == PRESIL_UP && link->segment;
}

/* Publishes one field of the segment's QEMU part for whoever watches. */
#define presil_publish(link, field, value)                                     \
    __atomic_store_n(&(link)->segment->qemu.field, (value), __ATOMIC_RELAXED)

#endif
