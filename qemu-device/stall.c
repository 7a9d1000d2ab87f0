/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * Charging a read to the vCPU that waits for it.
 *
 * The vCPU stands still until an absolute time of the virtual clock, as a PCIe
 * read stalls a core. One vCPU, hence one stall.
 *
 * It stands still in work of its own thread, queued from within the access: a
 * vCPU with work executes nothing more. The work jumps from timer to timer, as
 * the main loop does for an idle guest, until the stall's own timer has
 * expired; no other thread is needed, which makes it fast. Between two jumps
 * the big lock is free for a moment, so that the monitor can stop or reset the
 * machine. A stop leaves the stall pending, to go on after the continue.
 *
 * Ending a stall by cpu_resume() from a timer, outside such work, would be
 * simpler and wrong: it would undo a stop that somebody else has just asked
 * for, who would wait for ever.
 */
#include <sched.h>
#include <time.h>

#include "presil_pci.h"

/* Jumps in a row that may get nowhere before the stall gives up jumping. */
#define FRUITLESS_JUMPS 16
/* Jumps of one stall between two real breaks, and how long those last. */
#define JUMPS_PER_BREAK 256
#define BREAK_NS        50000L

typedef struct PresilStall {
    QEMUTimer *timer;
    CPUState *cpu;    /* NULL: nobody is stalled */
    PresilPci *owner; /* whose read it is */
    int64_t end_ns;
    unsigned jumps;
    unsigned fruitless;
    bool queued; /* stand_still() is among the vCPU's work */
} PresilStall;

static PresilStall stall;

static void stall_over(void)
{
    timer_del(stall.timer);
    stall.cpu = NULL;
    stall.owner = NULL;
}

static void timer_expired(void *opaque)
{
    (void)opaque;
    if (stall.cpu) {
        presil_count(stall.owner, timer_ticks);
        stall_over();
    }
}

/*
 * The lock is not fair: without the yield a waiting monitor rarely gets it, and
 * on busy cores it may not get to run before the yield is over.
 */
static void let_others_in(void)
{
    const struct timespec rest = {.tv_nsec = BREAK_NS};

    bql_unlock();
    if (++stall.jumps % JUMPS_PER_BREAK) {
        sched_yield();
    } else {
        nanosleep(&rest, NULL);
    }
    bql_lock_impl(__FILE__, __LINE__);
}

static void stand_still(CPUState *cpu, void *data);

/* Once: two of them would take each other for work that has to go first. */
static void queue_stand_still(CPUState *cpu)
{
    if (!stall.queued) {
        stall.queued = true;
        async_run_on_cpu(cpu, stand_still, NULL);
    }
}

/* In the vCPU's thread, before it executes anything more. */
static void stand_still(CPUState *cpu, void *data)
{
    (void)data;
    stall.queued = false;
    if (stall.cpu != cpu || cpu_is_stopped(cpu)) {
        return; /* over, or somebody stopped the machine: vm_state_changed() */
    }
    cpu_pause(cpu); /* a vCPU that stands still counts as idle */
    while (stall.cpu == cpu && runstate_is_running()) {
        const int64_t before_ns = presil_guest_ns();

        icount_start_warp_timer();
        qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
        if (presil_guest_ns() == before_ns && stall.cpu == cpu) {
            /* Other work is queued for the vCPU: it goes first. */
            if (stall.fruitless++ < FRUITLESS_JUMPS) {
                queue_stand_still(cpu);
                break;
            }
            presil_log(stall.owner, "stall-given-up", "end_ns=%lld",
                       (long long)stall.end_ns);
            stall_over();
            break;
        }
        stall.fruitless = 0;
        if (stall.cpu) {
            let_others_in();
        }
    }
    /* After a stop the machine's own continue resumes the vCPU. */
    if (runstate_is_running()) {
        cpu_resume(cpu);
    }
}

static void vm_state_changed(void *opaque, bool running, int state)
{
    (void)opaque;
    (void)state;
    if (running && stall.cpu) {
        stall.owner->counters.stalls_continued++;
        queue_stand_still(stall.cpu);
    }
}

void presil_stall_until(PresilPci *s, int64_t end_ns)
{
    CPUState *cpu = qemu_get_cpu(0);

    /*
     * gdb, the monitor or another device asked: nobody waits. Nor does anybody
     * free-running: how long the call took the host is time enough.
     */
    if (!use_icount || !cpu || !qemu_cpu_is_self(cpu) ||
        end_ns <= presil_guest_ns()) {
        return;
    }
    if (!stall.timer) {
        stall.timer = presil_alloc(PRESIL_TIMER_BYTES);
        timer_init_full(stall.timer, NULL, QEMU_CLOCK_VIRTUAL, SCALE_NS, 0,
                        timer_expired, NULL);
        qemu_add_vm_change_state_handler(vm_state_changed, NULL);
    }
    s->counters.stalls++;
    if (!stall.cpu) {
        stall.cpu = cpu;
        stall.end_ns = 0;
        stall.jumps = 0;
        stall.fruitless = 0;
        queue_stand_still(cpu);
    }
    /* An access in several pieces stalls until its last piece is there. */
    stall.owner = s;
    if (end_ns > stall.end_ns) {
        stall.end_ns = end_ns;
        timer_mod_ns(stall.timer, end_ns);
    }
}

bool presil_stall_active(void)
{
    return stall.cpu != NULL;
}

void presil_stall_drop(PresilPci *s)
{
    if (stall.cpu && stall.owner == s) {
        stall_over();
    }
}
