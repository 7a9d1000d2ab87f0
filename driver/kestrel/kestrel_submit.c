// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* The submit ioctl: checks what userspace asks for, and makes one job of it. */

#include <linux/dma-resv.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_drv.h>
#include <drm/drm_exec.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_syncobj.h>
#include <drm/kestrel_accel.h>

#include "kestrel_device.h"
#include "kestrel_drv.h"
#include "kestrel_gem.h"
#include "kestrel_job.h"
#include "kestrel_sched.h"
#include "kestrel_submit.h"

#define KESTREL_STRIDE_MAX 4096

/**
 * struct kestrel_submission - what one call asks for, on its way to becoming a job
 */
struct kestrel_submission {
	/** @file: caller's file */
	struct drm_file *file;
	/** @copies: the caller's copies; each checked before it is used */
	struct drm_kestrel_copy *copies;
	/** @copy_count: elements of @copies */
	u32 copy_count;
	/** @bytes: what @copies move together */
	u64 bytes;
	/** @in_syncs: syncobjs to wait for */
	struct drm_kestrel_sync *in_syncs;
	/** @in_count: elements of @in_syncs */
	u32 in_count;
	/** @out_syncs: syncobjs to signal */
	struct drm_kestrel_sync *out_syncs;
	/** @out_count: elements of @out_syncs */
	u32 out_count;
	/** @signals: what @out_syncs name, one reference each */
	struct drm_syncobj **signals;
	/** @signal_count: elements of @signals in use */
	u32 signal_count;
};

/*
 * Copies an array in, and leaves *to alone if it is empty. @size is the size of an element as this
 * kernel knows it, @first the size of its first version. *to is the caller's to free, always.
 */
static int kestrel_array_get(const struct drm_kestrel_array *array, u32 count_max, size_t size,
			     size_t first, void **to)
{
	void __user *from = u64_to_user_ptr(array->pointer);
	u32 i;
	int ret;

	if (!array->count)
		return 0;
	if (array->count > count_max || array->stride < first || array->stride % 8 ||
	    array->stride > KESTREL_STRIDE_MAX)
		return -EINVAL;

	*to = kvmalloc_array(array->count, size, GFP_KERNEL_ACCOUNT);
	if (!*to)
		return -ENOMEM;

	for (i = 0; i < array->count; i++) {
		ret = copy_struct_from_user(*to + i * size, size, from + (u64)i * array->stride,
					    array->stride);
		if (ret)
			return ret;
	}

	return 0;
}

static int kestrel_syncs_get(const struct drm_kestrel_array *array, struct drm_kestrel_sync **syncs,
			     u32 *count)
{
	u32 i;
	int ret;

	ret = kestrel_array_get(array, KESTREL_JOB_SYNCS_MAX, sizeof(**syncs),
				offsetofend(struct drm_kestrel_sync, flags), (void **)syncs);
	if (ret)
		return ret;

	for (i = 0; i < array->count; i++) {
		if ((*syncs)[i].flags)
			return -EINVAL;
	}

	*count = array->count;
	return 0;
}

/* Copies the arrays in and checks what can be checked without looking anything up. */
static int kestrel_submission_get(struct kestrel_submission *sub,
				  const struct drm_kestrel_submit *args)
{
	u32 i;
	int ret;

	if (args->flags || args->pad || !args->copies.count)
		return -EINVAL;

	ret = kestrel_array_get(&args->copies, KESTREL_JOB_COPIES_MAX, sizeof(*sub->copies),
				offsetofend(struct drm_kestrel_copy, length),
				(void **)&sub->copies);
	if (!ret)
		ret = kestrel_syncs_get(&args->in_syncs, &sub->in_syncs, &sub->in_count);
	if (!ret)
		ret = kestrel_syncs_get(&args->out_syncs, &sub->out_syncs, &sub->out_count);
	if (ret)
		return ret;

	sub->copy_count = args->copies.count;
	for (i = 0; i < sub->copy_count; i++) {
		u64 length = sub->copies[i].length;

		if (!length || length > KESTREL_JOB_BYTES_MAX - sub->bytes)
			return -EINVAL;
		sub->bytes += length;
	}
	return 0;
}

static void kestrel_submission_put(struct kestrel_submission *sub)
{
	u32 i;

	for (i = 0; i < sub->signal_count; i++)
		drm_syncobj_put(sub->signals[i]);
	kfree(sub->signals);
	kvfree(sub->out_syncs);
	kvfree(sub->in_syncs);
	kvfree(sub->copies);
}

/* Looks the out-syncobjs up. The submission keeps them. */
static int kestrel_submission_find_signals(struct kestrel_submission *sub)
{
	u32 i;

	if (!sub->out_count)
		return 0;

	sub->signals = kcalloc(sub->out_count, sizeof(*sub->signals), GFP_KERNEL_ACCOUNT);
	if (!sub->signals)
		return -ENOMEM;

	for (i = 0; i < sub->out_count; i++) {
		struct drm_syncobj *syncobj = drm_syncobj_find(sub->file, sub->out_syncs[i].handle);

		if (!syncobj)
			return -ENOENT;
		sub->signals[sub->signal_count++] = syncobj;
	}
	return 0;
}

/* Looks one buffer up. The job keeps it. */
static struct drm_gem_object *kestrel_job_find_object(struct kestrel_job *job,
						      struct drm_file *file, u32 handle)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(file, handle);

	if (obj)
		job->objects[job->object_count++] = obj;
	return obj;
}

static bool kestrel_range_fits(const struct drm_gem_object *obj, u64 offset, u64 length)
{
	return length <= obj->size && offset <= obj->size - length;
}

static int kestrel_job_find_and_add_copy(struct kestrel_job *job, struct drm_file *file,
					 const struct drm_kestrel_copy *copy)
{
	struct drm_gem_object *src, *dst;

	src = kestrel_job_find_object(job, file, copy->src_handle);
	dst = kestrel_job_find_object(job, file, copy->dst_handle);
	if (!src || !dst)
		return -ENOENT;

	if (!kestrel_range_fits(src, copy->src_offset, copy->length) ||
	    !kestrel_range_fits(dst, copy->dst_offset, copy->length))
		return -EINVAL;

	/* Two handles may name one buffer, so it is the buffers that are compared. */
	if (src == dst && copy->src_offset < copy->dst_offset + copy->length &&
	    copy->dst_offset < copy->src_offset + copy->length)
		return -EINVAL;

	return kestrel_job_add_copy(job, to_kestrel_bo(dst), copy->dst_offset, to_kestrel_bo(src),
				    copy->src_offset, copy->length);
}

/* Makes a job that is complete but for its dependencies and locks. */
static struct kestrel_job *kestrel_submission_make_job(struct kestrel_submission *sub,
						       struct kestrel_device *kdev)
{
	struct kestrel_file *kfile = sub->file->driver_priv;
	struct kestrel_job *job;
	u32 i;
	int ret;

	job = kestrel_job_alloc(kdev, kfile, sub->copy_count, sub->bytes);
	if (IS_ERR(job))
		return job;

	for (i = 0; i < sub->copy_count; i++) {
		ret = kestrel_job_find_and_add_copy(job, sub->file, &sub->copies[i]);
		if (ret)
			goto err_free;
	}

	ret = kestrel_job_make_commands(job);
	if (ret)
		goto err_free;

	ret = drm_sched_job_init(&job->base, &kfile->entity, KESTREL_JOB_RECORDS, kfile,
				 sub->file->client_id);
	if (ret)
		goto err_free;

	return job;

err_free:
	kestrel_job_free(job);
	return ERR_PTR(ret);
}

static int kestrel_submission_add_dependencies(struct kestrel_submission *sub,
					       struct kestrel_job *job)
{
	u32 i;
	int ret;

	for (i = 0; i < sub->in_count; i++) {
		ret = drm_sched_job_add_syncobj_dependency(&job->base, sub->file,
							   sub->in_syncs[i].handle, 0);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * From here on nothing can fail. The job is no longer ours when this returns: the scheduler may
 * already have freed it.
 */
static void kestrel_submission_commit(struct kestrel_submission *sub, struct kestrel_job *job,
				      struct drm_exec *exec)
{
	struct kestrel_file *kfile = job->kfile;
	struct drm_gem_object *obj;
	struct dma_fence *finished;
	bool cookie;
	u32 i;

	/* Jobs enter the queue in the order of their fences. */
	mutex_lock(&kfile->submit_lock);
	cookie = dma_fence_begin_signalling();

	drm_sched_job_arm(&job->base);
	finished = &job->base.s_fence->finished;
	drm_exec_for_each_locked_object(exec, obj)
		dma_resv_add_fence(obj->resv, finished, DMA_RESV_USAGE_BOOKKEEP);
	for (i = 0; i < sub->signal_count; i++)
		drm_syncobj_replace_fence(sub->signals[i], finished);
	drm_sched_entity_push_job(&job->base);

	dma_fence_end_signalling(cookie);
	mutex_unlock(&kfile->submit_lock);
}

/* Reserves a place for the job's fence at each buffer, then commits. */
static int kestrel_submission_lock_and_commit(struct kestrel_submission *sub,
					      struct kestrel_job *job)
{
	struct drm_exec exec;
	int ret = 0;

	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT | DRM_EXEC_IGNORE_DUPLICATES,
		      job->object_count);
	drm_exec_until_all_locked(&exec) {
		ret = drm_exec_prepare_array(&exec, job->objects, job->object_count, 1);
		drm_exec_retry_on_contention(&exec);
		if (ret)
			break;
	}

	if (!ret)
		kestrel_submission_commit(sub, job, &exec);

	drm_exec_fini(&exec);
	return ret;
}

static int kestrel_submission_submit(struct kestrel_submission *sub, struct kestrel_device *kdev)
{
	struct kestrel_job *job;
	int ret;

	ret = kestrel_submission_find_signals(sub);
	if (ret)
		return ret;

	job = kestrel_submission_make_job(sub, kdev);
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
	struct kestrel_device *kdev = to_kestrel_device(drm);
	struct kestrel_submission sub = {.file = file};
	int ret, idx;

	/* The bus addresses that go into the job are those of a plugged device. */
	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;

	ret = kestrel_submission_get(&sub, data);
	if (!ret && !READ_ONCE(kdev->online))
		ret = -ENODEV;
	if (!ret)
		ret = kestrel_submission_submit(&sub, kdev);

	kestrel_submission_put(&sub);
	drm_dev_exit(idx);
	return ret;
}
