/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * One presil-pci device: its state, and what the parts call of each other.
 *
 * The state lies outside QEMU's object, which has the size of its parent, so
 * that no layout of PCIDevice is needed. Everything runs with QEMU's big lock
 * held, except the pulse thread (pulse.c).
 */
#ifndef PRESIL_PCI_H
#define PRESIL_PCI_H

#include <stdio.h>

#include "link.h"
#include "qemu_abi.h"

#define TYPE_PRESIL_PCI "presil-pci"

#define PRESIL_CONFIG_BYTES 4096
/* At most this much device time in one ADVANCE, ns. */
#define PRESIL_SLICE_NS 100000

typedef struct PresilPci PresilPci;

/* What the user sets. */
typedef struct PresilParams {
    char *socket;
    char *log;
    uint64_t quantum_ns;
    uint64_t watchdog_ms;
    uint64_t spin_ns;
    uint64_t free_running; /* 1: no icount, any number of vCPUs */
} PresilParams;

typedef struct PresilBarRegion {
    PresilPci *device;
    uint32_t index;
    MemoryRegion *region; /* NULL: no such BAR */
} PresilBarRegion;

/* The bits of config space that are ours rather than QEMU's (config.c). */
typedef struct PresilConfig {
    uint8_t ours[PRESIL_CONFIG_BYTES];
    uint8_t value[PRESIL_CONFIG_BYTES];
    uint8_t initial[PRESIL_CONFIG_BYTES];
    uint8_t writable[PRESIL_CONFIG_BYTES];
    uint8_t pm_cap;   /* 0: none */
    uint8_t exp_cap;  /* PCI Express capability */
    uint8_t msix_cap; /* 0: none */
    uint16_t aer_cap; /* 0: none */
    bool in_flr;      /* the reset under way is a function level reset */
    struct presil_message sent; /* the CONFIG that the simulator knows */
} PresilConfig;

typedef struct PresilCounters {
    uint64_t mmio_reads;
    uint64_t mmio_writes;
    uint64_t failed_reads; /* UR, CA or CTO */
    uint64_t refused;      /* accesses answered here: stopped, D3, re-entrant */
    uint64_t stalls;       /* reads charged to a vCPU */
    uint64_t stalls_continued; /* interrupted by a stop of the machine */
    uint64_t dma_bytes;
    uint64_t dma_refused;
    uint64_t interrupts;
    uint64_t interrupts_dropped; /* MSI-X was not enabled */
    uint64_t errors;             /* ERROR upcalls */
    uint64_t advances;
    uint64_t timer_ticks;
    uint64_t idle_probes; /* times the guest was looked at for being idle */
    uint64_t idle_runs;   /* ADVANCEs ahead of an idle guest */
} PresilCounters;

struct PresilPci {
    PresilPci *next; /* all devices, in order of creation */
    PCIDevice *pci;
    PresilParams params;
    bool realized;

    PresilLink link;
    struct presil_personality personality;
    PresilBarRegion bars[PRESIL_LINK_BARS];
    PresilConfig config;
    PresilCounters counters;
    AddressSpace *dma_space;

    PresilPci *clock_next; /* devices the clock knows, in slot order */
    bool advancing;        /* an ADVANCE is in flight */
    bool event_pending;    /* the latest ADVANCE stopped before an event */

    FILE *log;
    Notifier exit_notifier;
    Error *migration_blocker;
};

/* -------------------------------------------------------- pci_device.c ---- */

/* Registers the type. The guard has passed. */
void presil_pci_register(size_t class_offset);
/* The state of a QEMU object of our type; NULL if there is none. */
PresilPci *presil_pci_find(const void *object);

/* -------------------------------------------------------------- config.c ---- */

/* Adds capabilities and the personality's ids. */
bool presil_config_init(PresilPci *s, Error **errp);
void presil_config_exit(PresilPci *s);
uint32_t presil_config_read(PCIDevice *pci, uint32_t address, int len);
void presil_config_write(PCIDevice *pci, uint32_t address, uint32_t value,
                         int len);
/* Reset values into our bits; tells the simulator. */
void presil_config_reset(PresilPci *s);
uint32_t presil_config_power_state(const PresilPci *s);
bool presil_config_bus_master(const PresilPci *s);

/* ---------------------------------------------------------------- mmio.c ---- */

void presil_mmio_init(PresilPci *s);

/* --------------------------------------------------------------- stall.c ---- */

/* Stops the vCPU that is running now until `end_ns` of the virtual clock. */
void presil_stall_until(PresilPci *s, int64_t end_ns);
/* Ends the stall at once if `s` made it. */
void presil_stall_drop(PresilPci *s);
/* A vCPU stands still: its thread moves the clock, and has counted all it did. */
bool presil_stall_active(void);

/* -------------------------------------------------------------- upcall.c ---- */

extern const PresilLinkOps presil_link_ops;
/* dma.c: move the bytes; the answer's status. */
enum presil_status presil_dma(PresilPci *s, uint64_t addr, void *data,
                              uint32_t len_bytes, bool is_write);

/* --------------------------------------------------------------- clock.c ---- */

void presil_clock_add(PresilPci *s);
void presil_clock_remove(PresilPci *s);
/* A call has returned: `link.next_ps` may be earlier than before. */
void presil_clock_update(PresilPci *s);
/* What time it is for the guest, on the devices' axis. Free-running, a device
 * that is slower has not come so far: then its time, and the axis lags behind
 * the guest's clock from here on. */
int64_t presil_guest_ns(void);
uint64_t presil_guest_ps(void);
/* Rounded up: nothing is delivered before its time. */
int64_t presil_ps_to_ns(uint64_t ps);

/* ----------------------------------------------------------- idle_jump.c ---- */

/* Once is enough; more does no harm. */
void presil_idle_jump_init(void);

/* --------------------------------------------------------------- pulse.c ---- */

void presil_pulse_add(PresilPci *s);
void presil_pulse_remove(PresilPci *s);

/* ----------------------------------------------------------------- log.c ---- */

bool presil_log_open(PresilPci *s, Error **errp);
/* One line: guest time, `kind`, then `format`. */
void presil_log(PresilPci *s, const char *kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The final counters; closes the log. */
void presil_log_close(PresilPci *s);
/* One line on stderr, with the device's name. */
void presil_complain(const PresilPci *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define presil_count(s, counter)                                               \
    presil_publish(&(s)->link, counter, ++(s)->counters.counter)

/* A zeroed buffer for one of QEMU's opaque objects; ends QEMU if there is no
 * memory, as QEMU itself does. */
void *presil_alloc(size_t bytes);

#endif
