/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* What is left of a fault, for whoever has to find out. */
#ifndef _KESTREL_COREDUMP_H_
#define _KESTREL_COREDUMP_H_

#include <linux/types.h>

#include <drm/kestrel_accel.h>

#include "kestrel_device.h"
#include "kestrel_mmu.h"
#include "kestrel_queue.h"
#include "kestrel_queue_info.h"
#include "kestrel_ring.h"

struct drm_printer;

/* Raised when a line changes its meaning; new lines do not. */
#define KESTREL_COREDUMP_VERSION 1

/* Registers of the device, and of a queue, that are read. */
#define KESTREL_COREDUMP_REGISTERS	 11
#define KESTREL_COREDUMP_QUEUE_REGISTERS 14

#define KESTREL_RING_ENTRIES_MAX BIT(KESTREL_RING_LOG2)

/**
 * struct kestrel_coredump_queue - what is kept of the queue that is to blame
 */
struct kestrel_coredump_queue {
	/** @index: number in the device */
	u32 index;
	/** @error: error with which its job ends */
	int error;
	/** @fault: what the device said, if anything */
	struct kestrel_fault fault;
	/** @registers: values, in the order of kestrel_coredump_queue_registers */
	u32 registers[KESTREL_COREDUMP_QUEUE_REGISTERS];
	/** @space_config: register of its address space */
	u32 space_config;
	/** @root: bus address of its page tables, as the device has it */
	u64 root;
	/** @ring: all entries of the ring */
	struct kestrel_record ring[KESTREL_RING_ENTRIES_MAX];
	/** @has_job: there was a job in the ring; else the members about it mean nothing */
	bool has_job;
	/** @job_seqno: number of the job's fence */
	u64 job_seqno;
	/** @job_first_record: where in the ring it begins, modulo 2^32 */
	u32 job_first_record;
	/** @call_count: elements of @calls */
	u32 call_count;
	/** @calls: its command buffers */
	struct drm_kestrel_call calls[KESTREL_RING_ENTRIES_MAX];
	/** @command: the command that failed, where @no_command is NULL */
	__le32 command[KESTREL_RECORD_BYTES / sizeof(__le32)];
	/** @command_va: its address */
	u64 command_va;
	/** @no_command: why the command is not there */
	const char *no_command;
	/** @levels: elements of @entries; 0 if no address is known */
	u32 levels;
	/** @entries: entries of the page tables for the address, from the root on */
	u64 entries[KESTREL_MMU_LEVELS];
};

/**
 * struct kestrel_coredump - one dump on its way to userspace
 *
 * Allocated when the driver is bound, because there is no memory to be had while fences wait to be
 * signalled. It is filled there, and formatted by a worker that has time and memory.
 */
struct kestrel_coredump {
	/** @kdev: device */
	struct kestrel_device *kdev;
	/** @work: formats it */
	struct work_struct work;
	/** @busy: bit 0: filled, and not formatted yet */
	unsigned long busy;
	/** @dropped: how many came while @busy; protected by kestrel_device.reset_lock */
	u32 dropped;

	/** @reason: what happened */
	const char *reason;
	/** @time_ns: when, in nanoseconds since the machine was started */
	u64 time_ns;
	/** @dropped_before: @dropped at that time */
	u32 dropped_before;
	/** @registers: values, in the order of kestrel_coredump_registers */
	u32 registers[KESTREL_COREDUMP_REGISTERS];
	/** @has_queue: whether a queue is to blame */
	bool has_queue;
	/** @queue: that queue */
	struct kestrel_coredump_queue queue;
	/** @queues: all queues in short */
	struct kestrel_queue_info queues[KESTREL_QUEUES_MAX];
};

/**
 * struct kestrel_coredump_register - a register that is kept
 */
struct kestrel_coredump_register {
	/** @name: name in the reference */
	const char *name;
	/** @offset: where it is; of a queue's, where that of queue 0 is */
	u32 offset;
};

extern const struct kestrel_coredump_register kestrel_coredump_registers[];
extern const struct kestrel_coredump_register kestrel_coredump_queue_registers[];

int kestrel_coredump_init(struct kestrel_device *kdev);
void kestrel_coredump_fini(struct kestrel_device *kdev);
void kestrel_coredump_take(struct kestrel_device *kdev, struct kestrel_hw_queue *hw, int error,
			   const char *reason);

void kestrel_coredump_print(struct drm_printer *p, const struct kestrel_coredump *dump);

#endif
