// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Answering what userspace asks about the device. Touches no register. */

#include <linux/uaccess.h>

#include <drm/kestrel_accel.h>

#include "kestrel_device.h"
#include "kestrel_gem.h"
#include "kestrel_query.h"
#include "kestrel_submit.h"

/* More than this at one pointer is a mistake of the caller. */
#define KESTREL_QUERY_BYTES_MAX 4096

/* Gives as much of the answer as the caller knows, and zeros for what only the caller knows. */
static int kestrel_query_answer(struct drm_kestrel_dev_query *args, const void *answer, u32 size)
{
	void __user *to = u64_to_user_ptr(args->pointer);
	u32 known = min(args->size, size);

	if (!args->pointer) {
		args->size = size;
		return 0;
	}
	if (args->size > KESTREL_QUERY_BYTES_MAX)
		return -EINVAL;
	if (copy_to_user(to, answer, known) || clear_user(to + known, args->size - known))
		return -EFAULT;

	args->size = known;
	return 0;
}

static int kestrel_query_info(struct kestrel_device *kdev, struct drm_kestrel_dev_query *args)
{
	struct drm_kestrel_info info = {
		.interface_major = kdev->caps.interface_major,
		.interface_minor = kdev->caps.interface_minor,
		.clock_mhz = kdev->caps.clock_mhz,
		.dma_bits = kdev->caps.dma_bits,
		.job_timeout_ms = KESTREL_JOB_TIMEOUT_MS,
		.job_copies_max = KESTREL_JOB_COPIES_MAX,
		.job_syncs_max = KESTREL_JOB_SYNCS_MAX,
		.job_bytes_max = KESTREL_JOB_BYTES_MAX,
		.bo_bytes_max = KESTREL_BO_BYTES_MAX,
	};

	return kestrel_query_answer(args, &info, sizeof(info));
}

/**
 * kestrel_ioctl_dev_query() - %DRM_IOCTL_KESTREL_DEV_QUERY
 * @drm: device
 * @data: struct drm_kestrel_dev_query
 * @file: caller's file
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_dev_query(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_kestrel_dev_query *args = data;

	switch (args->type) {
	case DRM_KESTREL_DEV_QUERY_INFO:
		return kestrel_query_info(to_kestrel_device(drm), args);
	default:
		return -EINVAL;
	}
}
