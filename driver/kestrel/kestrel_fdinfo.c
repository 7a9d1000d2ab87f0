// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* What an open file has used of the device, in the form that all DRM drivers have. */

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include "kestrel_counters.h"
#include "kestrel_drv.h"
#include "kestrel_fdinfo.h"
#include "kestrel_queue.h"

/* Of the queues that there are now; a destroyed one takes its time with it. */
static u64 kestrel_file_busy_ns(struct drm_file *file)
{
	struct kestrel_file *kfile = file->driver_priv;
	struct kestrel_queue *queue;
	unsigned long id;
	u64 busy_ns = 0;

	xa_for_each(&kfile->queues, id, queue) {
		struct kestrel_counts counts = {};

		/* Looked up again, because it may be destroyed meanwhile. */
		queue = kestrel_queue_find(file, id);
		if (!queue)
			continue;
		if (!kestrel_queue_read_counters(queue, &counts))
			busy_ns += counts.values[KESTREL_COUNTER_BUSY_NS];
		kestrel_queue_put(queue);
	}
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
		drm_printf(p, "drm-engine-compute:\t%llu ns\n", kestrel_file_busy_ns(file));
		drm_dev_exit(idx);
	}
	drm_show_memory_stats(p, file);
}
