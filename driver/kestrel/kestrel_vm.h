/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* VMs: what userspace binds buffers in, and queues work in. */
#ifndef _KESTREL_VM_H_
#define _KESTREL_VM_H_

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>

#include <drm/drm_gpuvm.h>

#include "kestrel_mmu.h"

struct drm_device;
struct drm_file;
struct kestrel_device;

/**
 * struct kestrel_va - a range of a VM that maps part of a buffer
 */
struct kestrel_va {
	/** @base: base class */
	struct drm_gpuva base;
	/** @node: in a list of kestrel_bind.c, while it is in no VM */
	struct list_head node;
	/** @permissions: KESTREL_PTE_READ, KESTREL_PTE_WRITE */
	u64 permissions;
};

static inline struct kestrel_va *to_kestrel_va(struct drm_gpuva *va)
{
	return container_of(va, struct kestrel_va, base);
}

/**
 * struct kestrel_vm - an address space of userspace
 */
struct kestrel_vm {
	/** @base: base class; knows what is mapped where */
	struct drm_gpuvm base;

	/** @users: the open file that knows its number, its queues, and calls that use it */
	struct kref users;

	/** @kdev: device */
	struct kestrel_device *kdev;

	/** @lock: makes binding one step; protects @base and @mmu, and keeps buffers in the VM */
	struct mutex lock;

	/** @mmu: page tables; freed when the device is unplugged */
	struct kestrel_mmu mmu;

	/** @node: in kestrel_device.vms; protected by kestrel_device.list_lock */
	struct list_head node;

	/** @space: address space of the device, or 0; protected by kestrel_device.reset_lock */
	u32 space;

	/** @space_users: queues that work in @space; protected by kestrel_device.reset_lock */
	u32 space_users;
};

struct kestrel_vm *kestrel_vm_find(struct drm_file *file, u32 id);
struct kestrel_vm *kestrel_vm_get(struct kestrel_vm *vm);
void kestrel_vm_put(struct kestrel_vm *vm);
void kestrel_va_free(struct kestrel_va *va);
void kestrel_vms_unplug(struct kestrel_device *kdev);

int kestrel_ioctl_vm_create(struct drm_device *drm, void *data, struct drm_file *file);
int kestrel_ioctl_vm_destroy(struct drm_device *drm, void *data, struct drm_file *file);

#endif
