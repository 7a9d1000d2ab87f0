// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/*
 * The text of a dump: YAML, two spaces for each level. Whoever reads it goes by the version in its
 * second line; lines may be added to it, and lists may be longer.
 */

#include <linux/bitfield.h>
#include <linux/time64.h>

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include <generated/utsrelease.h>

#include "kestrel_coredump.h"
#include "kestrel_drv.h"
#include "kestrel_names.h"

static void kestrel_print_caps(struct drm_printer *p, const struct kestrel_caps *caps)
{
	drm_puts(p, "caps:\n");
	drm_printf(p, "  interface: %u.%u\n", caps->interface_major, caps->interface_minor);
	drm_printf(p, "  clock-mhz: %u\n", caps->clock_mhz);
	drm_printf(p, "  dma-bits: %u\n", caps->dma_bits);
	drm_printf(p, "  va-bits: %u\n", caps->va_bits);
	drm_printf(p, "  ring-log2-max: %u\n", caps->ring_log2_max);
	drm_printf(p, "  queues: %u\n", caps->queues);
	drm_printf(p, "  spaces: %u\n", caps->spaces);
	drm_printf(p, "  array: {rows: %u, columns: %u}\n", caps->array_rows, caps->array_columns);
	drm_printf(p, "  scratchpad-bytes: %u\n", caps->scratchpad_bytes);
	drm_printf(p, "  accumulator-rows: %u\n", caps->accumulator_rows);
}

static void kestrel_print_registers(struct drm_printer *p, const char *indent,
				    const struct kestrel_coredump_register *registers, u32 count,
				    const u32 *values)
{
	u32 i;

	drm_printf(p, "%sregisters:\n", indent);
	for (i = 0; i < count; i++)
		drm_printf(p, "%s  %s: 0x%08x\n", indent, registers[i].name, values[i]);
}

static void kestrel_print_fault(struct drm_printer *p, const struct kestrel_fault *fault)
{
	if (!fault->valid)
		return;

	drm_puts(p, "  fault:\n");
	drm_printf(p, "    cause: %u # %s\n", fault->cause, kestrel_cause_name(fault->cause));
	drm_printf(p, "    response: %u\n", fault->response);
	drm_printf(p, "    fault: %u # %s\n", fault->fault, kestrel_fault_name(fault->fault));
	drm_printf(p, "    access: %u # %s\n", fault->access, kestrel_access_name(fault->access));
	drm_printf(p, "    opcode: %u # %s\n", fault->opcode, kestrel_opcode_name(fault->opcode));
	drm_printf(p, "    in-call: %u\n", fault->in_call);
	drm_printf(p, "    record: %u\n", fault->index);
	drm_printf(p, "    call: %u\n", fault->call);
	drm_printf(p, "    offset: %u\n", fault->offset);
	drm_printf(p, "    va: 0x%012llx\n", fault->va);
}

static void kestrel_print_job(struct drm_printer *p, const struct kestrel_coredump_queue *queue)
{
	u32 i;

	if (!queue->has_job)
		return;

	drm_puts(p, "  job:\n");
	drm_printf(p, "    seqno: %llu\n", queue->job_seqno);
	drm_printf(p, "    first-record: %u\n", queue->job_first_record);
	if (queue->call_count)
		drm_puts(p, "    calls:\n");
	for (i = 0; i < queue->call_count; i++)
		drm_printf(p, "      - {va: 0x%012llx, size: %u}\n", queue->calls[i].va,
			   queue->calls[i].size);
}

static void kestrel_print_words(struct drm_printer *p, const __le32 *words)
{
	u32 i;

	for (i = 0; i < KESTREL_RECORD_BYTES / sizeof(*words); i++)
		drm_printf(p, " %08x", le32_to_cpu(words[i]));
	drm_puts(p, "\n");
}

static void kestrel_print_command(struct drm_printer *p, const struct kestrel_coredump_queue *queue)
{
	u32 opcode = FIELD_GET(KESTREL_CONTROL_HEADER_OPCODE_MASK, le32_to_cpu(queue->command[0]));

	drm_puts(p, "  command:\n");
	if (queue->no_command) {
		drm_printf(p, "    missing: %s\n", queue->no_command);
		return;
	}
	drm_printf(p, "    va: 0x%012llx\n", queue->command_va);
	drm_printf(p, "    opcode: %u # %s\n", opcode, kestrel_opcode_name(opcode));
	drm_puts(p, "    words:");
	kestrel_print_words(p, queue->command);
}

static void kestrel_print_walk(struct drm_printer *p, const struct kestrel_coredump_queue *queue)
{
	u32 i;

	if (!queue->levels)
		return;

	drm_puts(p, "  walk:\n");
	for (i = 0; i < queue->levels; i++) {
		u64 entry = queue->entries[i];

		drm_printf(p,
			   "    - {entry: 0x%016llx, valid: %u, leaf: %u, read: %u, write: %u}\n",
			   entry, !!(entry & KESTREL_PTE_VALID), !!(entry & KESTREL_PTE_LEAF),
			   !!(entry & KESTREL_PTE_READ), !!(entry & KESTREL_PTE_WRITE));
	}
}

static void kestrel_print_record(struct drm_printer *p, u32 index,
				 const struct kestrel_record *record)
{
	u32 opcode = FIELD_GET(KESTREL_CONTROL_HEADER_OPCODE_MASK, le32_to_cpu(record->header));

	drm_printf(p, "    - entry: %u\n", index);
	drm_printf(p, "      opcode: %u # %s\n", opcode, kestrel_opcode_name(opcode));
	drm_printf(p, "      address: 0x%012llx\n", le64_to_cpu(record->addr));
	if (opcode == KESTREL_OPCODE_CALL)
		drm_printf(p, "      size: %u\n", le32_to_cpu(record->size));
	if (opcode == KESTREL_OPCODE_FENCE)
		drm_printf(p, "      value: %llu\n", le64_to_cpu(record->value));
	drm_puts(p, "      words:");
	kestrel_print_words(p, (const __le32 *)record);
}

/* Of the ring the entries that were ever written: none of ours is all zeros. */
static void kestrel_print_ring(struct drm_printer *p, const struct kestrel_coredump_queue *queue)
{
	u32 i;

	drm_puts(p, "  ring:\n");
	for (i = 0; i < ARRAY_SIZE(queue->ring); i++) {
		if (queue->ring[i].header)
			kestrel_print_record(p, i, &queue->ring[i]);
	}
}

static void kestrel_print_queue(struct drm_printer *p, const struct kestrel_coredump_queue *queue)
{
	drm_puts(p, "guilty:\n");
	drm_printf(p, "  queue: %u\n", queue->index);
	drm_printf(p, "  error: %d\n", queue->error);
	kestrel_print_fault(p, &queue->fault);
	kestrel_print_job(p, queue);
	kestrel_print_command(p, queue);
	drm_printf(p, "  space: {config: 0x%08x, root: 0x%012llx}\n", queue->space_config,
		   queue->root);
	kestrel_print_walk(p, queue);
	kestrel_print_registers(p, "  ", kestrel_coredump_queue_registers,
				KESTREL_COREDUMP_QUEUE_REGISTERS, queue->registers);
	kestrel_print_ring(p, queue);
}

/**
 * kestrel_coredump_print() - print a dump
 * @p: where to
 * @dump: dump that was taken
 */
void kestrel_coredump_print(struct drm_printer *p, const struct kestrel_coredump *dump)
{
	const struct drm_device *drm = &dump->kdev->drm;
	u64 seconds = dump->time_ns;
	u32 nanoseconds = do_div(seconds, NSEC_PER_SEC);
	u32 i;

	drm_puts(p, "---\n");
	drm_printf(p, "version: %u\n", KESTREL_COREDUMP_VERSION);
	drm_printf(p, "driver: %s %d.%d\n", KESTREL_DRIVER_NAME, drm->driver->major,
		   drm->driver->minor);
	drm_printf(p, "kernel: %s\n", UTS_RELEASE);
	drm_printf(p, "device: %s\n", dev_name(drm->dev));
	drm_printf(p, "time: %llu.%09u\n", seconds, nanoseconds);
	drm_printf(p, "reason: %s\n", dump->reason);
	drm_printf(p, "dropped: %u\n", dump->dropped_before);
	kestrel_print_caps(p, &dump->kdev->caps);
	kestrel_print_registers(p, "", kestrel_coredump_registers, KESTREL_COREDUMP_REGISTERS,
				dump->registers);
	if (dump->has_queue)
		kestrel_print_queue(p, &dump->queue);
	drm_puts(p, "queues:\n");
	for (i = 0; i < dump->kdev->caps.queues; i++)
		kestrel_queue_info_print(p, "  ", &dump->queues[i]);
}
