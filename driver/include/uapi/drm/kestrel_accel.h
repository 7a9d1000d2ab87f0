/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/**
 * DOC: Userspace interface of the kestrel accelerator
 *
 * Rules that keep this interface extensible, for whoever changes it:
 *
 * - Fixed-size types only; the layout is the same for 32-bit and 64-bit programs. 64-bit members
 *   are 8-byte aligned, padding is explicit, and its name starts with pad.
 * - Padding, reserved members and unknown flags must be zero, else the call fails with -EINVAL.
 * - A structure grows at its end only, and zero in a new member means what happened before.
 * - Structures behind a pointer carry their size, and arrays their stride (struct
 *   drm_kestrel_array), so that old programs run on new kernels and the other way round. What a
 *   kernel does not know must be zero, else the call fails with -E2BIG.
 * - Numbers of ioctls, queries and flags are never reused; there are no unions and no bit-fields.
 * - Every addition raises the minor version of the driver (&DRM_IOCTL_VERSION).
 * - Every call either does all it was asked or nothing, and can be repeated after -EINTR.
 *
 * Errors that every call can return, and that are not repeated below:
 *
 * - -EFAULT: a pointer does not lead to accessible memory
 * - -ENOMEM: the kernel is out of memory
 * - -ENODEV: the device has been removed, or no longer answers
 */
#ifndef _UAPI_KESTREL_ACCEL_H_
#define _UAPI_KESTREL_ACCEL_H_

#include <drm/drm.h>

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * enum drm_kestrel_ioctl_id - numbers of the calls, from %DRM_COMMAND_BASE
 */
enum drm_kestrel_ioctl_id {
	/** @DRM_KESTREL_DEV_QUERY: ask for a property of the device */
	DRM_KESTREL_DEV_QUERY = 0,

	/** @DRM_KESTREL_BO_CREATE: create a buffer object */
	DRM_KESTREL_BO_CREATE,

	/** @DRM_KESTREL_BO_MMAP_OFFSET: get the file offset at which mmap() maps a buffer object */
	DRM_KESTREL_BO_MMAP_OFFSET,

	/** @DRM_KESTREL_SUBMIT: queue a job */
	DRM_KESTREL_SUBMIT,
};

/**
 * struct drm_kestrel_array - an array in the caller's memory
 */
struct drm_kestrel_array {
	/**
	 * @stride: in: bytes from one element to the next: at least the size of the element's first
	 * version, a multiple of 8, and no more than 4096, else -EINVAL. When it exceeds what the
	 * kernel knows, the rest of each element must be zero, else -E2BIG.
	 */
	__u32 stride;

	/** @count: in: elements; with 0 the other members are ignored */
	__u32 count;

	/** @pointer: in: address of the first element */
	__u64 pointer;
};

/**
 * enum drm_kestrel_dev_query_type - what can be asked for
 */
enum drm_kestrel_dev_query_type {
	/** @DRM_KESTREL_DEV_QUERY_INFO: struct drm_kestrel_info */
	DRM_KESTREL_DEV_QUERY_INFO = 0,
};

/**
 * struct drm_kestrel_info - the device, and the limits of a job
 *
 * A job within the limits is accepted however scattered the memory of its buffers is.
 */
struct drm_kestrel_info {
	/** @interface_major: major version of the device's register interface */
	__u16 interface_major;

	/** @interface_minor: minor version of the device's register interface */
	__u16 interface_minor;

	/** @clock_mhz: main clock */
	__u32 clock_mhz;

	/** @dma_bits: width of the addresses that the device drives, bits */
	__u32 dma_bits;

	/** @job_timeout_ms: a job that runs for longer ends with the error -ETIME */
	__u32 job_timeout_ms;

	/** @job_copies_max: most copies of one job */
	__u32 job_copies_max;

	/** @job_syncs_max: most elements of each of a job's two arrays of syncobjs */
	__u32 job_syncs_max;

	/** @job_bytes_max: most bytes that the copies of one job may move together */
	__u64 job_bytes_max;

	/** @bo_bytes_max: size of the largest buffer object */
	__u64 bo_bytes_max;
};

/**
 * struct drm_kestrel_dev_query - arguments of %DRM_IOCTL_KESTREL_DEV_QUERY
 *
 * Called with a null @pointer it sets @size to the size of the answer that the kernel knows. Else
 * it writes the answer, cut to @size or filled up to it with zeros, and sets @size to the number of
 * bytes that mean something.
 */
struct drm_kestrel_dev_query {
	/** @type: in: enum drm_kestrel_dev_query_type; an unknown one is -EINVAL */
	__u32 type;

	/** @size: in: bytes at @pointer, more than 4096 is -EINVAL; out: see above */
	__u32 size;

	/** @pointer: in: where the answer goes, or 0 */
	__u64 pointer;
};

/**
 * struct drm_kestrel_bo_create - arguments of %DRM_IOCTL_KESTREL_BO_CREATE
 *
 * The buffer is zeroed system memory that the device reaches for as long as it is there.
 */
struct drm_kestrel_bo_create {
	/**
	 * @size: in: bytes wanted; 0, and more than drm_kestrel_info.bo_bytes_max, are -EINVAL.
	 * out: bytes given, a multiple of the page size
	 */
	__u64 size;

	/** @flags: in: must be zero, else -EINVAL */
	__u32 flags;

	/** @handle: out: GEM handle, never zero; closed by %DRM_IOCTL_GEM_CLOSE. in: ignored */
	__u32 handle;
};

/**
 * struct drm_kestrel_bo_mmap_offset - arguments of %DRM_IOCTL_KESTREL_BO_MMAP_OFFSET
 */
struct drm_kestrel_bo_mmap_offset {
	/** @handle: in: GEM handle; an unknown one is -ENOENT */
	__u32 handle;

	/** @pad: in: must be zero, else -EINVAL */
	__u32 pad;

	/** @offset: out: offset for mmap() on the same file descriptor. in: ignored */
	__u64 offset;
};

/**
 * struct drm_kestrel_copy - one copy of a job
 *
 * Any alignment will do. A range that is empty, or that ends beyond its buffer, is -EINVAL; so are
 * ranges of one buffer that overlap.
 */
struct drm_kestrel_copy {
	/** @src_handle: in: GEM handle of the source; an unknown one is -ENOENT */
	__u32 src_handle;

	/** @dst_handle: in: GEM handle of the destination; an unknown one is -ENOENT */
	__u32 dst_handle;

	/** @src_offset: in: start of the source in its buffer, bytes */
	__u64 src_offset;

	/** @dst_offset: in: start of the destination in its buffer, bytes */
	__u64 dst_offset;

	/** @length: in: bytes */
	__u64 length;
};

/**
 * struct drm_kestrel_sync - one syncobj that a job waits for or signals
 */
struct drm_kestrel_sync {
	/** @handle: in: handle of a binary syncobj; an unknown one is -ENOENT */
	__u32 handle;

	/** @flags: in: must be zero, else -EINVAL */
	__u32 flags;
};

/**
 * struct drm_kestrel_submit - arguments of %DRM_IOCTL_KESTREL_SUBMIT
 *
 * Queues one job. It starts when all @in_syncs have signalled, whether with an error or not, and
 * after the jobs that were submitted before it through the same file descriptor; jobs of other
 * file descriptors may come between. The copies of one job are not ordered among themselves: what
 * must come after goes into another job. When the job has ended all @out_syncs signal.
 *
 * A job that fails does so through its fence, which carries one of these errors and can be had by
 * exporting an out-syncobj as a sync file:
 *
 * - -ETIME: it did not end within drm_kestrel_info.job_timeout_ms
 * - -EIO: the device reported an error while running it
 * - -ENODEV: the device was removed, or stopped answering
 * - -ESRCH: its file descriptor was closed before it ran
 *
 * Other jobs are not affected, and run.
 */
struct drm_kestrel_submit {
	/**
	 * @copies: in: struct drm_kestrel_copy; none, more than drm_kestrel_info.job_copies_max,
	 * and more bytes in all than drm_kestrel_info.job_bytes_max are -EINVAL
	 */
	struct drm_kestrel_array copies;

	/**
	 * @in_syncs: in: struct drm_kestrel_sync; more than drm_kestrel_info.job_syncs_max is
	 * -EINVAL, and so is a syncobj that has no fence yet
	 */
	struct drm_kestrel_array in_syncs;

	/**
	 * @out_syncs: in: struct drm_kestrel_sync; more than drm_kestrel_info.job_syncs_max is
	 * -EINVAL
	 */
	struct drm_kestrel_array out_syncs;

	/** @flags: in: must be zero, else -EINVAL */
	__u32 flags;

	/** @pad: in: must be zero, else -EINVAL */
	__u32 pad;
};

#define DRM_IOCTL_KESTREL_DEV_QUERY \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_DEV_QUERY, struct drm_kestrel_dev_query)
#define DRM_IOCTL_KESTREL_BO_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_BO_CREATE, struct drm_kestrel_bo_create)
#define DRM_IOCTL_KESTREL_BO_MMAP_OFFSET \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_BO_MMAP_OFFSET, struct drm_kestrel_bo_mmap_offset)
#define DRM_IOCTL_KESTREL_SUBMIT \
	DRM_IOW(DRM_COMMAND_BASE + DRM_KESTREL_SUBMIT, struct drm_kestrel_submit)

#if defined(__cplusplus)
}
#endif

#endif /* _UAPI_KESTREL_ACCEL_H_ */
