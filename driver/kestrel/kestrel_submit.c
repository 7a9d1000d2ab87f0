// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* The submit ioctl: checks what userspace asks for, and makes one job of it. */

#include <linux/align.h>
#include <linux/dma-fence-chain.h>
#include <linux/dma-resv.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_exec.h>
#include <drm/drm_file.h>
#include <drm/drm_syncobj.h>
#include <drm/kestrel_accel.h>

#include "kestrel_array.h"
#include "kestrel_job.h"
#include "kestrel_queue.h"
#include "kestrel_submit.h"
#include "kestrel_trace.h"
#include "kestrel_vm.h"

/**
 * struct kestrel_signal - a syncobj that a job signals
 */
struct kestrel_signal {
	/** @syncobj: syncobj, one reference */
	struct drm_syncobj *syncobj;
	/** @chain: link of its timeline; NULL for a binary syncobj */
	struct dma_fence_chain *chain;
	/** @point: point on the timeline */
	u64 point;
};

/**
 * struct kestrel_submission - what one call asks for, on its way to becoming a job
 */
struct kestrel_submission {
	/** @file: caller's file */
	struct drm_file *file;
	/** @queue: queue, one reference */
	struct kestrel_queue *queue;
	/** @calls: command buffers; the job takes them */
	struct drm_kestrel_call *calls;
	/** @call_count: elements of @calls */
	u32 call_count;
	/** @in_syncs: syncobjs to wait for */
	struct drm_kestrel_sync *in_syncs;
	/** @in_count: elements of @in_syncs */
	u32 in_count;
	/** @out_syncs: syncobjs to signal */
	struct drm_kestrel_sync *out_syncs;
	/** @out_count: elements of @out_syncs and @signals */
	u32 out_count;
	/** @signals: what @out_syncs name */
	struct kestrel_signal *signals;
};

static int kestrel_calls_get(struct kestrel_submission *sub, const struct drm_kestrel_array *array)
{
	u32 i;
	int ret;

	ret = kestrel_array_get(array, kestrel_job_calls_max(sub->queue->kdev), sizeof(*sub->calls),
				offsetofend(struct drm_kestrel_call, flags), (void **)&sub->calls);
	if (ret)
		return ret;

	sub->call_count = array->count;
	for (i = 0; i < sub->call_count; i++) {
		const struct drm_kestrel_call *call = &sub->calls[i];

		if (call->flags || !call->size ||
		    !IS_ALIGNED(call->va | call->size, KESTREL_RECORD_BYTES))
			return -EINVAL;
	}
	return 0;
}

static bool kestrel_sync_ok(const struct drm_kestrel_sync *sync)
{
	if (sync->flags & ~DRM_KESTREL_SYNC_TIMELINE)
		return false;
	return sync->flags & DRM_KESTREL_SYNC_TIMELINE ? sync->point : !sync->point;
}

static int kestrel_syncs_get(const struct drm_kestrel_array *array, struct drm_kestrel_sync **syncs,
			     u32 *count)
{
	u32 i;
	int ret;

	ret = kestrel_array_get(array, KESTREL_JOB_SYNCS_MAX, sizeof(**syncs),
				offsetofend(struct drm_kestrel_sync, point), (void **)syncs);
	if (ret)
		return ret;

	*count = array->count;
	for (i = 0; i < *count; i++) {
		if (!kestrel_sync_ok(&(*syncs)[i]))
			return -EINVAL;
	}
	return 0;
}

/* Looks the out-syncobjs up, and allocates what signalling them takes. */
static int kestrel_signals_get(struct kestrel_submission *sub)
{
	u32 i;

	if (!sub->out_count)
		return 0;

	sub->signals = kvcalloc(sub->out_count, sizeof(*sub->signals), GFP_KERNEL_ACCOUNT);
	if (!sub->signals)
		return -ENOMEM;

	for (i = 0; i < sub->out_count; i++) {
		const struct drm_kestrel_sync *sync = &sub->out_syncs[i];
		struct kestrel_signal *signal = &sub->signals[i];

		signal->syncobj = drm_syncobj_find(sub->file, sync->handle);
		if (!signal->syncobj)
			return -ENOENT;
		if (!(sync->flags & DRM_KESTREL_SYNC_TIMELINE))
			continue;

		signal->point = sync->point;
		signal->chain = dma_fence_chain_alloc();
		if (!signal->chain)
			return -ENOMEM;
	}
	return 0;
}

static int kestrel_submission_get(struct kestrel_submission *sub,
				  const struct drm_kestrel_submit *args)
{
	int ret;

	ret = kestrel_calls_get(sub, &args->calls);
	if (!ret)
		ret = kestrel_syncs_get(&args->in_syncs, &sub->in_syncs, &sub->in_count);
	if (!ret)
		ret = kestrel_syncs_get(&args->out_syncs, &sub->out_syncs, &sub->out_count);
	if (!ret)
		ret = kestrel_signals_get(sub);
	return ret;
}

static void kestrel_submission_put(struct kestrel_submission *sub)
{
	u32 i;

	for (i = 0; sub->signals && i < sub->out_count; i++) {
		dma_fence_chain_free(sub->signals[i].chain);
		if (sub->signals[i].syncobj)
			drm_syncobj_put(sub->signals[i].syncobj);
	}
	kvfree(sub->signals);
	kvfree(sub->out_syncs);
	kvfree(sub->in_syncs);
	kvfree(sub->calls);
}

/* Makes a job that is complete but for its dependencies and locks. */
static struct kestrel_job *kestrel_submission_make_job(struct kestrel_submission *sub)
{
	struct kestrel_job *job;
	int ret;

	job = kestrel_job_alloc(sub->queue);
	if (IS_ERR(job))
		return job;

	job->call_count = sub->call_count;
	swap(job->calls, sub->calls);
	ret = drm_sched_job_init(&job->base, &sub->queue->entity, kestrel_job_records(job), job,
				 sub->file->client_id);
	if (ret) {
		kestrel_job_free(job);
		return ERR_PTR(ret);
	}
	return job;
}

static int kestrel_submission_add_dependencies(struct kestrel_submission *sub,
					       struct kestrel_job *job)
{
	u32 i;
	int ret;

	for (i = 0; i < sub->in_count; i++) {
		const struct drm_kestrel_sync *sync = &sub->in_syncs[i];
		struct dma_fence *fence;

		/* The scheduler's helper for both of these knows points of 32 bits only. */
		ret = drm_syncobj_find_fence(sub->file, sync->handle, sync->point, 0, &fence);
		if (!ret)
			ret = drm_sched_job_add_dependency(&job->base, fence);
		if (ret)
			return ret;
	}
	return 0;
}

static void kestrel_signal_set(struct kestrel_signal *signal, struct dma_fence *fence)
{
	if (signal->chain) {
		drm_syncobj_add_point(signal->syncobj, signal->chain, fence, signal->point);
		signal->chain = NULL;
	} else {
		drm_syncobj_replace_fence(signal->syncobj, fence);
	}
}

/*
 * From here on nothing can fail. The job is no longer ours when this returns: the scheduler may
 * already have freed it.
 */
static void kestrel_submission_commit(struct kestrel_submission *sub, struct kestrel_job *job,
				      struct drm_gpuvm_exec *exec)
{
	struct dma_fence *finished;
	bool cookie;
	u32 i;

	cookie = dma_fence_begin_signalling();

	drm_sched_job_arm(&job->base);
	finished = &job->base.s_fence->finished;
	/* One scheduler serves many queues: that a job is in its ring says nothing to others. */
	set_bit(DRM_SCHED_FENCE_DONT_PIPELINE, &finished->flags);
	/* Whoever shares a buffer can wait for the job; nobody has to. */
	drm_gpuvm_exec_resv_add_fence(exec, finished, DMA_RESV_USAGE_BOOKKEEP,
				      DMA_RESV_USAGE_BOOKKEEP);
	for (i = 0; i < sub->out_count; i++)
		kestrel_signal_set(&sub->signals[i], finished);
	trace_kestrel_job_submit(job);
	drm_sched_entity_push_job(&job->base);

	dma_fence_end_signalling(cookie);
}

/* Jobs enter the queue in the order of their fences; none does after it is dead. */
static int kestrel_submission_commit_to_queue(struct kestrel_submission *sub,
					      struct kestrel_job *job, struct drm_gpuvm_exec *exec)
{
	struct kestrel_queue *queue = sub->queue;
	int ret = 0;

	mutex_lock(&queue->submit_lock);
	if (queue->dead)
		ret = -ENOENT;
	else if (READ_ONCE(queue->lost))
		ret = -ECANCELED;
	else if (!READ_ONCE(queue->kdev->online))
		ret = -ENODEV;
	else
		kestrel_submission_commit(sub, job, exec);
	mutex_unlock(&queue->submit_lock);
	return ret;
}

/* Reserves a place for the job's fence at the VM and at each shared buffer in it, then commits. */
static int kestrel_submission_lock_and_commit(struct kestrel_submission *sub,
					      struct kestrel_job *job)
{
	struct drm_gpuvm_exec exec = {
		.vm = &sub->queue->vm->base,
		.flags = DRM_EXEC_INTERRUPTIBLE_WAIT | DRM_EXEC_IGNORE_DUPLICATES,
		.num_fences = 1,
	};
	struct kestrel_vm *vm = sub->queue->vm;
	int ret;

	/*
	 * With reservations locked no buffer may go, as that takes its reservation: so none leaves
	 * the VM meanwhile.
	 */
	ret = mutex_lock_interruptible(&vm->lock);
	if (ret)
		return ret;

	ret = drm_gpuvm_exec_lock(&exec);
	if (!ret) {
		ret = kestrel_submission_commit_to_queue(sub, job, &exec);
		drm_gpuvm_exec_unlock(&exec);
	}
	mutex_unlock(&vm->lock);
	return ret;
}

static int kestrel_submission_submit(struct kestrel_submission *sub)
{
	struct kestrel_job *job;
	int ret;

	job = kestrel_submission_make_job(sub);
	if (IS_ERR(job))
		return PTR_ERR(job);

	ret = kestrel_submission_add_dependencies(sub, job);
	if (!ret)
		ret = kestrel_submission_lock_and_commit(sub, job);
	if (ret) {
		drm_sched_job_cleanup(&job->base);
		kestrel_job_free(job);
	}
	return ret;
}

/**
 * kestrel_ioctl_submit() - %DRM_IOCTL_KESTREL_SUBMIT
 * @drm: device
 * @data: struct drm_kestrel_submit
 * @file: caller's file
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct kestrel_submission sub = {.file = file};
	struct drm_kestrel_submit *args = data;
	int ret, idx;

	if (args->flags)
		return -EINVAL;

	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;

	sub.queue = kestrel_queue_find(file, args->queue_id);
	if (sub.queue) {
		ret = kestrel_submission_get(&sub, args);
		if (!ret && READ_ONCE(sub.queue->lost))
			ret = -ECANCELED;
		if (!ret && !READ_ONCE(sub.queue->kdev->online))
			ret = -ENODEV;
		if (!ret)
			ret = kestrel_submission_submit(&sub);
		kestrel_submission_put(&sub);
		kestrel_queue_put(sub.queue);
	} else {
		ret = -ENOENT;
	}

	drm_dev_exit(idx);
	return ret;
}

#ifdef CONFIG_DRM_ACCEL_KESTREL_KUNIT_TEST
#include "tests/kestrel_submit_kunit.c"
#endif
