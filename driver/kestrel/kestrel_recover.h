/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* What to do when something does not end, or ends badly. */
#ifndef _KESTREL_RECOVER_H_
#define _KESTREL_RECOVER_H_

#include <linux/types.h>

#include <drm/gpu_scheduler.h>

struct kestrel_device;
struct kestrel_queue;
struct work_struct;

enum drm_gpu_sched_stat kestrel_recover_timedout_job(struct drm_sched_job *sched_job);
bool kestrel_recover_needed(struct kestrel_device *kdev);
void kestrel_recover_error_work(struct work_struct *work);
void kestrel_recover_device(struct kestrel_device *kdev);
void kestrel_recover_kill_queue(struct kestrel_queue *queue);

void kestrel_park_or_drop(struct kestrel_device *kdev);
void kestrel_take_offline(struct kestrel_device *kdev);
int kestrel_restart(struct kestrel_device *kdev, bool parked);

#endif
