/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Queues as userspace knows them. */
#ifndef _KESTREL_QUEUE_H_
#define _KESTREL_QUEUE_H_

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/types.h>

#include <drm/gpu_scheduler.h>

struct drm_device;
struct drm_file;
struct kestrel_counts;
struct kestrel_device;
struct kestrel_hw_queue;
struct kestrel_vm;

/**
 * struct kestrel_fault - what the device said about an error of a queue
 */
struct kestrel_fault {
	/** @valid: whether it said anything */
	bool valid;
	/** @in_call: it is about a command of @call; else about the record itself */
	bool in_call;
	/** @cause: KESTREL_ERROR_CAUSE_* */
	u16 cause;
	/** @response: response of the bus */
	u16 response;
	/** @fault: KESTREL_FAULT_* */
	u16 fault;
	/** @access: KESTREL_ACCESS_* */
	u16 access;
	/** @opcode: KESTREL_OPCODE_* */
	u16 opcode;
	/** @index: record of the ring */
	u32 index;
	/** @call: command buffer of the job */
	u32 call;
	/** @offset: command in it, bytes */
	u32 offset;
	/** @va: address that was accessed */
	u64 va;
};

/**
 * struct kestrel_queue - one queue of an open file
 *
 * From when it is created until it is destroyed it has a queue of the device.
 */
struct kestrel_queue {
	/** @refcount: the open file, and calls that use it */
	struct kref refcount;

	/** @kdev: device */
	struct kestrel_device *kdev;

	/** @vm: where its command buffers are; the queue is one of its users */
	struct kestrel_vm *vm;

	/** @hw: queue of the device */
	struct kestrel_hw_queue *hw;

	/** @priority: as the device counts, more is first */
	u32 priority;

	/** @client_id: open file that it belongs to */
	u64 client_id;

	/** @tgid: process that created it, for people to read */
	pid_t tgid;

	/** @comm: its name then */
	char comm[TASK_COMM_LEN];

	/** @entity: jobs that wait for their dependencies, or for room in the ring */
	struct drm_sched_entity entity;

	/** @submit_lock: makes arming and pushing a job one step; protects @dead */
	struct mutex submit_lock;

	/** @dead: destroyed; takes no job, and @hw may be somebody else's */
	bool dead;

	/** @lost: a job failed; written under kestrel_device.reset_lock, read anywhere */
	bool lost;

	/** @error: with which error, negative; protected by kestrel_device.reset_lock */
	int error;

	/** @fault: what the device said; protected by kestrel_device.reset_lock */
	struct kestrel_fault fault;

	/** @jobs_done: jobs that ended well; protected by kestrel_device.job_lock */
	u64 jobs_done;

	/** @busy_ns: time that was last shown; protected by kestrel_file.usage_lock */
	u64 busy_ns;

	/** @started: jobs that the scheduler began and has not freed; destroying waits for 0 */
	atomic_t started;
};

struct kestrel_queue *kestrel_queue_find(struct drm_file *file, u32 id);
void kestrel_queue_put(struct kestrel_queue *queue);
void kestrel_queue_destroy(struct kestrel_queue *queue);
int kestrel_queue_read_counters(struct kestrel_queue *queue, struct kestrel_counts *counts);

int kestrel_ioctl_queue_create(struct drm_device *drm, void *data, struct drm_file *file);
int kestrel_ioctl_queue_destroy(struct drm_device *drm, void *data, struct drm_file *file);
int kestrel_ioctl_queue_state(struct drm_device *drm, void *data, struct drm_file *file);

#endif
