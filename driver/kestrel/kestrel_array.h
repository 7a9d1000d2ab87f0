/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Arrays of userspace, and answers to it, whose elements may grow. */
#ifndef _KESTREL_ARRAY_H_
#define _KESTREL_ARRAY_H_

#include <linux/types.h>

struct drm_kestrel_array;

int kestrel_array_get(const struct drm_kestrel_array *array, u32 count_max, size_t size,
		      size_t first_size, void **to);
int kestrel_answer(u64 pointer, u32 *size, const void *answer, u32 answer_size);

#endif
