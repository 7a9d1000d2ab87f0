/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* A queue of the device: its ring, and the jobs in it. */
#ifndef _KESTREL_HW_QUEUE_H_
#define _KESTREL_HW_QUEUE_H_

#include <linux/list.h>
#include <linux/types.h>

#include "kestrel_counters.h"
#include "kestrel_ring.h"

struct kestrel_device;
struct kestrel_job;
struct kestrel_queue;

/* A command buffer that takes longer is stopped by the device. */
#define KESTREL_CALL_TIME_MAX_MS 500

/**
 * struct kestrel_hw_queue - a queue of the device
 */
struct kestrel_hw_queue {
	/** @index: number in the device */
	u32 index;

	/**
	 * @ring: records and fence memory. Written by the scheduler's worker, or with the
	 * scheduler stopped by whoever holds kestrel_device.reset_lock.
	 */
	struct kestrel_ring ring;

	/** @owner: what userspace calls a queue, or NULL; protected by kestrel_device.reset_lock */
	struct kestrel_queue *owner;

	/** @jobs: jobs that the ring holds, oldest first; protected by kestrel_device.job_lock */
	struct list_head jobs;

	/** @used: entries of the ring that they hold; protected by kestrel_device.job_lock */
	u32 used;

	/** @parked_head: records that had completed when the device was stopped */
	u32 parked_head;

	/** @fence_context: timeline of the fences in the ring */
	u64 fence_context;

	/** @fence_seqno: last number used on it; written by the scheduler's worker */
	u64 fence_seqno;

	/** @counted: what it counted for @owner before it was last reset */
	struct kestrel_counts counted;
};

int kestrel_hw_queues_init(struct kestrel_device *kdev);

void kestrel_hw_queue_start(struct kestrel_device *kdev, struct kestrel_hw_queue *hw);
int kestrel_hw_queue_reset(struct kestrel_device *kdev, struct kestrel_hw_queue *hw);
void kestrel_hw_queue_write_job(struct kestrel_hw_queue *hw, struct kestrel_job *job, u32 skip);
void kestrel_hw_queue_doorbell(struct kestrel_device *kdev, struct kestrel_hw_queue *hw);
bool kestrel_hw_queues_park(struct kestrel_device *kdev);

#endif
