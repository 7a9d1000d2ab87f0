// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Tests of rings; a part of kestrel_ring.c. */

#include <kunit/test.h>

#define KESTREL_RING_TEST_LOG2 2

struct kestrel_ring_test {
	struct kestrel_ring ring;
	struct kestrel_record records[1 << KESTREL_RING_TEST_LOG2];
	__le64 fence;
};

static struct kestrel_ring *kestrel_ring_test_make(struct kunit *test)
{
	struct kestrel_ring_test *data = kunit_kzalloc(test, sizeof(*data), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, data);
	data->ring.records = data->records;
	data->ring.fence = &data->fence;
	data->ring.fence_dma = 0x123456789a0;
	data->ring.log2_entries = KESTREL_RING_TEST_LOG2;
	return &data->ring;
}

static void kestrel_ring_test_records(struct kunit *test)
{
	struct kestrel_ring *ring = kestrel_ring_test_make(test);
	const __le32 *words = (const __le32 *)ring->records;

	kestrel_ring_call(ring, 0x7fedcba98740, 192);
	kestrel_ring_fence(ring, 0x1122334455667788);
	KUNIT_EXPECT_EQ(test, ring->tail, 2);

	/* As the reference has them, word by word. */
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[0]), KESTREL_OPCODE_CALL);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[1]), 192);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[2]), 0xcba98740);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[3]), 0x7fed);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[16]), KESTREL_OPCODE_FENCE);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[17]), 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[18]), 0x456789a0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[19]), 0x123);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[20]), 0x55667788);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(words[21]), 0x11223344);
	KUNIT_EXPECT_TRUE(test, mem_is_zero(&words[4], 12 * sizeof(*words)));
	KUNIT_EXPECT_TRUE(test, mem_is_zero(&words[22], 42 * sizeof(*words)));
}

/* The index goes on through 2^32, and the entry is its remainder. */
static void kestrel_ring_test_wrap(struct kunit *test)
{
	struct kestrel_ring *ring = kestrel_ring_test_make(test);
	u32 i;

	ring->tail = U32_MAX - 1;
	for (i = 0; i < 3; i++)
		kestrel_ring_call(ring, 0x1000 * (i + 1), 64);
	KUNIT_EXPECT_EQ(test, ring->tail, 1);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(ring->records[2].addr), 0x1000);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(ring->records[3].addr), 0x2000);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(ring->records[0].addr), 0x3000);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(ring->records[1].addr), 0);

	/* What was there before is overwritten as a whole. */
	kestrel_ring_fence(ring, 1);
	for (i = 0; i < 4; i++)
		kestrel_ring_call(ring, 0x40, 64);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(ring->records[1].value), 0);
}

static void kestrel_ring_test_distance(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kestrel_ring_distance(7, 7), 0);
	KUNIT_EXPECT_EQ(test, kestrel_ring_distance(7, 9), 2);
	KUNIT_EXPECT_EQ(test, kestrel_ring_distance(U32_MAX, 0), 1);
	KUNIT_EXPECT_EQ(test, kestrel_ring_distance(U32_MAX - 1, 3), 5);
	/* Behind is further than any ring is long. */
	KUNIT_EXPECT_EQ(test, kestrel_ring_distance(0, U32_MAX), U32_MAX);
}

static void kestrel_ring_test_rewind(struct kunit *test)
{
	struct kestrel_ring *ring = kestrel_ring_test_make(test);

	*ring->fence = cpu_to_le64(BIT_ULL(32) + 5);
	kestrel_ring_call(ring, 0x1000, 64);
	kestrel_ring_rewind(ring);
	KUNIT_EXPECT_EQ(test, ring->tail, 0);
	KUNIT_EXPECT_EQ(test, kestrel_ring_completed(ring), BIT_ULL(32) + 5);
}

static void kestrel_ring_test_sizes(struct kunit *test)
{
	struct kestrel_ring ring = {};

	for (ring.log2_entries = KESTREL_RING_LOG2_MIN; ring.log2_entries <= 16;
	     ring.log2_entries++) {
		u32 most = kestrel_ring_job_entries_max(&ring);

		KUNIT_EXPECT_EQ(test, kestrel_ring_entries(&ring), 1 << ring.log2_entries);
		/* A FENCE at least, and two such jobs at a time. */
		KUNIT_EXPECT_GE(test, most, 1);
		KUNIT_EXPECT_LE(test, 2 * most, kestrel_ring_entries(&ring));
	}
}

static struct kunit_case kestrel_ring_test_cases[] = {
	KUNIT_CASE(kestrel_ring_test_records),	KUNIT_CASE(kestrel_ring_test_wrap),
	KUNIT_CASE(kestrel_ring_test_distance), KUNIT_CASE(kestrel_ring_test_rewind),
	KUNIT_CASE(kestrel_ring_test_sizes),	{},
};

static struct kunit_suite kestrel_ring_test_suite = {
	.name = "kestrel_ring",
	.test_cases = kestrel_ring_test_cases,
};
kunit_test_suite(kestrel_ring_test_suite);
