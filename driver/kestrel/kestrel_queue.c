// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Creating, destroying and asking queues. */

#include <linux/capability.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/kestrel_accel.h>

#include "kestrel_counters.h"
#include "kestrel_device.h"
#include "kestrel_drv.h"
#include "kestrel_fdinfo.h"
#include "kestrel_queue.h"
#include "kestrel_recover.h"
#include "kestrel_sched.h"
#include "kestrel_space.h"
#include "kestrel_vm.h"

static void kestrel_queue_release(struct kref *refcount)
{
	struct kestrel_queue *queue = container_of(refcount, struct kestrel_queue, refcount);

	kestrel_vm_put(queue->vm);
	mutex_destroy(&queue->submit_lock);
	kfree(queue);
}

/**
 * kestrel_queue_put() - give a queue back
 * @queue: queue
 *
 * Context: may sleep.
 */
void kestrel_queue_put(struct kestrel_queue *queue)
{
	kref_put(&queue->refcount, kestrel_queue_release);
}

/**
 * kestrel_queue_find() - look a queue up
 * @file: open file
 * @id: number that userspace gave
 *
 * Return: the queue, to be given back by kestrel_queue_put(), or NULL. It may be destroyed
 * meanwhile; kestrel_queue.dead says so.
 */
struct kestrel_queue *kestrel_queue_find(struct drm_file *file, u32 id)
{
	struct kestrel_file *kfile = file->driver_priv;
	struct kestrel_queue *queue;

	xa_lock(&kfile->queues);
	queue = xa_load(&kfile->queues, id);
	if (queue)
		kref_get(&queue->refcount);
	xa_unlock(&kfile->queues);
	return queue;
}

static struct kestrel_hw_queue *kestrel_hw_queue_find_free(struct kestrel_device *kdev)
{
	struct kestrel_hw_queue *hw;

	kestrel_for_each_queue(kdev, hw) {
		if (!hw->owner)
			return hw;
	}
	return NULL;
}

/* Takes a queue and an address space of the device. */
static int kestrel_queue_attach(struct kestrel_queue *queue)
{
	struct kestrel_device *kdev = queue->kdev;
	struct kestrel_hw_queue *hw;
	int ret;

	mutex_lock(&kdev->reset_lock);
	hw = kestrel_hw_queue_find_free(kdev);
	ret = hw ? kestrel_space_acquire(queue->vm) : -ENOSPC;
	if (!ret) {
		queue->hw = hw;
		hw->owner = queue;
		memset(&hw->counted, 0, sizeof(hw->counted));
		if (kestrel_device_usable(kdev))
			kestrel_hw_queue_start(kdev, hw);
	}
	mutex_unlock(&kdev->reset_lock);
	return ret;
}

/* Gives both back, with the scheduler running and no job of the queue left in the device. */
static void kestrel_queue_detach(struct kestrel_queue *queue)
{
	struct kestrel_device *kdev = queue->kdev;
	bool plugged, usable, stuck = false;
	int idx;

	plugged = drm_dev_enter(&kdev->drm, &idx);
	mutex_lock(&kdev->reset_lock);
	usable = plugged && kestrel_device_usable(kdev);
	if (usable)
		stuck = kestrel_hw_queue_reset(kdev, queue->hw);
	queue->hw->owner = NULL;
	if (kestrel_space_release(queue->vm, usable))
		stuck = true;
	mutex_unlock(&kdev->reset_lock);

	if (stuck)
		kestrel_recover_device(kdev);
	if (plugged)
		drm_dev_exit(idx);
}

/**
 * kestrel_queue_destroy() - end all jobs of a queue, and take it from the device
 * @queue: queue that userspace can name no more; one reference is given up
 *
 * Context: may sleep; device plugged or not.
 */
void kestrel_queue_destroy(struct kestrel_queue *queue)
{
	mutex_lock(&queue->submit_lock);
	WRITE_ONCE(queue->dead, true);
	mutex_unlock(&queue->submit_lock);

	/* No job comes any more: end first those in the device, then those before it. */
	kestrel_recover_kill_queue(queue);
	drm_sched_entity_fini(&queue->entity);
	wait_var_event(&queue->started, !atomic_read(&queue->started));

	kestrel_queue_detach(queue);
	kestrel_queue_put(queue);
}

static struct kestrel_queue *kestrel_queue_create(struct kestrel_vm *vm, u32 priority,
						  u64 client_id)
{
	struct kestrel_device *kdev = vm->kdev;
	struct drm_gpu_scheduler *sched = &kdev->sched->base;
	struct kestrel_queue *queue;
	int ret;

	queue = kzalloc(sizeof(*queue), GFP_KERNEL_ACCOUNT);
	if (!queue)
		return ERR_PTR(-ENOMEM);

	kref_init(&queue->refcount);
	mutex_init(&queue->submit_lock);
	queue->kdev = kdev;
	queue->priority = priority;
	queue->client_id = client_id;
	queue->tgid = task_tgid_nr(current);
	get_task_comm(queue->comm, current->group_leader);

	/* There is one run queue, the one of the highest priority: the device has priorities. */
	ret = drm_sched_entity_init(&queue->entity, DRM_SCHED_PRIORITY_KERNEL, &sched, 1, NULL);
	if (ret)
		goto err_free;

	queue->vm = kestrel_vm_get(vm);
	ret = kestrel_queue_attach(queue);
	if (ret)
		goto err_put;
	return queue;

err_put:
	kestrel_vm_put(vm);
	drm_sched_entity_fini(&queue->entity);
err_free:
	mutex_destroy(&queue->submit_lock);
	kfree(queue);
	return ERR_PTR(ret);
}

static int kestrel_queue_create_id(struct drm_file *file, struct kestrel_vm *vm,
				   struct drm_kestrel_queue_create *args)
{
	struct kestrel_file *kfile = file->driver_priv;
	struct kestrel_queue *queue;
	int ret;

	queue = kestrel_queue_create(vm, args->priority, file->client_id);
	if (IS_ERR(queue))
		return PTR_ERR(queue);

	ret = xa_alloc(&kfile->queues, &args->id, queue, xa_limit_31b, GFP_KERNEL_ACCOUNT);
	if (ret)
		kestrel_queue_destroy(queue);
	return ret;
}

/**
 * kestrel_ioctl_queue_create() - %DRM_IOCTL_KESTREL_QUEUE_CREATE
 * @drm: device
 * @data: struct drm_kestrel_queue_create
 * @file: caller's file
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_queue_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_kestrel_queue_create *args = data;
	struct kestrel_vm *vm;
	int ret, idx;

	if (args->flags || args->priority > DRM_KESTREL_QUEUE_PRIORITY_HIGH)
		return -EINVAL;
	if (args->priority == DRM_KESTREL_QUEUE_PRIORITY_HIGH && !capable(CAP_SYS_NICE))
		return -EACCES;

	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;

	vm = kestrel_vm_find(file, args->vm_id);
	if (vm) {
		ret = kestrel_queue_create_id(file, vm, args);
		kestrel_vm_put(vm);
	} else {
		ret = -ENOENT;
	}

	drm_dev_exit(idx);
	return ret;
}

/**
 * kestrel_ioctl_queue_destroy() - %DRM_IOCTL_KESTREL_QUEUE_DESTROY
 * @drm: device
 * @data: struct drm_kestrel_queue_destroy
 * @file: caller's file
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_queue_destroy(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct kestrel_file *kfile = file->driver_priv;
	struct drm_kestrel_queue_destroy *args = data;
	struct kestrel_queue *queue;

	if (args->pad)
		return -EINVAL;

	queue = kestrel_fdinfo_remove_queue(kfile, args->id);
	if (!queue)
		return -ENOENT;
	kestrel_queue_destroy(queue);
	return 0;
}

/**
 * kestrel_queue_read_counters() - what a queue has counted
 * @queue: queue that was looked up; device plugged
 * @counts: out: values
 *
 * Return: 0, -ENOENT if it was destroyed meanwhile, or -ENODEV.
 */
int kestrel_queue_read_counters(struct kestrel_queue *queue, struct kestrel_counts *counts)
{
	int ret = -ENOENT;

	/* As long as it is not dead, the queue of the device is its own. */
	mutex_lock(&queue->submit_lock);
	if (!queue->dead)
		ret = kestrel_counters_read(queue->kdev, queue->hw, counts);
	mutex_unlock(&queue->submit_lock);
	return ret;
}

static void kestrel_queue_tell(struct kestrel_queue *queue, struct drm_kestrel_queue_state *args)
{
	struct kestrel_device *kdev = queue->kdev;
	const struct kestrel_fault *fault = &queue->fault;

	mutex_lock(&kdev->reset_lock);
	args->flags = (queue->lost ? DRM_KESTREL_QUEUE_LOST : 0) |
		      (fault->valid ? DRM_KESTREL_QUEUE_FAULT : 0);
	args->error = -queue->error;
	args->cause = fault->cause;
	args->fault = fault->fault;
	args->access = fault->access;
	args->opcode = fault->opcode;
	args->call = fault->call;
	args->offset = fault->offset;
	args->va = fault->va;
	mutex_unlock(&kdev->reset_lock);

	spin_lock(&kdev->job_lock);
	args->jobs = queue->jobs_done;
	spin_unlock(&kdev->job_lock);
}

/**
 * kestrel_ioctl_queue_state() - %DRM_IOCTL_KESTREL_QUEUE_STATE
 * @drm: device
 * @data: struct drm_kestrel_queue_state
 * @file: caller's file
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_queue_state(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_kestrel_queue_state *args = data;
	struct kestrel_queue *queue;

	if (args->pad)
		return -EINVAL;

	queue = kestrel_queue_find(file, args->id);
	if (!queue)
		return -ENOENT;
	kestrel_queue_tell(queue, args);
	kestrel_queue_put(queue);
	return 0;
}
