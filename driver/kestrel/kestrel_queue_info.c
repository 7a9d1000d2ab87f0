// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Reading and printing a queue in short. No register is read. */

#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/string.h>

#include <drm/drm_print.h>

#include "kestrel_device.h"
#include "kestrel_job.h"
#include "kestrel_queue.h"
#include "kestrel_queue_info.h"
#include "kestrel_vm.h"

static void kestrel_queue_info_read_owner(const struct kestrel_queue *queue,
					  struct kestrel_queue_info *info)
{
	info->owned = true;
	info->client_id = queue->client_id;
	info->tgid = queue->tgid;
	strscpy(info->comm, queue->comm);
	info->priority = queue->priority;
	info->space = queue->vm->space;
	info->lost = queue->lost;
	info->error = queue->error;
}

/**
 * kestrel_queue_info_read() - look at a queue
 * @kdev: device, plugged
 * @hw: queue
 * @info: out: what it is like
 *
 * Context: kestrel_device.reset_lock held. May be part of the path that signals fences, so it
 * allocates nothing.
 */
void kestrel_queue_info_read(struct kestrel_device *kdev, struct kestrel_hw_queue *hw,
			     struct kestrel_queue_info *info)
{
	lockdep_assert_held(&kdev->reset_lock);
	memset(info, 0, sizeof(*info));
	info->index = hw->index;
	if (hw->owner)
		kestrel_queue_info_read_owner(hw->owner, info);

	info->entries = kestrel_ring_entries(&hw->ring);
	info->tail = READ_ONCE(hw->ring.tail);
	info->fence_context = hw->fence_context;
	info->fence_last = READ_ONCE(hw->fence_seqno);
	info->fence_completed = kestrel_ring_completed(&hw->ring);

	spin_lock(&kdev->job_lock);
	info->jobs = list_count_nodes(&hw->jobs);
	info->used = hw->used;
	if (hw->owner)
		info->jobs_done = hw->owner->jobs_done;
	spin_unlock(&kdev->job_lock);
}

/**
 * kestrel_queue_info_print() - print a queue as an element of a YAML list
 * @p: where to
 * @indent: what goes before each line
 * @info: queue
 */
void kestrel_queue_info_print(struct drm_printer *p, const char *indent,
			      const struct kestrel_queue_info *info)
{
	drm_printf(p, "%s- queue: %u\n", indent, info->index);
	if (info->owned) {
		drm_printf(p, "%s  client: %llu\n", indent, info->client_id);
		drm_printf(p, "%s  pid: %d\n", indent, info->tgid);
		/* The name is the process's choice, and could pretend to be a line of ours. */
		drm_printf(p, "%s  comm: \"%*pEhp\"\n", indent, (int)strlen(info->comm),
			   info->comm);
		drm_printf(p, "%s  priority: %u\n", indent, info->priority);
		drm_printf(p, "%s  space: %u\n", indent, info->space);
		drm_printf(p, "%s  lost: %u\n", indent, info->lost);
		drm_printf(p, "%s  error: %d\n", indent, info->error);
		drm_printf(p, "%s  jobs-done: %llu\n", indent, info->jobs_done);
	}
	drm_printf(p, "%s  jobs-in-ring: %u\n", indent, info->jobs);
	drm_printf(p, "%s  ring: {entries: %u, used: %u, tail: %u}\n", indent, info->entries,
		   info->used, info->tail);
	drm_printf(p, "%s  fence: {context: %llu, last: %llu, completed: %llu}\n", indent,
		   info->fence_context, info->fence_last, info->fence_completed);
}
