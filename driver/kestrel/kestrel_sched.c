// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Running jobs, ending them, and recovering when one does not end. */

#include <linux/bitfield.h>
#include <linux/dma-fence.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "kestrel_device.h"
#include "kestrel_irq.h"
#include "kestrel_job.h"
#include "kestrel_sched.h"

/* Ends jobs that were taken off kestrel_device.jobs; each may be freed as soon as it has ended. */
static void kestrel_jobs_end(struct list_head *jobs, int error)
{
	struct kestrel_job *job, *next;

	list_for_each_entry_safe(job, next, jobs, node) {
		struct dma_fence *fence = dma_fence_get(&job->fence->base);

		list_del_init(&job->node);
		if (error)
			dma_fence_set_error(fence, error);
		dma_fence_signal(fence);
		dma_fence_put(fence);
	}
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
	u64 completed = kestrel_ring_completed(&kdev->ring);
	struct kestrel_job *job, *next;
	LIST_HEAD(done);

	spin_lock(&kdev->job_lock);
	list_for_each_entry_safe(job, next, &kdev->jobs, node) {
		if (job->fence->base.seqno > completed)
			break;
		list_move_tail(&job->node, &done);
	}
	spin_unlock(&kdev->job_lock);

	kestrel_jobs_end(&done, 0);
}

static struct kestrel_job *kestrel_jobs_first(struct kestrel_device *kdev)
{
	return list_first_entry_or_null(&kdev->jobs, struct kestrel_job, node);
}

static void kestrel_job_end_first(struct kestrel_device *kdev, int error)
{
	struct kestrel_job *job = kestrel_jobs_first(kdev);
	LIST_HEAD(ended);

	if (!job)
		return;

	drm_err(&kdev->drm, "job %llu ends with error %d\n", job->fence->base.seqno, error);
	spin_lock(&kdev->job_lock);
	list_move(&job->node, &ended);
	spin_unlock(&kdev->job_lock);
	kestrel_jobs_end(&ended, error);
}

static void kestrel_job_write(struct kestrel_device *kdev, const struct kestrel_job *job)
{
	kestrel_ring_call(&kdev->ring, job->commands.dma, kestrel_commands_bytes(&job->commands));
	kestrel_ring_fence(&kdev->ring, job->fence->base.seqno);
}

static void kestrel_sched_ring_doorbell(struct kestrel_device *kdev)
{
	/* writel() orders records and commands, in coherent memory, before the doorbell. */
	kestrel_write(kdev, DOORBELL_TAIL(KESTREL_QUEUE), kdev->ring.tail);
}

static struct dma_fence *kestrel_sched_run_job(struct drm_sched_job *sched_job)
{
	struct kestrel_job *job = to_kestrel_job(sched_job);
	struct kestrel_device *kdev = job->kdev;
	bool cookie;
	int idx;

	if (!READ_ONCE(kdev->online) || !drm_dev_enter(&kdev->drm, &idx))
		return ERR_PTR(-ENODEV);

	cookie = dma_fence_begin_signalling();
	kestrel_fence_init(job->fence, kdev->fence_context, ++kdev->fence_seqno);
	kestrel_job_write(kdev, job);
	drm_dbg_driver(&kdev->drm, "job: %llu starts, %u commands, entries up to %u\n",
		       kdev->fence_seqno, job->commands.count, kdev->ring.tail);

	/* On the list before the doorbell: the interrupt may come at once. */
	spin_lock(&kdev->job_lock);
	list_add_tail(&job->node, &kdev->jobs);
	spin_unlock(&kdev->job_lock);
	kestrel_sched_ring_doorbell(kdev);
	dma_fence_end_signalling(cookie);

	drm_dev_exit(idx);

	/* The caller frees the job, and our reference with it, only after this fence signals. */
	return dma_fence_get(&job->fence->base);
}

static void kestrel_sched_free_job(struct drm_sched_job *sched_job)
{
	drm_sched_job_cleanup(sched_job);
	kestrel_job_free(to_kestrel_job(sched_job));
}

/* The scheduler took @bad off its list before it called us; stopping it puts the job back. */
static void kestrel_sched_pause_for(struct kestrel_device *kdev, struct drm_sched_job *bad)
{
	mutex_lock(&kdev->reset_lock);
	drm_sched_stop(&kdev->sched, bad);
	kestrel_irq_disable(kdev);
}

/**
 * kestrel_sched_pause() - stop giving jobs to the device and ending them
 * @kdev: device
 *
 * Jobs can still be queued. The caller owns the device, the ring and the jobs in it until
 * kestrel_sched_resume(), which has to follow.
 *
 * Context: may sleep, but not in timedout_job(). Takes kestrel_device.reset_lock.
 */
void kestrel_sched_pause(struct kestrel_device *kdev)
{
	/* A timeout that has begun has a job in hand that stopping the scheduler would miss. */
	cancel_delayed_work_sync(&kdev->sched.work_tdr);
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
	struct kestrel_job *job;

	kestrel_irq_enable(kdev);

	/* Stopping the scheduler took each job's fence from it. */
	list_for_each_entry(job, &kdev->sched.pending_list, base.list)
		job->base.s_fence->parent = dma_fence_get(&job->fence->base);
	drm_sched_start(&kdev->sched);
	mutex_unlock(&kdev->reset_lock);
}

/**
 * kestrel_sched_take_offline() - end all jobs, those to come included
 * @kdev: device, paused
 *
 * Every job ends with -ENODEV until kestrel_sched_restart_device() succeeds.
 */
void kestrel_sched_take_offline(struct kestrel_device *kdev)
{
	LIST_HEAD(ended);

	WRITE_ONCE(kdev->online, false);

	/* Memory of the jobs is about to be freed; a device that still lives must not write it. */
	pci_clear_master(to_pci_dev(kdev->drm.dev));

	spin_lock(&kdev->job_lock);
	list_splice_init(&kdev->jobs, &ended);
	spin_unlock(&kdev->job_lock);
	kestrel_jobs_end(&ended, -ENODEV);
}

/* Gives the jobs of the ring to a device that was started with the result @ret. */
static int kestrel_sched_refill(struct kestrel_device *kdev, int ret)
{
	struct kestrel_job *job;

	if (ret) {
		drm_err(&kdev->drm, "device does not start, error %d\n", ret);
		kestrel_sched_take_offline(kdev);
		return ret;
	}

	WRITE_ONCE(kdev->online, true);

	if (!list_empty(&kdev->jobs)) {
		list_for_each_entry(job, &kdev->jobs, node)
			kestrel_job_write(kdev, job);
		kestrel_sched_ring_doorbell(kdev);
	}
	return 0;
}

/**
 * kestrel_sched_restart_device() - reset the device and give it the jobs of the ring again
 * @kdev: device, paused and plugged
 *
 * On failure the device is offline.
 *
 * Return: 0, or an error of kestrel_device_start().
 */
int kestrel_sched_restart_device(struct kestrel_device *kdev)
{
	return kestrel_sched_refill(kdev, kestrel_device_start(kdev));
}

static void kestrel_sched_report_error(struct kestrel_device *kdev)
{
	u32 cause = kestrel_queue_read(kdev, ERROR_CAUSE);
	u32 index = kestrel_queue_read(kdev, ERROR_INDEX);
	u32 offset = kestrel_queue_read(kdev, ERROR_OFFSET);
	u64 addr = kestrel_queue_read(kdev, ERROR_ADDR_LO);

	addr |= (u64)kestrel_queue_read(kdev, ERROR_ADDR_HI) << 32;
	drm_err(&kdev->drm, "error: index %u, offset %u, address 0x%llx\n", index, offset, addr);
	drm_err(&kdev->drm, "error: cause %u, response %u, fault %u, opcode %u\n",
		FIELD_GET(KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK, cause),
		FIELD_GET(KESTREL_QUEUE_ERROR_CAUSE_RESP_MASK, cause),
		FIELD_GET(KESTREL_QUEUE_ERROR_CAUSE_FAULT_MASK, cause),
		FIELD_GET(KESTREL_QUEUE_ERROR_CAUSE_OPCODE_MASK, cause));
}

/*
 * Finds out what is wrong, if anything, and puts it right. @late is a job that was not done in
 * time, or NULL. The queue works in order, so it is the oldest job that it stopped at.
 */
static void kestrel_sched_recover(struct kestrel_device *kdev, const struct kestrel_job *late)
{
	u32 status;

	/* The memory tells the truth; an interrupt that was lost is no reason for a reset. */
	kestrel_sched_retire(kdev);

	status = kestrel_queue_read(kdev, STATUS);
	if (!kestrel_device_answers(status)) {
		drm_err(&kdev->drm, "device does not answer\n");
		kestrel_sched_take_offline(kdev);
		return;
	}

	if (status & KESTREL_QUEUE_STATUS_ERROR) {
		kestrel_sched_report_error(kdev);
		kestrel_job_end_first(kdev, -EIO);
	} else if (late && kestrel_jobs_first(kdev) == late) {
		drm_err(&kdev->drm, "job not done in %u ms, status 0x%08x, head %u, tail %u\n",
			KESTREL_JOB_TIMEOUT_MS, status, kestrel_queue_read(kdev, HEAD),
			kdev->ring.tail);
		kestrel_job_end_first(kdev, -ETIME);
	} else {
		if (late)
			drm_warn(&kdev->drm, "interrupt of a job was lost\n");
		return;
	}

	kestrel_sched_refill(kdev, kestrel_device_restart_queue(kdev));
}

static void kestrel_sched_recover_if_plugged(struct kestrel_device *kdev,
					     const struct kestrel_job *late)
{
	bool cookie;
	int idx;

	if (!READ_ONCE(kdev->online) || !drm_dev_enter(&kdev->drm, &idx))
		return;

	cookie = dma_fence_begin_signalling();
	kestrel_sched_recover(kdev, late);
	dma_fence_end_signalling(cookie);
	drm_dev_exit(idx);
}

static enum drm_gpu_sched_stat kestrel_sched_timedout_job(struct drm_sched_job *sched_job)
{
	struct kestrel_job *job = to_kestrel_job(sched_job);
	struct kestrel_device *kdev = job->kdev;

	kestrel_sched_pause_for(kdev, sched_job);
	kestrel_sched_recover_if_plugged(kdev, job);
	kestrel_sched_resume(kdev);
	return DRM_GPU_SCHED_STAT_NOMINAL;
}

static void kestrel_sched_error_work(struct work_struct *work)
{
	struct kestrel_device *kdev = container_of(work, struct kestrel_device, error_work);

	kestrel_sched_pause(kdev);
	kestrel_sched_recover_if_plugged(kdev, NULL);
	kestrel_sched_resume(kdev);
}

static const struct drm_sched_backend_ops kestrel_sched_ops = {
	.run_job = kestrel_sched_run_job,
	.timedout_job = kestrel_sched_timedout_job,
	.free_job = kestrel_sched_free_job,
};

static void kestrel_sched_release(struct drm_device *drm, void *data)
{
	struct kestrel_device *kdev = to_kestrel_device(drm);

	drm_sched_fini(&kdev->sched);
}

static void kestrel_sched_release_workqueue(struct drm_device *drm, void *data)
{
	destroy_workqueue(to_kestrel_device(drm)->reset_wq);
}

/**
 * kestrel_sched_init() - set the scheduler up
 * @kdev: device, its ring allocated
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
		.credit_limit = kestrel_ring_entries(&kdev->ring),
		.timeout = msecs_to_jiffies(KESTREL_JOB_TIMEOUT_MS),
		.name = "kestrel",
		.dev = kdev->drm.dev,
	};
	int ret;

	spin_lock_init(&kdev->job_lock);
	INIT_LIST_HEAD(&kdev->jobs);
	INIT_WORK(&kdev->error_work, kestrel_sched_error_work);
	kdev->fence_context = dma_fence_context_alloc(1);

	ret = drmm_mutex_init(&kdev->drm, &kdev->reset_lock);
	if (ret)
		return ret;

	kdev->reset_wq = alloc_ordered_workqueue("kestrel-reset", 0);
	if (!kdev->reset_wq)
		return -ENOMEM;
	ret = drmm_add_action_or_reset(&kdev->drm, kestrel_sched_release_workqueue, NULL);
	if (ret)
		return ret;

	args.timeout_wq = kdev->reset_wq;
	ret = drm_sched_init(&kdev->sched, &args);
	if (ret)
		return ret;
	return drmm_add_action_or_reset(&kdev->drm, kestrel_sched_release, NULL);
}
