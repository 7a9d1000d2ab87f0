/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Page tables of an address space, as the device walks them. */
#ifndef _KESTREL_MMU_H_
#define _KESTREL_MMU_H_

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/sizes.h>
#include <linux/types.h>

struct device;

#define KESTREL_PAGE_SIZE	SZ_4K
#define KESTREL_LARGE_PAGE_SIZE SZ_2M

#define KESTREL_MMU_LEVELS	  4
#define KESTREL_MMU_BITS	  9
#define KESTREL_MMU_TABLE_ENTRIES BIT(KESTREL_MMU_BITS)
#define KESTREL_VA_BITS		  (12 + KESTREL_MMU_LEVELS * KESTREL_MMU_BITS)

/* An entry of a table, little-endian in memory. */
#define KESTREL_PTE_VALID BIT_ULL(0)
#define KESTREL_PTE_READ  BIT_ULL(1)
#define KESTREL_PTE_WRITE BIT_ULL(2)
#define KESTREL_PTE_LEAF  BIT_ULL(3)
#define KESTREL_PTE_ADDR  GENMASK_ULL(51, 12)

struct kestrel_table;

/**
 * struct kestrel_table_pool - tables allocated ahead of a change
 *
 * What a change takes comes from here and what it makes empty goes to @idle, so that it neither
 * allocates nor frees: the device may still look at an empty table until it was told to forget.
 */
struct kestrel_table_pool {
	/** @leaves: tables for the last level */
	struct list_head leaves;
	/** @inners: tables for the levels above it */
	struct list_head inners;
	/** @idle: tables that the change took out of use */
	struct list_head idle;
};

/**
 * struct kestrel_mmu - page tables of one address space
 *
 * The owner serialises all calls. Tables are coherent memory of @dev, the software's view of them
 * in struct kestrel_table is ordinary memory.
 */
struct kestrel_mmu {
	/** @dev: device that walks the tables */
	struct device *dev;
	/** @root: table of the first level, or NULL after kestrel_mmu_fini() */
	struct kestrel_table *root;
};

int kestrel_mmu_init(struct kestrel_mmu *mmu, struct device *dev);
void kestrel_mmu_fini(struct kestrel_mmu *mmu);
dma_addr_t kestrel_mmu_root(const struct kestrel_mmu *mmu);

void kestrel_table_pool_init(struct kestrel_table_pool *pool);
int kestrel_table_pool_fill_map(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool, u64 va,
				u64 size);
int kestrel_table_pool_fill_unmap(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool);
void kestrel_table_pool_fini(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool);

void kestrel_mmu_map(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool, u64 va,
		     dma_addr_t addr, u64 size, u64 permissions);
bool kestrel_mmu_unmap(struct kestrel_mmu *mmu, struct kestrel_table_pool *pool, u64 va, u64 size);
u32 kestrel_mmu_walk(const struct kestrel_mmu *mmu, u64 va, u64 *entries);
u64 kestrel_mmu_lookup(const struct kestrel_mmu *mmu, u64 va, u64 *page_size);

#endif
