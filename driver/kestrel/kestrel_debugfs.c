// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/*
 * Files in debugfs: queues, address spaces, buffers and counters as they are now. Looking at them
 * wakes no device up, and waits for no job; only the counters wait for the end of a record.
 */

#include <linux/list.h>
#include <linux/seq_file.h>

#include <drm/drm_debugfs.h>
#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>

#include "kestrel_counters.h"
#include "kestrel_debugfs.h"
#include "kestrel_device.h"
#include "kestrel_gem.h"
#include "kestrel_names.h"
#include "kestrel_queue_info.h"
#include "kestrel_vm.h"

static struct kestrel_device *kestrel_debugfs_device(struct seq_file *m)
{
	const struct drm_debugfs_entry *entry = m->private;

	return to_kestrel_device(entry->dev);
}

static int kestrel_debugfs_queues(struct seq_file *m, void *data)
{
	struct kestrel_device *kdev = kestrel_debugfs_device(m);
	struct drm_printer p = drm_seq_file_printer(m);
	struct kestrel_queue_info info;
	u32 i;
	int ret, idx;

	/* The rings are memory of a plugged device. */
	if (!drm_dev_enter(&kdev->drm, &idx))
		return -ENODEV;

	for (i = 0; i < kdev->caps.queues; i++) {
		ret = mutex_lock_interruptible(&kdev->reset_lock);
		if (ret)
			break;
		kestrel_queue_info_read(kdev, &kdev->queues[i], &info);
		mutex_unlock(&kdev->reset_lock);
		kestrel_queue_info_print(&p, "", &info);
	}

	drm_dev_exit(idx);
	return ret;
}

/* The next VM that somebody uses, or the first after NULL; used by the caller, who uses @vm. */
static struct kestrel_vm *kestrel_debugfs_next_vm(struct kestrel_device *kdev,
						  struct kestrel_vm *vm)
{
	mutex_lock(&kdev->list_lock);
	vm = list_prepare_entry(vm, &kdev->vms, node);
	list_for_each_entry_continue(vm, &kdev->vms, node) {
		if (kref_get_unless_zero(&vm->users))
			break;
	}
	if (list_entry_is_head(vm, &kdev->vms, node))
		vm = NULL;
	mutex_unlock(&kdev->list_lock);
	return vm;
}

static int kestrel_debugfs_gpuvas(struct seq_file *m, void *data)
{
	struct kestrel_device *kdev = kestrel_debugfs_device(m);
	struct kestrel_vm *vm, *next;
	int ret = 0;
	int idx;

	/* Unplugging empties the list that we stand in. */
	if (!drm_dev_enter(&kdev->drm, &idx))
		return -ENODEV;

	/* The lock of a VM comes before that of the list, which is why each is used meanwhile. */
	vm = kestrel_debugfs_next_vm(kdev, NULL);
	while (vm) {
		ret = ret ?: mutex_lock_interruptible(&vm->lock);
		if (!ret) {
			ret = drm_debugfs_gpuva_info(m, &vm->base);
			mutex_unlock(&vm->lock);
		}
		next = ret ? NULL : kestrel_debugfs_next_vm(kdev, vm);
		kestrel_vm_put(vm);
		vm = next;
	}

	drm_dev_exit(idx);
	return ret;
}

static int kestrel_debugfs_bos(struct seq_file *m, void *data)
{
	struct kestrel_device *kdev = kestrel_debugfs_device(m);
	struct kestrel_bo *bo;
	u64 bytes = 0;
	u32 count = 0;
	int ret;

	ret = mutex_lock_interruptible(&kdev->list_lock);
	if (ret)
		return ret;

	list_for_each_entry(bo, &kdev->bos, node) {
		const struct drm_gem_object *obj = &bo->base.base;

		seq_printf(m, "- {bytes: %zu, handles: %u, segments: %u, imported: %u, ", obj->size,
			   READ_ONCE(obj->handle_count), bo->sgt->nents, !!obj->import_attach);
		seq_printf(m, "exported: %u, pinned: %u, private: %u}\n",
			   !!READ_ONCE(obj->dma_buf) && !obj->import_attach, bo->pinned,
			   !!bo->resv_owner);
		bytes += obj->size;
		count++;
	}
	mutex_unlock(&kdev->list_lock);
	seq_printf(m, "# %u buffers, %llu bytes\n", count, bytes);
	return 0;
}

static int kestrel_debugfs_counters(struct seq_file *m, void *data)
{
	struct kestrel_device *kdev = kestrel_debugfs_device(m);
	struct kestrel_counts counts;
	int ret, idx;
	u32 i;

	if (!drm_dev_enter(&kdev->drm, &idx))
		return -ENODEV;
	ret = kestrel_counters_read(kdev, NULL, &counts);
	drm_dev_exit(idx);
	if (ret)
		return ret;

	for (i = 0; i < KESTREL_COUNTERS; i++)
		seq_printf(m, "%s: %llu\n", kestrel_counter_name(i), counts.values[i]);
	return 0;
}

static const struct drm_debugfs_info kestrel_debugfs_files[] = {
	{"queues", kestrel_debugfs_queues},
	{"gpuvas", kestrel_debugfs_gpuvas, DRIVER_GEM_GPUVA},
	{"bos", kestrel_debugfs_bos},
	{"counters", kestrel_debugfs_counters},
};

/**
 * kestrel_debugfs_init() - add the files to the device's folder
 * @kdev: device, not registered yet
 *
 * The DRM core removes them.
 */
void kestrel_debugfs_init(struct kestrel_device *kdev)
{
	drm_debugfs_add_files(&kdev->drm, kestrel_debugfs_files, ARRAY_SIZE(kestrel_debugfs_files));
}
