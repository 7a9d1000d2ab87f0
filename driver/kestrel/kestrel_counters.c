// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Reading the counters of one queue, or of all together. */

#include <linux/bitfield.h>
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/iopoll.h>
#include <linux/lockdep.h>
#include <linux/stddef.h>
#include <linux/time64.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/kestrel_accel.h>

#include "kestrel_counters.h"
#include "kestrel_device.h"
#include "kestrel_array.h"
#include "kestrel_queue.h"

#define KESTREL_SNAPSHOT_POLL_US 10
/* It is taken between two records, and the budget bounds each. */
#define KESTREL_SNAPSHOT_TIMEOUT_US (2 * KESTREL_CALL_TIME_MAX_MS * USEC_PER_MSEC)

static_assert(sizeof(struct kestrel_counts) == sizeof(struct drm_kestrel_counter_values));
static_assert(offsetof(struct drm_kestrel_counter_values, busy_ns) ==
	      KESTREL_COUNTER_BUSY_NS * sizeof(u64));
static_assert(KESTREL_REG_COUNT_TLB_MISSES_LO - KESTREL_REG_COUNT_RECORDS_LO ==
	      (KESTREL_COUNTERS - 1) * sizeof(u64));

/* Adds what the device has counted since it was last reset. */
static int kestrel_counters_add(struct kestrel_device *kdev, u32 index,
				struct kestrel_counts *counts)
{
	u32 status;
	int ret;
	u32 i;

	kestrel_write(kdev, COUNTER_SNAPSHOT,
		      KESTREL_COUNTER_SNAPSHOT_GO |
			      FIELD_PREP(KESTREL_COUNTER_SNAPSHOT_INDEX_MASK, index));
	ret = read_poll_timeout(kestrel_read, status,
				!kestrel_device_answers(status) ||
					!(status & KESTREL_STATUS_SNAPSHOT_BUSY),
				KESTREL_SNAPSHOT_POLL_US, KESTREL_SNAPSHOT_TIMEOUT_US, false, kdev,
				STATUS);
	if (ret || !kestrel_device_answers(status))
		return -ENODEV;

	for (i = 0; i < KESTREL_COUNTERS; i++) {
		u32 offset = KESTREL_REG_COUNT_RECORDS_LO + i * sizeof(u64);
		u64 low = __kestrel_read(kdev, offset, "COUNT_LO");
		u64 high = __kestrel_read(kdev, offset + sizeof(u32), "COUNT_HI");

		counts->values[i] += high << 32 | low;
	}
	return 0;
}

/**
 * kestrel_counters_save() - keep what was counted, before the device is stopped
 * @kdev: device, usable, all queues parked
 *
 * Context: kestrel_device.reset_lock held; may sleep; allocates nothing.
 */
void kestrel_counters_save(struct kestrel_device *kdev)
{
	struct kestrel_hw_queue *hw;

	kestrel_for_each_queue(kdev, hw) {
		if (hw->owner)
			kestrel_counters_add(kdev, hw->index, &hw->counted);
	}
	kestrel_counters_add(kdev, kdev->caps.queues, &kdev->counted);
}

/**
 * kestrel_counters_read() - what was counted
 * @kdev: device, plugged
 * @hw: queue with an owner, or NULL for all queues
 * @counts: out: values
 *
 * A device that sleeps is not woken up for it. What was counted before the device hung is lost.
 *
 * Context: may sleep, for as long as a command buffer may run.
 * Return: 0, or -ENODEV if the device does not answer.
 */
int kestrel_counters_read(struct kestrel_device *kdev, struct kestrel_hw_queue *hw,
			  struct kestrel_counts *counts)
{
	int ret = 0;

	mutex_lock(&kdev->reset_lock);
	*counts = hw ? hw->counted : kdev->counted;
	if (kestrel_device_usable(kdev))
		ret = kestrel_counters_add(kdev, hw ? hw->index : kdev->caps.queues, counts);
	mutex_unlock(&kdev->reset_lock);
	return ret;
}

static int kestrel_counters_get(struct kestrel_device *kdev, struct drm_file *file,
				const struct drm_kestrel_counters *args,
				struct kestrel_counts *counts)
{
	struct kestrel_queue *queue;
	int ret;

	if (args->scope == DRM_KESTREL_COUNTERS_DEVICE)
		return kestrel_counters_read(kdev, NULL, counts);

	queue = kestrel_queue_find(file, args->queue_id);
	if (!queue)
		return -ENOENT;
	ret = kestrel_queue_read_counters(queue, counts);
	kestrel_queue_put(queue);
	return ret;
}

/**
 * kestrel_ioctl_counters() - %DRM_IOCTL_KESTREL_COUNTERS
 * @drm: device
 * @data: struct drm_kestrel_counters
 * @file: caller's file
 *
 * Return: 0, or as the header of the interface says.
 */
int kestrel_ioctl_counters(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct kestrel_device *kdev = to_kestrel_device(drm);
	struct drm_kestrel_counters *args = data;
	struct kestrel_counts counts = {};
	int ret, idx;

	if (args->pad || args->scope > DRM_KESTREL_COUNTERS_DEVICE ||
	    (args->scope == DRM_KESTREL_COUNTERS_DEVICE && args->queue_id))
		return -EINVAL;
	if (args->scope == DRM_KESTREL_COUNTERS_DEVICE && !perfmon_capable())
		return -EACCES;

	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;
	ret = kestrel_counters_get(kdev, file, args, &counts);
	drm_dev_exit(idx);
	if (ret)
		return ret;

	return kestrel_answer(args->pointer, &args->size, &counts, sizeof(counts));
}
