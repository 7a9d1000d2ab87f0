/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The DRM driver: open files and ioctls. */
#ifndef _KESTREL_DRV_H_
#define _KESTREL_DRV_H_

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct drm_driver;

#define KESTREL_DRIVER_NAME "kestrel"

/**
 * struct kestrel_file - an open file
 *
 * Numbers that userspace gets mean something in one file only.
 */
struct kestrel_file {
	/** @vms: VMs by number; each is used by the file */
	struct xarray vms;

	/** @queues: queues by number; one reference each */
	struct xarray queues;

	/**
	 * @usage_lock: makes adding up what was used, and taking a queue out of @queues, one step
	 * each; outermost of all locks
	 */
	struct mutex usage_lock;

	/** @busy_ns: what queues used that were destroyed; protected by @usage_lock */
	u64 busy_ns;
};

extern const struct drm_driver kestrel_drm_driver;

#endif
