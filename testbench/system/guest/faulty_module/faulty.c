// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/*
 * Makes the fault whose name is written to /sys/module/faulty/parameters/fault, so that a test can
 * see that the debug kernel reports it.
 */

#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_MUTEX(faulty_first);
static DEFINE_MUTEX(faulty_second);
static DEFINE_SPINLOCK(faulty_lock);

static void faulty_use_after_free(void)
{
	char *buffer = kmalloc(64, GFP_KERNEL);

	kfree(buffer);
	WRITE_ONCE(buffer[8], 1);
}

/* The mutex is free: it might have slept, which is enough for the report, and the guest goes on. */
static void faulty_atomic_sleep(void)
{
	spin_lock(&faulty_lock);
	mutex_lock(&faulty_first);
	mutex_unlock(&faulty_first);
	spin_unlock(&faulty_lock);
}

static void faulty_lock_order(void)
{
	mutex_lock(&faulty_first);
	mutex_lock(&faulty_second);
	mutex_unlock(&faulty_second);
	mutex_unlock(&faulty_first);

	mutex_lock(&faulty_second);
	mutex_lock(&faulty_first);
	mutex_unlock(&faulty_first);
	mutex_unlock(&faulty_second);
}

/* Gives back memory that was never mapped for the device. */
static void faulty_dma(void)
{
	struct pci_dev *device = pci_get_device(0xf055, PCI_ANY_ID, NULL);

	if (!device)
		return;
	dma_unmap_single(&device->dev, 0x1000, 64, DMA_TO_DEVICE);
	pci_dev_put(device);
}

static void faulty_leak(void)
{
	int i;

	/* Several, as a stale register or stack slot may still point to one. */
	for (i = 0; i < 16; i++)
		kmalloc(96, GFP_KERNEL);
}

static const struct {
	const char *name;
	void (*make)(void);
} faulty_faults[] = {
	{ "use-after-free", faulty_use_after_free },
	{ "atomic-sleep", faulty_atomic_sleep },
	{ "lock-order", faulty_lock_order },
	{ "dma", faulty_dma },
	{ "leak", faulty_leak },
};

static int faulty_set(const char *value, const struct kernel_param *parameter)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faulty_faults); i++) {
		if (sysfs_streq(value, faulty_faults[i].name)) {
			faulty_faults[i].make();
			return 0;
		}
	}
	return -EINVAL;
}

static const struct kernel_param_ops faulty_ops = { .set = faulty_set };
module_param_cb(fault, &faulty_ops, NULL, 0200);

MODULE_DESCRIPTION("Makes faults, to see them reported");
MODULE_LICENSE("GPL");
