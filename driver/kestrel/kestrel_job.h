/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* A job: what it does, and the fence that ends it. */
#ifndef _KESTREL_JOB_H_
#define _KESTREL_JOB_H_

#include <linux/dma-fence.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <drm/gpu_scheduler.h>

struct drm_kestrel_call;
struct kestrel_device;
struct kestrel_hw_queue;
struct kestrel_queue;
struct kestrel_sched;

/**
 * struct kestrel_fence - signals when a FENCE has completed, or never will
 *
 * The scheduler's fences hold it, and so do those of userspace that they stand for: for as long as
 * it lives, so do the scheduler, which theirs point to, and the module.
 */
struct kestrel_fence {
	/** @base: base class; its reference count is 0 until kestrel_fence_init() */
	struct dma_fence base;
	/** @lock: lock of @base, here because the fence may outlive the device */
	spinlock_t lock;
	/** @sched: one reference */
	struct kestrel_sched *sched;
};

/**
 * struct kestrel_job - one job
 *
 * Made by the submit ioctl, which hands it to the scheduler or gives it up; then owned by the
 * scheduler, which has it freed when its fence has signalled.
 */
struct kestrel_job {
	/** @base: base class */
	struct drm_sched_job base;

	/** @kdev: device, one reference, and one that keeps it awake */
	struct kestrel_device *kdev;

	/** @queue: queue; not to be used any more unless @started, when it waits for the job */
	struct kestrel_queue *queue;

	/** @started: the scheduler has called run_job() for it */
	bool started;

	/** @node: in kestrel_hw_queue.jobs, while the ring holds the job */
	struct list_head node;

	/** @fence: our reference; allocated with the job, initialised when it starts */
	struct kestrel_fence *fence;

	/** @calls: command buffers */
	struct drm_kestrel_call *calls;
	/** @call_count: elements of @calls */
	u32 call_count;

	/** @first_record: index in the ring of its first record, modulo 2^32 */
	u32 first_record;
};

static inline struct kestrel_job *to_kestrel_job(struct drm_sched_job *sched_job)
{
	return container_of(sched_job, struct kestrel_job, base);
}

/* Entries of the ring that a job takes: CALLs and a FENCE. */
static inline u32 kestrel_job_records(const struct kestrel_job *job)
{
	return job->call_count + 1;
}

struct kestrel_job *kestrel_job_alloc(struct kestrel_queue *queue);
void kestrel_job_free(struct kestrel_job *job);
void kestrel_job_cleanup(struct kestrel_job *job);

void kestrel_fence_init(struct kestrel_fence *fence, const struct kestrel_hw_queue *hw);

#endif
