// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Changing page tables. Everything that can fail happens in kestrel_table_pool_fill_*(). */

#include <linux/align.h>
#include <linux/bug.h>
#include <linux/dma-mapping.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "kestrel_mmu.h"

/* Levels are counted from the last, 0, whose entries are pages of 4 KiB, to the root. */
#define KESTREL_MMU_LEVEL_ROOT	(KESTREL_MMU_LEVELS - 1)
#define KESTREL_MMU_LEVEL_LARGE 1

/**
 * struct kestrel_table - one table, and what software knows about it
 */
struct kestrel_table {
	/** @node: in a list of struct kestrel_table_pool, while in no use */
	struct list_head node;
	/** @entries: what the device reads, coherent memory */
	__le64 *entries;
	/** @dma: bus address of @entries */
	dma_addr_t dma;
	/** @used: entries that are valid */
	u32 used;
	/** @children: table behind each entry, NULL for none; not there in the last level */
	struct kestrel_table *children[];
};

static u32 kestrel_level_shift(u32 level)
{
	return 12 + level * KESTREL_MMU_BITS;
}

static u32 kestrel_level_index(u64 va, u32 level)
{
	return (va >> kestrel_level_shift(level)) & (KESTREL_MMU_TABLE_ENTRIES - 1);
}

/* First address behind the entry for @va, or @end if that is less. */
static u64 kestrel_level_next(u64 va, u64 end, u32 level)
{
	return min(ALIGN_DOWN(va, BIT_ULL(kestrel_level_shift(level))) +
			   BIT_ULL(kestrel_level_shift(level)),
		   end);
}

static struct kestrel_table *kestrel_table_alloc(struct device *dev, bool leaf)
{
	struct kestrel_table *table;
	u32 children = leaf ? 0 : KESTREL_MMU_TABLE_ENTRIES;

	table = kzalloc(struct_size(table, children, children), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;

	table->entries =
		dma_alloc_coherent(dev, KESTREL_PAGE_SIZE, &table->dma, GFP_KERNEL_ACCOUNT);
	if (!table->entries) {
		kfree(table);
		return NULL;
	}
	INIT_LIST_HEAD(&table->node);
	return table;
}

static void kestrel_table_free(struct device *dev, struct kestrel_table *table)
{
	dma_free_coherent(dev, KESTREL_PAGE_SIZE, table->entries, table->dma);
	kfree(table);
}

static void kestrel_table_free_tree(struct device *dev, struct kestrel_table *table, u32 level)
{
	u32 i;

	for (i = 0; level && i < KESTREL_MMU_TABLE_ENTRIES; i++) {
		if (table->children[i])
			kestrel_table_free_tree(dev, table->children[i], level - 1);
	}
	kestrel_table_free(dev, table);
}

/* Entries are read by the device at any moment, so they change in one access. */
static void kestrel_table_set(struct kestrel_table *table, u32 index, u64 value)
{
	bool was_valid = le64_to_cpu(table->entries[index]) & KESTREL_PTE_VALID;
	bool is_valid = value & KESTREL_PTE_VALID;

	WRITE_ONCE(table->entries[index], cpu_to_le64(value));
	table->used += is_valid - was_valid;
}

static u64 kestrel_table_get(const struct kestrel_table *table, u32 index)
{
	return le64_to_cpu(READ_ONCE(table->entries[index]));
}

/* What @table holds must be visible before the entry that leads to it. */
static void kestrel_table_link(struct kestrel_table *parent, u32 index, struct kestrel_table *table)
{
	dma_wmb();
	WRITE_ONCE(parent->children[index], table);
	kestrel_table_set(parent, index, table->dma | KESTREL_PTE_VALID);
}

/* NULL would mean that kestrel_table_pool_fill_*() counted wrongly. */
static struct kestrel_table *kestrel_pool_take(struct list_head *tables)
{
	struct kestrel_table *table = list_first_entry_or_null(tables, struct kestrel_table, node);

	if (!WARN_ON_ONCE(!table))
		list_del_init(&table->node);
	return table;
}

/**
 * kestrel_mmu_init() - make page tables that map nothing
 * @mmu: to be set up
 * @dev: device that will walk them
 *
 * Return: 0 or -ENOMEM.
 */
int kestrel_mmu_init(struct kestrel_mmu *mmu, struct device *dev)
{
	mmu->dev = dev;
	mmu->root = kestrel_table_alloc(dev, false);
	return mmu->root ? 0 : -ENOMEM;
}

/**
 * kestrel_mmu_fini() - free page tables
 * @mmu: page tables that the device looks at no more; done twice it does nothing
 */
void kestrel_mmu_fini(struct kestrel_mmu *mmu)
{
	if (mmu->root)
		kestrel_table_free_tree(mmu->dev, mmu->root, KESTREL_MMU_LEVEL_ROOT);
	mmu->root = NULL;
}

/**
 * kestrel_mmu_root() - where the device begins
 * @mmu: page tables
 *
 * Return: bus address of the first table.
 */
dma_addr_t kestrel_mmu_root(const struct kestrel_mmu *mmu)
{
	return mmu->root->dma;
}

/**
 * kestrel_table_pool_init() - make an empty pool
 * @pool: to be set up
 */
void kestrel_table_pool_init(struct kestrel_table_pool *pool)
{
	INIT_LIST_HEAD(&pool->leaves);
	INIT_LIST_HEAD(&pool->inners);
	INIT_LIST_HEAD(&pool->idle);
}

static int kestrel_table_pool_add(struct kestrel_mmu *mmu, struct list_head *tables, u64 count,
				  bool leaf)
{
	while (count--) {
		struct kestrel_table *table = kestrel_table_alloc(mmu->dev, leaf);

		if (!table)
			return -ENOMEM;
		list_add(&table->node, tables);
	}
	return 0;
}

/* Entries of @level that the range touches. */
static u64 kestrel_level_span(u64 va, u64 size, u32 level)
{
	u32 shift = kestrel_level_shift(level);

	return ((va + size - 1) >> shift) - (va >> shift) + 1;
}

/**
 * kestrel_table_pool_fill_map() - allocate what mapping a range can take at most
 * @mmu: page tables
 * @pool: pool to add to
 * @va: first address
 * @size: bytes, more than 0
 *
 * Return: 0, or -ENOMEM; what was allocated then stays in the pool.
 */
int kestrel_table_pool_fill_map(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool, u64 va,
				u64 size)
{
	u64 inners = 0;
	u32 level;
	int ret;

	/* A table of a level stands behind an entry of the next. */
	for (level = 1; level < KESTREL_MMU_LEVEL_ROOT; level++)
		inners += kestrel_level_span(va, size, level + 1);

	ret = kestrel_table_pool_add(mmu, &pool->leaves, kestrel_level_span(va, size, 1), true);
	if (!ret)
		ret = kestrel_table_pool_add(mmu, &pool->inners, inners, false);
	return ret;
}

/**
 * kestrel_table_pool_fill_unmap() - allocate what unmapping any range can take at most
 * @mmu: page tables
 * @pool: pool to add to
 *
 * A large page at either end may have to be cut into small ones.
 *
 * Return: 0, or -ENOMEM; what was allocated then stays in the pool.
 */
int kestrel_table_pool_fill_unmap(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool)
{
	return kestrel_table_pool_add(mmu, &pool->leaves, 2, true);
}

static void kestrel_table_list_free(struct kestrel_mmu *mmu, struct list_head *tables)
{
	struct kestrel_table *table, *next;

	list_for_each_entry_safe(table, next, tables, node) {
		list_del(&table->node);
		kestrel_table_free(mmu->dev, table);
	}
}

/**
 * kestrel_table_pool_fini() - free what a pool holds
 * @mmu: page tables that it was filled for
 * @pool: pool; the device has forgotten what it knew of the idle ones
 */
void kestrel_table_pool_fini(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool)
{
	kestrel_table_list_free(mmu, &pool->leaves);
	kestrel_table_list_free(mmu, &pool->inners);
	kestrel_table_list_free(mmu, &pool->idle);
}

/* Table of @level for @va, made on the way if there is none. */
static struct kestrel_table *kestrel_mmu_table(struct kestrel_mmu *mmu,
					       struct kestrel_table_pool *pool, u64 va, u32 level)
{
	struct kestrel_table *table = mmu->root;
	u32 at;

	for (at = KESTREL_MMU_LEVEL_ROOT; table && at > level; at--) {
		u32 index = kestrel_level_index(va, at);
		struct kestrel_table *child = table->children[index];

		if (!child) {
			child = kestrel_pool_take(at == 1 ? &pool->leaves : &pool->inners);
			if (child)
				kestrel_table_link(table, index, child);
		}
		table = child;
	}
	return table;
}

static bool kestrel_fits_large_page(u64 va, dma_addr_t addr, u64 size)
{
	return size >= KESTREL_LARGE_PAGE_SIZE && IS_ALIGNED(va, KESTREL_LARGE_PAGE_SIZE) &&
	       IS_ALIGNED(addr, KESTREL_LARGE_PAGE_SIZE);
}

/**
 * kestrel_mmu_map() - map addresses to memory that is contiguous on the bus
 * @mmu: page tables
 * @pool: filled for the range
 * @va: first address; the range maps nothing now
 * @addr: bus address
 * @size: bytes; all three are multiples of 4 KiB
 * @permissions: KESTREL_PTE_READ, KESTREL_PTE_WRITE or both
 *
 * The device needs to be told nothing: it remembers no entry that is not valid.
 */
void kestrel_mmu_map(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool, u64 va,
		     dma_addr_t addr, u64 size, u64 permissions)
{
	while (size) {
		u32 level = 0;
		u64 bytes = KESTREL_PAGE_SIZE;
		struct kestrel_table *table;

		if (kestrel_fits_large_page(va, addr, size)) {
			level = KESTREL_MMU_LEVEL_LARGE;
			bytes = KESTREL_LARGE_PAGE_SIZE;
		}

		table = kestrel_mmu_table(mmu, pool, va, level);
		if (!table)
			return;
		kestrel_table_set(table, kestrel_level_index(va, level),
				  addr | permissions | KESTREL_PTE_LEAF | KESTREL_PTE_VALID);
		va += bytes;
		addr += bytes;
		size -= bytes;
	}
}

/* Puts a table of small pages in the place of a large page, which fits it bit for bit. */
static struct kestrel_table *kestrel_table_split(struct kestrel_table *parent, u32 index,
						 struct kestrel_table_pool *pool)
{
	struct kestrel_table *table = kestrel_pool_take(&pool->leaves);
	u64 entry = kestrel_table_get(parent, index);
	u32 i;

	if (!table)
		return NULL;

	for (i = 0; i < KESTREL_MMU_TABLE_ENTRIES; i++)
		kestrel_table_set(table, i, entry + i * (u64)KESTREL_PAGE_SIZE);
	kestrel_table_link(parent, index, table);
	return table;
}

static bool kestrel_table_unmap(struct kestrel_table *table, u32 level,
				struct kestrel_table_pool *pool, u64 va, u64 end)
{
	bool changed = false;
	u64 next;

	for (; va < end; va = next) {
		u32 index = kestrel_level_index(va, level);
		u64 span = BIT_ULL(kestrel_level_shift(level));
		u64 entry = kestrel_table_get(table, index);
		struct kestrel_table *child;

		next = kestrel_level_next(va, end, level);
		if (!(entry & KESTREL_PTE_VALID))
			continue;

		child = level ? table->children[index] : NULL;
		if (!child && next - va < span)
			child = kestrel_table_split(table, index, pool);
		if (!child) {
			kestrel_table_set(table, index, 0);
			changed = true;
			continue;
		}

		changed |= kestrel_table_unmap(child, level - 1, pool, va, next);
		if (!child->used) {
			kestrel_table_set(table, index, 0);
			WRITE_ONCE(table->children[index], NULL);
			list_add(&child->node, &pool->idle);
		}
	}
	return changed;
}

/**
 * kestrel_mmu_unmap() - let addresses map nothing
 * @mmu: page tables
 * @pool: filled for an unmapping; takes the tables that become empty
 * @va: first address, a multiple of 4 KiB
 * @size: bytes, a multiple of 4 KiB
 *
 * Return: whether something was mapped. Then the device has to be told to forget the range before
 * the memory is used for anything else, and before the pool is freed.
 */
bool kestrel_mmu_unmap(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool, u64 va, u64 size)
{
	return kestrel_table_unmap(mmu->root, KESTREL_MMU_LEVEL_ROOT, pool, va, va + size);
}

/**
 * kestrel_mmu_walk() - walk the tables as the device does
 * @mmu: page tables
 * @va: address; above 2^48 there is nothing
 * @entries: out: the entry at each level, from the root on; KESTREL_MMU_LEVELS elements
 *
 * The tables may be changed meanwhile, if none that was in use is freed: kestrel_mmu_unmap() is
 * followed by an invalidation, which waits for kestrel_device.reset_lock.
 *
 * Context: any, with that lock held or by the owner.
 * Return: how many entries were found: the last is not valid, or a page.
 */
u32 kestrel_mmu_walk(const struct kestrel_mmu *mmu, u64 va, u64 *entries)
{
	const struct kestrel_table *table = mmu->root;
	u32 level = KESTREL_MMU_LEVEL_ROOT;
	u32 count = 0;

	if (va >> KESTREL_VA_BITS)
		return 0;

	while (table) {
		u32 index = kestrel_level_index(va, level);
		u64 entry = kestrel_table_get(table, index);

		entries[count++] = entry;
		if (!level || !(entry & KESTREL_PTE_VALID) || entry & KESTREL_PTE_LEAF)
			break;
		table = READ_ONCE(table->children[index]);
		level--;
	}
	return count;
}

/**
 * kestrel_mmu_lookup() - find what an address is translated to
 * @mmu: page tables
 * @va: address
 * @page_size: out: bytes of the page, untouched if there is none
 *
 * Return: the entry of the page, or 0.
 */
u64 kestrel_mmu_lookup(const struct kestrel_mmu *mmu, u64 va, u64 *page_size)
{
	u64 entries[KESTREL_MMU_LEVELS];
	u32 count = kestrel_mmu_walk(mmu, va, entries);
	u64 entry = count ? entries[count - 1] : 0;

	if (!(entry & KESTREL_PTE_VALID) || !(entry & KESTREL_PTE_LEAF))
		return 0;
	*page_size = BIT_ULL(kestrel_level_shift(KESTREL_MMU_LEVELS - count));
	return entry;
}

#ifdef CONFIG_DRM_ACCEL_KESTREL_KUNIT_TEST
#include "tests/kestrel_mmu_kunit.c"
#endif
