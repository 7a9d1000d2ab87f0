// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Creating, mapping and freeing buffer objects. */

#include <linux/dma-mapping.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/kestrel_accel.h>

#include "kestrel_device.h"
#include "kestrel_gem.h"

/* Call with kestrel_device.bo_lock held. */
static void kestrel_bo_unmap(struct kestrel_device *kdev, struct kestrel_bo *bo)
{
	if (!bo->sgt)
		return;

	dma_unmap_sgtable(kdev->drm.dev, bo->sgt, DMA_BIDIRECTIONAL, 0);
	sg_free_table(bo->sgt);
	kfree(bo->sgt);
	bo->sgt = NULL;
	list_del(&bo->node);
}

static void kestrel_bo_free(struct drm_gem_object *obj)
{
	struct kestrel_device *kdev = to_kestrel_device(obj->dev);
	struct kestrel_bo *bo = to_kestrel_bo(obj);
	bool pinned;

	mutex_lock(&kdev->bo_lock);
	pinned = bo->sgt;
	kestrel_bo_unmap(kdev, bo);
	mutex_unlock(&kdev->bo_lock);

	if (pinned)
		drm_gem_shmem_unpin(&bo->base);
	drm_gem_shmem_free(&bo->base);
}

static const struct drm_gem_object_funcs kestrel_bo_funcs = {
	.free = kestrel_bo_free,
	.print_info = drm_gem_shmem_object_print_info,
	.pin = drm_gem_shmem_object_pin,
	.unpin = drm_gem_shmem_object_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = drm_gem_shmem_object_vmap,
	.vunmap = drm_gem_shmem_object_vunmap,
	.mmap = drm_gem_shmem_object_mmap,
	.vm_ops = &drm_gem_shmem_vm_ops,
};

/**
 * kestrel_gem_create_object() - allocate our kind of object for the GEM helpers
 * @drm: device
 * @size: bytes of memory it will have
 *
 * Return: the object, or ERR_PTR(-ENOMEM).
 */
struct drm_gem_object *kestrel_gem_create_object(struct drm_device *drm, size_t size)
{
	struct kestrel_bo *bo = kzalloc(sizeof(*bo), GFP_KERNEL_ACCOUNT);

	if (!bo)
		return ERR_PTR(-ENOMEM);

	bo->base.base.funcs = &kestrel_bo_funcs;
	return &bo->base.base;
}

/*
 * Pins the pages and maps them for the device. The shmem helper could map them too, but it would
 * keep the mapping when the device is unplugged.
 */
static int kestrel_bo_map(struct kestrel_device *kdev, struct kestrel_bo *bo)
{
	struct sg_table *sgt;
	int ret;

	ret = drm_gem_shmem_pin(&bo->base);
	if (ret)
		return ret;

	sgt = drm_gem_shmem_get_sg_table(&bo->base);
	if (IS_ERR(sgt)) {
		ret = PTR_ERR(sgt);
		goto err_unpin;
	}

	ret = dma_map_sgtable(kdev->drm.dev, sgt, DMA_BIDIRECTIONAL, 0);
	if (ret)
		goto err_free;

	mutex_lock(&kdev->bo_lock);
	bo->sgt = sgt;
	list_add(&bo->node, &kdev->bos);
	mutex_unlock(&kdev->bo_lock);
	return 0;

err_free:
	sg_free_table(sgt);
	kfree(sgt);
err_unpin:
	drm_gem_shmem_unpin(&bo->base);
	return ret;
}

/**
 * kestrel_gem_unmap_all() - take every buffer object from the device
 * @kdev: device, unplugged and stopped
 *
 * The objects and their mappings in processes live on; no job can reach them any more.
 */
void kestrel_gem_unmap_all(struct kestrel_device *kdev)
{
	struct kestrel_bo *bo, *next;

	mutex_lock(&kdev->bo_lock);
	list_for_each_entry_safe(bo, next, &kdev->bos, node)
		kestrel_bo_unmap(kdev, bo);
	mutex_unlock(&kdev->bo_lock);
}

/**
 * kestrel_ioctl_bo_create() - %DRM_IOCTL_KESTREL_BO_CREATE
 * @drm: device
 * @data: struct drm_kestrel_bo_create
 * @file: caller's file, which gets the handle
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct kestrel_device *kdev = to_kestrel_device(drm);
	struct drm_kestrel_bo_create *args = data;
	struct drm_gem_shmem_object *shmem;
	int ret, idx;

	if (args->flags || !args->size || args->size > KESTREL_BO_BYTES_MAX)
		return -EINVAL;

	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;

	shmem = drm_gem_shmem_create(drm, args->size);
	if (IS_ERR(shmem)) {
		ret = PTR_ERR(shmem);
		goto out_exit;
	}

	ret = kestrel_bo_map(kdev, to_kestrel_bo(&shmem->base));
	if (!ret)
		ret = drm_gem_handle_create(file, &shmem->base, &args->handle);
	if (!ret)
		args->size = shmem->base.size;

	/* The handle, if there is one, keeps the object from here on. */
	drm_gem_object_put(&shmem->base);
out_exit:
	drm_dev_exit(idx);
	return ret;
}

/**
 * kestrel_ioctl_bo_mmap_offset() - %DRM_IOCTL_KESTREL_BO_MMAP_OFFSET
 * @drm: device
 * @data: struct drm_kestrel_bo_mmap_offset
 * @file: caller's file, which has the handle
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_bo_mmap_offset(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_kestrel_bo_mmap_offset *args = data;
	struct drm_gem_object *obj;
	int ret;

	if (args->pad)
		return -EINVAL;

	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;

	ret = drm_gem_create_mmap_offset(obj);
	if (!ret)
		args->offset = drm_vma_node_offset_addr(&obj->vma_node);

	drm_gem_object_put(obj);
	return ret;
}
