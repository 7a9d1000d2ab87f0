/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Buffer objects: system memory that the device reaches. */
#ifndef _KESTREL_GEM_H_
#define _KESTREL_GEM_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include <drm/drm_gem_shmem_helper.h>

#include "kestrel_compat.h"

struct dma_buf_attachment;
struct drm_device;
struct drm_file;
struct kestrel_device;
struct kestrel_mmu;
struct kestrel_table_pool;
struct kestrel_vm;

#define KESTREL_BO_BYTES_MAX SZ_1G

/**
 * struct kestrel_bo - buffer object
 *
 * Its pages stay, mapped for the device, until it is freed or the device is unplugged.
 */
struct kestrel_bo {
	/** @base: base class */
	struct drm_gem_shmem_object base;
	KESTREL_OLD_BO_MEMBERS

	/** @resv_owner: whose reservation it shares, one reference; NULL if it has its own */
	struct drm_gem_object *resv_owner;

	/** @pinned: its pages are pinned */
	bool pinned;

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
struct drm_gem_object *kestrel_gem_import_sg_table(struct drm_device *drm,
						   struct dma_buf_attachment *attach,
						   struct sg_table *sgt);
void kestrel_gem_unmap_all(struct kestrel_device *kdev);

bool kestrel_bo_fits_vm(const struct kestrel_bo *bo, struct kestrel_vm *vm);
void kestrel_bo_map_in(const struct kestrel_bo *bo, struct kestrel_mmu *mmu,
		       struct kestrel_table_pool *pool, u64 va, u64 offset, u64 size,
		       u64 permissions);

int kestrel_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file);
int kestrel_ioctl_bo_mmap_offset(struct drm_device *drm, void *data, struct drm_file *file);
int kestrel_ioctl_bo_sync(struct drm_device *drm, void *data, struct drm_file *file);

#endif
