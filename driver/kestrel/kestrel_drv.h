/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The DRM driver: open files and ioctls. */
#ifndef _KESTREL_DRV_H_
#define _KESTREL_DRV_H_

#include <linux/atomic.h>
#include <linux/mutex.h>

#include <drm/gpu_scheduler.h>

struct drm_driver;

#define KESTREL_DRIVER_NAME "kestrel"

/**
 * struct kestrel_file - an open file
 */
struct kestrel_file {
	/** @entity: queue of the jobs submitted through the file */
	struct drm_sched_entity entity;

	/** @submit_lock: makes arming and pushing a job one step */
	struct mutex submit_lock;

	/**
	 * @jobs: jobs that are not freed yet. Closing the file waits for 0, so that no job outlives
	 * the file, and with it the device and the module.
	 */
	atomic_t jobs;
};

extern const struct drm_driver kestrel_drm_driver;

#endif
