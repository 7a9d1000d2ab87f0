/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Running jobs, ending them, and recovering when one does not end. */
#ifndef _KESTREL_SCHED_H_
#define _KESTREL_SCHED_H_

struct kestrel_device;

int kestrel_sched_init(struct kestrel_device *kdev);
void kestrel_sched_retire(struct kestrel_device *kdev);

void kestrel_sched_pause(struct kestrel_device *kdev);
int kestrel_sched_restart_device(struct kestrel_device *kdev);
void kestrel_sched_take_offline(struct kestrel_device *kdev);
void kestrel_sched_resume(struct kestrel_device *kdev);

#endif
