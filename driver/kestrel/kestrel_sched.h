/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Running jobs, one after another in each queue. */
#ifndef _KESTREL_SCHED_H_
#define _KESTREL_SCHED_H_

#include <linux/kref.h>

#include <drm/gpu_scheduler.h>

struct kestrel_device;
struct list_head;

/**
 * struct kestrel_sched - the scheduler
 *
 * It is used until the device is released, and stays in memory until nobody has a fence of it any
 * more.
 */
struct kestrel_sched {
	/** @refcount: the device, and every struct kestrel_fence */
	struct kref refcount;
	/** @base: scheduler of the DRM core */
	struct drm_gpu_scheduler base;
};

struct kestrel_sched *kestrel_sched_get(struct kestrel_sched *sched);
void kestrel_sched_put(struct kestrel_sched *sched);

int kestrel_sched_init(struct kestrel_device *kdev);
void kestrel_sched_retire(struct kestrel_device *kdev);
void kestrel_sched_end_jobs(struct list_head *jobs, int error);

void kestrel_sched_pause(struct kestrel_device *kdev);
void kestrel_sched_pause_for(struct kestrel_device *kdev, struct drm_sched_job *bad);
void kestrel_sched_resume(struct kestrel_device *kdev);
void kestrel_sched_leave_paused(struct kestrel_device *kdev);
void kestrel_sched_enter_paused(struct kestrel_device *kdev);

#endif
