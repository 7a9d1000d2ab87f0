// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Writing commands to the ring, and reading how far the device has come. */

#include <linux/dma-mapping.h>

#include "kestrel_ring.h"

/**
 * kestrel_ring_init() - allocate the ring
 * @ring: ring to set up
 * @dev: device that owns the memory, and frees it when the driver is unbound
 * @log2_entries: log2 of the size
 *
 * Return: 0 or -ENOMEM.
 */
int kestrel_ring_init(struct kestrel_ring *ring, struct device *dev, u32 log2_entries)
{
	ring->log2_entries = log2_entries;
	ring->commands =
		dmam_alloc_coherent(dev, kestrel_ring_entries(ring) * sizeof(*ring->commands),
				    &ring->commands_dma, GFP_KERNEL);
	if (!ring->commands)
		return -ENOMEM;

	ring->fence = dmam_alloc_coherent(dev, sizeof(*ring->fence), &ring->fence_dma, GFP_KERNEL);
	return ring->fence ? 0 : -ENOMEM;
}

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

static void kestrel_ring_put(struct kestrel_ring *ring, const struct kestrel_command *command)
{
	ring->commands[ring->tail++ & (kestrel_ring_entries(ring) - 1)] = *command;
}

/**
 * kestrel_ring_copy() - write a COPY
 * @ring: ring with room for it
 * @dst: bus address
 * @src: bus address
 * @length: bytes
 */
void kestrel_ring_copy(struct kestrel_ring *ring, dma_addr_t dst, dma_addr_t src, u32 length)
{
	const struct kestrel_command command = {
		.header = cpu_to_le32(KESTREL_OPCODE_COPY),
		.length = cpu_to_le32(length),
		.src = cpu_to_le64(src),
		.dst = cpu_to_le64(dst),
	};

	kestrel_ring_put(ring, &command);
}

/**
 * kestrel_ring_fence() - write a FENCE
 * @ring: ring with room for it
 * @value: number that kestrel_ring_completed() gives once all before it has completed
 */
void kestrel_ring_fence(struct kestrel_ring *ring, u64 value)
{
	const struct kestrel_command command = {
		.header = cpu_to_le32(KESTREL_OPCODE_FENCE),
		.dst = cpu_to_le64(ring->fence_dma),
		.value = cpu_to_le64(value),
	};

	kestrel_ring_put(ring, &command);
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
