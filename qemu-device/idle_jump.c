/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * Makes the jump of an idle guest exact.
 *
 * With sleep=off QEMU's main loop moves the virtual clock of an idle guest to
 * the next deadline. It finds the vCPU idle as soon as that has executed its
 * HLT, while the instructions before the HLT are counted a little later, when
 * the vCPU's thread has left the execution loop. A main loop that comes by in
 * between takes the clock for earlier than it is, and jumps too far by as many
 * nanoseconds: seldom, and as the host's scheduler likes.
 *
 * So, just before the main loop decides, the vCPU's thread is made to pass the
 * point where it counts. When that moved the counter, or a timer is due, it is
 * looked at again.
 */
#include "presil_pci.h"

static void nothing(CPUState *cpu, void *data)
{
    (void)cpu;
    (void)data;
}

/*
 * Whether the main loop is about to move the clock of a vCPU that has halted.
 * One that stands still for a read (stall.c) has nothing left to count. Work
 * for it would be done at once, but whoever waits for that is told only when
 * the list of work is empty, which is when the read is over.
 */
static bool will_jump(void)
{
    return runstate_is_running() && !presil_stall_active() &&
           all_cpu_threads_idle() &&
           qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                      QEMU_TIMER_ATTR_NOT_EXTERNAL) > 0;
}

static void main_loop_polled(Notifier *notifier, void *data)
{
    const MainLoopPoll *poll = data;
    CPUState *cpu = qemu_get_cpu(0);
    int64_t counted;

    (void)notifier;
    if (poll->state == MAIN_LOOP_POLL_FILL || !cpu) {
        return;
    }
    /*
     * Nothing but an expired timer makes a halted vCPU run while we hold the
     * big lock: once it has halted, no timer is due, and it has passed the
     * point without the counter moving, all it executed is counted.
     */
    while (will_jump()) {
        counted = icount_get_raw();
        run_on_cpu(cpu, nothing, NULL);
        if (icount_get_raw() == counted) {
            break;
        }
    }
}

void presil_idle_jump_init(void)
{
    static Notifier notifier = {.notify = main_loop_polled};
    static bool added;

    if (!added) {
        added = true;
        main_loop_poll_add_notifier(&notifier);
    }
}
