// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Interrupts: one vector for fences, one for errors, or one for both; each with a thread. */

#include <linux/bits.h>
#include <linux/dma-fence.h>
#include <linux/interrupt.h>
#include <linux/pci.h>

#include <drm/drm_drv.h>

#include "kestrel_device.h"
#include "kestrel_irq.h"
#include "kestrel_recover.h"
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
	kestrel_write(kdev, IRQ_STATUS, BIT(KESTREL_VECTOR_FENCE));
	kestrel_sched_retire(kdev);
	dma_fence_end_signalling(cookie);

	/* Recovery waits for this thread, so it has to run elsewhere. */
	if (kdev->irq_count == 1 && kestrel_recover_needed(kdev))
		queue_work(kdev->reset_wq, &kdev->error_work);

	drm_dev_exit(idx);
	return IRQ_HANDLED;
}

static irqreturn_t kestrel_irq_error(int irq, void *data)
{
	struct kestrel_device *kdev = data;
	int idx;

	if (!drm_dev_enter(&kdev->drm, &idx))
		return IRQ_HANDLED;

	kestrel_write(kdev, IRQ_STATUS, BIT(KESTREL_VECTOR_ERROR));
	/* As above. */
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
	ret = pci_alloc_irq_vectors(pdev, 1, KESTREL_VECTORS, PCI_IRQ_MSIX);
	if (ret < 0)
		return ret;
	kdev->irq_count = ret;

	ret = kestrel_irq_request(kdev, pdev, KESTREL_VECTOR_FENCE, kestrel_irq_fence, "fence");
	if (!ret && kdev->irq_count > KESTREL_VECTOR_ERROR)
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

	for (vector = 0; kdev->irqs_usable && vector < kdev->irq_count; vector++)
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

	for (vector = 0; kdev->irqs_usable && vector < kdev->irq_count; vector++)
		enable_irq(kdev->irqs[vector]);
}
