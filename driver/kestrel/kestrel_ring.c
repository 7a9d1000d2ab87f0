// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Writing records to a ring, and reading how far the device has come. */

#include <asm/barrier.h>

#include "kestrel_ring.h"

/**
 * kestrel_ring_rewind() - empty the ring, as a reset does in the device
 * @ring: ring; the device does not read it
 *
 * The fence keeps its number: jobs that had ended before the reset have still ended.
 */
void kestrel_ring_rewind(struct kestrel_ring *ring)
{
	ring->tail = 0;
}

static void kestrel_ring_put(struct kestrel_ring *ring, const struct kestrel_record *record)
{
	ring->records[ring->tail++ & (kestrel_ring_entries(ring) - 1)] = *record;
}

/**
 * kestrel_ring_call() - write a CALL
 * @ring: ring with room for it
 * @va: address of the command buffer, in the space of the queue
 * @bytes: its size
 */
void kestrel_ring_call(struct kestrel_ring *ring, u64 va, u32 bytes)
{
	const struct kestrel_record record = {
		.header = cpu_to_le32(KESTREL_OPCODE_CALL),
		.size = cpu_to_le32(bytes),
		.addr = cpu_to_le64(va),
	};

	kestrel_ring_put(ring, &record);
}

/**
 * kestrel_ring_fence() - write a FENCE
 * @ring: ring with room for it
 * @value: number that kestrel_ring_completed() gives once all before it has completed
 */
void kestrel_ring_fence(struct kestrel_ring *ring, u64 value)
{
	const struct kestrel_record record = {
		.header = cpu_to_le32(KESTREL_OPCODE_FENCE),
		.addr = cpu_to_le64(ring->fence_dma),
		.value = cpu_to_le64(value),
	};

	kestrel_ring_put(ring, &record);
}

/**
 * kestrel_ring_completed() - number of the latest FENCE that completed
 * @ring: ring
 *
 * What the device wrote before that FENCE is visible to whoever has read the number.
 *
 * Return: the number, or 0 before the first.
 */
u64 kestrel_ring_completed(const struct kestrel_ring *ring)
{
	u64 value = le64_to_cpu(READ_ONCE(*ring->fence));

	/* Data that the device wrote must not be read earlier than the number. */
	dma_rmb();
	return value;
}

#ifdef CONFIG_DRM_ACCEL_KESTREL_KUNIT_TEST
#include "tests/kestrel_ring_kunit.c"
#endif
