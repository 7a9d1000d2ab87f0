/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* What is left of a fault, for whoever has to find out. */
#ifndef _KESTREL_COREDUMP_H_
#define _KESTREL_COREDUMP_H_

struct kestrel_device;
struct kestrel_hw_queue;

int kestrel_coredump_init(struct kestrel_device *kdev);
void kestrel_coredump_fini(struct kestrel_device *kdev);
void kestrel_coredump_take(struct kestrel_device *kdev, struct kestrel_hw_queue *hw);

#endif
