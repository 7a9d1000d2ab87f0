// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Register access, identification, resets, start and stop of the accelerator. */

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include <drm/drm_print.h>

#include "kestrel_commands.h"
#include "kestrel_device.h"

/*
 * A reset waits for the bus accesses under way; the slowest of them ends with the completion
 * timeout of the root port, 50 ms at most in its default range.
 */
#define KESTREL_RESET_TIMEOUT_US 100000
#define KESTREL_RESET_POLL_US	 10

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
 * @status: value read from STATUS, or the queue's
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
	u32 id, version, caps0, caps1, vectors, queues, spaces, scratchpad_kib;

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

	caps0 = kestrel_read(kdev, CAPS0);
	caps->ring_log2_max = FIELD_GET(KESTREL_CAPS0_RING_LOG2_MAX_MASK, caps0);
	caps->dma_bits = FIELD_GET(KESTREL_CAPS0_ADDR_BITS_MASK, caps0);
	vectors = FIELD_GET(KESTREL_CAPS0_VECTORS_MASK, caps0);

	caps1 = kestrel_read(kdev, CAPS1);
	caps->clock_mhz = FIELD_GET(KESTREL_CAPS1_CLOCK_MHZ_MASK, caps1);
	queues = FIELD_GET(KESTREL_CAPS1_QUEUES_MASK, caps1);
	spaces = FIELD_GET(KESTREL_CAPS1_SPACES_MASK, caps1);

	scratchpad_kib = FIELD_GET(KESTREL_CAPS3_SCRATCHPAD_KIB_MASK, kestrel_read(kdev, CAPS3));

	if (caps->ring_log2_max < KESTREL_RING_LOG2_MIN || caps->dma_bits < 32 ||
	    caps->dma_bits > 64 || vectors < 1)
		return dev_err_probe(kdev->drm.dev, -EINVAL,
				     "ring of 2^%u entries, %u address bits, %u vectors\n",
				     caps->ring_log2_max, caps->dma_bits, vectors);

	if (queues <= KESTREL_QUEUE || spaces <= KESTREL_SPACE ||
	    scratchpad_kib * SZ_1K < KESTREL_PIECE_SLOTS * KESTREL_PIECE_BYTES)
		return dev_err_probe(kdev->drm.dev, -EINVAL,
				     "%u queues, %u address spaces, scratchpad of %u KiB\n", queues,
				     spaces, scratchpad_kib);

	return 0;
}

/* The memories on chip have to be emptied, so the first look would be too early for any reset. */
static int kestrel_device_wait_reset(struct kestrel_device *kdev, const char *what)
{
	u32 status;
	int ret;

	ret = read_poll_timeout(kestrel_read, status,
				!kestrel_device_answers(status) ||
					!(status & KESTREL_STATUS_RESETTING),
				KESTREL_RESET_POLL_US, KESTREL_RESET_TIMEOUT_US, true, kdev,
				STATUS);
	if (!kestrel_device_answers(status))
		return -ENODEV;
	if (ret)
		drm_err(&kdev->drm, "reset of the %s takes longer than %u ms, status 0x%08x\n",
			what, KESTREL_RESET_TIMEOUT_US / 1000, status);
	return ret;
}

static int kestrel_device_reset(struct kestrel_device *kdev)
{
	kestrel_write(kdev, RESET, KESTREL_RESET_ENGINE);
	return kestrel_device_wait_reset(kdev, "engine");
}

/* Ring and fences are found at bus addresses, and so is what command buffers name. */
static void kestrel_device_init_spaces(struct kestrel_device *kdev)
{
	u32 bypass = FIELD_PREP(KESTREL_SPACE_CONFIG_MODE_MASK, KESTREL_SPACE_MODE_BYPASS);

	kestrel_write(kdev, SPACE_CONFIG(0), bypass);
	kestrel_write(kdev, SPACE_CONFIG(KESTREL_SPACE), bypass);
}

static void kestrel_device_init_irqs(struct kestrel_device *kdev)
{
	u32 vectors = GENMASK(kdev->irq_count - 1, 0);

	kestrel_write(kdev, ERROR_VECTOR, kdev->irq_count - 1);
	/* A reset keeps the status; what happened before it is of no interest any more. */
	kestrel_write(kdev, IRQ_STATUS, vectors);
	kestrel_write(kdev, IRQ_ENABLE, vectors);
}

static void kestrel_device_start_queue(struct kestrel_device *kdev)
{
	struct kestrel_ring *ring = &kdev->ring;

	kestrel_ring_rewind(ring);
	kestrel_queue_write(kdev, RING_BASE_LO, lower_32_bits(ring->records_dma));
	kestrel_queue_write(kdev, RING_BASE_HI, upper_32_bits(ring->records_dma));
	kestrel_queue_write(kdev, CONFIG,
			    KESTREL_QUEUE_CONFIG_ENABLE |
				    FIELD_PREP(KESTREL_QUEUE_CONFIG_SPACE_MASK, KESTREL_SPACE) |
				    FIELD_PREP(KESTREL_QUEUE_CONFIG_VECTOR_MASK,
					       KESTREL_VECTOR_FENCE) |
				    FIELD_PREP(KESTREL_QUEUE_CONFIG_RING_LOG2_MASK,
					       ring->log2_entries));
}

/**
 * kestrel_device_start() - reset the device and let it take records from an empty ring
 * @kdev: device, its ring not in use
 *
 * Nothing happens in the device from here until the first doorbell.
 *
 * Context: may sleep; allocates nothing.
 * Return: 0, or
 * * -ENODEV - no answer
 * * -ETIMEDOUT - the reset does not end
 */
int kestrel_device_start(struct kestrel_device *kdev)
{
	int ret;

	/* The device's DMA was cut when it was given up, and by a reset of the function. */
	pci_set_master(to_pci_dev(kdev->drm.dev));

	ret = kestrel_device_reset(kdev);
	if (ret)
		return ret;

	kestrel_device_init_spaces(kdev);
	kestrel_device_init_irqs(kdev);
	kestrel_device_start_queue(kdev);
	return 0;
}

/**
 * kestrel_device_restart_queue() - reset the queue and let it take records from an empty ring
 * @kdev: device that was started, its ring not in use
 *
 * What is not of the queue stays as it is. If the queue's reset does not end, the whole device is
 * reset as kestrel_device_start() does.
 *
 * Context: may sleep; allocates nothing.
 * Return: 0, or an error of kestrel_device_start().
 */
int kestrel_device_restart_queue(struct kestrel_device *kdev)
{
	int ret;

	kestrel_queue_write(kdev, CONTROL, KESTREL_QUEUE_CONTROL_RESET);
	ret = kestrel_device_wait_reset(kdev, "queue");
	if (ret == -ETIMEDOUT)
		return kestrel_device_start(kdev);
	if (ret)
		return ret;

	kestrel_device_start_queue(kdev);
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
	kestrel_queue_write(kdev, CONFIG, 0);
	kestrel_device_reset(kdev); /* if it fails, the next line has to do */
	pci_clear_master(to_pci_dev(kdev->drm.dev));
}
