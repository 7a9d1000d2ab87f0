// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Tests of copying arrays in and answers out; a part of kestrel_array.c. */

#include <linux/mman.h>

#include <kunit/test.h>

#define KESTREL_ARRAY_TEST_MAX	 4
#define KESTREL_ARRAY_TEST_SIZE	 24
#define KESTREL_ARRAY_TEST_FIRST 16

/* A page of a process that the test stands for, filled with bytes that count. */
static u64 kestrel_array_test_user(struct kunit *test)
{
	unsigned long page = kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
					   MAP_ANONYMOUS | MAP_PRIVATE, 0);
	u32 i;

	KUNIT_ASSERT_NE(test, page, 0);
	KUNIT_ASSERT_LT(test, page, TASK_SIZE);
	for (i = 0; i < PAGE_SIZE; i++)
		KUNIT_ASSERT_EQ(test, put_user((u8)(i + 1), (u8 __user *)page + i), 0);
	return page;
}

static int kestrel_array_test_get(struct kunit *test, u64 pointer, u32 count, u32 stride, void **to)
{
	const struct drm_kestrel_array array = {
		.pointer = pointer,
		.count = count,
		.stride = stride,
	};

	return kestrel_array_get(&array, KESTREL_ARRAY_TEST_MAX, KESTREL_ARRAY_TEST_SIZE,
				 KESTREL_ARRAY_TEST_FIRST, to);
}

static void kestrel_array_test_refused(struct kunit *test)
{
	static const struct {
		u32 count;
		u32 stride;
	} cases[] = {
		{1, 0},	   {1, 8},	     {1, 15}, {1, 17},	     {1, 28},
		{1, 4104}, {1, U32_MAX - 7}, {5, 24}, {U32_MAX, 24},
	};
	u64 user = kestrel_array_test_user(test);
	void *to;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test,
				    kestrel_array_test_get(test, user, cases[i].count,
							   cases[i].stride, &to),
				    -EINVAL, "count %u, stride %u", cases[i].count,
				    cases[i].stride);
		KUNIT_EXPECT_NULL(test, to);
	}
}

static void kestrel_array_test_empty(struct kunit *test)
{
	void *to = test;

	KUNIT_EXPECT_EQ(test, kestrel_array_test_get(test, 0, 0, 0, &to), 0);
	KUNIT_EXPECT_NULL(test, to);
}

/* Elements as this kernel knows them, shorter ones of an old program, longer ones of a new. */
static void kestrel_array_test_copied(struct kunit *test)
{
	u64 user = kestrel_array_test_user(test);
	u8 *bytes;
	void *to;

	KUNIT_ASSERT_EQ(test, kestrel_array_test_get(test, user, 2, 24, &to), 0);
	bytes = to;
	KUNIT_EXPECT_EQ(test, bytes[0], 1);
	KUNIT_EXPECT_EQ(test, bytes[47], 48);
	kvfree(to);

	KUNIT_ASSERT_EQ(test, kestrel_array_test_get(test, user, 2, 16, &to), 0);
	bytes = to;
	KUNIT_EXPECT_EQ(test, bytes[15], 16);
	KUNIT_EXPECT_TRUE(test, mem_is_zero(bytes + 16, 8));
	KUNIT_EXPECT_EQ(test, bytes[24], 17);
	KUNIT_EXPECT_TRUE(test, mem_is_zero(bytes + 40, 8));
	kvfree(to);

	KUNIT_EXPECT_EQ(test, kestrel_array_test_get(test, user, 2, 32, &to), -E2BIG);
	kvfree(to);
	KUNIT_ASSERT_EQ(test, clear_user(u64_to_user_ptr(user + 24), 8), 0);
	KUNIT_ASSERT_EQ(test, clear_user(u64_to_user_ptr(user + 56), 8), 0);
	KUNIT_ASSERT_EQ(test, kestrel_array_test_get(test, user, 2, 32, &to), 0);
	bytes = to;
	KUNIT_EXPECT_EQ(test, bytes[23], 24);
	KUNIT_EXPECT_EQ(test, bytes[24], 33);
	kvfree(to);
}

static void kestrel_array_test_fault(struct kunit *test)
{
	u64 user = kestrel_array_test_user(test);
	void *to;

	KUNIT_EXPECT_EQ(test, kestrel_array_test_get(test, user + PAGE_SIZE - 24, 2, 24, &to),
			-EFAULT);
	kvfree(to);
	KUNIT_EXPECT_EQ(test, kestrel_array_test_get(test, U64_MAX - 64, 1, 24, &to), -EFAULT);
	kvfree(to);
}

static void kestrel_array_test_answer(struct kunit *test)
{
	u64 user = kestrel_array_test_user(test);
	const u8 answer[8] = {91, 92, 93, 94, 95, 96, 97, 98};
	u32 size = 0;
	u8 bytes[16];

	/* How much there is. */
	KUNIT_EXPECT_EQ(test, kestrel_answer(0, &size, answer, sizeof(answer)), 0);
	KUNIT_EXPECT_EQ(test, size, 8);

	/* Less than there is, then more. */
	size = 3;
	KUNIT_EXPECT_EQ(test, kestrel_answer(user, &size, answer, sizeof(answer)), 0);
	KUNIT_EXPECT_EQ(test, size, 3);
	KUNIT_ASSERT_EQ(test, copy_from_user(bytes, u64_to_user_ptr(user), 16), 0);
	KUNIT_EXPECT_EQ(test, bytes[2], 93);
	KUNIT_EXPECT_EQ(test, bytes[3], 4);

	size = 12;
	KUNIT_EXPECT_EQ(test, kestrel_answer(user, &size, answer, sizeof(answer)), 0);
	KUNIT_EXPECT_EQ(test, size, 8);
	KUNIT_ASSERT_EQ(test, copy_from_user(bytes, u64_to_user_ptr(user), 16), 0);
	KUNIT_EXPECT_EQ(test, bytes[7], 98);
	KUNIT_EXPECT_TRUE(test, mem_is_zero(bytes + 8, 4));
	KUNIT_EXPECT_EQ(test, bytes[12], 13);

	size = 4097;
	KUNIT_EXPECT_EQ(test, kestrel_answer(user, &size, answer, sizeof(answer)), -EINVAL);
	size = 8;
	KUNIT_EXPECT_EQ(test, kestrel_answer(U64_MAX - 64, &size, answer, sizeof(answer)), -EFAULT);
	KUNIT_EXPECT_EQ(test, kestrel_answer(user + PAGE_SIZE - 4, &size, answer, sizeof(answer)),
			-EFAULT);
}

static struct kunit_case kestrel_array_test_cases[] = {
	KUNIT_CASE(kestrel_array_test_refused), KUNIT_CASE(kestrel_array_test_empty),
	KUNIT_CASE(kestrel_array_test_copied),	KUNIT_CASE(kestrel_array_test_fault),
	KUNIT_CASE(kestrel_array_test_answer),	{},
};

static struct kunit_suite kestrel_array_test_suite = {
	.name = "kestrel_array",
	.test_cases = kestrel_array_test_cases,
};
kunit_test_suite(kestrel_array_test_suite);
