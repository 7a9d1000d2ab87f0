// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/*
 * Power management. A device without jobs goes to sleep by itself. When the system goes to sleep,
 * jobs stay where they are: the queues are brought to rest, and go on behind what had completed.
 */

#include <linux/pm_runtime.h>

#include "kestrel_device.h"
#include "kestrel_pm.h"
#include "kestrel_recover.h"
#include "kestrel_sched.h"

/* Waking up costs a reset of the engine, so it has to be worth it. */
#define KESTREL_AUTOSUSPEND_MS 100

/* Stops a device that works no more. Call while paused. */
static void kestrel_pm_stop(struct kestrel_device *kdev)
{
	if (kestrel_device_usable(kdev)) {
		kestrel_park_or_drop(kdev);
		kestrel_device_stop(kdev);
	}
	kdev->awake = false;
}

static int kestrel_pm_start(struct kestrel_device *kdev)
{
	kdev->awake = true;
	/* One that was given up stays so, and is no reason not to wake up. */
	return kdev->online ? kestrel_restart(kdev, true) : 0;
}

static int kestrel_pm_runtime_suspend(struct device *dev)
{
	struct kestrel_device *kdev = dev_get_drvdata(dev);

	kestrel_sched_pause(kdev);
	kestrel_pm_stop(kdev);
	kestrel_sched_resume(kdev);
	return 0;
}

static int kestrel_pm_runtime_resume(struct device *dev)
{
	struct kestrel_device *kdev = dev_get_drvdata(dev);
	int ret;

	kestrel_sched_pause(kdev);
	ret = kestrel_pm_start(kdev);
	kestrel_sched_resume(kdev);
	return ret;
}

static int kestrel_pm_suspend(struct device *dev)
{
	struct kestrel_device *kdev = dev_get_drvdata(dev);

	if (pm_runtime_suspended(dev))
		return 0;

	/* While the scheduler stays stopped nothing may stop it again; interrupts are off. */
	kestrel_sched_pause(kdev);
	kestrel_pm_stop(kdev);
	kestrel_sched_leave_paused(kdev);
	return 0;
}

static int kestrel_pm_resume(struct device *dev)
{
	struct kestrel_device *kdev = dev_get_drvdata(dev);

	if (pm_runtime_suspended(dev))
		return 0;

	kestrel_sched_enter_paused(kdev);
	kestrel_pm_start(kdev);
	kestrel_sched_resume(kdev);
	return 0;
}

const struct dev_pm_ops kestrel_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(kestrel_pm_suspend, kestrel_pm_resume)
		RUNTIME_PM_OPS(kestrel_pm_runtime_suspend, kestrel_pm_runtime_resume, NULL)};

/**
 * kestrel_pm_init() - let the device go to sleep when it has nothing to do
 * @kdev: device, probed; the PCI core has kept it awake for that
 */
void kestrel_pm_init(struct kestrel_device *kdev)
{
	struct device *dev = kdev->drm.dev;

	pm_runtime_set_autosuspend_delay(dev, KESTREL_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_mark_last_busy(dev);
	pm_runtime_allow(dev);
	pm_runtime_put_autosuspend(dev);
}

/**
 * kestrel_pm_fini() - undo kestrel_pm_init(), with the device awake
 * @kdev: device
 */
void kestrel_pm_fini(struct kestrel_device *kdev)
{
	struct device *dev = kdev->drm.dev;

	pm_runtime_get_sync(dev);
	pm_runtime_forbid(dev);
	pm_runtime_dont_use_autosuspend(dev);
}
