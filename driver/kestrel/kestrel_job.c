// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Making and freeing jobs and their fences. */

#include <linux/module.h>
#include <linux/mm.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include <drm/drm_drv.h>

#include "kestrel_device.h"
#include "kestrel_drv.h"
#include "kestrel_job.h"
#include "kestrel_queue.h"
#include "kestrel_sched.h"

static const char *kestrel_fence_get_driver_name(struct dma_fence *fence)
{
	return KESTREL_DRIVER_NAME;
}

static const char *kestrel_fence_get_timeline_name(struct dma_fence *fence)
{
	return "ring";
}

static void kestrel_fence_release(struct dma_fence *fence)
{
	kestrel_sched_put(container_of(fence, struct kestrel_fence, base)->sched);
	dma_fence_free(fence);
	module_put(THIS_MODULE);
}

static const struct dma_fence_ops kestrel_fence_ops = {
	.get_driver_name = kestrel_fence_get_driver_name,
	.get_timeline_name = kestrel_fence_get_timeline_name,
	.release = kestrel_fence_release,
};

static void kestrel_fence_begin(struct kestrel_fence *fence, u64 context, u64 seqno)
{
	__module_get(THIS_MODULE);
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, &kestrel_fence_ops, &fence->lock, context, seqno);
}

/**
 * kestrel_fence_init() - give a job's fence its place on the timeline
 * @fence: fence of a job
 * @hw: queue whose timeline it is, at the number that the fence gets
 *
 * Context: any; allocates nothing.
 */
void kestrel_fence_init(struct kestrel_fence *fence, const struct kestrel_hw_queue *hw)
{
	kestrel_fence_begin(fence, hw->fence_context, hw->fence_seqno);
}

static bool kestrel_fence_begun(const struct kestrel_fence *fence)
{
	return kref_read(&fence->base.refcount);
}

static void kestrel_fence_drop(struct kestrel_fence *fence)
{
	if (!fence)
		return;
	if (kestrel_fence_begun(fence)) {
		dma_fence_put(&fence->base);
	} else {
		kestrel_sched_put(fence->sched);
		kfree(fence);
	}
}

static struct kestrel_fence *kestrel_fence_alloc(struct kestrel_sched *sched)
{
	struct kestrel_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL_ACCOUNT);

	if (fence)
		fence->sched = kestrel_sched_get(sched);
	return fence;
}

/**
 * kestrel_job_alloc() - make an empty job
 * @queue: queue that it is for
 *
 * What running the job needs is allocated here, so that it cannot fail.
 *
 * Return: the job, its base class not initialised, or ERR_PTR() of -ENOMEM, or -ENODEV if the
 * device does not wake up.
 */
struct kestrel_job *kestrel_job_alloc(struct kestrel_queue *queue)
{
	struct kestrel_device *kdev = queue->kdev;
	struct kestrel_job *job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);

	if (!job)
		return ERR_PTR(-ENOMEM);

	job->fence = kestrel_fence_alloc(kdev->sched);
	if (!job->fence) {
		kfree(job);
		return ERR_PTR(-ENOMEM);
	}

	if (pm_runtime_resume_and_get(kdev->drm.dev) < 0) {
		kestrel_fence_drop(job->fence);
		kfree(job);
		return ERR_PTR(-ENODEV);
	}

	drm_dev_get(&kdev->drm);
	job->kdev = kdev;
	job->queue = queue;
	INIT_LIST_HEAD(&job->node);
	return job;
}

/**
 * kestrel_job_free() - free a job
 * @job: job, its base class cleaned up or never initialised
 *
 * Context: may sleep.
 */
void kestrel_job_free(struct kestrel_job *job)
{
	struct kestrel_device *kdev = job->kdev;
	struct kestrel_queue *queue = job->started ? job->queue : NULL;

	kestrel_fence_drop(job->fence);
	kvfree(job->calls);
	kfree(job);

	pm_runtime_mark_last_busy(kdev->drm.dev);
	pm_runtime_put_autosuspend(kdev->drm.dev);
	/*
	 * Never the last reference of a job that was started, whose freeing is the scheduler's: its
	 * queue waits for it, with the file open.
	 */
	drm_dev_put(&kdev->drm);
	if (queue && atomic_dec_and_test(&queue->started))
		wake_up_var(&queue->started);
}

/**
 * kestrel_job_cleanup() - undo drm_sched_job_arm(), or what there is of it
 * @job: job that has ended, well or not
 *
 * Userspace may keep the scheduler's fence, which points to the scheduler, for as long as it likes.
 * So that it keeps the scheduler alive it needs a fence of ours, and gets one that has signalled if
 * the job never had its own.
 */
void kestrel_job_cleanup(struct kestrel_job *job)
{
	struct drm_sched_fence *scheduled = job->base.s_fence;

	if (!scheduled->parent) {
		if (!kestrel_fence_begun(job->fence)) {
			kestrel_fence_begin(job->fence, dma_fence_context_alloc(1), 1);
			dma_fence_set_error(&job->fence->base, -ECANCELED);
			dma_fence_signal(&job->fence->base);
		}
		scheduled->parent = dma_fence_get(&job->fence->base);
	}
	drm_sched_job_cleanup(&job->base);
}
