// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Setting queues of the device up, filling them, and bringing them to rest. */

#include <linux/bitfield.h>
#include <linux/dma-mapping.h>
#include <linux/iopoll.h>
#include <linux/lockdep.h>
#include <linux/time64.h>

#include <drm/drm_print.h>
#include <drm/kestrel_accel.h>

#include "kestrel_device.h"
#include "kestrel_job.h"
#include "kestrel_queue.h"
#include "kestrel_vm.h"

#define KESTREL_PARK_POLL_US 100
/* One command buffer of each queue that had begun, which the budget bounds, and its last access. */
#define KESTREL_PARK_TIMEOUT_US (2 * KESTREL_CALL_TIME_MAX_MS * USEC_PER_MSEC)

/**
 * kestrel_hw_queues_init() - allocate the rings
 * @kdev: device, identified
 *
 * They are freed when the driver is unbound.
 *
 * Return: 0 or -ENOMEM.
 */
int kestrel_hw_queues_init(struct kestrel_device *kdev)
{
	u32 log2_entries = min(kdev->caps.ring_log2_max, KESTREL_RING_LOG2);
	size_t ring_bytes = sizeof(struct kestrel_record) << log2_entries;
	struct device *dev = kdev->drm.dev;
	struct kestrel_hw_queue *hw;
	dma_addr_t records_dma, fences_dma;
	void *records, *fences;
	u64 context;

	records =
		dmam_alloc_coherent(dev, kdev->caps.queues * ring_bytes, &records_dma, GFP_KERNEL);
	fences = dmam_alloc_coherent(dev, kdev->caps.queues * KESTREL_FENCE_STRIDE, &fences_dma,
				     GFP_KERNEL);
	if (!records || !fences)
		return -ENOMEM;

	context = dma_fence_context_alloc(kdev->caps.queues);
	kestrel_for_each_queue(kdev, hw) {
		u32 index = hw - kdev->queues;

		hw->index = index;
		hw->ring.log2_entries = log2_entries;
		hw->ring.records = records + index * ring_bytes;
		hw->ring.records_dma = records_dma + index * ring_bytes;
		hw->ring.fence = fences + index * KESTREL_FENCE_STRIDE;
		hw->ring.fence_dma = fences_dma + index * KESTREL_FENCE_STRIDE;
		hw->fence_context = context + index;
		INIT_LIST_HEAD(&hw->jobs);
	}
	return 0;
}

/**
 * kestrel_hw_queue_start() - let the queue take records from an empty ring
 * @kdev: device, usable or being started
 * @hw: queue as after a reset; one that nobody owns, or that was lost, is left off
 *
 * Context: kestrel_device.reset_lock held; allocates nothing.
 */
void kestrel_hw_queue_start(struct kestrel_device *kdev, struct kestrel_hw_queue *hw)
{
	const struct kestrel_queue *queue = hw->owner;
	struct kestrel_ring *ring = &hw->ring;

	kestrel_ring_rewind(ring);
	if (!queue || queue->lost)
		return;

	kestrel_queue_write(kdev, hw, RING_BASE_LO, lower_32_bits(ring->records_dma));
	kestrel_queue_write(kdev, hw, RING_BASE_HI, upper_32_bits(ring->records_dma));
	kestrel_queue_write(kdev, hw, BUDGET, KESTREL_CALL_TIME_MAX_MS * NSEC_PER_MSEC);
	kestrel_queue_write(kdev, hw, CONFIG,
			    KESTREL_QUEUE_CONFIG_ENABLE |
				    FIELD_PREP(KESTREL_QUEUE_CONFIG_SPACE_MASK, queue->vm->space) |
				    FIELD_PREP(KESTREL_QUEUE_CONFIG_PRIO_MASK, queue->priority) |
				    FIELD_PREP(KESTREL_QUEUE_CONFIG_VECTOR_MASK,
					       KESTREL_VECTOR_FENCE) |
				    FIELD_PREP(KESTREL_QUEUE_CONFIG_RING_LOG2_MASK,
					       ring->log2_entries));
}

/**
 * kestrel_hw_queue_reset() - stop a queue, whatever it does
 * @kdev: device, usable
 * @hw: queue
 *
 * When it returns 0 none of its accesses is under way, and its registers are as after a reset.
 *
 * Context: kestrel_device.reset_lock held; may sleep; allocates nothing.
 * Return: 0, or an error of kestrel_device_wait().
 */
int kestrel_hw_queue_reset(struct kestrel_device *kdev, struct kestrel_hw_queue *hw)
{
	kestrel_queue_write(kdev, hw, CONTROL, KESTREL_QUEUE_CONTROL_RESET);
	return kestrel_device_wait(kdev, KESTREL_STATUS_RESETTING, "reset of a queue");
}

/**
 * kestrel_hw_queue_write_job() - put a job into the ring
 * @hw: queue with room for it
 * @job: job
 * @skip: how many of its records have completed, and are left out
 *
 * The device learns of it by kestrel_hw_queue_doorbell().
 */
void kestrel_hw_queue_write_job(struct kestrel_hw_queue *hw, struct kestrel_job *job, u32 skip)
{
	u32 i;

	/* Where it would have begun, so that its records have the same numbers as ever. */
	job->first_record = hw->ring.tail - skip;
	for (i = skip; i < job->call_count; i++)
		kestrel_ring_call(&hw->ring, job->calls[i].va, job->calls[i].size);
	kestrel_ring_fence(&hw->ring, job->fence->base.seqno);
}

/**
 * kestrel_hw_queue_doorbell() - tell the device what was written to the ring
 * @kdev: device, usable
 * @hw: queue
 */
void kestrel_hw_queue_doorbell(struct kestrel_device *kdev, struct kestrel_hw_queue *hw)
{
	/* writel() orders records, and what command buffers hold, before the doorbell. */
	kestrel_write(kdev, DOORBELL_TAIL(hw->index), hw->ring.tail);
}

static bool kestrel_hw_queue_rests(struct kestrel_device *kdev, struct kestrel_hw_queue *hw)
{
	u32 status = kestrel_queue_read(kdev, hw, STATUS);

	return !kestrel_device_answers(status) ||
	       (status & (KESTREL_QUEUE_STATUS_SUSPENDED | KESTREL_QUEUE_STATUS_ERROR));
}

/**
 * kestrel_hw_queues_park() - bring all queues to rest between two records
 * @kdev: device, usable
 *
 * Afterwards kestrel_hw_queue.parked_head says how far each had come. What has not completed has
 * not begun, so that it can be put into the rings again after the device was stopped.
 *
 * Context: kestrel_device.reset_lock held, scheduler stopped; may sleep; allocates nothing.
 * Return: false if a record does not end, or the device does not answer.
 */
bool kestrel_hw_queues_park(struct kestrel_device *kdev)
{
	struct kestrel_hw_queue *hw;
	bool rests = true;
	int ret;

	lockdep_assert_held(&kdev->reset_lock);
	kestrel_for_each_queue(kdev, hw) {
		if (hw->owner && !list_empty(&hw->jobs))
			kestrel_queue_write(kdev, hw, CONTROL, KESTREL_QUEUE_CONTROL_SUSPEND);
	}

	kestrel_for_each_queue(kdev, hw) {
		bool done;

		if (!hw->owner || list_empty(&hw->jobs))
			continue;
		ret = read_poll_timeout(kestrel_hw_queue_rests, done, done, KESTREL_PARK_POLL_US,
					KESTREL_PARK_TIMEOUT_US, false, kdev, hw);
		hw->parked_head = kestrel_queue_read(kdev, hw, HEAD);
		if (ret || !kestrel_device_answers(hw->parked_head))
			rests = false;
	}
	return rests;
}
