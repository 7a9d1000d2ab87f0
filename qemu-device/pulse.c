/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * Tells whoever watches the segment that QEMU's process runs, and how far the
 * guest's time has come. It takes no lock of QEMU's and changes nothing in it.
 */
#define _GNU_SOURCE

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "presil_pci.h"

#define PULSE_INTERVAL_NS 100000000L
#define PULSE_SEGMENTS    64

static pthread_mutex_t segments_lock = PTHREAD_MUTEX_INITIALIZER;
/* under segments_lock */
static struct presil_segment *segments[PULSE_SEGMENTS];
static bool running;

static void *pulse(void *opaque)
{
    const struct timespec interval = {.tv_nsec = PULSE_INTERVAL_NS};
    uint64_t beat = 0;

    (void)opaque;
    for (;;) {
        /* From this thread a plain read of two counters, or of the clock. */
        const uint64_t guest_ns =
            (uint64_t)(use_icount ? icount_get()
                                  : qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));

        beat++;
        pthread_mutex_lock(&segments_lock);
        for (int i = 0; i < PULSE_SEGMENTS; i++) {
            if (segments[i]) {
                __atomic_store_n(&segments[i]->qemu.guest_ns, guest_ns,
                                 __ATOMIC_RELAXED);
                __atomic_store_n(&segments[i]->qemu.pulse, beat,
                                 __ATOMIC_RELAXED);
            }
        }
        pthread_mutex_unlock(&segments_lock);
        nanosleep(&interval, NULL);
    }
    return NULL;
}

/* QEMU's signals are for its own threads. */
static void start(void)
{
    pthread_t thread;
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    running = pthread_create(&thread, NULL, pulse, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (running) {
        pthread_setname_np(thread, "presil-pulse");
        pthread_detach(thread);
    }
}

void presil_pulse_add(PresilPci *s)
{
    pthread_mutex_lock(&segments_lock);
    for (int i = 0; i < PULSE_SEGMENTS; i++) {
        if (!segments[i]) {
            segments[i] = s->link.segment;
            break;
        }
    }
    if (!running) {
        start();
    }
    pthread_mutex_unlock(&segments_lock);
}

void presil_pulse_remove(PresilPci *s)
{
    pthread_mutex_lock(&segments_lock);
    for (int i = 0; i < PULSE_SEGMENTS; i++) {
        if (segments[i] == s->link.segment) {
            segments[i] = NULL;
        }
    }
    pthread_mutex_unlock(&segments_lock);
}
