// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Names of what the device says in numbers, as its reference has them. */

#include <linux/build_bug.h>
#include <linux/kernel.h>

#include "kestrel_counters.h"
#include "kestrel_names.h"
#include "kestrel_regs.h"

static const char *kestrel_name(const char *const *names, u32 count, u32 value)
{
	return value < count && names[value] ? names[value] : "unknown";
}

/**
 * kestrel_cause_name() - why a queue stopped
 * @cause: KESTREL_ERROR_CAUSE_*
 *
 * Return: its name, or "unknown".
 */
const char *kestrel_cause_name(u32 cause)
{
	static const char *const names[] = {
		[KESTREL_ERROR_CAUSE_NONE] = "none",
		[KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE] = "illegal-opcode",
		[KESTREL_ERROR_CAUSE_ILLEGAL_FIELD] = "illegal-field",
		[KESTREL_ERROR_CAUSE_PRIVILEGED] = "privileged",
		[KESTREL_ERROR_CAUSE_FETCH_ERROR] = "fetch-error",
		[KESTREL_ERROR_CAUSE_READ_ERROR] = "read-error",
		[KESTREL_ERROR_CAUSE_WRITE_ERROR] = "write-error",
		[KESTREL_ERROR_CAUSE_RING_CONFIG] = "ring-config",
		[KESTREL_ERROR_CAUSE_RING_OVERRUN] = "ring-overrun",
		[KESTREL_ERROR_CAUSE_OPERAND_RANGE] = "operand-range",
		[KESTREL_ERROR_CAUSE_TRANSLATION] = "translation",
		[KESTREL_ERROR_CAUSE_PARITY] = "parity",
		[KESTREL_ERROR_CAUSE_BUDGET] = "budget",
	};

	return kestrel_name(names, ARRAY_SIZE(names), cause);
}

/**
 * kestrel_fault_name() - why an address could not be translated
 * @fault: KESTREL_FAULT_*
 *
 * Return: its name, or "unknown".
 */
const char *kestrel_fault_name(u32 fault)
{
	static const char *const names[] = {
		[KESTREL_FAULT_NONE] = "none",
		[KESTREL_FAULT_SPACE_OFF] = "space-off",
		[KESTREL_FAULT_NOT_PRESENT] = "not-present",
		[KESTREL_FAULT_PERMISSION] = "permission",
		[KESTREL_FAULT_NON_CANONICAL] = "non-canonical",
		[KESTREL_FAULT_TABLE_BUS] = "table-bus",
		[KESTREL_FAULT_TABLE_FORMAT] = "table-format",
	};

	return kestrel_name(names, ARRAY_SIZE(names), fault);
}

/**
 * kestrel_access_name() - what was accessed
 * @access: KESTREL_ACCESS_*
 *
 * Return: its name, or "unknown".
 */
const char *kestrel_access_name(u32 access)
{
	static const char *const names[] = {
		[KESTREL_ACCESS_FETCH] = "fetch",
		[KESTREL_ACCESS_LOAD] = "load",
		[KESTREL_ACCESS_STORE] = "store",
		[KESTREL_ACCESS_CONTROL] = "control",
	};

	return kestrel_name(names, ARRAY_SIZE(names), access);
}

/**
 * kestrel_opcode_name() - what a record or command does
 * @opcode: KESTREL_OPCODE_*
 *
 * Return: its name, or "unknown".
 */
const char *kestrel_opcode_name(u32 opcode)
{
	static const char *const names[] = {
		[KESTREL_OPCODE_NOP] = "NOP",
		[KESTREL_OPCODE_CALL] = "CALL",
		[KESTREL_OPCODE_FENCE] = "FENCE",
		[KESTREL_OPCODE_WAIT] = "WAIT",
		[KESTREL_OPCODE_TIMESTAMP] = "TIMESTAMP",
		[KESTREL_OPCODE_LOAD] = "LOAD",
		[KESTREL_OPCODE_STORE] = "STORE",
		[KESTREL_OPCODE_ACCUMULATE] = "ACCUMULATE",
		[KESTREL_OPCODE_OUTPUT] = "OUTPUT",
		[KESTREL_OPCODE_SYNC] = "SYNC",
		[KESTREL_OPCODE_BARRIER] = "BARRIER",
	};

	return kestrel_name(names, ARRAY_SIZE(names), opcode);
}

/**
 * kestrel_counter_name() - what a counter counts
 * @counter: index in struct kestrel_counts
 *
 * Return: its name, that of the member of struct drm_kestrel_counter_values.
 */
const char *kestrel_counter_name(u32 counter)
{
	static const char *const names[] = {
		"records",	 "calls",	"commands",    "busy_ns",
		"compute_busy",	 "output_busy", "load_busy",   "store_busy",
		"compute_token", "load_token",	"store_token", "translation",
		"read_bytes",	 "write_bytes", "macs",	       "tlb_misses",
	};

	static_assert(ARRAY_SIZE(names) == KESTREL_COUNTERS);
	return kestrel_name(names, ARRAY_SIZE(names), counter);
}
