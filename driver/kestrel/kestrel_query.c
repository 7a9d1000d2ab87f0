// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Answering what userspace asks about the device. Touches no register. */

#include <linux/dma-mapping.h>

#include <drm/kestrel_accel.h>

#include "kestrel_array.h"
#include "kestrel_bind.h"
#include "kestrel_device.h"
#include "kestrel_gem.h"
#include "kestrel_mmu.h"
#include "kestrel_query.h"
#include "kestrel_submit.h"

static int kestrel_query_info(struct kestrel_device *kdev, struct drm_kestrel_dev_query *args)
{
	const struct kestrel_caps *caps = &kdev->caps;
	struct drm_kestrel_info info = {
		.interface_major = caps->interface_major,
		.interface_minor = caps->interface_minor,
		.clock_mhz = caps->clock_mhz,
		.dma_bits = caps->dma_bits,
		.va_bits = caps->va_bits,
		.queue_count = caps->queues,
		.vm_count = caps->spaces - 1,
		.array_rows = caps->array_rows,
		.array_columns = caps->array_columns,
		.scratchpad_bytes = caps->scratchpad_bytes,
		.accumulator_rows = caps->accumulator_rows,
		.call_time_max_ms = KESTREL_CALL_TIME_MAX_MS,
		.job_calls_max = kestrel_job_calls_max(kdev),
		.job_syncs_max = KESTREL_JOB_SYNCS_MAX,
		.bind_ops_max = KESTREL_BIND_OPS_MAX,
		.bo_bytes_max = KESTREL_BO_BYTES_MAX,
		.page_sizes = KESTREL_PAGE_SIZE | KESTREL_LARGE_PAGE_SIZE,
	};

	if (!dma_dev_need_sync(kdev->drm.dev))
		info.features |= DRM_KESTREL_FEATURE_COHERENT;
	return kestrel_answer(args->pointer, &args->size, &info, sizeof(info));
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
