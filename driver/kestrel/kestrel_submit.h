/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The submit ioctl, and the limits of a job. */
#ifndef _KESTREL_SUBMIT_H_
#define _KESTREL_SUBMIT_H_

#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "kestrel_commands.h"

struct drm_device;
struct drm_file;

#define KESTREL_JOB_SYNCS_MAX 64

/*
 * Whether a job is accepted depends on what the caller can see, so its command buffer has to be
 * made even if no two pages of its buffers are neighbours on the bus. With these limits it has at
 * most 2944 pieces, which is 552 KiB of commands; most buffers are contiguous, and take a fraction.
 */
#define KESTREL_JOB_COPIES_MAX 256
#define KESTREL_JOB_BYTES_MAX  SZ_4M

/*
 * A range of n bytes crosses n / PAGE_SIZE page boundaries, rounded up, at most; each boundary at
 * either end begins another piece. Rounding up counts once for every copy. What is contiguous is
 * cut after every KESTREL_PIECE_BYTES.
 */
static inline u32 kestrel_job_pieces_max(u32 copies, u64 bytes)
{
	return 2 * (bytes / PAGE_SIZE + copies) + copies + bytes / KESTREL_PIECE_BYTES;
}

int kestrel_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *file);

#endif
