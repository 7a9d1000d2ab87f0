// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Copying what may be of another size than this kernel knows. */

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/kestrel_accel.h>

#include "kestrel_array.h"

/* More than this for one element, or at one pointer, is a mistake of the caller. */
#define KESTREL_STRIDE_MAX 4096
#define KESTREL_ANSWER_MAX 4096

/**
 * kestrel_array_get() - copy an array in
 * @array: where it is
 * @count_max: most elements
 * @size: size of an element as this kernel knows it
 * @first_size: size of its first version
 * @to: out: the array, to be freed by kvfree(), also after an error; NULL if it is empty
 *
 * Return: 0, or -EINVAL, -E2BIG, -EFAULT or -ENOMEM as the header of the interface says.
 */
int kestrel_array_get(const struct drm_kestrel_array *array, u32 count_max, size_t size,
		      size_t first_size, void **to)
{
	void __user *from = u64_to_user_ptr(array->pointer);
	u32 i;
	int ret;

	*to = NULL;
	if (!array->count)
		return 0;
	if (array->count > count_max || array->stride < first_size || array->stride % 8 ||
	    array->stride > KESTREL_STRIDE_MAX)
		return -EINVAL;

	*to = kvcalloc(array->count, size, GFP_KERNEL_ACCOUNT);
	if (!*to)
		return -ENOMEM;

	for (i = 0; i < array->count; i++) {
		ret = copy_struct_from_user(*to + i * size, size, from + (u64)i * array->stride,
					    array->stride);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * kestrel_answer() - copy an answer out
 * @pointer: where userspace wants it, or 0 if it only asks for the size
 * @size: in: bytes there; out: bytes that mean something
 * @answer: as much as this kernel knows
 * @answer_size: its bytes
 *
 * Gives as much of the answer as the caller knows, and zeros for what only the caller knows.
 *
 * Return: 0, -EINVAL or -EFAULT.
 */
int kestrel_answer(u64 pointer, u32 *size, const void *answer, u32 answer_size)
{
	void __user *to = u64_to_user_ptr(pointer);
	u32 known = min(*size, answer_size);

	if (!pointer) {
		*size = answer_size;
		return 0;
	}
	if (*size > KESTREL_ANSWER_MAX)
		return -EINVAL;
	if (copy_to_user(to, answer, known) || clear_user(to + known, *size - known))
		return -EFAULT;

	*size = known;
	return 0;
}

#ifdef CONFIG_DRM_ACCEL_KESTREL_KUNIT_TEST
#include "tests/kestrel_array_kunit.c"
#endif
