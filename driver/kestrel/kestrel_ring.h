/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The ring of records of one queue, and the word to which its fences are written. */
#ifndef _KESTREL_RING_H_
#define _KESTREL_RING_H_

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "kestrel_regs.h"

/* 64 entries, one page. */
#define KESTREL_RING_LOG2 6
/* Room for a CALL and a FENCE. */
#define KESTREL_RING_LOG2_MIN 1
/* From one queue's fence to the next: the device writes one while the CPU reads another. */
#define KESTREL_FENCE_STRIDE 64

/**
 * struct kestrel_record - one entry of the ring
 */
struct kestrel_record {
	/** @header: KESTREL_OPCODE_* */
	__le32 header;
	/** @size: CALL: bytes of the command buffer */
	__le32 size;
	/** @addr: CALL: address in the queue's space; FENCE: bus address */
	__le64 addr;
	/** @value: FENCE: what is written to @addr */
	__le64 value;
	/** @reserved: must be zero */
	__le64 reserved[5];
};

static_assert(sizeof(struct kestrel_record) == KESTREL_RECORD_BYTES);
static_assert(offsetof(struct kestrel_record, header) == KESTREL_CONTROL_HEADER);
static_assert(offsetof(struct kestrel_record, size) == KESTREL_CONTROL_SIZE);
static_assert(offsetof(struct kestrel_record, addr) == KESTREL_CONTROL_ADDR_LO);
static_assert(offsetof(struct kestrel_record, value) == KESTREL_CONTROL_VALUE_LO);

/**
 * struct kestrel_ring - records that the driver writes and the device reads
 *
 * @used keeps it from overflowing: a job holds its entries from before they are written until its
 * fence has signalled.
 */
struct kestrel_ring {
	/** @records: coherent memory, 2^@log2_entries of them */
	struct kestrel_record *records;
	/** @records_dma: bus address of @records */
	dma_addr_t records_dma;
	/** @fence: coherent memory; number of the latest FENCE that completed, or 0 */
	__le64 *fence;
	/** @fence_dma: bus address of @fence */
	dma_addr_t fence_dma;
	/** @log2_entries: log2 of the size */
	u32 log2_entries;
	/** @tail: records written since the ring was rewound, modulo 2^32 */
	u32 tail;
};

void kestrel_ring_rewind(struct kestrel_ring *ring);
void kestrel_ring_call(struct kestrel_ring *ring, u64 va, u32 bytes);
void kestrel_ring_fence(struct kestrel_ring *ring, u64 value);
u64 kestrel_ring_completed(const struct kestrel_ring *ring);

static inline u32 kestrel_ring_entries(const struct kestrel_ring *ring)
{
	return 1u << ring->log2_entries;
}

/* A job may take half a ring, so that the next can be written while it runs. */
static inline u32 kestrel_ring_job_entries_max(const struct kestrel_ring *ring)
{
	return kestrel_ring_entries(ring) / 2;
}

/* How far @index is ahead of @from; both count modulo 2^32. */
static inline u32 kestrel_ring_distance(u32 from, u32 index)
{
	return index - from;
}

#endif
