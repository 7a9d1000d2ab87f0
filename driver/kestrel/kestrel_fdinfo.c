// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/*
 * What an open file has used of the device, in the form that all DRM drivers have
 * (Documentation/gpu/drm-usage-stats.rst). There is one engine, which works for one queue at a
 * time, so it has no capacity to tell; and its clock does not change, so that cycles would say what
 * the time says.
 */

#include <linux/minmax.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include "kestrel_counters.h"
#include "kestrel_device.h"
#include "kestrel_drv.h"
#include "kestrel_fdinfo.h"
#include "kestrel_queue.h"

/*
 * Time of the device that a queue has used. What a hang made the device forget is shown until it
 * was used again: the time never goes back. Call with kestrel_file.usage_lock held.
 */
static u64 kestrel_queue_busy_ns(struct kestrel_queue *queue)
{
	struct kestrel_counts counts;

	if (!kestrel_queue_read_counters(queue, &counts))
		queue->busy_ns = max(queue->busy_ns, counts.values[KESTREL_COUNTER_BUSY_NS]);
	return queue->busy_ns;
}

/* Whether the device has a job of the queue, which may be in execution for long. */
static bool kestrel_queue_works(struct kestrel_queue *queue)
{
	struct kestrel_device *kdev = queue->kdev;
	bool works;

	spin_lock(&kdev->job_lock);
	works = !list_empty(&queue->hw->jobs);
	spin_unlock(&kdev->job_lock);
	return works;
}

/**
 * kestrel_fdinfo_remove_queue() - take a queue's number away, and keep what the queue has used
 * @kfile: open file
 * @id: number that userspace gave
 *
 * The counters are read between two records. A queue that is destroyed while it works does not wait
 * for that: of it counts what was last shown.
 *
 * Context: may sleep; device plugged or not.
 * Return: the queue, with its number's reference, or NULL.
 */
struct kestrel_queue *kestrel_fdinfo_remove_queue(struct kestrel_file *kfile, u32 id)
{
	struct kestrel_queue *queue;
	int idx;

	mutex_lock(&kfile->usage_lock);
	queue = xa_erase(&kfile->queues, id);
	if (queue && !kestrel_queue_works(queue) && drm_dev_enter(&queue->kdev->drm, &idx)) {
		kestrel_queue_busy_ns(queue);
		drm_dev_exit(idx);
	}
	if (queue)
		kfile->busy_ns += queue->busy_ns;
	mutex_unlock(&kfile->usage_lock);
	return queue;
}

static u64 kestrel_file_busy_ns(struct kestrel_file *kfile)
{
	struct kestrel_queue *queue;
	unsigned long id;
	u64 busy_ns;

	/* With the lock held no queue is taken out, so none is freed. */
	mutex_lock(&kfile->usage_lock);
	busy_ns = kfile->busy_ns;
	xa_for_each(&kfile->queues, id, queue)
		busy_ns += kestrel_queue_busy_ns(queue);
	mutex_unlock(&kfile->usage_lock);
	return busy_ns;
}

/**
 * kestrel_show_fdinfo() - show_fdinfo() of the DRM driver
 * @p: where to
 * @file: open file
 */
void kestrel_show_fdinfo(struct drm_printer *p, struct drm_file *file)
{
	int idx;

	if (drm_dev_enter(file->minor->dev, &idx)) {
		drm_printf(p, "drm-engine-compute:\t%llu ns\n",
			   kestrel_file_busy_ns(file->driver_priv));
		drm_dev_exit(idx);
	}
	drm_show_memory_stats(p, file);
}
