// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/*
 * The VM_BIND ioctl. First everything that its operations can need is allocated and looked up, then
 * they are done under the VM's lock, where nothing fails.
 */

#include <linux/align.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/kestrel_accel.h>

#include "kestrel_array.h"
#include "kestrel_bind.h"
#include "kestrel_compat.h"
#include "kestrel_device.h"
#include "kestrel_gem.h"
#include "kestrel_recover.h"
#include "kestrel_space.h"
#include "kestrel_vm.h"

/* What mapping can add to the ranges of a VM: its own, and the rest of the old on both sides. */
#define KESTREL_BIND_SPARE_VAS 3

/**
 * struct kestrel_bind_op - one operation, and what was prepared for it
 */
struct kestrel_bind_op {
	/** @args: what userspace wants */
	const struct drm_kestrel_vm_bind_op *args;
	/** @obj: MAP: the buffer, one reference */
	struct drm_gem_object *obj;
	/** @vm_bo: MAP: the buffer in the VM, one reference */
	struct drm_gpuvm_bo *vm_bo;
	/** @spare: ranges to use; NULL where used */
	struct kestrel_va *spare[KESTREL_BIND_SPARE_VAS];
};

/**
 * struct kestrel_bind - one call
 */
struct kestrel_bind {
	/** @vm: VM, one reference */
	struct kestrel_vm *vm;
	/** @args: operations as userspace gave them */
	struct drm_kestrel_vm_bind_op *args;
	/** @ops: the same, prepared */
	struct kestrel_bind_op *ops;
	/** @count: elements of @args and @ops */
	u32 count;
	/** @op: operation in hand */
	struct kestrel_bind_op *op;
	/** @pool: page tables to use */
	struct kestrel_table_pool pool;
	/** @gone: ranges that were taken out of the VM; the device may still use them */
	struct list_head gone;
	/** @first: first address that was unmapped, if any was */
	u64 first;
	/** @last: last address that was unmapped; less than @first if none was */
	u64 last;
};

static bool kestrel_range_ok(u64 start, u64 size, u64 limit)
{
	return IS_ALIGNED(start | size, KESTREL_PAGE_SIZE) && size <= limit &&
	       start <= limit - size;
}

static int kestrel_bind_check(const struct drm_kestrel_vm_bind_op *args)
{
	const u32 flags = DRM_KESTREL_VM_BIND_READ | DRM_KESTREL_VM_BIND_WRITE;

	if (args->pad || !args->size ||
	    !kestrel_range_ok(args->va, args->size, BIT_ULL(KESTREL_VA_BITS)))
		return -EINVAL;

	switch (args->type) {
	case DRM_KESTREL_VM_BIND_OP_MAP:
		return !args->flags || args->flags & ~flags ? -EINVAL : 0;
	case DRM_KESTREL_VM_BIND_OP_UNMAP:
		return args->flags || args->handle || args->bo_offset ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

static u64 kestrel_bind_permissions(u32 flags)
{
	return (flags & DRM_KESTREL_VM_BIND_READ ? KESTREL_PTE_READ : 0) |
	       (flags & DRM_KESTREL_VM_BIND_WRITE ? KESTREL_PTE_WRITE : 0);
}

/* Puts the buffer into the VM, where it may be already. */
static int kestrel_bind_find_vm_bo(struct kestrel_vm *vm, struct kestrel_bind_op *op)
{
	struct drm_gpuvm_bo *vm_bo;

	vm_bo = drm_gpuvm_bo_create(&vm->base, op->obj);
	if (!vm_bo)
		return -ENOMEM;

	op->vm_bo = drm_gpuvm_bo_obtain_prealloc(vm_bo);
	drm_gpuvm_bo_extobj_add(op->vm_bo);
	return 0;
}

static int kestrel_bind_prepare_map(struct kestrel_bind *bind, struct kestrel_bind_op *op,
				    struct drm_file *file)
{
	const struct drm_kestrel_vm_bind_op *args = op->args;
	struct kestrel_vm *vm = bind->vm;
	int ret;

	op->obj = drm_gem_object_lookup(file, args->handle);
	if (!op->obj)
		return -ENOENT;
	if (!kestrel_range_ok(args->bo_offset, args->size, op->obj->size) ||
	    !kestrel_bo_fits_vm(to_kestrel_bo(op->obj), vm))
		return -EINVAL;

	ret = kestrel_bind_find_vm_bo(vm, op);
	if (ret)
		return ret;
	return kestrel_table_pool_fill_map(&vm->mmu, &bind->pool, args->va, args->size);
}

static int kestrel_bind_prepare_op(struct kestrel_bind *bind, struct kestrel_bind_op *op,
				   struct drm_file *file)
{
	u32 i;
	int ret;

	ret = kestrel_bind_check(op->args);
	if (!ret && op->args->type == DRM_KESTREL_VM_BIND_OP_MAP)
		ret = kestrel_bind_prepare_map(bind, op, file);
	if (!ret)
		ret = kestrel_table_pool_fill_unmap(&bind->vm->mmu, &bind->pool);
	if (ret)
		return ret;

	for (i = 0; i < KESTREL_BIND_SPARE_VAS; i++) {
		op->spare[i] = kzalloc(sizeof(*op->spare[i]), GFP_KERNEL_ACCOUNT);
		if (!op->spare[i])
			return -ENOMEM;
	}
	return 0;
}

static int kestrel_bind_prepare(struct kestrel_bind *bind, struct drm_file *file)
{
	u32 i;
	int ret;

	bind->ops = kvcalloc(bind->count, sizeof(*bind->ops), GFP_KERNEL_ACCOUNT);
	if (!bind->ops)
		return -ENOMEM;

	for (i = 0; i < bind->count; i++) {
		bind->ops[i].args = &bind->args[i];
		ret = kestrel_bind_prepare_op(bind, &bind->ops[i], file);
		if (ret)
			return ret;
	}
	return 0;
}

static void kestrel_bind_op_finish(struct kestrel_bind_op *op)
{
	u32 i;

	for (i = 0; i < KESTREL_BIND_SPARE_VAS; i++)
		kfree(op->spare[i]);
	if (op->vm_bo) {
		mutex_lock(KESTREL_VA_LOCK(op->obj));
		drm_gpuvm_bo_put(op->vm_bo);
		mutex_unlock(KESTREL_VA_LOCK(op->obj));
	}
	if (op->obj)
		drm_gem_object_put(op->obj);
}

/* Frees what was prepared and not used, and what was unmapped. */
static void kestrel_bind_finish(struct kestrel_bind *bind)
{
	struct kestrel_va *va, *next;
	u32 i;

	/* Who submits walks the VM's buffers under it, and must not be the last to hold one. */
	mutex_lock(&bind->vm->lock);
	list_for_each_entry_safe(va, next, &bind->gone, node)
		kestrel_va_free(va);
	for (i = 0; bind->ops && i < bind->count; i++)
		kestrel_bind_op_finish(&bind->ops[i]);
	mutex_unlock(&bind->vm->lock);
	kestrel_table_pool_fini(&bind->vm->mmu, &bind->pool);
	kvfree(bind->ops);
	kvfree(bind->args);
	kestrel_vm_put(bind->vm);
}

static struct kestrel_va *kestrel_bind_take_va(struct kestrel_bind_op *op)
{
	struct kestrel_va *va = NULL;
	u32 i;

	for (i = 0; !va && i < KESTREL_BIND_SPARE_VAS; i++)
		swap(va, op->spare[i]);
	return va;
}

static void kestrel_bind_link(struct kestrel_va *va, struct drm_gpuvm_bo *vm_bo)
{
	mutex_lock(KESTREL_VA_LOCK(vm_bo->obj));
	drm_gpuva_link(&va->base, vm_bo);
	mutex_unlock(KESTREL_VA_LOCK(vm_bo->obj));
}

static void kestrel_bind_unmap(struct kestrel_bind *bind, u64 va, u64 size)
{
	if (!kestrel_mmu_unmap(&bind->vm->mmu, &bind->pool, va, size))
		return;
	if (bind->last < bind->first) {
		bind->first = va;
		bind->last = va + size - 1;
	} else {
		bind->first = min(bind->first, va);
		bind->last = max(bind->last, va + size - 1);
	}
}

/**
 * kestrel_bind_step_map() - put a range into the VM that maps nothing so far
 * @op: what drm_gpuvm_sm_map() found
 * @data: struct kestrel_bind
 *
 * Return: 0, or -ENOMEM if kestrel_bind_prepare() is wrong.
 */
int kestrel_bind_step_map(struct drm_gpuva_op *op, void *data)
{
	struct kestrel_bind *bind = data;
	struct kestrel_va *va = kestrel_bind_take_va(bind->op);

	if (WARN_ON_ONCE(!va))
		return -ENOMEM;

	va->permissions = kestrel_bind_permissions(bind->op->args->flags);
	kestrel_bo_map_in(to_kestrel_bo(op->map.gem.obj), &bind->vm->mmu, &bind->pool,
			  op->map.va.addr, op->map.gem.offset, op->map.va.range, va->permissions);
	drm_gpuva_map(&bind->vm->base, &va->base, &op->map);
	kestrel_bind_link(va, bind->op->vm_bo);
	return 0;
}

/* Takes from the spare ranges what is left of @old on one side. */
static struct kestrel_va *kestrel_bind_remain(struct kestrel_bind *bind,
					      const struct drm_gpuva_op_map *side,
					      const struct kestrel_va *old)
{
	struct kestrel_va *va = side ? kestrel_bind_take_va(bind->op) : NULL;

	if (va)
		va->permissions = old->permissions;
	return va;
}

/**
 * kestrel_bind_step_remap() - cut a range of the VM
 * @op: what drm_gpuvm_sm_map() or drm_gpuvm_sm_unmap() found
 * @data: struct kestrel_bind
 *
 * Return: 0, or -ENOMEM if kestrel_bind_prepare() is wrong.
 */
int kestrel_bind_step_remap(struct drm_gpuva_op *op, void *data)
{
	struct drm_gpuva_op_remap *remap = &op->remap;
	struct kestrel_va *old = to_kestrel_va(remap->unmap->va);
	struct kestrel_bind *bind = data;
	struct kestrel_va *prev = kestrel_bind_remain(bind, remap->prev, old);
	struct kestrel_va *next = kestrel_bind_remain(bind, remap->next, old);
	u64 start, size;

	if (WARN_ON_ONCE((remap->prev && !prev) || (remap->next && !next))) {
		kfree(prev);
		kfree(next);
		return -ENOMEM;
	}

	drm_gpuva_op_remap_to_unmap_range(remap, &start, &size);
	kestrel_bind_unmap(bind, start, size);
	drm_gpuva_remap(prev ? &prev->base : NULL, next ? &next->base : NULL, remap);
	if (prev)
		kestrel_bind_link(prev, old->base.vm_bo);
	if (next)
		kestrel_bind_link(next, old->base.vm_bo);
	list_add(&old->node, &bind->gone);
	return 0;
}

/**
 * kestrel_bind_step_unmap() - take a range out of the VM
 * @op: what drm_gpuvm_sm_map() or drm_gpuvm_sm_unmap() found
 * @data: struct kestrel_bind
 *
 * Return: 0.
 */
int kestrel_bind_step_unmap(struct drm_gpuva_op *op, void *data)
{
	struct kestrel_va *va = to_kestrel_va(op->unmap.va);
	struct kestrel_bind *bind = data;

	kestrel_bind_unmap(bind, va->base.va.addr, va->base.va.range);
	drm_gpuva_unmap(&op->unmap);
	list_add(&va->node, &bind->gone);
	return 0;
}

static int kestrel_bind_do_op(struct kestrel_bind *bind, struct kestrel_bind_op *op)
{
	const struct drm_kestrel_vm_bind_op *args = op->args;
	const struct drm_gpuvm_map_req request = {
		.map.va.addr = args->va,
		.map.va.range = args->size,
		.map.gem.obj = op->obj,
		.map.gem.offset = args->bo_offset,
	};

	bind->op = op;
	if (args->type == DRM_KESTREL_VM_BIND_OP_UNMAP)
		return drm_gpuvm_sm_unmap(&bind->vm->base, bind, args->va, args->size);
	return drm_gpuvm_sm_map(&bind->vm->base, bind, &request);
}

static int kestrel_bind_do(struct kestrel_bind *bind)
{
	struct kestrel_vm *vm = bind->vm;
	int ret = 0;
	u32 i;

	mutex_lock(&vm->lock);
	for (i = 0; !ret && i < bind->count; i++)
		ret = kestrel_bind_do_op(bind, &bind->ops[i]);

	/* What the device remembers goes before the memory behind it does. */
	if (bind->first <= bind->last && kestrel_space_invalidate(vm, bind->first, bind->last))
		kestrel_recover_device(vm->kdev);
	mutex_unlock(&vm->lock);
	return ret;
}

/**
 * kestrel_ioctl_vm_bind() - %DRM_IOCTL_KESTREL_VM_BIND
 * @drm: device
 * @data: struct drm_kestrel_vm_bind
 * @file: caller's file
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_vm_bind(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_kestrel_vm_bind *args = data;
	struct kestrel_bind bind = {.first = 1, .count = args->ops.count};
	int ret, idx;

	if (args->flags || args->syncs.count || !args->ops.count)
		return -EINVAL;

	/* The tables are those of a plugged device. */
	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;

	bind.vm = kestrel_vm_find(file, args->vm_id);
	if (!bind.vm) {
		drm_dev_exit(idx);
		return -ENOENT;
	}
	INIT_LIST_HEAD(&bind.gone);
	kestrel_table_pool_init(&bind.pool);

	ret = kestrel_array_get(&args->ops, KESTREL_BIND_OPS_MAX, sizeof(*bind.args),
				offsetofend(struct drm_kestrel_vm_bind_op, size),
				(void **)&bind.args);
	if (!ret)
		ret = kestrel_bind_prepare(&bind, file);
	if (!ret)
		ret = kestrel_bind_do(&bind);

	kestrel_bind_finish(&bind);
	drm_dev_exit(idx);
	return ret;
}

#ifdef CONFIG_DRM_ACCEL_KESTREL_KUNIT_TEST
#include "tests/kestrel_bind_kunit.c"
#endif
