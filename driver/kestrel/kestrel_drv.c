// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* The DRM driver: open files and ioctls. */

#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include <drm/drm_accel.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/kestrel_accel.h>

#include "kestrel_device.h"
#include "kestrel_drv.h"
#include "kestrel_gem.h"
#include "kestrel_query.h"
#include "kestrel_submit.h"

static int kestrel_open(struct drm_device *drm, struct drm_file *file)
{
	struct kestrel_device *kdev = to_kestrel_device(drm);
	struct drm_gpu_scheduler *sched = &kdev->sched;
	struct kestrel_file *kfile;
	int ret;

	kfile = kzalloc(sizeof(*kfile), GFP_KERNEL_ACCOUNT);
	if (!kfile)
		return -ENOMEM;

	/* There is one run queue, the one of the highest priority. */
	ret = drm_sched_entity_init(&kfile->entity, DRM_SCHED_PRIORITY_KERNEL, &sched, 1, NULL);
	if (ret) {
		kfree(kfile);
		return ret;
	}

	mutex_init(&kfile->submit_lock);
	file->driver_priv = kfile;
	return 0;
}

static void kestrel_postclose(struct drm_device *drm, struct drm_file *file)
{
	struct kestrel_file *kfile = file->driver_priv;

	/* Jobs that have not started end with -ESRCH, those that have run on. */
	drm_sched_entity_destroy(&kfile->entity);
	wait_var_event(&kfile->jobs, !atomic_read(&kfile->jobs));

	mutex_destroy(&kfile->submit_lock);
	kfree(kfile);
}

static const struct drm_ioctl_desc kestrel_ioctls[] = {
	DRM_IOCTL_DEF_DRV(KESTREL_DEV_QUERY, kestrel_ioctl_dev_query, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_BO_CREATE, kestrel_ioctl_bo_create, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_BO_MMAP_OFFSET, kestrel_ioctl_bo_mmap_offset, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_SUBMIT, kestrel_ioctl_submit, 0),
};

DEFINE_DRM_ACCEL_FOPS(kestrel_fops);

const struct drm_driver kestrel_drm_driver = {
	.driver_features = DRIVER_COMPUTE_ACCEL | DRIVER_GEM | DRIVER_SYNCOBJ,
	.open = kestrel_open,
	.postclose = kestrel_postclose,
	.gem_create_object = kestrel_gem_create_object,
	.ioctls = kestrel_ioctls,
	.num_ioctls = ARRAY_SIZE(kestrel_ioctls),
	.fops = &kestrel_fops,
	.name = KESTREL_DRIVER_NAME,
	.desc = "kestrel accelerator",
	.date = "20260101",
	.major = 1,
	.minor = 0,
};
