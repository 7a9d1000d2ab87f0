/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The ring of records in host memory, and the word to which its fences are written. */
#ifndef _KESTREL_RING_H_
#define _KESTREL_RING_H_

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "kestrel_regs.h"

struct device;

/* What a job takes in the ring: CALL and FENCE. */
#define KESTREL_JOB_RECORDS 2
/* Room for one job. */
#define KESTREL_RING_LOG2_MIN 1
/* 256 entries, 16 KiB of coherent memory: 128 jobs wait in the device. */
#define KESTREL_RING_LOG2 8

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
 * The scheduler's credits keep it from overflowing: a job holds one for each of its entries from
 * before they are written until its fence has signalled.
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

int kestrel_ring_init(struct kestrel_ring *ring, struct device *dev, u32 log2_entries);
void kestrel_ring_rewind(struct kestrel_ring *ring);
void kestrel_ring_call(struct kestrel_ring *ring, dma_addr_t commands, u32 bytes);
void kestrel_ring_fence(struct kestrel_ring *ring, u64 value);
u64 kestrel_ring_completed(const struct kestrel_ring *ring);

static inline u32 kestrel_ring_entries(const struct kestrel_ring *ring)
{
	return 1u << ring->log2_entries;
}

#endif
