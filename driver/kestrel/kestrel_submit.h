/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The submit ioctl, and the limits of a job. */
#ifndef _KESTREL_SUBMIT_H_
#define _KESTREL_SUBMIT_H_

#include <linux/math.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "kestrel_device.h"
#include "kestrel_ring.h"

struct drm_file;

#define KESTREL_JOB_SYNCS_MAX 64

/*
 * A job has to fit into the ring even if no two pages of its buffers are neighbours on the bus, so
 * that whether it is accepted depends on what the caller can see. With N entries a job may have
 * N/16 copies and N/4 pages; kestrel_job_chunks_max() of that is 11/16 N.
 */
static inline u32 kestrel_job_copies_max(const struct kestrel_device *kdev)
{
	return kestrel_ring_entries(&kdev->ring) / 16;
}

static inline u64 kestrel_job_bytes_max(const struct kestrel_device *kdev)
{
	return (u64)kestrel_ring_entries(&kdev->ring) / 4 * PAGE_SIZE;
}

/*
 * A range of n bytes crosses n / PAGE_SIZE page boundaries, rounded up, at most; each boundary at
 * either end begins another chunk. Rounding up counts once for every copy.
 */
static inline u32 kestrel_job_chunks_max(u32 copies, u64 bytes)
{
	return 2 * (bytes / PAGE_SIZE + copies) + copies;
}

int kestrel_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *file);

#endif
