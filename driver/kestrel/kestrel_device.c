// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Register access, identification, reset, start and stop of the accelerator. */

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/lockdep.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include <drm/drm_print.h>

#include "kestrel_device.h"
#include "kestrel_mmu.h"
#include "kestrel_space.h"

/*
 * What has to wait for the bus accesses under way ends with the completion timeout of the root
 * port, 50 ms at most in its default range.
 */
#define KESTREL_WAIT_TIMEOUT_US 100000
#define KESTREL_WAIT_POLL_US	10

u32 __kestrel_read(struct kestrel_device *kdev, u32 offset, const char *name)
{
	u32 value = readl(kdev->regs + offset);

	drm_dbg_driver(&kdev->drm, "mmio: read %s (0x%03x) gives 0x%08x\n", name, offset, value);
	return value;
}

void __kestrel_write(struct kestrel_device *kdev, u32 offset, u32 value, const char *name)
{
	drm_dbg_driver(&kdev->drm, "mmio: write %s (0x%03x) with 0x%08x\n", name, offset, value);
	writel(value, kdev->regs + offset);
}

/**
 * kestrel_device_answers() - tell a live device from a dead one
 * @status: value read from STATUS, or a queue's
 *
 * A read that nobody completes gives all ones, and both have bits that are always zero.
 *
 * Return: false if the device is gone.
 */
bool kestrel_device_answers(u32 status)
{
	return status != U32_MAX;
}

/**
 * kestrel_device_usable() - whether registers may be accessed, and queues are set up
 * @kdev: device, plugged; kestrel_device.reset_lock held
 *
 * What is changed while it is not takes effect when the device is started.
 *
 * Return: false while it is suspended or given up.
 */
bool kestrel_device_usable(struct kestrel_device *kdev)
{
	lockdep_assert_held(&kdev->reset_lock);
	return kdev->awake && kdev->online;
}

static void kestrel_caps_read(struct kestrel_device *kdev)
{
	struct kestrel_caps *caps = &kdev->caps;
	u32 caps0 = kestrel_read(kdev, CAPS0);
	u32 caps1 = kestrel_read(kdev, CAPS1);
	u32 caps2 = kestrel_read(kdev, CAPS2);
	u32 caps3 = kestrel_read(kdev, CAPS3);

	caps->ring_log2_max = FIELD_GET(KESTREL_CAPS0_RING_LOG2_MAX_MASK, caps0);
	caps->dma_bits = FIELD_GET(KESTREL_CAPS0_ADDR_BITS_MASK, caps0);
	caps->clock_mhz = FIELD_GET(KESTREL_CAPS1_CLOCK_MHZ_MASK, caps1);
	caps->queues = min(FIELD_GET(KESTREL_CAPS1_QUEUES_MASK, caps1), KESTREL_QUEUES_MAX);
	caps->spaces = min(FIELD_GET(KESTREL_CAPS1_SPACES_MASK, caps1), KESTREL_SPACES_MAX);
	caps->array_rows = FIELD_GET(KESTREL_CAPS2_ARRAY_ROWS_MASK, caps2);
	caps->array_columns = FIELD_GET(KESTREL_CAPS2_ARRAY_COLUMNS_MASK, caps2);
	caps->scratchpad_bytes = FIELD_GET(KESTREL_CAPS3_SCRATCHPAD_KIB_MASK, caps3) * SZ_1K;
	caps->accumulator_rows = FIELD_GET(KESTREL_CAPS3_ACCUMULATOR_ROWS_MASK, caps3);
	caps->va_bits = FIELD_GET(KESTREL_CAPS4_VA_BITS_MASK, kestrel_read(kdev, CAPS4));
}

/**
 * kestrel_device_identify() - check that the device is one we can drive, and read what it can do
 * @kdev: device, registers mapped
 *
 * Return: 0, or
 * * -ENODEV - not a kestrel, or of another major version
 * * -EINVAL - its capabilities make no sense
 */
int kestrel_device_identify(struct kestrel_device *kdev)
{
	struct kestrel_caps *caps = &kdev->caps;
	u32 id, version;

	id = kestrel_read(kdev, ID);
	if (id != KESTREL_ID_MAGIC)
		return dev_err_probe(kdev->drm.dev, -ENODEV, "id 0x%08x is not 0x%08x\n", id,
				     KESTREL_ID_MAGIC);

	version = kestrel_read(kdev, VERSION);
	caps->interface_major = FIELD_GET(KESTREL_VERSION_MAJOR_MASK, version);
	caps->interface_minor = FIELD_GET(KESTREL_VERSION_MINOR_MASK, version);
	if (caps->interface_major != KESTREL_VERSION_MAJOR_VALUE)
		return dev_err_probe(kdev->drm.dev, -ENODEV, "interface version %u.%u, need %u\n",
				     caps->interface_major, caps->interface_minor,
				     KESTREL_VERSION_MAJOR_VALUE);

	kestrel_caps_read(kdev);
	if (caps->ring_log2_max < KESTREL_RING_LOG2_MIN || caps->dma_bits < 32 ||
	    caps->dma_bits > 64 || caps->va_bits != KESTREL_VA_BITS)
		return dev_err_probe(kdev->drm.dev, -EINVAL,
				     "ring of 2^%u entries, addresses of %u and %u bits\n",
				     caps->ring_log2_max, caps->dma_bits, caps->va_bits);
	if (!caps->queues || caps->spaces <= KESTREL_SPACE_KERNEL + 1)
		return dev_err_probe(kdev->drm.dev, -EINVAL, "%u queues, %u address spaces\n",
				     caps->queues, caps->spaces);

	return 0;
}

/**
 * kestrel_device_wait() - wait until the device has finished something that it does at once
 * @kdev: device
 * @busy: bit of STATUS that is set meanwhile
 * @what: what it does, for the message
 *
 * Context: may sleep; allocates nothing.
 * Return: 0, or
 * * -ENODEV - no answer
 * * -ETIMEDOUT - it does not end
 */
int kestrel_device_wait(struct kestrel_device *kdev, u32 busy, const char *what)
{
	u32 status;
	int ret;

	ret = read_poll_timeout(kestrel_read, status,
				!kestrel_device_answers(status) || !(status & busy),
				KESTREL_WAIT_POLL_US, KESTREL_WAIT_TIMEOUT_US, false, kdev, STATUS);
	if (!kestrel_device_answers(status))
		return -ENODEV;
	if (ret)
		drm_err(&kdev->drm, "%s takes longer than %u ms, status 0x%08x\n", what,
			KESTREL_WAIT_TIMEOUT_US / 1000, status);
	return ret;
}

static int kestrel_device_reset(struct kestrel_device *kdev)
{
	kestrel_write(kdev, RESET, KESTREL_RESET_ENGINE);
	return kestrel_device_wait(kdev, KESTREL_STATUS_RESETTING, "reset of the engine");
}

static void kestrel_device_init_irqs(struct kestrel_device *kdev)
{
	u32 vectors = GENMASK(kdev->irq_count - 1, 0);

	kestrel_write(kdev, ERROR_VECTOR, kdev->irq_count - 1);
	/* A reset keeps the status; what happened before it is of no interest any more. */
	kestrel_write(kdev, IRQ_STATUS, vectors);
	kestrel_write(kdev, IRQ_ENABLE, vectors);
}

/**
 * kestrel_device_start() - reset the device, and set it up as it is in use
 * @kdev: device; kestrel_device.reset_lock held and the scheduler stopped, or not registered yet
 *
 * Address spaces are what they were, and queues empty. Nothing happens in the device from here
 * until the first doorbell.
 *
 * Context: may sleep; allocates nothing.
 * Return: 0, or an error of kestrel_device_wait().
 */
int kestrel_device_start(struct kestrel_device *kdev)
{
	struct kestrel_hw_queue *hw;
	int ret;

	/* The device's DMA was cut when it was given up, and by a reset of the function. */
	pci_set_master(to_pci_dev(kdev->drm.dev));

	ret = kestrel_device_reset(kdev);
	if (ret)
		return ret;

	kestrel_spaces_restore(kdev);
	kestrel_device_init_irqs(kdev);
	kestrel_for_each_queue(kdev, hw)
		kestrel_hw_queue_start(kdev, hw);
	return 0;
}

/**
 * kestrel_device_stop() - make sure that the device touches memory no more
 * @kdev: device
 *
 * When it returns no DMA and no interrupt comes from the device, whether it answers or not.
 *
 * Context: may sleep; allocates nothing.
 */
void kestrel_device_stop(struct kestrel_device *kdev)
{
	kestrel_write(kdev, IRQ_ENABLE, 0);
	kestrel_device_reset(kdev); /* if it fails, the next line has to do */
	pci_clear_master(to_pci_dev(kdev->drm.dev));
}
