// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* The PCI driver: probe, removal, error recovery and function reset. */

#include <linux/bitops.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/pci.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>

#include "kestrel_compat.h"
#include "kestrel_coredump.h"
#include "kestrel_debugfs.h"
#include "kestrel_device.h"
#include "kestrel_drv.h"
#include "kestrel_gem.h"
#include "kestrel_irq.h"
#include "kestrel_pci.h"
#include "kestrel_pm.h"
#include "kestrel_recover.h"
#include "kestrel_sched.h"
#include "kestrel_vm.h"

#define KESTREL_PCI_VENDOR 0xf055
#define KESTREL_PCI_DEVICE 0x4b31
#define KESTREL_BAR_REGS   0

/* Enables the function, maps its registers and sets up DMA. */
static int kestrel_pci_init(struct kestrel_device *kdev, struct pci_dev *pdev)
{
	u32 bits;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "enabling the function failed\n");

	kdev->regs = pcim_iomap_region(pdev, KESTREL_BAR_REGS, KESTREL_DRIVER_NAME);
	if (IS_ERR(kdev->regs))
		return dev_err_probe(&pdev->dev, PTR_ERR(kdev->regs), "mapping BAR %d failed\n",
				     KESTREL_BAR_REGS);

	ret = kestrel_device_identify(kdev);
	if (ret)
		return ret;

	/* Page tables hold addresses of fewer bits than the device drives. */
	bits = min(kdev->caps.dma_bits, fls64(KESTREL_PTE_ADDR));
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(bits));
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "no DMA with %u address bits\n", bits);
	dma_set_max_seg_size(&pdev->dev, U32_MAX);
	return 0;
}

/* The state of the function that a reset of it destroys. */
static int kestrel_pci_save(struct kestrel_device *kdev, struct pci_dev *pdev)
{
	pci_save_state(pdev);
	kdev->pci_state = pci_store_saved_state(pdev);
	return kdev->pci_state ? 0 : -ENOMEM;
}

static void kestrel_pci_restore(struct kestrel_device *kdev, struct pci_dev *pdev)
{
	pci_load_saved_state(pdev, kdev->pci_state);
	pci_restore_state(pdev);
}

/**
 * kestrel_pci_reset() - reset the function
 * @kdev: device, paused and plugged
 *
 * Context: may sleep; allocates nothing.
 * Return: 0, -ENOTTY if the function has no such reset, or -ENODEV if it does not come back.
 */
int kestrel_pci_reset(struct kestrel_device *kdev)
{
	struct pci_dev *pdev = to_pci_dev(kdev->drm.dev);
	int ret;

	ret = pcie_reset_flr(pdev, PCI_RESET_DO_RESET);
	if (!ret)
		kestrel_pci_restore(kdev, pdev);
	return ret;
}

/* What needs no hardware. */
static int kestrel_init(struct kestrel_device *kdev)
{
	int ret;

	INIT_LIST_HEAD(&kdev->bos);
	INIT_LIST_HEAD(&kdev->vms);
	ret = drmm_mutex_init(&kdev->drm, &kdev->list_lock);
	if (!ret)
		ret = kestrel_coredump_init(kdev);
	if (!ret)
		ret = kestrel_sched_init(kdev);
	return ret;
}

static int kestrel_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct kestrel_device *kdev;
	int ret;

	kdev = devm_drm_dev_alloc(&pdev->dev, &kestrel_drm_driver, struct kestrel_device, drm);
	if (IS_ERR(kdev))
		return PTR_ERR(kdev);
	pci_set_drvdata(pdev, kdev);

	ret = kestrel_pci_init(kdev, pdev);
	if (ret)
		return ret;

	ret = kestrel_hw_queues_init(kdev);
	if (ret)
		return ret;

	ret = kestrel_init(kdev);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "setting up the scheduler failed\n");

	ret = kestrel_irq_init(kdev, pdev);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "setting up interrupts failed\n");

	ret = kestrel_device_start(kdev);
	if (ret) {
		dev_err_probe(&pdev->dev, ret, "starting the device failed\n");
		goto err_stop;
	}
	kdev->awake = true;
	kdev->online = true;

	ret = kestrel_pci_save(kdev, pdev);
	if (ret)
		goto err_stop;

	kestrel_debugfs_init(kdev);
	ret = drm_dev_register(&kdev->drm, 0);
	if (ret)
		goto err_free;

	kestrel_pm_init(kdev);
	return 0;

err_free:
	kfree(kdev->pci_state);
err_stop:
	kestrel_device_stop(kdev);
	return ret;
}

static void kestrel_remove(struct pci_dev *pdev)
{
	struct kestrel_device *kdev = pci_get_drvdata(pdev);

	/* From here on no ioctl, job or interrupt gets at the hardware. */
	drm_dev_unplug(&kdev->drm);
	kestrel_pm_fini(kdev);

	kestrel_sched_pause(kdev);
	kestrel_device_stop(kdev);
	kestrel_take_offline(kdev);
	kestrel_irq_fini(kdev);
	kestrel_sched_resume(kdev);
	kestrel_coredump_fini(kdev);

	kestrel_vms_unplug(kdev);
	kestrel_gem_unmap_all(kdev);
	kfree(kdev->pci_state);
}

static void kestrel_shutdown(struct pci_dev *pdev)
{
	kestrel_remove(pdev);
}

static pci_ers_result_t kestrel_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct kestrel_device *kdev = pci_get_drvdata(pdev);

	/* Recovery may never come, and fences have to signal: jobs do not wait for it. */
	kestrel_sched_pause(kdev);
	kestrel_take_offline(kdev);
	kestrel_sched_resume(kdev);

	return state == pci_channel_io_perm_failure ? PCI_ERS_RESULT_DISCONNECT
						    : PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t kestrel_slot_reset(struct pci_dev *pdev)
{
	struct kestrel_device *kdev = pci_get_drvdata(pdev);
	int ret = -ENODEV;
	int idx;

	kestrel_pci_restore(kdev, pdev);

	kestrel_sched_pause(kdev);
	if (drm_dev_enter(&kdev->drm, &idx)) {
		ret = kestrel_restart(kdev, true);
		drm_dev_exit(idx);
	}
	kestrel_sched_resume(kdev);

	return ret ? PCI_ERS_RESULT_DISCONNECT : PCI_ERS_RESULT_RECOVERED;
}

static void kestrel_resume(struct pci_dev *pdev)
{
	dev_info(&pdev->dev, "recovered from a bus error\n");
}

/*
 * The PCI core calls these two in pairs, in one thread, with the device locked, and saves and
 * restores the configuration.
 */
static void kestrel_reset_prepare(struct pci_dev *pdev)
{
	struct kestrel_device *kdev = pci_get_drvdata(pdev);
	int idx;

	kestrel_sched_pause(kdev);
	if (kestrel_device_usable(kdev) && drm_dev_enter(&kdev->drm, &idx)) {
		kestrel_park_or_drop(kdev);
		drm_dev_exit(idx);
	}
}

static void kestrel_reset_done(struct pci_dev *pdev)
{
	struct kestrel_device *kdev = pci_get_drvdata(pdev);
	int idx;

	if (drm_dev_enter(&kdev->drm, &idx)) {
		kestrel_restart(kdev, true);
		drm_dev_exit(idx);
	}
	kestrel_sched_resume(kdev);
}

static const struct pci_error_handlers kestrel_error_handlers = {
	.error_detected = kestrel_error_detected,
	.slot_reset = kestrel_slot_reset,
	.resume = kestrel_resume,
	.reset_prepare = kestrel_reset_prepare,
	.reset_done = kestrel_reset_done,
};

static const struct pci_device_id kestrel_ids[] = {{PCI_DEVICE(KESTREL_PCI_VENDOR,
							       KESTREL_PCI_DEVICE)},
						   {}};
MODULE_DEVICE_TABLE(pci, kestrel_ids);

static struct pci_driver kestrel_pci_driver = {
	.name = KESTREL_DRIVER_NAME,
	.id_table = kestrel_ids,
	.probe = kestrel_probe,
	.remove = kestrel_remove,
	.shutdown = kestrel_shutdown,
	.err_handler = &kestrel_error_handlers,
	.driver.pm = pm_ptr(&kestrel_pm_ops),
};
module_pci_driver(kestrel_pci_driver);

MODULE_AUTHOR("The kestrel driver authors");
MODULE_DESCRIPTION("Kestrel accelerator driver");
MODULE_LICENSE("GPL");
KESTREL_IMPORT_DMA_BUF;
