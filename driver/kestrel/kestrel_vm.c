// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Creating and destroying VMs. */

#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/kestrel_accel.h>

#include "kestrel_bind.h"
#include "kestrel_compat.h"
#include "kestrel_device.h"
#include "kestrel_drv.h"
#include "kestrel_gem.h"
#include "kestrel_vm.h"

static void kestrel_vm_free(struct drm_gpuvm *gpuvm)
{
	struct kestrel_vm *vm = container_of(gpuvm, struct kestrel_vm, base);

	mutex_destroy(&vm->lock);
	kfree(vm);
}

static const struct drm_gpuvm_ops kestrel_vm_ops = {
	.vm_free = kestrel_vm_free,
	.sm_step_map = kestrel_bind_step_map,
	.sm_step_remap = kestrel_bind_step_remap,
	.sm_step_unmap = kestrel_bind_step_unmap,
};

/**
 * kestrel_va_free() - free a range that is in no VM any more
 * @va: range, which may still hold its buffer; or NULL
 *
 * Context: may sleep, and free the buffer.
 */
void kestrel_va_free(struct kestrel_va *va)
{
	struct drm_gem_object *obj;

	if (!va)
		return;

	obj = va->base.gem.obj;
	if (obj && va->base.vm_bo) {
		/* Unlinking may drop the last reference, under the object's own lock. */
		drm_gem_object_get(obj);
		mutex_lock(KESTREL_VA_LOCK(obj));
		drm_gpuva_unlink(&va->base);
		mutex_unlock(KESTREL_VA_LOCK(obj));
		drm_gem_object_put(obj);
	}
	kfree(va);
}

static void kestrel_vm_free_tables(struct kestrel_vm *vm)
{
	mutex_lock(&vm->kdev->list_lock);
	kestrel_mmu_fini(&vm->mmu);
	list_del_init(&vm->node);
	mutex_unlock(&vm->kdev->list_lock);
}

/* Nobody uses the VM, so no queue works in it, and the device knows nothing of it. */
static void kestrel_vm_release(struct kref *users)
{
	struct kestrel_vm *vm = container_of(users, struct kestrel_vm, users);
	struct drm_gpuva *va, *next;

	drm_gpuvm_for_each_va_safe(va, next, &vm->base) {
		drm_gpuva_remove(va);
		kestrel_va_free(to_kestrel_va(va));
	}
	kestrel_vm_free_tables(vm);
	drm_gpuvm_put(&vm->base);
}

/**
 * kestrel_vm_get() - use a VM that is used already
 * @vm: VM
 *
 * Return: @vm.
 */
struct kestrel_vm *kestrel_vm_get(struct kestrel_vm *vm)
{
	kref_get(&vm->users);
	return vm;
}

/**
 * kestrel_vm_put() - use a VM no more
 * @vm: VM
 *
 * Context: may sleep.
 */
void kestrel_vm_put(struct kestrel_vm *vm)
{
	kref_put(&vm->users, kestrel_vm_release);
}

/**
 * kestrel_vm_find() - look a VM up
 * @file: open file
 * @id: number that userspace gave
 *
 * Return: the VM, to be given back by kestrel_vm_put(), or NULL.
 */
struct kestrel_vm *kestrel_vm_find(struct drm_file *file, u32 id)
{
	struct kestrel_file *kfile = file->driver_priv;
	struct kestrel_vm *vm;

	xa_lock(&kfile->vms);
	vm = xa_load(&kfile->vms, id);
	if (vm)
		kestrel_vm_get(vm);
	xa_unlock(&kfile->vms);
	return vm;
}

/**
 * kestrel_vms_unplug() - free the page tables of every VM
 * @kdev: device, unplugged and stopped
 *
 * They are memory of the device, which is about to lose its driver. The VMs live on without.
 */
void kestrel_vms_unplug(struct kestrel_device *kdev)
{
	struct kestrel_vm *vm, *next;

	mutex_lock(&kdev->list_lock);
	list_for_each_entry_safe(vm, next, &kdev->vms, node) {
		kestrel_mmu_fini(&vm->mmu);
		list_del_init(&vm->node);
	}
	mutex_unlock(&kdev->list_lock);
}

static struct kestrel_vm *kestrel_vm_create(struct kestrel_device *kdev)
{
	struct drm_gem_object *resv_obj;
	struct kestrel_vm *vm;

	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		return ERR_PTR(-ENOMEM);

	resv_obj = drm_gpuvm_resv_object_alloc(&kdev->drm);
	if (!resv_obj)
		goto err_free;

	vm->kdev = kdev;
	if (kestrel_mmu_init(&vm->mmu, kdev->drm.dev))
		goto err_put;

	kref_init(&vm->users);
	mutex_init(&vm->lock);
	drm_gpuvm_init(&vm->base, "kestrel", DRM_GPUVM_IMMEDIATE_MODE, &kdev->drm, resv_obj, 0,
		       BIT_ULL(KESTREL_VA_BITS), 0, 0, &kestrel_vm_ops);
	drm_gem_object_put(resv_obj);

	mutex_lock(&kdev->list_lock);
	list_add(&vm->node, &kdev->vms);
	mutex_unlock(&kdev->list_lock);
	return vm;

err_put:
	drm_gem_object_put(resv_obj);
err_free:
	kfree(vm);
	return ERR_PTR(-ENOMEM);
}

/**
 * kestrel_ioctl_vm_create() - %DRM_IOCTL_KESTREL_VM_CREATE
 * @drm: device
 * @data: struct drm_kestrel_vm_create
 * @file: caller's file
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_vm_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct kestrel_file *kfile = file->driver_priv;
	struct drm_kestrel_vm_create *args = data;
	struct kestrel_vm *vm;
	int ret, idx;

	if (args->flags)
		return -EINVAL;

	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;

	vm = kestrel_vm_create(to_kestrel_device(drm));
	ret = PTR_ERR_OR_ZERO(vm);
	if (!ret) {
		ret = xa_alloc(&kfile->vms, &args->id, vm, xa_limit_31b, GFP_KERNEL_ACCOUNT);
		if (ret)
			kestrel_vm_put(vm);
	}

	drm_dev_exit(idx);
	return ret;
}

/**
 * kestrel_ioctl_vm_destroy() - %DRM_IOCTL_KESTREL_VM_DESTROY
 * @drm: device
 * @data: struct drm_kestrel_vm_destroy
 * @file: caller's file
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_vm_destroy(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct kestrel_file *kfile = file->driver_priv;
	struct drm_kestrel_vm_destroy *args = data;
	struct kestrel_vm *vm;

	if (args->pad)
		return -EINVAL;

	vm = xa_erase(&kfile->vms, args->id);
	if (!vm)
		return -ENOENT;
	kestrel_vm_put(vm);
	return 0;
}
