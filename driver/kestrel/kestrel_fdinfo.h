/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* What /proc says about an open file. */
#ifndef _KESTREL_FDINFO_H_
#define _KESTREL_FDINFO_H_

#include <linux/types.h>

struct drm_file;
struct drm_printer;
struct kestrel_file;
struct kestrel_queue;

void kestrel_show_fdinfo(struct drm_printer *p, struct drm_file *file);
struct kestrel_queue *kestrel_fdinfo_remove_queue(struct kestrel_file *kfile, u32 id);

#endif
