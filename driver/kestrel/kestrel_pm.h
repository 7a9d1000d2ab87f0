/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Power management. */
#ifndef _KESTREL_PM_H_
#define _KESTREL_PM_H_

struct dev_pm_ops;
struct kestrel_device;

extern const struct dev_pm_ops kestrel_pm_ops;

void kestrel_pm_init(struct kestrel_device *kdev);
void kestrel_pm_fini(struct kestrel_device *kdev);

#endif
