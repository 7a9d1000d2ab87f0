/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * Keeps device time in step with guest time while a device works.
 *
 * One virtual-clock timer serves all devices. While the guest is busy it ticks
 * once a quantum and simulates up to now. While the guest is idle, only a
 * timer or a device can wake it: then the devices run ahead to the guest's
 * next deadline, stop before anything the guest would notice, and the timer is
 * set to that very time. While no device works the timer is off.
 *
 * Idle is decided from the instruction counter alone, so that it depends on
 * nothing of the host: the timer is armed at +1 ns and finds the counter
 * unmoved. A guest that has executed one instruction for each nanosecond since
 * the last tick was busy throughout, and is not looked at.
 *
 * Free-running (no instruction counter, several vCPUs) guest time is the
 * host's, and may run away from a device that is slower: then device time lags
 * behind, so that no call asks for more than a quantum. Nobody runs ahead.
 */
#include <inttypes.h>

#include "presil_pci.h"

enum ClockPhase {
    CLOCK_OFF,   /* nothing works; timer off */
    CLOCK_STEP,  /* guest taken for busy; timer at the earliest thing due */
    CLOCK_PROBE, /* timer 1 ns on: has the guest moved? */
    CLOCK_AHEAD, /* guest idle, devices at the timer's time */
    CLOCK_EVENT, /* guest idle, a device stopped before an event at that time */
};

typedef struct PresilClock {
    PresilPci *devices; /* slot order */
    QEMUTimer *timer;
    enum ClockPhase phase;
    int64_t armed_ns;
    /* Instruction counter and time when last looked at. */
    int64_t seen_raw;
    int64_t seen_ns;
    bool at_deadline; /* AHEAD: something else of the machine is due as well */
    int64_t lag_ns;   /* free-running: guest time less device time */
} PresilClock;

static PresilClock clock_;

/* The device's clock runs: something may happen at any time. */
static bool runs(const PresilPci *s)
{
    return presil_link_is_up(&s->link) && s->link.next_ps <= s->link.device_ps;
}

int64_t presil_guest_ns(void)
{
    int64_t now_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) - clock_.lag_ns;

    if (use_icount) {
        return now_ns;
    }
    for (const PresilPci *s = clock_.devices; s; s = s->clock_next) {
        const int64_t most_ns = (int64_t)(s->link.device_ps / 1000u) +
                                (int64_t)s->params.quantum_ns;

        if (runs(s) && now_ns > most_ns) {
            clock_.lag_ns += now_ns - most_ns;
            now_ns = most_ns;
        }
    }
    return now_ns;
}

uint64_t presil_guest_ps(void)
{
    return (uint64_t)presil_guest_ns() * 1000u;
}

int64_t presil_ps_to_ns(uint64_t ps)
{
    return (int64_t)(ps / 1000u + (ps % 1000u != 0));
}

static int64_t max_ns(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* When the device wants to be called next, for a guest taken for busy. */
static int64_t due_ns(const PresilPci *s)
{
    if (!presil_link_is_up(&s->link) || s->link.next_ps == PRESIL_LINK_NEVER) {
        return INT64_MAX;
    }
    if (runs(s)) {
        return max_ns(presil_guest_ns(), (int64_t)(s->link.device_ps / 1000u)) +
               (int64_t)s->params.quantum_ns;
    }
    return presil_ps_to_ns(s->link.next_ps);
}

static void arm(enum ClockPhase phase, int64_t at_ns)
{
    clock_.phase = phase;
    clock_.armed_ns = at_ns;
    timer_mod_ns(clock_.timer, at_ns + clock_.lag_ns);
}

static void see(int64_t now_ns)
{
    clock_.seen_raw = use_icount ? icount_get_raw() : 0;
    clock_.seen_ns = now_ns;
}

static bool any_due(void)
{
    for (const PresilPci *s = clock_.devices; s; s = s->clock_next) {
        if (due_ns(s) != INT64_MAX) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------- ADVANCE ---- */

/* Whether an ADVANCE to `to_ps` would do anything. */
static bool wants_advance(const PresilPci *s, uint64_t to_ps)
{
    return presil_link_is_up(&s->link) && s->link.next_ps <= to_ps &&
           (s->link.device_ps < to_ps ||
            (s->event_pending && s->link.device_ps == to_ps));
}

/*
 * Simulates all that work up to `to_ps`: begun on all, finished in slot order.
 * Returns the earliest time at which one stopped before an event, or
 * PRESIL_LINK_NEVER.
 */
static uint64_t advance_all(uint64_t to_ps, uint32_t flags)
{
    const struct presil_message call = {
        .header = {.type = PRESIL_CALL_ADVANCE, .time_ps = to_ps},
        .u.advance = {.flags = flags},
    };
    uint64_t stop_ps = PRESIL_LINK_NEVER;
    unsigned begun = 0;

    for (PresilPci *s = clock_.devices; s; s = s->clock_next) {
        s->advancing = wants_advance(s, to_ps);
        if (s->advancing) {
            presil_count(s, advances);
            s->advancing = presil_link_begin(&s->link, &call);
            begun += s->advancing;
        }
    }
    for (PresilPci *s = clock_.devices; s; s = s->clock_next) {
        struct presil_message ret;

        if (!s->advancing) {
            continue;
        }
        s->advancing = false;
        s->event_pending = presil_link_finish(&s->link, &ret, begun == 1) &&
                           ret.u.ret.status == PRESIL_STATUS_STOPPED;
        if (s->event_pending && ret.header.time_ps < stop_ps) {
            stop_ps = ret.header.time_ps;
        }
    }
    return stop_ps;
}

/* ---------------------------------------------------------------- ticks ---- */

/* Arms the timer for a guest taken for busy, or turns it off. */
static void step(void)
{
    int64_t earliest_ns = INT64_MAX;

    for (PresilPci *s = clock_.devices; s; s = s->clock_next) {
        const int64_t due = due_ns(s);

        earliest_ns = due < earliest_ns ? due : earliest_ns;
    }
    if (earliest_ns == INT64_MAX) {
        clock_.phase = CLOCK_OFF;
    } else {
        arm(CLOCK_STEP, earliest_ns);
    }
}

/* How many devices' clocks run; each may have a quantum of its own. */
static unsigned count_running(int64_t *least_quantum_ns)
{
    unsigned running = 0;

    *least_quantum_ns = INT64_MAX;
    for (PresilPci *s = clock_.devices; s; s = s->clock_next) {
        if (runs(s)) {
            running++;
            if ((int64_t)s->params.quantum_ns < *least_quantum_ns) {
                *least_quantum_ns = (int64_t)s->params.quantum_ns;
            }
        }
    }
    return running;
}

static void look_for_idle_guest(int64_t now_ns)
{
    for (PresilPci *s = clock_.devices; s; s = s->clock_next) {
        s->counters.idle_probes += runs(s);
    }
    see(now_ns);
    arm(CLOCK_PROBE, now_ns + 1);
}

/* The guest is idle and will be until its next timer, or until we wake it. */
static void run_ahead(int64_t now_ns)
{
    const int64_t deadline_ns = qemu_clock_deadline_ns_all(
        QEMU_CLOCK_VIRTUAL, QEMU_TIMER_ATTR_NOT_EXTERNAL);
    int64_t quantum_ns;
    const unsigned running = count_running(&quantum_ns);
    int64_t span_ns = running > 1 ? quantum_ns : PRESIL_SLICE_NS;
    uint64_t stop_ps;

    if (running == 0 || deadline_ns == 0) {
        step();
        return;
    }
    clock_.at_deadline = deadline_ns > 0 && deadline_ns <= span_ns;
    if (clock_.at_deadline) {
        span_ns = deadline_ns;
    }
    for (PresilPci *s = clock_.devices; s; s = s->clock_next) {
        s->counters.idle_runs += runs(s);
    }
    stop_ps = advance_all((uint64_t)(now_ns + span_ns) * 1000u,
                          PRESIL_ADVANCE_STOP_AT_EVENT);
    if (stop_ps != PRESIL_LINK_NEVER) {
        arm(CLOCK_EVENT, max_ns(presil_ps_to_ns(stop_ps), now_ns));
    } else if (count_running(&quantum_ns)) {
        arm(CLOCK_AHEAD, now_ns + span_ns);
    } else {
        step();
    }
}

static void tick(void *opaque)
{
    const int64_t now_ns = presil_guest_ns();
    const enum ClockPhase phase = clock_.phase;
    int64_t quantum_ns;
    bool moved, busy;

    (void)opaque;
    for (PresilPci *s = clock_.devices; s; s = s->clock_next) {
        if (presil_link_is_up(&s->link) &&
            s->link.next_ps != PRESIL_LINK_NEVER) {
            presil_count(s, timer_ticks);
        }
    }
    if (!use_icount) {
        advance_all((uint64_t)now_ns * 1000u, 0);
        step();
        return;
    }
    moved = icount_get_raw() != clock_.seen_raw;
    if (phase == CLOCK_PROBE && moved) {
        see(now_ns);
        step();
        return;
    }
    if (phase == CLOCK_PROBE ||
        (phase == CLOCK_AHEAD && !moved && !clock_.at_deadline)) {
        run_ahead(now_ns);
        return;
    }

    advance_all((uint64_t)now_ns * 1000u, 0);
    busy = icount_to_ns(icount_get_raw() - clock_.seen_raw) ==
           now_ns - clock_.seen_ns;
    if (phase != CLOCK_EVENT && !busy && count_running(&quantum_ns)) {
        look_for_idle_guest(now_ns);
    } else {
        see(now_ns);
        step();
    }
}

/* --------------------------------------------------------------- devices ---- */

void presil_clock_update(PresilPci *s)
{
    const int64_t due = due_ns(s);

    if (clock_.phase == CLOCK_OFF && due != INT64_MAX) {
        see(presil_guest_ns());
        arm(CLOCK_STEP, due);
    } else if (clock_.phase != CLOCK_OFF && due < clock_.armed_ns) {
        arm(CLOCK_STEP, due);
    } else if (due == INT64_MAX && !any_due()) {
        timer_del(clock_.timer);
        clock_.phase = CLOCK_OFF;
    }
}

void presil_clock_add(PresilPci *s)
{
    PresilPci **end = &clock_.devices;

    if (!clock_.timer) {
        clock_.timer = presil_alloc(PRESIL_TIMER_BYTES);
        timer_init_full(clock_.timer, NULL, QEMU_CLOCK_VIRTUAL, SCALE_NS, 0,
                        tick, NULL);
    }
    while (*end) {
        end = &(*end)->clock_next;
    }
    s->clock_next = NULL;
    *end = s;
}

void presil_clock_remove(PresilPci *s)
{
    PresilPci **place = &clock_.devices;

    while (*place && *place != s) {
        place = &(*place)->clock_next;
    }
    if (*place) {
        *place = s->clock_next;
    }
    if (clock_.timer && !any_due()) {
        timer_del(clock_.timer);
        clock_.phase = CLOCK_OFF;
    }
}
