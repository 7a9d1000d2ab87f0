/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* What /proc says about an open file. */
#ifndef _KESTREL_FDINFO_H_
#define _KESTREL_FDINFO_H_

struct drm_file;
struct drm_printer;

void kestrel_show_fdinfo(struct drm_printer *p, struct drm_file *file);

#endif
