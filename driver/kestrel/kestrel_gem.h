/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Buffer objects: system memory that the device reaches. */
#ifndef _KESTREL_GEM_H_
#define _KESTREL_GEM_H_

#include <linux/list.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include <drm/drm_gem_shmem_helper.h>

struct drm_device;
struct drm_file;
struct kestrel_device;

#define KESTREL_BO_BYTES_MAX SZ_1G

/**
 * struct kestrel_bo - buffer object
 *
 * Its pages stay, mapped for the device, until it is freed or the device is unplugged.
 */
struct kestrel_bo {
	/** @base: base class */
	struct drm_gem_shmem_object base;

	/** @node: in kestrel_device.bos */
	struct list_head node;

	/** @sgt: pages and their bus addresses; NULL while not mapped */
	struct sg_table *sgt;
};

static inline struct kestrel_bo *to_kestrel_bo(struct drm_gem_object *obj)
{
	return container_of(to_drm_gem_shmem_obj(obj), struct kestrel_bo, base);
}

struct drm_gem_object *kestrel_gem_create_object(struct drm_device *drm, size_t size);
void kestrel_gem_unmap_all(struct kestrel_device *kdev);

int kestrel_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file);
int kestrel_ioctl_bo_mmap_offset(struct drm_device *drm, void *data, struct drm_file *file);

#endif
