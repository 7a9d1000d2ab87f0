/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * Calls, upcalls and returns over the shared segment, and when to give up.
 *
 * All of it runs with QEMU's big lock held, so there is no locking here. The
 * peer is not trusted: a message is copied out before it is checked, and
 * whatever breaks a rule takes the link down, never QEMU.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "link.h"

/* How long one sleep lasts before the peer is looked at, host ns. */
#define LOOK_INTERVAL_NS 20000000L
/* While spinning: polls between two looks at the host's clock. */
#define POLLS_PER_CLOCK_READ 32

static unsigned calls_in_flight;

static uint64_t host_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void note_time(PresilLink *link, uint64_t time_ps)
{
    if (time_ps > link->latest_ps) {
        link->latest_ps = time_ps;
    }
}

bool presil_link_any_call_in_flight(void)
{
    return calls_in_flight != 0;
}

const char *presil_down_reason_name(enum presil_down_reason reason)
{
    switch (reason) {
    case PRESIL_UP:
        return "up";
    case PRESIL_DOWN_QUIT:
        return "quit";
    case PRESIL_DOWN_CLOSED:
        return "closed";
    case PRESIL_DOWN_WATCHDOG:
        return "watchdog";
    case PRESIL_DOWN_PROTOCOL:
        return "protocol";
    }
    return "unknown";
}

void presil_link_set_down(PresilLink *link, enum presil_down_reason reason,
                          const char *format, ...)
{
    va_list arguments;

    if (!presil_link_is_up(link)) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(link->down_text, sizeof(link->down_text), format, arguments);
    va_end(arguments);

    link->down_reason = reason;
    link->next_ps = PRESIL_LINK_NEVER;
    presil_publish(link, down_reason, (uint32_t)reason);
    presil_publish(link, call_type, 0u);
    link->ops->down(link->opaque);
    /* The peer learns it from the end of file. */
    close(link->socket);
    link->socket = -1;
}

bool presil_link_peer_gone(const PresilLink *link)
{
    char byte;
    ssize_t got = recv(link->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return got >= 0 || (errno != EAGAIN && errno != EINTR);
}

/* ------------------------------------------------------------- sending ---- */

static void send_message(PresilLink *link, const struct presil_message *message,
                         const uint8_t *payload)
{
    struct presil_box *box = &link->segment->to_simulator;

    box->message = *message;
    if (message->header.payload_bytes) {
        memcpy(box->payload, payload, message->header.payload_bytes);
    }
    link->sent++;
    /* Against the receiver's "sleeping = 1; look at sequence": no lost wake. */
    __atomic_store_n(&box->sequence, link->sent, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&box->sleeping, __ATOMIC_SEQ_CST)) {
        syscall(SYS_futex, &box->sequence, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
}

/* ----------------------------------------------------------- receiving ---- */

static bool arrived(const PresilLink *link)
{
    return __atomic_load_n(&link->segment->to_qemu.sequence,
                           __ATOMIC_ACQUIRE) != link->received;
}

static bool spin(const PresilLink *link)
{
    const uint64_t end_ns = host_ns() + link->spin_ns;

    do {
        for (int i = 0; i < POLLS_PER_CLOCK_READ; i++) {
            if (arrived(link)) {
                return true;
            }
            __builtin_ia32_pause();
        }
        /* The peer may be waiting for this very core. */
        sched_yield();
    } while (host_ns() < end_ns);
    return arrived(link);
}

/* Sleeps until a message is there; false: gave up, the link is down. */
static bool sleep_until_arrived(PresilLink *link)
{
    struct presil_segment *segment = link->segment;
    struct presil_box *box = &segment->to_qemu;
    const struct timespec interval = {.tv_nsec = LOOK_INTERVAL_NS};
    uint64_t beat =
        __atomic_load_n(&segment->simulator.heartbeat, __ATOMIC_RELAXED);
    uint64_t beat_ns = host_ns();

    for (;;) {
        uint64_t latest;

        __atomic_store_n(&box->sleeping, 1u, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&box->sequence, __ATOMIC_SEQ_CST) !=
            link->received) {
            break;
        }
        syscall(SYS_futex, &box->sequence, FUTEX_WAIT, link->received,
                &interval, NULL, 0);
        if (arrived(link)) {
            break;
        }
        if (presil_link_peer_gone(link)) {
            if (arrived(link)) {
                break; /* its last word was in time */
            }
            /* To QUIT, hanging up is an answer. */
            presil_link_set_down(link,
                                 link->call_type == PRESIL_CALL_QUIT
                                     ? PRESIL_DOWN_QUIT
                                     : PRESIL_DOWN_CLOSED,
                                 "simulator closed the link during a call");
            return false;
        }
        latest =
            __atomic_load_n(&segment->simulator.heartbeat, __ATOMIC_RELAXED);
        if (latest != beat) {
            beat = latest;
            beat_ns = host_ns();
        } else if (link->watchdog_ms &&
                   host_ns() - beat_ns >= link->watchdog_ms * 1000000u) {
            presil_link_set_down(link, PRESIL_DOWN_WATCHDOG,
                                 "simulator made no progress for %llu ms",
                                 (unsigned long long)link->watchdog_ms);
            return false;
        }
    }
    __atomic_store_n(&box->sleeping, 0u, __ATOMIC_RELAXED);
    return true;
}

static bool broke_rule(PresilLink *link, const char *rule)
{
    presil_link_set_down(link, PRESIL_DOWN_PROTOCOL,
                         "simulator broke the protocol: %s (message type "
                         "0x%x, time %llu ps)",
                         rule, link->reply.header.type,
                         (unsigned long long)link->reply.header.time_ps);
    return false;
}

/* Takes the next message into link->reply and link->payload. */
static bool receive_message(PresilLink *link, bool may_spin)
{
    const struct presil_box *box = &link->segment->to_qemu;
    const struct presil_header *header = &link->reply.header;
    uint32_t sequence;

    if (!(may_spin && link->spin_ns && spin(link)) && !arrived(link) &&
        !sleep_until_arrived(link)) {
        return false;
    }
    sequence = __atomic_load_n(&box->sequence, __ATOMIC_ACQUIRE);
    memcpy(&link->reply, &box->message, sizeof(link->reply));
    if (sequence != link->received + 1) {
        return broke_rule(link, "more than one message at a time");
    }
    link->received = sequence;
    if (header->payload_bytes > PRESIL_LINK_MAX_PAYLOAD) {
        return broke_rule(link, "payload too long");
    }
    memcpy(link->payload, box->payload, header->payload_bytes);
    if (header->time_ps < link->device_ps) {
        return broke_rule(link, "device time went back");
    }
    link->device_ps = header->time_ps;
    note_time(link, header->time_ps);
    return true;
}

/* ------------------------------------------------------- upcalls, calls ---- */

static bool serve_upcall(PresilLink *link)
{
    const struct presil_message *upcall = &link->reply;
    struct presil_message answer = {.header.type = PRESIL_ANSWER};
    uint32_t expected_bytes = 0;
    const char *broken;

    switch (upcall->header.type) {
    case PRESIL_UPCALL_DMA_WRITE:
        expected_bytes = upcall->u.dma.len_bytes;
        break;
    case PRESIL_UPCALL_DMA_READ:
    case PRESIL_UPCALL_MSIX:
    case PRESIL_UPCALL_ERROR:
        break;
    default:
        return broke_rule(link, "no such upcall");
    }
    if (upcall->header.payload_bytes != expected_bytes) {
        return broke_rule(link, "payload length does not fit the upcall");
    }
    broken = link->ops->upcall(link->opaque, upcall, link->payload, &answer);
    if (broken) {
        return broke_rule(link, broken);
    }
    answer.header.time_ps = link->ops->guest_ps(link->opaque);
    send_message(link, &answer, link->payload);
    return true;
}

static bool status_fits(uint32_t call_type, uint32_t call_flags,
                        uint32_t status)
{
    switch (status) {
    case PRESIL_STATUS_SUCCESS:
        return true;
    case PRESIL_STATUS_UNSUPPORTED_REQUEST:
    case PRESIL_STATUS_COMPLETER_ABORT:
    case PRESIL_STATUS_COMPLETION_TIMEOUT:
        return call_type == PRESIL_CALL_MMIO_READ ||
               call_type == PRESIL_CALL_MMIO_WRITE;
    case PRESIL_STATUS_STOPPED:
        return call_type == PRESIL_CALL_ADVANCE &&
               (call_flags & PRESIL_ADVANCE_STOP_AT_EVENT);
    default:
        return false;
    }
}

static bool take_return(PresilLink *link, struct presil_message *ret)
{
    const struct presil_message *message = &link->reply;

    if (message->header.payload_bytes) {
        return broke_rule(link, "a return has no payload");
    }
    if (!status_fits(link->call_type, link->call_flags,
                     message->u.ret.status)) {
        return broke_rule(link, "status does not fit the call");
    }
    if (message->u.ret.next_ps < message->header.time_ps) {
        return broke_rule(link, "next event lies in the past");
    }
    link->next_ps = message->u.ret.next_ps;
    *ret = *message;
    return true;
}

bool presil_link_begin(PresilLink *link, const struct presil_message *call)
{
    if (!presil_link_is_up(link)) {
        return false;
    }
    link->call_type = call->header.type;
    link->call_flags =
        call->header.type == PRESIL_CALL_ADVANCE ? call->u.advance.flags : 0;
    link->call_start_ns = host_ns();
    note_time(link, call->header.time_ps);
    calls_in_flight++;
    presil_publish(link, call_type, link->call_type);
    send_message(link, call, NULL);
    return true;
}

bool presil_link_finish(PresilLink *link, struct presil_message *ret,
                        bool alone)
{
    bool ok = false;

    if (!link->call_type) {
        return false; /* was not begun: the link was down */
    }
    while (receive_message(link, alone)) {
        if (link->reply.header.type == PRESIL_RETURN) {
            ok = take_return(link, ret);
            break;
        }
        if (!serve_upcall(link)) {
            break;
        }
    }
    calls_in_flight--;
    link->calls++;
    link->call_host_ns += host_ns() - link->call_start_ns;
    link->call_type = 0;
    presil_publish(link, call_type, 0u);
    return ok;
}

bool presil_link_call(PresilLink *link, const struct presil_message *call,
                      struct presil_message *ret)
{
    return presil_link_begin(link, call) &&
           presil_link_finish(link, ret, true);
}
