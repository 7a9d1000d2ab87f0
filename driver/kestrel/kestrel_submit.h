/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The submit ioctl, and the limits of a job. */
#ifndef _KESTREL_SUBMIT_H_
#define _KESTREL_SUBMIT_H_

#include "kestrel_device.h"

struct drm_device;
struct drm_file;

#define KESTREL_JOB_SYNCS_MAX 64

/* All of a job's records, its FENCE included, are in the ring together. */
static inline u32 kestrel_job_calls_max(const struct kestrel_device *kdev)
{
	return kestrel_ring_job_entries_max(&kdev->queues[0].ring) - 1;
}

int kestrel_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *file);

#endif
