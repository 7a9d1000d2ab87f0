/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Performance counters. */
#ifndef _KESTREL_COUNTERS_H_
#define _KESTREL_COUNTERS_H_

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct kestrel_device;
struct kestrel_hw_queue;

/* Counters of a queue, in the order of their registers. */
#define KESTREL_COUNTERS 16
/* Which of them is the time with a record in execution. */
#define KESTREL_COUNTER_BUSY_NS 3

/**
 * struct kestrel_counts - values of all counters
 */
struct kestrel_counts {
	/** @values: in the order of the registers */
	u64 values[KESTREL_COUNTERS];
};

void kestrel_counters_save(struct kestrel_device *kdev);
int kestrel_counters_read(struct kestrel_device *kdev, struct kestrel_hw_queue *hw,
			  struct kestrel_counts *counts);

int kestrel_ioctl_counters(struct drm_device *drm, void *data, struct drm_file *file);

#endif
