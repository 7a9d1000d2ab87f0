// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Giving jobs to the rings and ending them; stopping all that. */

#include <linux/dma-fence.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "kestrel_compat.h"
#include "kestrel_device.h"
#include "kestrel_irq.h"
#include "kestrel_job.h"
#include "kestrel_queue.h"
#include "kestrel_recover.h"
#include "kestrel_sched.h"
#include "kestrel_trace.h"

/*
 * How often to look after a job that does not end. The device itself stops what takes too long,
 * so this finds lost interrupts, and devices that have died.
 */
#define KESTREL_TIMEOUT_MS (2 * KESTREL_CALL_TIME_MAX_MS)

/**
 * kestrel_sched_get() - keep the scheduler in memory
 * @sched: scheduler
 *
 * Return: @sched.
 */
struct kestrel_sched *kestrel_sched_get(struct kestrel_sched *sched)
{
	kref_get(&sched->refcount);
	return sched;
}

static void kestrel_sched_free(struct kref *refcount)
{
	kfree(container_of(refcount, struct kestrel_sched, refcount));
}

/**
 * kestrel_sched_put() - undo kestrel_sched_get()
 * @sched: scheduler
 *
 * Context: any.
 */
void kestrel_sched_put(struct kestrel_sched *sched)
{
	kref_put(&sched->refcount, kestrel_sched_free);
}

/**
 * kestrel_sched_end_jobs() - signal the fences of jobs
 * @jobs: jobs that were taken out of the ring; each may be freed as soon as its fence has signalled
 * @error: negative, or 0
 *
 * Context: part of the path that signals fences, so it allocates nothing.
 */
void kestrel_sched_end_jobs(struct list_head *jobs, int error)
{
	struct kestrel_job *job, *next;

	list_for_each_entry_safe(job, next, jobs, node) {
		struct dma_fence *fence = dma_fence_get(&job->fence->base);

		list_del_init(&job->node);
		trace_kestrel_job_done(job, error);
		if (error)
			dma_fence_set_error(fence, error);
		dma_fence_signal(fence);
		dma_fence_put(fence);
	}
}

static void kestrel_sched_retire_queue(struct kestrel_device *kdev, struct kestrel_hw_queue *hw)
{
	u64 completed = kestrel_ring_completed(&hw->ring);
	struct kestrel_job *job, *next;
	LIST_HEAD(done);

	spin_lock(&kdev->job_lock);
	list_for_each_entry_safe(job, next, &hw->jobs, node) {
		if (job->fence->base.seqno > completed)
			break;
		hw->used -= kestrel_job_records(job);
		job->queue->jobs_done++;
		list_move_tail(&job->node, &done);
	}
	spin_unlock(&kdev->job_lock);

	kestrel_sched_end_jobs(&done, 0);
}

/**
 * kestrel_sched_retire() - end the jobs whose fence the device has written
 * @kdev: device, plugged
 *
 * Context: the fence interrupt's thread, or anywhere while that is off. Part of the path that
 * signals fences, so it allocates nothing.
 */
void kestrel_sched_retire(struct kestrel_device *kdev)
{
	struct kestrel_hw_queue *hw;

	kestrel_for_each_queue(kdev, hw)
		kestrel_sched_retire_queue(kdev, hw);
}

/* When the ring has no room, the job waits for the oldest one in it. */
static struct dma_fence *kestrel_sched_prepare_job(struct drm_sched_job *sched_job,
						   struct drm_sched_entity *entity)
{
	struct kestrel_job *job = to_kestrel_job(sched_job);
	struct kestrel_hw_queue *hw = job->queue->hw;
	struct kestrel_device *kdev = job->kdev;
	struct dma_fence *fence = NULL;

	spin_lock(&kdev->job_lock);
	if (hw->used + kestrel_job_records(job) > kestrel_ring_entries(&hw->ring)) {
		struct kestrel_job *oldest;

		oldest = list_first_entry(&hw->jobs, struct kestrel_job, node);
		fence = dma_fence_get(&oldest->fence->base);
	}
	spin_unlock(&kdev->job_lock);
	return fence;
}

static void kestrel_job_run(struct kestrel_job *job)
{
	struct kestrel_hw_queue *hw = job->queue->hw;
	struct kestrel_device *kdev = job->kdev;

	hw->fence_seqno++;
	kestrel_fence_init(job->fence, hw);
	kestrel_hw_queue_write_job(hw, job, 0);
	trace_kestrel_job_run(job, 0);

	/* On the list before the doorbell: the interrupt may come at once. */
	spin_lock(&kdev->job_lock);
	hw->used += kestrel_job_records(job);
	list_add_tail(&job->node, &hw->jobs);
	spin_unlock(&kdev->job_lock);
	kestrel_hw_queue_doorbell(kdev, hw);
}

static struct dma_fence *kestrel_sched_run_job(struct drm_sched_job *sched_job)
{
	struct kestrel_job *job = to_kestrel_job(sched_job);
	struct kestrel_queue *queue = job->queue;
	struct kestrel_device *kdev = job->kdev;
	bool cookie;
	int idx;

	job->started = true;
	atomic_inc(&queue->started);
	if (READ_ONCE(queue->dead) || READ_ONCE(queue->lost))
		return ERR_PTR(-ECANCELED);
	if (!READ_ONCE(kdev->online) || !drm_dev_enter(&kdev->drm, &idx))
		return ERR_PTR(-ENODEV);

	cookie = dma_fence_begin_signalling();
	kestrel_job_run(job);
	dma_fence_end_signalling(cookie);

	drm_dev_exit(idx);

	/* The caller frees the job, and our reference with it, only after this fence signals. */
	return dma_fence_get(&job->fence->base);
}

static void kestrel_sched_free_job(struct drm_sched_job *sched_job)
{
	struct kestrel_job *job = to_kestrel_job(sched_job);

	kestrel_job_cleanup(job);
	kestrel_job_free(job);
}

/**
 * kestrel_sched_pause_for() - kestrel_sched_pause(), in timedout_job()
 * @kdev: device
 * @bad: job that the scheduler took off its list before it called us, and which it gets back; or
 *	NULL
 */
void kestrel_sched_pause_for(struct kestrel_device *kdev, struct drm_sched_job *bad)
{
	mutex_lock(&kdev->reset_lock);
	drm_sched_stop(&kdev->sched->base, bad);
	kestrel_irq_disable(kdev);
}

/**
 * kestrel_sched_pause() - stop giving jobs to the device and ending them
 * @kdev: device
 *
 * Jobs can still be queued. The caller owns the device, the rings and the jobs in them until
 * kestrel_sched_resume(), which has to follow.
 *
 * Context: may sleep, but not in timedout_job(). Takes kestrel_device.reset_lock.
 */
void kestrel_sched_pause(struct kestrel_device *kdev)
{
	/* A timeout that has begun has a job in hand that stopping the scheduler would miss. */
	cancel_delayed_work_sync(&kdev->sched->base.work_tdr);
	kestrel_sched_pause_for(kdev, NULL);
}

/**
 * kestrel_sched_resume() - undo kestrel_sched_pause()
 * @kdev: device, paused
 *
 * Jobs that ended meanwhile are cleaned up; queued ones run, or end with -ENODEV if the device is
 * offline.
 *
 * Context: may sleep. Releases kestrel_device.reset_lock.
 */
void kestrel_sched_resume(struct kestrel_device *kdev)
{
	struct drm_gpu_scheduler *sched = &kdev->sched->base;
	struct kestrel_job *job;

	kestrel_irq_enable(kdev);

	/* Stopping the scheduler took each job's fence from it. */
	list_for_each_entry(job, &sched->pending_list, base.list)
		job->base.s_fence->parent = dma_fence_get(&job->fence->base);
	drm_sched_start(sched, 0);
	mutex_unlock(&kdev->reset_lock);
}

/**
 * kestrel_sched_leave_paused() - give kestrel_device.reset_lock back, and leave all stopped
 * @kdev: device, paused; nothing may pause it again before kestrel_sched_enter_paused()
 */
void kestrel_sched_leave_paused(struct kestrel_device *kdev)
{
	mutex_unlock(&kdev->reset_lock);
}

/**
 * kestrel_sched_enter_paused() - undo kestrel_sched_leave_paused()
 * @kdev: device, left paused
 */
void kestrel_sched_enter_paused(struct kestrel_device *kdev)
{
	mutex_lock(&kdev->reset_lock);
}

static const struct drm_sched_backend_ops kestrel_sched_ops = {
	.prepare_job = kestrel_sched_prepare_job,
	.run_job = kestrel_sched_run_job,
	.timedout_job = kestrel_recover_timedout_job,
	.free_job = kestrel_sched_free_job,
};

static void kestrel_sched_fini(struct drm_device *drm, void *data)
{
	struct kestrel_sched *sched = data;

	drm_sched_fini(&sched->base);
	kestrel_sched_put(sched);
}

static void kestrel_sched_release_workqueue(struct drm_device *drm, void *data)
{
	destroy_workqueue(to_kestrel_device(drm)->reset_wq);
}

/**
 * kestrel_sched_init() - set the scheduler up
 * @kdev: device, its rings allocated
 *
 * The scheduler lives as long as the DRM device: jobs of open files are ended through it after the
 * hardware has gone.
 *
 * Return: 0 or -ENOMEM.
 */
int kestrel_sched_init(struct kestrel_device *kdev)
{
	struct drm_sched_init_args args = {
		.ops = &kestrel_sched_ops,
		.num_rqs = 1,
		/* A credit is an entry of a ring; prepare_job() sees to each ring by itself. */
		.credit_limit = kdev->caps.queues * kestrel_ring_entries(&kdev->queues[0].ring),
		.timeout = msecs_to_jiffies(KESTREL_TIMEOUT_MS),
		.name = "kestrel",
		.dev = kdev->drm.dev,
	};
	struct kestrel_sched *sched;
	int ret;

	spin_lock_init(&kdev->job_lock);
	INIT_WORK(&kdev->error_work, kestrel_recover_error_work);
	ret = drmm_mutex_init(&kdev->drm, &kdev->reset_lock);
	if (ret)
		return ret;

	kdev->reset_wq = alloc_ordered_workqueue("kestrel-reset", 0);
	if (!kdev->reset_wq)
		return -ENOMEM;
	ret = drmm_add_action_or_reset(&kdev->drm, kestrel_sched_release_workqueue, NULL);
	if (ret)
		return ret;

	sched = kzalloc(sizeof(*sched), GFP_KERNEL);
	if (!sched)
		return -ENOMEM;
	kref_init(&sched->refcount);

	args.timeout_wq = kdev->reset_wq;
	ret = drm_sched_init(&sched->base, &args);
	if (ret) {
		kestrel_sched_put(sched);
		return ret;
	}
	kdev->sched = sched;
	return drmm_add_action_or_reset(&kdev->drm, kestrel_sched_fini, sched);
}
