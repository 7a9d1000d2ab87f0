/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Address spaces of the device, which the VMs that have queues share out among themselves. */
#ifndef _KESTREL_SPACE_H_
#define _KESTREL_SPACE_H_

#include <linux/types.h>

struct kestrel_device;
struct kestrel_vm;

int kestrel_space_acquire(struct kestrel_vm *vm);
int kestrel_space_release(struct kestrel_vm *vm, bool usable);
int kestrel_space_invalidate(struct kestrel_vm *vm, u64 first, u64 last);
void kestrel_spaces_restore(struct kestrel_device *kdev);

#endif
