/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The ring of commands in host memory, and the word to which its fences are written. */
#ifndef _KESTREL_RING_H_
#define _KESTREL_RING_H_

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "kestrel_regs.h"

struct device;

/* With 16 entries the limits in kestrel_submit.h are at least one copy. */
#define KESTREL_RING_LOG2_MIN 4
/* 4096 entries, 256 KiB of coherent memory: jobs of up to 4 MiB. */
#define KESTREL_RING_LOG2 12

/**
 * struct kestrel_command - one entry of the ring
 */
struct kestrel_command {
	/** @header: KESTREL_OPCODE_* */
	__le32 header;
	/** @length: COPY: bytes */
	__le32 length;
	/** @src: COPY: bus address */
	__le64 src;
	/** @dst: COPY, FENCE: bus address */
	__le64 dst;
	/** @value: FENCE: what is written to @dst */
	__le64 value;
	/** @reserved: must be zero */
	__le64 reserved[4];
};

static_assert(sizeof(struct kestrel_command) == KESTREL_COMMAND_BYTES);
static_assert(offsetof(struct kestrel_command, header) == KESTREL_COMMAND_HEADER);
static_assert(offsetof(struct kestrel_command, length) == KESTREL_COMMAND_LENGTH);
static_assert(offsetof(struct kestrel_command, src) == KESTREL_COMMAND_SRC_LO);
static_assert(offsetof(struct kestrel_command, dst) == KESTREL_COMMAND_DST_LO);
static_assert(offsetof(struct kestrel_command, value) == KESTREL_COMMAND_VALUE_LO);

/**
 * struct kestrel_ring - commands that the driver writes and the device reads
 *
 * The scheduler's credits keep it from overflowing: a job holds one for each of its entries from
 * before they are written until its fence has signalled.
 */
struct kestrel_ring {
	/** @commands: coherent memory, 2^@log2_entries of them */
	struct kestrel_command *commands;
	/** @commands_dma: bus address of @commands */
	dma_addr_t commands_dma;
	/** @fence: coherent memory; number of the latest FENCE that completed, or 0 */
	__le64 *fence;
	/** @fence_dma: bus address of @fence */
	dma_addr_t fence_dma;
	/** @log2_entries: log2 of the size */
	u32 log2_entries;
	/** @tail: commands written since the ring was rewound, modulo 2^32 */
	u32 tail;
};

int kestrel_ring_init(struct kestrel_ring *ring, struct device *dev, u32 log2_entries);
void kestrel_ring_rewind(struct kestrel_ring *ring);
void kestrel_ring_copy(struct kestrel_ring *ring, dma_addr_t dst, dma_addr_t src, u32 length);
void kestrel_ring_fence(struct kestrel_ring *ring, u64 value);
u64 kestrel_ring_completed(const struct kestrel_ring *ring);

static inline u32 kestrel_ring_entries(const struct kestrel_ring *ring)
{
	return 1u << ring->log2_entries;
}

#endif
