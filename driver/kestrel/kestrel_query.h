/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* What userspace can ask about the device. */
#ifndef _KESTREL_QUERY_H_
#define _KESTREL_QUERY_H_

struct drm_device;
struct drm_file;

int kestrel_ioctl_dev_query(struct drm_device *drm, void *data, struct drm_file *file);

#endif
