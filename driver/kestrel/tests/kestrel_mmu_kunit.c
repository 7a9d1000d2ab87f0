// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Tests of page tables; a part of kestrel_mmu.c. */

#include <linux/prandom.h>

#include <kunit/device.h>
#include <kunit/test.h>

/* Random changes happen in this many pages, on both sides of a boundary of the upper levels. */
#define KESTREL_MMU_TEST_PAGES 2048
#define KESTREL_MMU_TEST_FIRST (512ULL * SZ_1G - KESTREL_MMU_TEST_PAGES / 2 * KESTREL_PAGE_SIZE)

struct kestrel_mmu_test {
	struct kestrel_mmu mmu;
	struct rnd_state random;
	/** @pages: entries that are to be found, without KESTREL_PTE_LEAF and KESTREL_PTE_VALID */
	u64 pages[KESTREL_MMU_TEST_PAGES];
};

static int kestrel_mmu_test_init(struct kunit *test)
{
	struct kestrel_mmu_test *data = kunit_kzalloc(test, sizeof(*data), GFP_KERNEL);
	/* Each its own: a device may be gone some time before its name is. */
	struct device *dev = kunit_device_register(test, test->name);

	KUNIT_ASSERT_NOT_NULL(test, data);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	dev->dma_mask = &dev->coherent_dma_mask;
	dev->coherent_dma_mask = DMA_BIT_MASK(52);
	KUNIT_ASSERT_EQ(test, kestrel_mmu_init(&data->mmu, dev), 0);
	prandom_seed_state(&data->random, 1);
	test->priv = data;
	return 0;
}

static void kestrel_mmu_test_exit(struct kunit *test)
{
	struct kestrel_mmu_test *data = test->priv;

	if (!data)
		return;
	kestrel_mmu_fini(&data->mmu);
	/* As after unplugging: twice does nothing. */
	kestrel_mmu_fini(&data->mmu);
}

static void kestrel_mmu_test_do_map(struct kunit *test, u64 va, u64 addr, u64 size, u64 permissions)
{
	struct kestrel_mmu_test *data = test->priv;
	struct kestrel_table_pool pool;

	kestrel_table_pool_init(&pool);
	KUNIT_ASSERT_EQ(test, kestrel_table_pool_fill_map(&data->mmu, &pool, va, size), 0);
	kestrel_mmu_map(&data->mmu, &pool, va, addr, size, permissions);
	KUNIT_EXPECT_TRUE(test, list_empty(&pool.idle));
	kestrel_table_pool_fini(&data->mmu, &pool);
}

/* Gives whether something was mapped, and how many tables became empty. */
static bool kestrel_mmu_test_do_unmap(struct kunit *test, u64 va, u64 size, u32 *idle)
{
	struct kestrel_mmu_test *data = test->priv;
	struct kestrel_table_pool pool;
	bool changed;

	kestrel_table_pool_init(&pool);
	KUNIT_ASSERT_EQ(test, kestrel_table_pool_fill_unmap(&data->mmu, &pool), 0);
	changed = kestrel_mmu_unmap(&data->mmu, &pool, va, size);
	*idle = list_count_nodes(&pool.idle);
	KUNIT_EXPECT_TRUE(test, changed || !*idle);
	kestrel_table_pool_fini(&data->mmu, &pool);
	return changed;
}

/* Tables below @table, each of which has as many valid entries as it says, and one at least. */
static u32 kestrel_mmu_test_count(struct kunit *test, const struct kestrel_table *table, u32 level)
{
	u32 tables = 0;
	u32 used = 0;
	u32 i;

	for (i = 0; i < KESTREL_MMU_TABLE_ENTRIES; i++) {
		u64 entry = kestrel_table_get(table, i);
		const struct kestrel_table *child = level ? table->children[i] : NULL;
		bool leaf = entry & KESTREL_PTE_LEAF;

		used += entry & KESTREL_PTE_VALID ? 1 : 0;
		if (!(entry & KESTREL_PTE_VALID)) {
			KUNIT_EXPECT_EQ(test, entry, 0);
			KUNIT_EXPECT_NULL(test, child);
			continue;
		}
		KUNIT_EXPECT_EQ(test, leaf, !child);
		KUNIT_EXPECT_TRUE(test, !leaf || level <= KESTREL_MMU_LEVEL_LARGE);
		if (!child)
			continue;
		KUNIT_EXPECT_EQ(test, entry, child->dma | KESTREL_PTE_VALID);
		KUNIT_EXPECT_NE(test, child->used, 0);
		tables += 1 + kestrel_mmu_test_count(test, child, level - 1);
	}
	KUNIT_EXPECT_EQ(test, used, table->used);
	return tables;
}

static u32 kestrel_mmu_test_tables(struct kunit *test)
{
	struct kestrel_mmu_test *data = test->priv;

	return kestrel_mmu_test_count(test, data->mmu.root, KESTREL_MMU_LEVEL_ROOT);
}

static void kestrel_mmu_test_expect(struct kunit *test, u64 va, u64 entry, u64 page_size)
{
	struct kestrel_mmu_test *data = test->priv;
	u64 found_size = 0;
	u64 found = kestrel_mmu_lookup(&data->mmu, va, &found_size);

	KUNIT_EXPECT_EQ_MSG(test, found, entry ? entry | KESTREL_PTE_LEAF | KESTREL_PTE_VALID : 0,
			    "va 0x%llx", va);
	KUNIT_EXPECT_EQ_MSG(test, found_size, page_size, "va 0x%llx", va);
}

static void kestrel_mmu_test_pages(struct kunit *test)
{
	u32 idle;

	kestrel_mmu_test_do_map(test, 0x7000, 0xabc000, 0x3000, KESTREL_PTE_READ);
	kestrel_mmu_test_expect(test, 0x6fff, 0, 0);
	kestrel_mmu_test_expect(test, 0x7000, 0xabc000 | KESTREL_PTE_READ, SZ_4K);
	kestrel_mmu_test_expect(test, 0x9fff, 0xabe000 | KESTREL_PTE_READ, SZ_4K);
	kestrel_mmu_test_expect(test, 0xa000, 0, 0);
	kestrel_mmu_test_expect(test, 0x7000 + BIT_ULL(39), 0, 0);
	KUNIT_EXPECT_EQ(test, kestrel_mmu_test_tables(test), 3);

	KUNIT_EXPECT_TRUE(test, kestrel_mmu_test_do_unmap(test, 0x8000, 0x1000, &idle));
	KUNIT_EXPECT_EQ(test, idle, 0);
	kestrel_mmu_test_expect(test, 0x8000, 0, 0);
	KUNIT_EXPECT_FALSE(test, kestrel_mmu_test_do_unmap(test, 0x8000, 0x1000, &idle));
	KUNIT_EXPECT_FALSE(test, kestrel_mmu_test_do_unmap(test, 0x10000, 0x1000000, &idle));

	/* With the last page all three tables go. */
	KUNIT_EXPECT_TRUE(test,
			  kestrel_mmu_test_do_unmap(test, 0, BIT_ULL(KESTREL_VA_BITS), &idle));
	KUNIT_EXPECT_EQ(test, idle, 3);
	KUNIT_EXPECT_EQ(test, kestrel_mmu_test_tables(test), 0);
}

static void kestrel_mmu_test_last_page(struct kunit *test)
{
	const u64 last = BIT_ULL(KESTREL_VA_BITS) - SZ_4K;

	kestrel_mmu_test_do_map(test, last, BIT_ULL(52) - SZ_4K, SZ_4K, KESTREL_PTE_WRITE);
	kestrel_mmu_test_expect(test, last, (BIT_ULL(52) - SZ_4K) | KESTREL_PTE_WRITE, SZ_4K);
	/* Not the same address with more bits. */
	kestrel_mmu_test_expect(test, last | BIT_ULL(KESTREL_VA_BITS), 0, 0);
}

static void kestrel_mmu_test_large(struct kunit *test)
{
	const u64 permissions = KESTREL_PTE_READ | KESTREL_PTE_WRITE;
	u32 idle;

	/* A small page, two large ones, a small one. */
	kestrel_mmu_test_do_map(test, SZ_2M - SZ_4K, SZ_1G - SZ_4K, 2 * SZ_2M + 2 * SZ_4K,
				permissions);
	kestrel_mmu_test_expect(test, SZ_2M - SZ_4K, (SZ_1G - SZ_4K) | permissions, SZ_4K);
	kestrel_mmu_test_expect(test, SZ_2M, SZ_1G | permissions, SZ_2M);
	kestrel_mmu_test_expect(test, 3 * SZ_2M - 1, (SZ_1G + SZ_2M) | permissions, SZ_2M);
	kestrel_mmu_test_expect(test, 3 * SZ_2M, (SZ_1G + 2 * SZ_2M) | permissions, SZ_4K);
	KUNIT_EXPECT_EQ(test, kestrel_mmu_test_tables(test), 4);

	/* Cutting both leaves small pages that lead where the large ones led. */
	KUNIT_EXPECT_TRUE(test,
			  kestrel_mmu_test_do_unmap(test, 2 * SZ_2M - SZ_4K, 2 * SZ_4K, &idle));
	KUNIT_EXPECT_EQ(test, idle, 0);
	kestrel_mmu_test_expect(test, SZ_2M, SZ_1G | permissions, SZ_4K);
	kestrel_mmu_test_expect(test, 2 * SZ_2M - 2 * SZ_4K,
				(SZ_1G + SZ_2M - 2 * SZ_4K) | permissions, SZ_4K);
	kestrel_mmu_test_expect(test, 2 * SZ_2M - SZ_4K, 0, 0);
	kestrel_mmu_test_expect(test, 2 * SZ_2M, 0, 0);
	kestrel_mmu_test_expect(test, 2 * SZ_2M + SZ_4K, (SZ_1G + SZ_2M + SZ_4K) | permissions,
				SZ_4K);
	KUNIT_EXPECT_EQ(test, kestrel_mmu_test_tables(test), 6);

	/* A bus address that is not aligned takes small pages. */
	kestrel_mmu_test_do_map(test, SZ_1G, SZ_1G + SZ_4K, SZ_2M, permissions);
	kestrel_mmu_test_expect(test, SZ_1G, (SZ_1G + SZ_4K) | permissions, SZ_4K);
}

static void kestrel_mmu_test_walk(struct kunit *test)
{
	struct kestrel_mmu_test *data = test->priv;
	u64 entries[KESTREL_MMU_LEVELS];

	KUNIT_EXPECT_EQ(test, kestrel_mmu_walk(&data->mmu, 0x1000, entries), 1);
	KUNIT_EXPECT_EQ(test, entries[0], 0);

	kestrel_mmu_test_do_map(test, 0, 0, SZ_4K, KESTREL_PTE_READ);
	kestrel_mmu_test_do_map(test, SZ_2M, SZ_2M, SZ_2M, KESTREL_PTE_READ);
	KUNIT_EXPECT_EQ(test, kestrel_mmu_walk(&data->mmu, 0x1000, entries), 4);
	KUNIT_EXPECT_EQ(test, entries[0], data->mmu.root->children[0]->dma | KESTREL_PTE_VALID);
	KUNIT_EXPECT_EQ(test, entries[3], 0);
	KUNIT_EXPECT_EQ(test, kestrel_mmu_walk(&data->mmu, SZ_2M + 5, entries), 3);
	KUNIT_EXPECT_EQ(test, entries[2],
			SZ_2M | KESTREL_PTE_READ | KESTREL_PTE_LEAF | KESTREL_PTE_VALID);
	KUNIT_EXPECT_EQ(test, kestrel_mmu_walk(&data->mmu, BIT_ULL(KESTREL_VA_BITS), entries), 0);
}

static u32 kestrel_mmu_test_random(struct kunit *test, u32 below)
{
	struct kestrel_mmu_test *data = test->priv;

	return prandom_u32_state(&data->random) % below;
}

static void kestrel_mmu_test_compare(struct kunit *test)
{
	struct kestrel_mmu_test *data = test->priv;
	u32 i;

	kestrel_mmu_test_tables(test);
	for (i = 0; i < KESTREL_MMU_TEST_PAGES; i++) {
		u64 va = KESTREL_MMU_TEST_FIRST + i * (u64)KESTREL_PAGE_SIZE;
		u64 page_size = 0;
		u64 entry = kestrel_mmu_lookup(&data->mmu, va, &page_size);

		/* Of a large page the entry is that of its beginning. */
		if (page_size == KESTREL_LARGE_PAGE_SIZE)
			entry += va & (KESTREL_LARGE_PAGE_SIZE - 1);
		entry &= ~(KESTREL_PTE_LEAF | KESTREL_PTE_VALID);
		KUNIT_ASSERT_EQ_MSG(test, entry, data->pages[i], "page %u", i);
	}
}

/*
 * As VM_BIND does it: unmap, then map. Each change has no more tables than were prepared for it;
 * taking one more would warn, and leave a hole that the comparison finds.
 */
static void kestrel_mmu_test_sequence(struct kunit *test)
{
	struct kestrel_mmu_test *data = test->priv;
	u32 step, idle, i;

	for (step = 0; step < 400; step++) {
		bool large = kestrel_mmu_test_random(test, 2);
		u32 unit = large ? KESTREL_MMU_TABLE_ENTRIES : 1;
		u32 first = kestrel_mmu_test_random(test, KESTREL_MMU_TEST_PAGES / unit) * unit;
		u32 most = min(KESTREL_MMU_TEST_PAGES - first, large ? 1600 : 300);
		u32 count = 1 + kestrel_mmu_test_random(test, most);
		u64 va = KESTREL_MMU_TEST_FIRST + first * (u64)KESTREL_PAGE_SIZE;
		u64 addr =
			(1 + kestrel_mmu_test_random(test, 1000)) * (u64)unit * KESTREL_PAGE_SIZE;
		u64 permissions = (1 + kestrel_mmu_test_random(test, 3)) * KESTREL_PTE_READ;

		kestrel_mmu_test_do_unmap(test, va, count * (u64)KESTREL_PAGE_SIZE, &idle);
		for (i = 0; i < count; i++)
			data->pages[first + i] = 0;
		if (kestrel_mmu_test_random(test, 3)) {
			kestrel_mmu_test_do_map(test, va, addr, count * (u64)KESTREL_PAGE_SIZE,
						permissions);
			for (i = 0; i < count; i++)
				data->pages[first + i] =
					(addr + i * (u64)KESTREL_PAGE_SIZE) | permissions;
		}
		if (step % 10 == 9)
			kestrel_mmu_test_compare(test);
	}

	kestrel_mmu_test_do_unmap(test, 0, BIT_ULL(KESTREL_VA_BITS), &idle);
	KUNIT_EXPECT_EQ(test, kestrel_mmu_test_tables(test), 0);
}

static struct kunit_case kestrel_mmu_test_cases[] = {
	KUNIT_CASE(kestrel_mmu_test_pages),    KUNIT_CASE(kestrel_mmu_test_last_page),
	KUNIT_CASE(kestrel_mmu_test_large),    KUNIT_CASE(kestrel_mmu_test_walk),
	KUNIT_CASE(kestrel_mmu_test_sequence), {},
};

static struct kunit_suite kestrel_mmu_test_suite = {
	.name = "kestrel_mmu",
	.init = kestrel_mmu_test_init,
	.exit = kestrel_mmu_test_exit,
	.test_cases = kestrel_mmu_test_cases,
};
kunit_test_suite(kestrel_mmu_test_suite);
