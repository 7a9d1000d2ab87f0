// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/*
 * Recovery, from the least to the last: a queue that the device stopped is lost, and nobody else
 * notices; a device that makes no progress is reset, by its own register, then by the bus; jobs of
 * others are put into their rings again where they had not begun. What does not answer is given up.
 */

#include <linux/bitfield.h>
#include <linux/dma-fence.h>
#include <linux/lockdep.h>
#include <linux/pci.h>

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include "kestrel_compat.h"
#include "kestrel_coredump.h"
#include "kestrel_counters.h"
#include "kestrel_device.h"
#include "kestrel_job.h"
#include "kestrel_pci.h"
#include "kestrel_queue.h"
#include "kestrel_recover.h"
#include "kestrel_sched.h"
#include "kestrel_trace.h"

/* Takes jobs out of the ring: the first @count, or all there are. */
static void kestrel_jobs_take(struct kestrel_device *kdev, struct kestrel_hw_queue *hw, u32 count,
			      struct list_head *to)
{
	struct kestrel_job *job, *next;

	spin_lock(&kdev->job_lock);
	list_for_each_entry_safe(job, next, &hw->jobs, node) {
		if (!count--)
			break;
		hw->used -= kestrel_job_records(job);
		list_move_tail(&job->node, to);
	}
	spin_unlock(&kdev->job_lock);
}

static void kestrel_jobs_end(struct kestrel_device *kdev, struct kestrel_hw_queue *hw, u32 count,
			     int error)
{
	LIST_HEAD(jobs);

	kestrel_jobs_take(kdev, hw, count, &jobs);
	kestrel_sched_end_jobs(&jobs, error);
}

static struct kestrel_job *kestrel_jobs_first(struct kestrel_hw_queue *hw)
{
	return list_first_entry_or_null(&hw->jobs, struct kestrel_job, node);
}

/**
 * kestrel_take_offline() - end all jobs, those to come included
 * @kdev: device, paused
 *
 * Every job ends with -ENODEV until kestrel_restart() succeeds.
 */
void kestrel_take_offline(struct kestrel_device *kdev)
{
	struct kestrel_hw_queue *hw;

	lockdep_assert_held(&kdev->reset_lock);
	WRITE_ONCE(kdev->online, false);

	/* Memory of the jobs is about to be freed; a device that still lives must not write it. */
	pci_clear_master(to_pci_dev(kdev->drm.dev));

	kestrel_for_each_queue(kdev, hw)
		kestrel_jobs_end(kdev, hw, U32_MAX, -ENODEV);
}

/* Which record of @job is number @index of the ring; all or more if none is. */
static u32 kestrel_job_record(const struct kestrel_job *job, u32 index)
{
	return kestrel_ring_distance(job->first_record, index);
}

/* Puts the jobs that are left into the empty ring of a device that was started. */
static void kestrel_refill(struct kestrel_device *kdev, struct kestrel_hw_queue *hw)
{
	struct kestrel_job *job;
	u32 skip;

	if (list_empty(&hw->jobs))
		return;

	/* Of the first job some records may have completed before; it goes on behind them. */
	job = kestrel_jobs_first(hw);
	skip = kestrel_job_record(job, hw->parked_head);
	if (skip >= kestrel_job_records(job))
		skip = 0;

	list_for_each_entry(job, &hw->jobs, node) {
		kestrel_hw_queue_write_job(hw, job, skip);
		skip = 0;
	}
	kestrel_hw_queue_doorbell(kdev, hw);
}

/*
 * Before a stop that nobody prepared for: how far the queues have come. The record in execution
 * will be torn, and must not run again: what it works on has changed under it. Its job ends.
 */
static void kestrel_drop_torn(struct kestrel_device *kdev)
{
	struct kestrel_hw_queue *hw;
	u32 torn = 0;

	/* From here on no record begins. */
	kestrel_for_each_queue(kdev, hw) {
		if (!list_empty(&hw->jobs))
			kestrel_queue_write(kdev, hw, CONTROL, KESTREL_QUEUE_CONTROL_SUSPEND);
	}

	kestrel_for_each_queue(kdev, hw) {
		u32 status;

		if (list_empty(&hw->jobs))
			continue;
		status = kestrel_queue_read(kdev, hw, STATUS);
		hw->parked_head = kestrel_queue_read(kdev, hw, HEAD);
		if (!kestrel_device_answers(status))
			kestrel_jobs_end(kdev, hw, U32_MAX, -ENODEV);
		else if (status & KESTREL_QUEUE_STATUS_RUNNING)
			torn |= BIT(hw->index);
	}

	/* One that was in execution a moment ago may have completed. */
	kestrel_sched_retire(kdev);
	kestrel_for_each_queue(kdev, hw) {
		struct kestrel_job *job = kestrel_jobs_first(hw);

		if (!job || !(torn & BIT(hw->index)) ||
		    kestrel_job_record(job, hw->parked_head) >= kestrel_job_records(job))
			continue;
		kestrel_jobs_end(kdev, hw, 1, -ENODEV);
		/* The next begins where it begins. */
		if (!list_empty(&hw->jobs))
			hw->parked_head = kestrel_jobs_first(hw)->first_record;
	}
}

/**
 * kestrel_park_or_drop() - get ready for a stop that kestrel_restart() follows
 * @kdev: device, usable and paused
 *
 * Queues come to rest between two records. A job that does not let its queue rest ends with
 * -ENODEV.
 *
 * Context: may sleep, for as long as a command buffer may run; allocates nothing.
 */
void kestrel_park_or_drop(struct kestrel_device *kdev)
{
	if (kestrel_hw_queues_park(kdev)) {
		kestrel_sched_retire(kdev);
		kestrel_counters_save(kdev);
	} else {
		kestrel_drop_torn(kdev);
	}
}

/**
 * kestrel_restart() - reset the device and give it the jobs of the rings again
 * @kdev: device, paused and plugged
 * @parked: kestrel_park_or_drop() was called; else jobs that had begun end with -ENODEV
 *
 * A device that sleeps is left asleep. On failure the device is offline.
 *
 * Return: 0, or an error of kestrel_device_start().
 */
int kestrel_restart(struct kestrel_device *kdev, bool parked)
{
	struct kestrel_hw_queue *hw;
	int ret;

	lockdep_assert_held(&kdev->reset_lock);
	if (!kdev->awake) {
		WRITE_ONCE(kdev->online, true);
		return 0;
	}

	if (!parked)
		kestrel_drop_torn(kdev);
	trace_kestrel_reset(kdev);
	ret = kestrel_device_start(kdev);
	if (ret == -ETIMEDOUT)
		ret = kestrel_pci_reset(kdev) ?: kestrel_device_start(kdev);
	if (ret) {
		drm_err(&kdev->drm, "device does not start, error %d\n", ret);
		kestrel_take_offline(kdev);
		return ret;
	}

	WRITE_ONCE(kdev->online, true);
	kestrel_for_each_queue(kdev, hw)
		kestrel_refill(kdev, hw);
	return 0;
}

/**
 * kestrel_recover_device() - reset a device that does not do what it should
 * @kdev: device, plugged
 *
 * Context: may sleep; not with kestrel_device.reset_lock held.
 */
void kestrel_recover_device(struct kestrel_device *kdev)
{
	kestrel_sched_pause(kdev);
	if (kestrel_device_usable(kdev))
		kestrel_restart(kdev, false);
	kestrel_sched_resume(kdev);
}

static void kestrel_fault_read(struct kestrel_device *kdev, struct kestrel_hw_queue *hw,
			       struct kestrel_fault *fault)
{
	u32 cause = kestrel_queue_read(kdev, hw, ERROR_CAUSE);
	const struct kestrel_job *job = kestrel_jobs_first(hw);

	fault->valid = true;
	fault->in_call = cause & KESTREL_QUEUE_ERROR_CAUSE_IN_CALL;
	fault->cause = FIELD_GET(KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK, cause);
	fault->response = FIELD_GET(KESTREL_QUEUE_ERROR_CAUSE_RESP_MASK, cause);
	fault->fault = FIELD_GET(KESTREL_QUEUE_ERROR_CAUSE_FAULT_MASK, cause);
	fault->access = FIELD_GET(KESTREL_QUEUE_ERROR_CAUSE_ACCESS_MASK, cause);
	fault->opcode = FIELD_GET(KESTREL_QUEUE_ERROR_CAUSE_OPCODE_MASK, cause);
	fault->index = kestrel_queue_read(kdev, hw, ERROR_INDEX);
	fault->offset = kestrel_queue_read(kdev, hw, ERROR_OFFSET);
	fault->va = kestrel_queue_read(kdev, hw, ERROR_ADDR_LO);
	fault->va |= (u64)kestrel_queue_read(kdev, hw, ERROR_ADDR_HI) << 32;
	if (job)
		fault->call = kestrel_job_record(job, fault->index);
}

/* Marks the queue, and ends its jobs: the first with @error, which it is guilty of. */
static void kestrel_lose_queue(struct kestrel_device *kdev, struct kestrel_hw_queue *hw, int error)
{
	struct kestrel_queue *queue = hw->owner;
	const struct kestrel_fault *fault = &queue->fault;

	drm_dbg(&kdev->drm, "queue %u: error %d, cause %u, fault %u, call %u, offset %u, va %llx\n",
		hw->index, error, fault->cause, fault->fault, fault->call, fault->offset,
		fault->va);
	queue->error = error;
	WRITE_ONCE(queue->lost, true);
	trace_kestrel_queue_lost(queue, error);
	kestrel_jobs_end(kdev, hw, 1, error);
	kestrel_jobs_end(kdev, hw, U32_MAX, -ECANCELED);
}

/*
 * The device has stopped the queue, at its oldest job, and stays so until the queue is destroyed:
 * there is nothing to hurry for, and its counters can still be read.
 */
static void kestrel_recover_queue(struct kestrel_device *kdev, struct kestrel_hw_queue *hw)
{
	struct kestrel_fault *fault = &hw->owner->fault;
	int error;

	kestrel_fault_read(kdev, hw, fault);
	error = fault->cause == KESTREL_ERROR_CAUSE_BUDGET ? -ETIME : -EIO;
	kestrel_coredump_take(kdev, hw, error, "queue lost");
	kestrel_lose_queue(kdev, hw, error);
}

/* A queue that was lost stays in error, and needs nothing more. */
static bool kestrel_queue_needs_recovery(const struct kestrel_hw_queue *hw, u32 errors)
{
	return errors & BIT(hw->index) && hw->owner && !hw->owner->lost;
}

/* Returns whether there was any. */
static bool kestrel_recover_queues(struct kestrel_device *kdev)
{
	u32 errors = kestrel_read(kdev, ERROR_QUEUES);
	struct kestrel_hw_queue *hw;
	bool found = false;

	kestrel_for_each_queue(kdev, hw) {
		if (kestrel_queue_needs_recovery(hw, errors)) {
			kestrel_recover_queue(kdev, hw);
			found = true;
		}
	}
	return found;
}

/* A number that has changed if any record has completed. */
static u64 kestrel_recover_progress(struct kestrel_device *kdev)
{
	struct kestrel_hw_queue *hw;
	u64 progress = 0;

	kestrel_for_each_queue(kdev, hw)
		progress += hw->fence_seqno + kestrel_queue_read(kdev, hw, HEAD);
	return progress;
}

/* The device has done nothing for a whole timeout: blame whose record it has in hand. */
static void kestrel_recover_hang(struct kestrel_device *kdev)
{
	u32 active = kestrel_read(kdev, ACTIVE);
	struct kestrel_hw_queue *guilty = NULL;
	u32 index = FIELD_GET(KESTREL_ACTIVE_QUEUE_MASK, active);

	drm_err(&kdev->drm, "device hangs, status 0x%08x, active 0x%08x\n",
		kestrel_read(kdev, STATUS), active);
	if (active & KESTREL_ACTIVE_VALID && index < kdev->caps.queues) {
		guilty = &kdev->queues[index];
		if (!guilty->owner || guilty->owner->lost)
			guilty = NULL;
	}
	kestrel_coredump_take(kdev, guilty, -ETIME, "device hangs");
	if (guilty)
		kestrel_lose_queue(kdev, guilty, -ETIME);
	kestrel_restart(kdev, false);
}

/*
 * Finds out what is wrong, if anything, and puts it right. @late is a job that was not done in
 * time, or NULL.
 */
static void kestrel_recover(struct kestrel_device *kdev, const struct kestrel_job *late)
{
	u64 progress;

	/* The memory tells the truth; an interrupt that was lost is no reason for a reset. */
	kestrel_sched_retire(kdev);

	if (!kestrel_device_answers(kestrel_read(kdev, STATUS))) {
		drm_err(&kdev->drm, "device does not answer\n");
		kestrel_take_offline(kdev);
		return;
	}

	if (kestrel_recover_queues(kdev) || !late)
		return;
	if (dma_fence_is_signaled(&late->fence->base)) {
		drm_dbg(&kdev->drm, "interrupt of a job was lost\n");
		return;
	}

	progress = kestrel_recover_progress(kdev);
	if (progress == kdev->last_progress)
		kestrel_recover_hang(kdev);
	kdev->last_progress = kestrel_recover_progress(kdev);
}

static void kestrel_recover_if_usable(struct kestrel_device *kdev, const struct kestrel_job *late)
{
	bool cookie;
	int idx;

	if (!kestrel_device_usable(kdev) || !drm_dev_enter(&kdev->drm, &idx))
		return;

	cookie = dma_fence_begin_signalling();
	kestrel_recover(kdev, late);
	dma_fence_end_signalling(cookie);
	drm_dev_exit(idx);
}

/**
 * kestrel_recover_timedout_job() - timedout_job() of the scheduler
 * @sched_job: the job that it has had in hand for longest
 *
 * Return: DRM_GPU_SCHED_STAT_RESET.
 */
enum drm_gpu_sched_stat kestrel_recover_timedout_job(struct drm_sched_job *sched_job)
{
	struct kestrel_job *job = to_kestrel_job(sched_job);
	struct kestrel_device *kdev = job->kdev;

	kestrel_sched_pause_for(kdev, sched_job);
	kestrel_recover_if_usable(kdev, job);
	kestrel_sched_resume(kdev);
	return DRM_GPU_SCHED_STAT_RESET;
}

/**
 * kestrel_recover_needed() - whether kestrel_recover_error_work() would find anything
 * @kdev: device, plugged
 *
 * Only a first look: queues come and go meanwhile.
 *
 * Context: any that may sleep.
 * Return: true if a queue may be in error.
 */
bool kestrel_recover_needed(struct kestrel_device *kdev)
{
	return kestrel_read(kdev, ERROR_QUEUES);
}

/**
 * kestrel_recover_error_work() - look for queues in error
 * @work: kestrel_device.error_work
 */
void kestrel_recover_error_work(struct work_struct *work)
{
	struct kestrel_device *kdev = container_of(work, struct kestrel_device, error_work);

	kestrel_sched_pause(kdev);
	kestrel_recover_if_usable(kdev, NULL);
	kestrel_sched_resume(kdev);
}

/**
 * kestrel_recover_kill_queue() - end the jobs of a queue that the device has
 * @queue: queue, dead
 *
 * They end with -ECANCELED. Jobs that it has not got yet follow when they would run.
 *
 * Context: may sleep; device plugged or not.
 */
void kestrel_recover_kill_queue(struct kestrel_queue *queue)
{
	struct kestrel_device *kdev = queue->kdev;
	struct kestrel_hw_queue *hw = queue->hw;
	int ret = 0;
	int idx;

	/* Not in a hurry if there is nothing to stop: stopping the scheduler disturbs others. */
	if (!atomic_read(&queue->started))
		return;

	kestrel_sched_pause(kdev);
	if (!list_empty(&hw->jobs) && drm_dev_enter(&kdev->drm, &idx)) {
		kestrel_sched_retire(kdev);
		if (kestrel_device_usable(kdev))
			ret = kestrel_hw_queue_reset(kdev, hw);
		kestrel_jobs_end(kdev, hw, U32_MAX, -ECANCELED);
		if (ret)
			kestrel_restart(kdev, false);
		drm_dev_exit(idx);
	}
	kestrel_sched_resume(kdev);
}

#ifdef CONFIG_DRM_ACCEL_KESTREL_KUNIT_TEST
#include "tests/kestrel_recover_kunit.c"
#endif
