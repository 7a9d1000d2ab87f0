// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Creating, importing, mapping and freeing buffer objects. */

#include <linux/align.h>
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_prime.h>
#include <drm/kestrel_accel.h>

#include "kestrel_device.h"
#include "kestrel_gem.h"
#include "kestrel_vm.h"

/* Call with kestrel_device.list_lock held. */
static void kestrel_bo_unmap(struct kestrel_device *kdev, struct kestrel_bo *bo)
{
	struct dma_buf_attachment *attach = bo->base.base.import_attach;

	if (!bo->sgt)
		return;

	if (attach) {
		dma_buf_unmap_attachment_unlocked(attach, bo->sgt, DMA_BIDIRECTIONAL);
		bo->base.sgt = NULL; /* the helper would unmap it again */
	} else {
		dma_unmap_sgtable(kdev->drm.dev, bo->sgt, DMA_BIDIRECTIONAL, 0);
		sg_free_table(bo->sgt);
		kfree(bo->sgt);
	}
	bo->sgt = NULL;
	list_del(&bo->node);
}

static void kestrel_bo_free(struct drm_gem_object *obj)
{
	struct kestrel_device *kdev = to_kestrel_device(obj->dev);
	struct kestrel_bo *bo = to_kestrel_bo(obj);
	struct drm_gem_object *resv_owner = bo->resv_owner;

	mutex_lock(&kdev->list_lock);
	kestrel_bo_unmap(kdev, bo);
	mutex_unlock(&kdev->list_lock);

	if (bo->pinned)
		drm_gem_shmem_unpin(&bo->base);
	KESTREL_OLD_BO_FINI(bo);
	drm_gem_shmem_free(&bo->base);

	/* The reservation was in use until here. */
	if (resv_owner)
		drm_gem_object_put(resv_owner);
}

static struct dma_buf *kestrel_bo_export(struct drm_gem_object *obj, int flags)
{
	/* Others would have to lock the VM to use it. */
	if (to_kestrel_bo(obj)->resv_owner)
		return ERR_PTR(-EINVAL);
	return drm_gem_prime_export(obj, flags);
}

static const struct drm_gem_object_funcs kestrel_bo_funcs = {
	.free = kestrel_bo_free,
	.print_info = drm_gem_shmem_object_print_info,
	.export = kestrel_bo_export,
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

	KESTREL_OLD_BO_INIT(bo);
	bo->base.base.funcs = &kestrel_bo_funcs;
	return &bo->base.base;
}

static void kestrel_bo_set_mapped(struct kestrel_device *kdev, struct kestrel_bo *bo,
				  struct sg_table *sgt)
{
	mutex_lock(&kdev->list_lock);
	bo->sgt = sgt;
	list_add(&bo->node, &kdev->bos);
	mutex_unlock(&kdev->list_lock);
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
	bo->pinned = true;

	sgt = drm_gem_shmem_get_sg_table(&bo->base);
	if (IS_ERR(sgt))
		return PTR_ERR(sgt);

	ret = dma_map_sgtable(kdev->drm.dev, sgt, DMA_BIDIRECTIONAL, 0);
	if (ret) {
		sg_free_table(sgt);
		kfree(sgt);
		return ret;
	}

	kestrel_bo_set_mapped(kdev, bo, sgt);
	return 0;
}

/* Page tables have pages, so what is not made of them cannot be bound. */
static bool kestrel_sgt_has_pages(struct sg_table *sgt)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_dma_sg(sgt, sg, i) {
		if (!IS_ALIGNED(sg_dma_address(sg) | sg_dma_len(sg), KESTREL_PAGE_SIZE))
			return false;
	}
	return true;
}

/**
 * kestrel_gem_import_sg_table() - make an object of a mapped buffer of somebody else
 * @drm: device
 * @attach: the buffer
 * @sgt: its pages, mapped for the device
 *
 * Return: the object, or ERR_PTR() of
 * * -EINVAL - it is not made of whole pages
 * * -ENODEV - the device has gone
 * * -ENOMEM - out of memory
 */
struct drm_gem_object *kestrel_gem_import_sg_table(struct drm_device *drm,
						   struct dma_buf_attachment *attach,
						   struct sg_table *sgt)
{
	struct drm_gem_object *obj;
	int idx;

	if (!kestrel_sgt_has_pages(sgt))
		return ERR_PTR(-EINVAL);

	if (!drm_dev_enter(drm, &idx))
		return ERR_PTR(-ENODEV);
	obj = drm_gem_shmem_prime_import_sg_table(drm, attach, sgt);
	if (!IS_ERR(obj)) {
		/* The caller sets it when all is done; unplugging needs it from now on. */
		obj->import_attach = attach;
		kestrel_bo_set_mapped(to_kestrel_device(drm), to_kestrel_bo(obj), sgt);
	}
	drm_dev_exit(idx);
	return obj;
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

	mutex_lock(&kdev->list_lock);
	list_for_each_entry_safe(bo, next, &kdev->bos, node)
		kestrel_bo_unmap(kdev, bo);
	mutex_unlock(&kdev->list_lock);
}

/**
 * kestrel_bo_fits_vm() - whether a buffer may be bound in a VM
 * @bo: buffer
 * @vm: VM
 *
 * Return: false if it is private to another one.
 */
bool kestrel_bo_fits_vm(const struct kestrel_bo *bo, struct kestrel_vm *vm)
{
	return !bo->resv_owner || bo->resv_owner == drm_gpuvm_resv_obj(&vm->base);
}

/**
 * kestrel_bo_map_in() - map part of a buffer in page tables
 * @bo: buffer
 * @mmu: page tables
 * @pool: filled for the range
 * @va: first address; the range maps nothing now
 * @offset: first byte of the buffer
 * @size: bytes; the range lies in the buffer; all three are multiples of the page size
 * @permissions: KESTREL_PTE_READ, KESTREL_PTE_WRITE or both
 *
 * Context: device plugged.
 */
void kestrel_bo_map_in(const struct kestrel_bo *bo, struct kestrel_mmu *mmu,
		       struct kestrel_table_pool *pool, u64 va, u64 offset, u64 size,
		       u64 permissions)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_dma_sg(bo->sgt, sg, i) {
		u64 length = sg_dma_len(sg);
		u64 bytes;

		if (offset >= length) {
			offset -= length;
			continue;
		}
		bytes = min(length - offset, size);
		kestrel_mmu_map(mmu, pool, va, sg_dma_address(sg) + offset, bytes, permissions);
		va += bytes;
		size -= bytes;
		offset = 0;
		if (!size)
			break;
	}
}

/* Creates a buffer with its own reservation, or with that of @vm. */
static struct kestrel_bo *kestrel_bo_create(struct kestrel_device *kdev, u64 size,
					    struct kestrel_vm *vm)
{
	struct drm_gem_shmem_object *shmem;
	struct kestrel_bo *bo;
	int ret;

	shmem = drm_gem_shmem_create(&kdev->drm, size);
	/* The kernel's shared memory says ENOSPC when it cannot allocate an inode. */
	if (shmem == ERR_PTR(-ENOSPC))
		return ERR_PTR(-ENOMEM);
	if (IS_ERR(shmem))
		return ERR_CAST(shmem);

	bo = to_kestrel_bo(&shmem->base);
	if (vm) {
		bo->resv_owner = drm_gpuvm_resv_obj(&vm->base);
		drm_gem_object_get(bo->resv_owner);
		shmem->base.resv = bo->resv_owner->resv;
	}

	ret = kestrel_bo_map(kdev, bo);
	if (ret) {
		drm_gem_object_put(&shmem->base);
		return ERR_PTR(ret);
	}
	return bo;
}

static int kestrel_bo_create_handle(struct kestrel_device *kdev, struct drm_kestrel_bo_create *args,
				    struct drm_file *file)
{
	struct kestrel_vm *vm = NULL;
	struct kestrel_bo *bo;
	int ret;

	if (args->vm_id) {
		vm = kestrel_vm_find(file, args->vm_id);
		if (!vm)
			return -ENOENT;
	}

	bo = kestrel_bo_create(kdev, args->size, vm);
	if (vm)
		kestrel_vm_put(vm);
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	args->size = bo->base.base.size;
	ret = drm_gem_handle_create(file, &bo->base.base, &args->handle);
	/* The handle, if there is one, keeps the object from here on. */
	drm_gem_object_put(&bo->base.base);
	return ret;
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
	struct drm_kestrel_bo_create *args = data;
	int ret, idx;

	if (args->flags || args->pad || !args->size || args->size > KESTREL_BO_BYTES_MAX)
		return -EINVAL;

	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;
	ret = kestrel_bo_create_handle(to_kestrel_device(drm), args, file);
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
	int ret = -EINVAL;

	if (args->pad)
		return -EINVAL;

	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;

	if (!obj->import_attach)
		ret = drm_gem_create_mmap_offset(obj);
	if (!ret)
		args->offset = drm_vma_node_offset_addr(&obj->vma_node);

	drm_gem_object_put(obj);
	return ret;
}

/* Hands the segments that the range touches; call with kestrel_device.list_lock held. */
static void kestrel_bo_sync(struct kestrel_device *kdev, const struct kestrel_bo *bo, u64 offset,
			    u64 size, u32 flags)
{
	struct device *dev = kdev->drm.dev;
	struct scatterlist *sg;
	u64 at = 0;
	int i;

	for_each_sgtable_dma_sg(bo->sgt, sg, i) {
		u64 first = max(at, offset);
		u64 end = min(at + sg_dma_len(sg), offset + size);

		if (first < end && flags & DRM_KESTREL_BO_SYNC_TO_DEVICE)
			dma_sync_single_range_for_device(dev, sg_dma_address(sg), first - at,
							 end - first, DMA_BIDIRECTIONAL);
		if (first < end && flags & DRM_KESTREL_BO_SYNC_TO_CPU)
			dma_sync_single_range_for_cpu(dev, sg_dma_address(sg), first - at,
						      end - first, DMA_BIDIRECTIONAL);
		at += sg_dma_len(sg);
	}
}

/**
 * kestrel_ioctl_bo_sync() - %DRM_IOCTL_KESTREL_BO_SYNC
 * @drm: device
 * @data: struct drm_kestrel_bo_sync
 * @file: caller's file, which has the handle
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_bo_sync(struct drm_device *drm, void *data, struct drm_file *file)
{
	const u32 flags = DRM_KESTREL_BO_SYNC_TO_DEVICE | DRM_KESTREL_BO_SYNC_TO_CPU;
	struct kestrel_device *kdev = to_kestrel_device(drm);
	struct drm_kestrel_bo_sync *args = data;
	struct drm_gem_object *obj;
	int ret = 0;

	if (!args->flags || args->flags & ~flags || !args->size)
		return -EINVAL;

	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;

	if (obj->import_attach || args->size > obj->size || args->offset > obj->size - args->size) {
		ret = -EINVAL;
	} else {
		mutex_lock(&kdev->list_lock);
		if (to_kestrel_bo(obj)->sgt)
			kestrel_bo_sync(kdev, to_kestrel_bo(obj), args->offset, args->size,
					args->flags);
		else
			ret = -ENODEV;
		mutex_unlock(&kdev->list_lock);
	}

	drm_gem_object_put(obj);
	return ret;
}
