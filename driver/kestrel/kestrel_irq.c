// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Interrupts: one vector for fences, one for errors, each with a thread. */

#include <linux/dma-fence.h>
#include <linux/interrupt.h>
#include <linux/pci.h>

#include <drm/drm_drv.h>

#include "kestrel_device.h"
#include "kestrel_irq.h"
#include "kestrel_sched.h"

/*
 * Clearing the status comes before looking for what happened: what happens later sets it again,
 * and raises the vector again.
 */
static irqreturn_t kestrel_irq_fence(int irq, void *data)
{
	struct kestrel_device *kdev = data;
	bool cookie;
	int idx;

	if (!drm_dev_enter(&kdev->drm, &idx))
		return IRQ_HANDLED;

	cookie = dma_fence_begin_signalling();
	kestrel_write(kdev, IRQ_STATUS, KESTREL_IRQ_STATUS_FENCE);
	kestrel_sched_retire(kdev);
	dma_fence_end_signalling(cookie);

	drm_dev_exit(idx);
	return IRQ_HANDLED;
}

static irqreturn_t kestrel_irq_error(int irq, void *data)
{
	struct kestrel_device *kdev = data;
	int idx;

	if (!drm_dev_enter(&kdev->drm, &idx))
		return IRQ_HANDLED;

	kestrel_write(kdev, IRQ_STATUS, KESTREL_IRQ_STATUS_ERROR);
	/* Recovery waits for this thread, so it has to run elsewhere. */
	queue_work(kdev->reset_wq, &kdev->error_work);

	drm_dev_exit(idx);
	return IRQ_HANDLED;
}

static int kestrel_irq_request(struct kestrel_device *kdev, struct pci_dev *pdev,
			       enum kestrel_vector vector, irq_handler_t thread, const char *suffix)
{
	const char *name;

	name = devm_kasprintf(&pdev->dev, GFP_KERNEL, "%s-%s", dev_name(&pdev->dev), suffix);
	if (!name)
		return -ENOMEM;

	kdev->irqs[vector] = pci_irq_vector(pdev, vector);
	return devm_request_threaded_irq(&pdev->dev, kdev->irqs[vector], NULL, thread, IRQF_ONESHOT,
					 name, kdev);
}

/**
 * kestrel_irq_init() - allocate the vectors and install the handlers
 * @kdev: device, its scheduler set up
 * @pdev: the same device
 *
 * Return: 0 or a negative error of the functions it calls.
 */
int kestrel_irq_init(struct kestrel_device *kdev, struct pci_dev *pdev)
{
	int ret;

	/* pcim_enable_device() has the vectors freed. */
	ret = pci_alloc_irq_vectors(pdev, KESTREL_VECTORS, KESTREL_VECTORS, PCI_IRQ_MSIX);
	if (ret < 0)
		return ret;

	ret = kestrel_irq_request(kdev, pdev, KESTREL_VECTOR_FENCE, kestrel_irq_fence, "fence");
	if (!ret)
		ret = kestrel_irq_request(kdev, pdev, KESTREL_VECTOR_ERROR, kestrel_irq_error,
					  "error");
	if (!ret)
		kdev->irqs_usable = true;
	return ret;
}

/**
 * kestrel_irq_fini() - leave interrupts off for good
 * @kdev: device, interrupts disabled; kestrel_device.reset_lock held
 *
 * They are freed when the driver has been unbound.
 */
void kestrel_irq_fini(struct kestrel_device *kdev)
{
	kdev->irqs_usable = false;
}

/**
 * kestrel_irq_disable() - wait until no handler runs, and keep it so
 * @kdev: device; kestrel_device.reset_lock held
 */
void kestrel_irq_disable(struct kestrel_device *kdev)
{
	int vector;

	for (vector = 0; kdev->irqs_usable && vector < KESTREL_VECTORS; vector++)
		disable_irq(kdev->irqs[vector]);
}

/**
 * kestrel_irq_enable() - undo kestrel_irq_disable()
 * @kdev: device; kestrel_device.reset_lock held
 *
 * An interrupt that came meanwhile is delivered now.
 */
void kestrel_irq_enable(struct kestrel_device *kdev)
{
	int vector;

	for (vector = 0; kdev->irqs_usable && vector < KESTREL_VECTORS; vector++)
		enable_irq(kdev->irqs[vector]);
}
