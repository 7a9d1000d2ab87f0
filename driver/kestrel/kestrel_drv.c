// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* The DRM driver: open files and ioctls. */

#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_accel.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/kestrel_accel.h>

#include "kestrel_bind.h"
#include "kestrel_compat.h"
#include "kestrel_counters.h"
#include "kestrel_device.h"
#include "kestrel_drv.h"
#include "kestrel_fdinfo.h"
#include "kestrel_gem.h"
#include "kestrel_query.h"
#include "kestrel_queue.h"
#include "kestrel_submit.h"
#include "kestrel_vm.h"

static int kestrel_open(struct drm_device *drm, struct drm_file *file)
{
	struct kestrel_file *kfile;

	kfile = kzalloc(sizeof(*kfile), GFP_KERNEL_ACCOUNT);
	if (!kfile)
		return -ENOMEM;

	xa_init_flags(&kfile->vms, XA_FLAGS_ALLOC1);
	xa_init_flags(&kfile->queues, XA_FLAGS_ALLOC1);
	mutex_init(&kfile->usage_lock);
	file->driver_priv = kfile;
	return 0;
}

static void kestrel_postclose(struct drm_device *drm, struct drm_file *file)
{
	struct kestrel_file *kfile = file->driver_priv;
	struct kestrel_queue *queue;
	struct kestrel_vm *vm;
	unsigned long id;

	xa_for_each(&kfile->queues, id, queue)
		kestrel_queue_destroy(queue);
	xa_for_each(&kfile->vms, id, vm)
		kestrel_vm_put(vm);

	xa_destroy(&kfile->queues);
	xa_destroy(&kfile->vms);
	mutex_destroy(&kfile->usage_lock);
	kfree(kfile);
}

static const struct drm_ioctl_desc kestrel_ioctls[] = {
	DRM_IOCTL_DEF_DRV(KESTREL_DEV_QUERY, kestrel_ioctl_dev_query, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_BO_CREATE, kestrel_ioctl_bo_create, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_BO_MMAP_OFFSET, kestrel_ioctl_bo_mmap_offset, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_BO_SYNC, kestrel_ioctl_bo_sync, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_VM_CREATE, kestrel_ioctl_vm_create, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_VM_DESTROY, kestrel_ioctl_vm_destroy, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_VM_BIND, kestrel_ioctl_vm_bind, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_QUEUE_CREATE, kestrel_ioctl_queue_create, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_QUEUE_DESTROY, kestrel_ioctl_queue_destroy, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_QUEUE_STATE, kestrel_ioctl_queue_state, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_SUBMIT, kestrel_ioctl_submit, 0),
	DRM_IOCTL_DEF_DRV(KESTREL_COUNTERS, kestrel_ioctl_counters, 0),
};

static const struct file_operations kestrel_fops = {
	.owner = THIS_MODULE,
	DRM_ACCEL_FOPS,
	.show_fdinfo = drm_show_fdinfo,
};

const struct drm_driver kestrel_drm_driver = {
	.driver_features =
		DRIVER_COMPUTE_ACCEL | DRIVER_GEM | DRIVER_SYNCOBJ | DRIVER_SYNCOBJ_TIMELINE,
	.open = kestrel_open,
	.postclose = kestrel_postclose,
	.gem_create_object = kestrel_gem_create_object,
	.gem_prime_import_sg_table = kestrel_gem_import_sg_table,
	.show_fdinfo = kestrel_show_fdinfo,
	.ioctls = kestrel_ioctls,
	.num_ioctls = ARRAY_SIZE(kestrel_ioctls),
	.fops = &kestrel_fops,
	.name = KESTREL_DRIVER_NAME,
	.desc = "kestrel accelerator",
	/* clang-format off */
	KESTREL_OLD_DRIVER_DATE
		/* clang-format on */
		.major = 1,
	.minor = 0,
};
