// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Making and freeing command buffers. */

#include <linux/bitfield.h>
#include <linux/dma-mapping.h>

#include "kestrel_commands.h"
#include "kestrel_device.h"

static struct kestrel_command kestrel_transfer(u32 opcode, dma_addr_t addr, u32 slot, u32 length)
{
	return (struct kestrel_command) {
		.header = cpu_to_le32(opcode),
		.addr = cpu_to_le64(addr),
		.inside = cpu_to_le32(FIELD_PREP(KESTREL_TRANSFER_INSIDE_HEIGHT_MASK, 1) |
				      FIELD_PREP(KESTREL_TRANSFER_INSIDE_WIDTH_MASK, length)),
		.count01 = cpu_to_le32(FIELD_PREP(KESTREL_TRANSFER_COUNT01_N0_MASK, length) |
				       FIELD_PREP(KESTREL_TRANSFER_COUNT01_N1_MASK, 1)),
		.count23 = cpu_to_le32(FIELD_PREP(KESTREL_TRANSFER_COUNT23_N2_MASK, 1) |
				       FIELD_PREP(KESTREL_TRANSFER_COUNT23_N3_MASK, 1)),
		.count4 = cpu_to_le32(FIELD_PREP(KESTREL_TRANSFER_COUNT4_N4_MASK, 1)),
		.scratchpad = cpu_to_le32(slot * KESTREL_PIECE_BYTES),
	};
}

/*
 * The store engine writes a piece while the load engine reads the next into the other slot. Each
 * BARRIER waits for both: then the piece that was read can be written, and the slot of the one that
 * was written be read into.
 */
static void kestrel_commands_write(struct kestrel_commands *commands,
				   const struct kestrel_piece *pieces, u32 piece_count)
{
	struct kestrel_command *to = commands->records;
	u32 i;

	for (i = 0; i < piece_count; i++) {
		const struct kestrel_piece *piece = &pieces[i];
		u32 slot = i % KESTREL_PIECE_SLOTS;

		*to++ = kestrel_transfer(KESTREL_OPCODE_LOAD, piece->src, slot, piece->length);
		*to++ = (struct kestrel_command) {
			.header = cpu_to_le32(KESTREL_OPCODE_BARRIER),
		};
		*to++ = kestrel_transfer(KESTREL_OPCODE_STORE, piece->dst, slot, piece->length);
	}
}

/**
 * kestrel_commands_init() - make a command buffer that copies
 * @kdev: device, plugged
 * @commands: zeroed command buffer
 * @pieces: what to copy, in any order
 * @piece_count: elements of @pieces, more than 0
 *
 * Return: 0 or -ENOMEM.
 */
int kestrel_commands_init(struct kestrel_device *kdev, struct kestrel_commands *commands,
			  const struct kestrel_piece *pieces, u32 piece_count)
{
	commands->count = piece_count * KESTREL_PIECE_COMMANDS;
	commands->records = dma_alloc_coherent(kdev->drm.dev, kestrel_commands_bytes(commands),
					       &commands->dma, GFP_KERNEL_ACCOUNT);
	if (!commands->records)
		return -ENOMEM;

	kestrel_commands_write(commands, pieces, piece_count);

	mutex_lock(&kdev->commands_lock);
	list_add(&commands->node, &kdev->commands);
	mutex_unlock(&kdev->commands_lock);
	return 0;
}

/* Call with kestrel_device.commands_lock held. */
static void kestrel_commands_free(struct kestrel_device *kdev, struct kestrel_commands *commands)
{
	if (!commands->records)
		return;

	list_del(&commands->node);
	dma_free_coherent(kdev->drm.dev, kestrel_commands_bytes(commands), commands->records,
			  commands->dma);
	commands->records = NULL;
}

/**
 * kestrel_commands_fini() - free a command buffer
 * @kdev: device
 * @commands: command buffer that the device does not read, or a zeroed one
 *
 * Context: may sleep; allocates nothing, under its lock neither.
 */
void kestrel_commands_fini(struct kestrel_device *kdev, struct kestrel_commands *commands)
{
	mutex_lock(&kdev->commands_lock);
	kestrel_commands_free(kdev, commands);
	mutex_unlock(&kdev->commands_lock);
}

/**
 * kestrel_commands_fini_all() - take every command buffer from the device
 * @kdev: device, unplugged and stopped
 *
 * Jobs that have not ended yet do so without having run.
 */
void kestrel_commands_fini_all(struct kestrel_device *kdev)
{
	struct kestrel_commands *commands, *next;

	mutex_lock(&kdev->commands_lock);
	list_for_each_entry_safe(commands, next, &kdev->commands, node)
		kestrel_commands_free(kdev, commands);
	mutex_unlock(&kdev->commands_lock);
}
