/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* A queue in short, as debugfs and dumps show it. */
#ifndef _KESTREL_QUEUE_INFO_H_
#define _KESTREL_QUEUE_INFO_H_

#include <linux/sched.h>
#include <linux/types.h>

struct drm_printer;
struct kestrel_device;
struct kestrel_hw_queue;

/**
 * struct kestrel_queue_info - what the driver knew of a queue of the device at one moment
 */
struct kestrel_queue_info {
	/** @index: number in the device */
	u32 index;
	/** @owned: userspace has it; else the members about its owner mean nothing */
	bool owned;
	/** @client_id: open file that created it, as in its fdinfo */
	u64 client_id;
	/** @tgid: process that created it */
	pid_t tgid;
	/** @comm: name of that process */
	char comm[TASK_COMM_LEN];
	/** @priority: as the device counts */
	u32 priority;
	/** @space: address space of the device */
	u32 space;
	/** @lost: a job of it failed */
	bool lost;
	/** @error: with which error, or 0 */
	int error;
	/** @jobs_done: jobs that ended well */
	u64 jobs_done;
	/** @jobs: jobs in the ring */
	u32 jobs;
	/** @used: entries of the ring that they hold */
	u32 used;
	/** @entries: entries of the ring */
	u32 entries;
	/** @tail: records written since the ring was rewound, modulo 2^32 */
	u32 tail;
	/** @fence_context: timeline of its fences */
	u64 fence_context;
	/** @fence_last: last number given out on it */
	u64 fence_last;
	/** @fence_completed: number in fence memory */
	u64 fence_completed;
};

void kestrel_queue_info_read(struct kestrel_device *kdev, struct kestrel_hw_queue *hw,
			     struct kestrel_queue_info *info);
void kestrel_queue_info_print(struct drm_printer *p, const char *indent,
			      const struct kestrel_queue_info *info);

#endif
