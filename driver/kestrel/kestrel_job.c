// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Making and freeing jobs and their fences; cutting copies into what a command can do. */

#include <linux/math.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include <drm/drm_gem.h>

#include "kestrel_device.h"
#include "kestrel_drv.h"
#include "kestrel_gem.h"
#include "kestrel_job.h"
#include "kestrel_submit.h"

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
	dma_fence_free(fence);
	module_put(THIS_MODULE);
}

static const struct dma_fence_ops kestrel_fence_ops = {
	.get_driver_name = kestrel_fence_get_driver_name,
	.get_timeline_name = kestrel_fence_get_timeline_name,
	.release = kestrel_fence_release,
};

/**
 * kestrel_fence_init() - give a job's fence its place on the timeline
 * @fence: zeroed memory
 * @context: timeline
 * @seqno: number, larger than all before it
 *
 * The fence keeps the module loaded, because userspace can keep the fence.
 *
 * Context: any; allocates nothing.
 */
void kestrel_fence_init(struct kestrel_fence *fence, u64 context, u64 seqno)
{
	__module_get(THIS_MODULE);
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, &kestrel_fence_ops, &fence->lock, context, seqno);
}

static void kestrel_fence_drop(struct kestrel_fence *fence)
{
	if (fence && kref_read(&fence->base.refcount))
		dma_fence_put(&fence->base);
	else
		kfree(fence); /* the job never started */
}

/**
 * kestrel_job_alloc() - make a job with room for its copies
 * @kdev: device
 * @kfile: file that submits it
 * @copies: copies that will be added
 * @bytes: bytes that they will move
 *
 * What the job needs is allocated here and by kestrel_job_make_commands(), so that running it
 * cannot fail.
 *
 * Return: the job, its base class not initialised, or ERR_PTR(-ENOMEM).
 */
struct kestrel_job *kestrel_job_alloc(struct kestrel_device *kdev, struct kestrel_file *kfile,
				      u32 copies, u64 bytes)
{
	struct kestrel_job *job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);

	if (!job)
		return ERR_PTR(-ENOMEM);

	job->kdev = kdev;
	job->kfile = kfile;
	INIT_LIST_HEAD(&job->node);
	atomic_inc(&kfile->jobs);

	job->piece_limit = kestrel_job_pieces_max(copies, bytes);
	job->pieces = kvmalloc_array(job->piece_limit, sizeof(*job->pieces), GFP_KERNEL_ACCOUNT);
	job->objects = kvmalloc_array(copies, 2 * sizeof(*job->objects), GFP_KERNEL_ACCOUNT);
	job->fence = kzalloc(sizeof(*job->fence), GFP_KERNEL_ACCOUNT);
	if (!job->pieces || !job->objects || !job->fence) {
		kestrel_job_free(job);
		return ERR_PTR(-ENOMEM);
	}

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
	struct kestrel_file *kfile = job->kfile;
	u32 i;

	for (i = 0; i < job->object_count; i++)
		drm_gem_object_put(job->objects[i]);

	kestrel_fence_drop(job->fence);
	kestrel_commands_fini(job->kdev, &job->commands);
	kvfree(job->objects);
	kvfree(job->pieces);
	kfree(job);

	/* The file, and with it the device, may be gone as soon as the count is 0. */
	if (atomic_dec_and_test(&kfile->jobs))
		wake_up_var(&kfile->jobs);
}

/**
 * struct kestrel_cursor - a place in a buffer, and how far it is contiguous on the bus
 */
struct kestrel_cursor {
	/** @sg: segment */
	struct scatterlist *sg;
	/** @addr: bus address */
	dma_addr_t addr;
	/** @left: bytes to the end of the segment */
	u32 left;
};

static void kestrel_cursor_enter(struct kestrel_cursor *cursor, struct scatterlist *sg)
{
	cursor->sg = sg;
	cursor->addr = sg_dma_address(sg);
	cursor->left = sg_dma_len(sg);
}

static void kestrel_cursor_skip(struct kestrel_cursor *cursor, u32 bytes)
{
	cursor->addr += bytes;
	cursor->left -= bytes;
}

static void kestrel_cursor_seek(struct kestrel_cursor *cursor, const struct kestrel_bo *bo,
				u64 offset)
{
	struct scatterlist *sg = bo->sgt->sgl;

	while (offset >= sg_dma_len(sg)) {
		offset -= sg_dma_len(sg);
		sg = sg_next(sg);
	}

	kestrel_cursor_enter(cursor, sg);
	kestrel_cursor_skip(cursor, offset);
}

/**
 * kestrel_job_add_copy() - cut one copy into pieces
 * @job: job made for it
 * @dst: buffer to write
 * @dst_offset: bytes
 * @src: buffer to read
 * @src_offset: bytes
 * @length: bytes, more than 0; both ranges lie within their buffers
 *
 * Return: 0, or -EOVERFLOW if kestrel_job_pieces_max() is wrong.
 */
int kestrel_job_add_copy(struct kestrel_job *job, const struct kestrel_bo *dst, u64 dst_offset,
			 const struct kestrel_bo *src, u64 src_offset, u64 length)
{
	struct kestrel_cursor to, from;

	kestrel_cursor_seek(&to, dst, dst_offset);
	kestrel_cursor_seek(&from, src, src_offset);

	for (;;) {
		u32 contiguous = min3(to.left, from.left, (u32)KESTREL_PIECE_BYTES);
		u32 bytes = min_t(u64, contiguous, length);

		if (WARN_ON(job->piece_count == job->piece_limit))
			return -EOVERFLOW;
		job->pieces[job->piece_count++] = (struct kestrel_piece) {
			.dst = to.addr,
			.src = from.addr,
			.length = bytes,
		};

		length -= bytes;
		if (!length)
			return 0;

		kestrel_cursor_skip(&to, bytes);
		kestrel_cursor_skip(&from, bytes);
		if (!to.left)
			kestrel_cursor_enter(&to, sg_next(to.sg));
		if (!from.left)
			kestrel_cursor_enter(&from, sg_next(from.sg));
	}
}

/**
 * kestrel_job_make_commands() - make the command buffer
 * @job: job, all its copies added
 *
 * Return: 0 or -ENOMEM.
 */
int kestrel_job_make_commands(struct kestrel_job *job)
{
	int ret;

	ret = kestrel_commands_init(job->kdev, &job->commands, job->pieces, job->piece_count);
	kvfree(job->pieces);
	job->pieces = NULL;
	return ret;
}
