// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Giving address spaces of the device to VMs, and having it forget translations. */

#include <linux/bitfield.h>
#include <linux/lockdep.h>

#include "kestrel_device.h"
#include "kestrel_space.h"
#include "kestrel_vm.h"

static void kestrel_space_write(struct kestrel_device *kdev, u32 space)
{
	dma_addr_t root = kestrel_mmu_root(&kdev->spaces[space]->mmu);

	kestrel_write(kdev, SPACE_ROOT_LO(space), lower_32_bits(root));
	kestrel_write(kdev, SPACE_ROOT_HI(space), upper_32_bits(root));
	kestrel_write(kdev, SPACE_CONFIG(space),
		      FIELD_PREP(KESTREL_SPACE_CONFIG_MODE_MASK, KESTREL_SPACE_MODE_TABLE));
}

/**
 * kestrel_spaces_restore() - set all address spaces up in a device that was reset
 * @kdev: device
 *
 * Context: kestrel_device.reset_lock held, or before the device is registered.
 */
void kestrel_spaces_restore(struct kestrel_device *kdev)
{
	u32 space;

	/* Rings, fences and page tables are found at bus addresses. */
	kestrel_write(kdev, SPACE_CONFIG(KESTREL_SPACE_KERNEL),
		      FIELD_PREP(KESTREL_SPACE_CONFIG_MODE_MASK, KESTREL_SPACE_MODE_BYPASS));
	for (space = KESTREL_SPACE_KERNEL + 1; space < kdev->caps.spaces; space++) {
		if (kdev->spaces[space])
			kestrel_space_write(kdev, space);
	}
}

/**
 * kestrel_space_acquire() - make sure that a VM has an address space, for one more queue
 * @vm: VM
 *
 * Context: kestrel_device.reset_lock held.
 * Return: 0, or -ENOSPC if none is free.
 */
int kestrel_space_acquire(struct kestrel_vm *vm)
{
	struct kestrel_device *kdev = vm->kdev;
	u32 space;

	lockdep_assert_held(&kdev->reset_lock);
	if (vm->space_users) {
		vm->space_users++;
		return 0;
	}

	for (space = KESTREL_SPACE_KERNEL + 1; space < kdev->caps.spaces; space++) {
		if (!kdev->spaces[space])
			break;
	}
	if (space == kdev->caps.spaces)
		return -ENOSPC;

	kdev->spaces[space] = vm;
	vm->space = space;
	vm->space_users = 1;
	if (kestrel_device_usable(kdev))
		kestrel_space_write(kdev, space);
	return 0;
}

static int kestrel_invalidate(struct kestrel_device *kdev, u32 command)
{
	/* The tables are coherent memory; writel() orders their change before this. */
	kestrel_write(kdev, INVALIDATE, command | KESTREL_INVALIDATE_GO);
	return kestrel_device_wait(kdev, KESTREL_STATUS_INVALIDATING, "invalidation");
}

/**
 * kestrel_space_release() - undo kestrel_space_acquire() for a queue that is gone
 * @vm: VM
 * @usable: whether the device is plugged and usable
 *
 * With the last queue the number is given up, and the device forgets all about it, the contents of
 * its memories on chip included.
 *
 * Context: kestrel_device.reset_lock held; may sleep; allocates nothing.
 * Return: 0, or an error of kestrel_device_wait(); then the device has to be reset.
 */
int kestrel_space_release(struct kestrel_vm *vm, bool usable)
{
	struct kestrel_device *kdev = vm->kdev;
	u32 space = vm->space;

	lockdep_assert_held(&kdev->reset_lock);
	if (--vm->space_users)
		return 0;

	kdev->spaces[space] = NULL;
	vm->space = 0;
	if (!usable)
		return 0;

	kestrel_write(kdev, SPACE_CONFIG(space),
		      FIELD_PREP(KESTREL_SPACE_CONFIG_MODE_MASK, KESTREL_SPACE_MODE_OFF));
	return kestrel_invalidate(kdev, FIELD_PREP(KESTREL_INVALIDATE_SPACE_MASK, space));
}

/**
 * kestrel_space_invalidate() - have the device forget part of a VM's page tables
 * @vm: VM
 * @first: first address that changed
 * @last: last address that changed
 *
 * When it returns 0 no access that used what the tables said before is under way.
 *
 * Context: device plugged; takes kestrel_device.reset_lock; may sleep; allocates nothing.
 * Return: 0, or an error of kestrel_device_wait(); then the device has to be reset.
 */
int kestrel_space_invalidate(struct kestrel_vm *vm, u64 first, u64 last)
{
	struct kestrel_device *kdev = vm->kdev;
	int ret = 0;

	mutex_lock(&kdev->reset_lock);
	if (vm->space_users && kestrel_device_usable(kdev)) {
		kestrel_write(kdev, INVALIDATE_FIRST_LO, lower_32_bits(first));
		kestrel_write(kdev, INVALIDATE_FIRST_HI, upper_32_bits(first));
		kestrel_write(kdev, INVALIDATE_LAST_LO, lower_32_bits(last));
		kestrel_write(kdev, INVALIDATE_LAST_HI, upper_32_bits(last));
		ret = kestrel_invalidate(kdev, KESTREL_INVALIDATE_RANGE |
						       FIELD_PREP(KESTREL_INVALIDATE_SPACE_MASK,
								  vm->space));
	}
	mutex_unlock(&kdev->reset_lock);
	return ret;
}
