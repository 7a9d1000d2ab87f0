/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Names of what the device says in numbers, for people. */
#ifndef _KESTREL_NAMES_H_
#define _KESTREL_NAMES_H_

#include <linux/types.h>

const char *kestrel_cause_name(u32 cause);
const char *kestrel_fault_name(u32 fault);
const char *kestrel_access_name(u32 access);
const char *kestrel_opcode_name(u32 opcode);
const char *kestrel_counter_name(u32 counter);

#endif
