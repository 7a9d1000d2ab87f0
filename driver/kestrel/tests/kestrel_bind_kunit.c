// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Tests of what an operation of VM_BIND may ask for; a part of kestrel_bind.c. */

#include <kunit/test.h>

#define KESTREL_BIND_TEST_END BIT_ULL(KESTREL_VA_BITS)

static const struct drm_kestrel_vm_bind_op kestrel_bind_test_map = {
	.type = DRM_KESTREL_VM_BIND_OP_MAP,
	.flags = DRM_KESTREL_VM_BIND_READ,
	.handle = 1,
	.bo_offset = SZ_4K,
	.va = SZ_64K,
	.size = SZ_8K,
};

static const struct drm_kestrel_vm_bind_op kestrel_bind_test_unmap = {
	.type = DRM_KESTREL_VM_BIND_OP_UNMAP,
	.va = SZ_64K,
	.size = SZ_8K,
};

/* Checks @base with one member changed. */
#define KESTREL_BIND_TEST(base, wanted, member, value)                                            \
	kestrel_bind_test_one(test, base, offsetof(struct drm_kestrel_vm_bind_op, member),        \
			      sizeof_field(struct drm_kestrel_vm_bind_op, member), value, wanted, \
			      #base ", " #member " " #value)

static void kestrel_bind_test_one(struct kunit *test, struct drm_kestrel_vm_bind_op op,
				  size_t offset, size_t size, u64 value, int wanted,
				  const char *what)
{
	/* The lower bytes are first, in this interface as in memory. */
	const __le64 bytes = cpu_to_le64(value);

	memcpy((void *)&op + offset, &bytes, size);
	KUNIT_EXPECT_EQ_MSG(test, kestrel_bind_check(&op), wanted, "%s", what);
}

static void kestrel_bind_test_check_map(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kestrel_bind_check(&kestrel_bind_test_map), 0);
	KESTREL_BIND_TEST(kestrel_bind_test_map, 0, flags, DRM_KESTREL_VM_BIND_WRITE);
	KESTREL_BIND_TEST(kestrel_bind_test_map, 0, flags, 3);
	KESTREL_BIND_TEST(kestrel_bind_test_map, -EINVAL, flags, 0);
	KESTREL_BIND_TEST(kestrel_bind_test_map, -EINVAL, flags, 4);
	KESTREL_BIND_TEST(kestrel_bind_test_map, -EINVAL, flags, BIT(31) | 1);
	KESTREL_BIND_TEST(kestrel_bind_test_map, -EINVAL, pad, 1);
	KESTREL_BIND_TEST(kestrel_bind_test_map, -EINVAL, type, 2);
	KESTREL_BIND_TEST(kestrel_bind_test_map, -EINVAL, type, U32_MAX);
}

static void kestrel_bind_test_check_unmap(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kestrel_bind_check(&kestrel_bind_test_unmap), 0);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, flags, DRM_KESTREL_VM_BIND_READ);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, handle, 1);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, bo_offset, SZ_4K);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, pad, 1);
}

/* Both kinds have the same rules for their range. */
static void kestrel_bind_test_check_range(struct kunit *test)
{
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, 0, va, 0);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, 0, va, KESTREL_BIND_TEST_END - SZ_8K);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, 0, size, KESTREL_BIND_TEST_END - SZ_64K);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, va, 1);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, va, SZ_2K);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, va, KESTREL_BIND_TEST_END - SZ_4K);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, va, KESTREL_BIND_TEST_END);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, va, U64_MAX - SZ_8K + 1);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, size, 0);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, size, SZ_4K + 1);
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, size, KESTREL_BIND_TEST_END);
	/* The sum is 0. */
	KESTREL_BIND_TEST(kestrel_bind_test_unmap, -EINVAL, size, 0ULL - SZ_64K);
	KESTREL_BIND_TEST(kestrel_bind_test_map, -EINVAL, size, 0ULL - SZ_64K);
	KESTREL_BIND_TEST(kestrel_bind_test_map, -EINVAL, size, 0);
	KESTREL_BIND_TEST(kestrel_bind_test_map, -EINVAL, va, KESTREL_BIND_TEST_END);
}

static struct kunit_case kestrel_bind_test_cases[] = {
	KUNIT_CASE(kestrel_bind_test_check_map),
	KUNIT_CASE(kestrel_bind_test_check_unmap),
	KUNIT_CASE(kestrel_bind_test_check_range),
	{},
};

static struct kunit_suite kestrel_bind_test_suite = {
	.name = "kestrel_bind",
	.test_cases = kestrel_bind_test_cases,
};
kunit_test_suite(kestrel_bind_test_suite);
