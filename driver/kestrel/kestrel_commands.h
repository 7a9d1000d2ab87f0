/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The command buffer of a job: memory, and the commands in it. */
#ifndef _KESTREL_COMMANDS_H_
#define _KESTREL_COMMANDS_H_

#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "kestrel_regs.h"

struct kestrel_device;

/* A copy goes through the scratchpad in pieces of this size; two of them are in it at a time. */
#define KESTREL_PIECE_BYTES SZ_32K
#define KESTREL_PIECE_SLOTS 2
/* What a piece takes in a command buffer: LOAD, BARRIER, STORE. */
#define KESTREL_PIECE_COMMANDS 3

/**
 * struct kestrel_command - one record of a command buffer: LOAD, STORE or BARRIER
 *
 * Copies have one run, so steps and repetitions do nothing for them.
 */
struct kestrel_command {
	/** @header: KESTREL_OPCODE_* */
	__le32 header;
	/** @pitch: bytes from one row to the next */
	__le32 pitch;
	/** @addr: address in the space of the queue */
	__le64 addr;
	/** @inside: rows, and bytes of a row */
	__le32 inside;
	/** @start: row and byte to begin at */
	__le32 start;
	/** @count01: bytes of a run, and how many runs */
	__le32 count01;
	/** @count23: how often these are repeated, and that again */
	__le32 count23;
	/** @count4: and that again */
	__le32 count4;
	/** @xsteps: steps in a row */
	__le32 xsteps[2];
	/** @scratchpad: byte of the scratchpad */
	__le32 scratchpad;
	/** @steps: steps in rows and in the scratchpad */
	__le32 steps[4];
};

static_assert(sizeof(struct kestrel_command) == KESTREL_RECORD_BYTES);
static_assert(offsetof(struct kestrel_command, header) == KESTREL_TRANSFER_HEADER);
static_assert(offsetof(struct kestrel_command, header) == KESTREL_ORDER_HEADER);
static_assert(offsetof(struct kestrel_command, pitch) == KESTREL_TRANSFER_PITCH);
static_assert(offsetof(struct kestrel_command, addr) == KESTREL_TRANSFER_ADDR_LO);
static_assert(offsetof(struct kestrel_command, inside) == KESTREL_TRANSFER_INSIDE);
static_assert(offsetof(struct kestrel_command, start) == KESTREL_TRANSFER_START);
static_assert(offsetof(struct kestrel_command, count01) == KESTREL_TRANSFER_COUNT01);
static_assert(offsetof(struct kestrel_command, count23) == KESTREL_TRANSFER_COUNT23);
static_assert(offsetof(struct kestrel_command, count4) == KESTREL_TRANSFER_COUNT4);
static_assert(offsetof(struct kestrel_command, xsteps) == KESTREL_TRANSFER_XSTEP12);
static_assert(offsetof(struct kestrel_command, scratchpad) == KESTREL_TRANSFER_SCRATCHPAD);
static_assert(offsetof(struct kestrel_command, steps) == KESTREL_TRANSFER_STEP1);
static_assert(KESTREL_PIECE_BYTES <= U16_MAX); /* a run of a LOAD, and its width */

/**
 * struct kestrel_piece - a piece of a copy that is contiguous on the bus at both ends
 */
struct kestrel_piece {
	/** @dst: bus address */
	dma_addr_t dst;
	/** @src: bus address */
	dma_addr_t src;
	/** @length: bytes, 1 to %KESTREL_PIECE_BYTES */
	u32 length;
};

/**
 * struct kestrel_commands - a command buffer
 *
 * Lives as long as its job, but its memory only until the device is unplugged.
 */
struct kestrel_commands {
	/** @node: in kestrel_device.commands, while there is memory */
	struct list_head node;
	/** @records: coherent memory, or NULL */
	struct kestrel_command *records;
	/** @dma: bus address of @records */
	dma_addr_t dma;
	/** @count: elements of @records */
	u32 count;
};

int kestrel_commands_init(struct kestrel_device *kdev, struct kestrel_commands *commands,
			  const struct kestrel_piece *pieces, u32 piece_count);
void kestrel_commands_fini(struct kestrel_device *kdev, struct kestrel_commands *commands);
void kestrel_commands_fini_all(struct kestrel_device *kdev);

static inline u32 kestrel_commands_bytes(const struct kestrel_commands *commands)
{
	return commands->count * KESTREL_RECORD_BYTES;
}

#endif
