/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* A job: what it does, what it keeps alive, and the fence that ends it. */
#ifndef _KESTREL_JOB_H_
#define _KESTREL_JOB_H_

#include <linux/dma-fence.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <drm/gpu_scheduler.h>

#include "kestrel_commands.h"

struct drm_gem_object;
struct kestrel_bo;
struct kestrel_device;
struct kestrel_file;

/**
 * struct kestrel_fence - signals when a FENCE has completed, or never will
 */
struct kestrel_fence {
	/** @base: base class; its reference count is 0 until kestrel_fence_init() */
	struct dma_fence base;
	/** @lock: lock of @base, here because the fence may outlive the device */
	spinlock_t lock;
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

	/** @kdev: device; the file keeps it alive */
	struct kestrel_device *kdev;

	/** @kfile: file that submitted it, which waits for it before it goes */
	struct kestrel_file *kfile;

	/** @node: in kestrel_device.jobs, while the ring holds the job */
	struct list_head node;

	/** @fence: our reference; allocated with the job, initialised when it starts */
	struct kestrel_fence *fence;

	/** @pieces: what to copy; NULL once @commands says it */
	struct kestrel_piece *pieces;
	/** @piece_count: elements of @pieces in use */
	u32 piece_count;
	/** @piece_limit: elements of @pieces that there are */
	u32 piece_limit;

	/** @commands: what the device executes */
	struct kestrel_commands commands;

	/** @object_count: elements of @objects in use */
	u32 object_count;
	/** @objects: buffers that the job keeps alive, one reference for each mention */
	struct drm_gem_object **objects;
};

static inline struct kestrel_job *to_kestrel_job(struct drm_sched_job *sched_job)
{
	return container_of(sched_job, struct kestrel_job, base);
}

struct kestrel_job *kestrel_job_alloc(struct kestrel_device *kdev, struct kestrel_file *kfile,
				      u32 copies, u64 bytes);
void kestrel_job_free(struct kestrel_job *job);
int kestrel_job_add_copy(struct kestrel_job *job, const struct kestrel_bo *dst, u64 dst_offset,
			 const struct kestrel_bo *src, u64 src_offset, u64 length);
int kestrel_job_make_commands(struct kestrel_job *job);

void kestrel_fence_init(struct kestrel_fence *fence, u64 context, u64 seqno);

#endif
