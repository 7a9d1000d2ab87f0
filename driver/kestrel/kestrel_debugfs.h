/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Files for whoever looks into the driver. */
#ifndef _KESTREL_DEBUGFS_H_
#define _KESTREL_DEBUGFS_H_

struct kestrel_device;

void kestrel_debugfs_init(struct kestrel_device *kdev);

#endif
