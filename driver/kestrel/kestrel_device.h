/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* One kestrel accelerator: its state, its registers, and how it is started and stopped. */
#ifndef _KESTREL_DEVICE_H_
#define _KESTREL_DEVICE_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <drm/drm_device.h>
#include <drm/gpu_scheduler.h>

#include "kestrel_regs.h"
#include "kestrel_ring.h"

struct pci_dev;

/* A job that takes longer is taken for hung. */
#define KESTREL_JOB_TIMEOUT_MS 500

/* The queue that takes all jobs, and the address space of its command buffers. */
#define KESTREL_QUEUE 0
#define KESTREL_SPACE 1

/**
 * enum kestrel_vector - MSI-X vectors
 */
enum kestrel_vector {
	/** @KESTREL_VECTOR_FENCE: a FENCE completed */
	KESTREL_VECTOR_FENCE,
	/** @KESTREL_VECTOR_ERROR: the queue stopped with an error; with one vector, the other */
	KESTREL_VECTOR_ERROR,
	/** @KESTREL_VECTORS: how many are of use */
	KESTREL_VECTORS,
};

/**
 * struct kestrel_caps - what this build of the part can do, read once at probe
 */
struct kestrel_caps {
	/** @interface_major: major version of the register interface */
	u16 interface_major;
	/** @interface_minor: minor version of the register interface */
	u16 interface_minor;
	/** @clock_mhz: main clock */
	u32 clock_mhz;
	/** @dma_bits: width of an address that the device drives */
	u32 dma_bits;
	/** @ring_log2_max: log2 of the most entries that a ring may have */
	u32 ring_log2_max;
};

/**
 * struct kestrel_device - one accelerator
 *
 * Lives until the last file is closed, which may be after the hardware has gone: what touches
 * registers or the ring does so between drm_dev_enter() and drm_dev_exit().
 */
struct kestrel_device {
	/** @drm: base class */
	struct drm_device drm;

	/** @regs: BAR 0 */
	void __iomem *regs;

	/** @caps: constant after probe */
	struct kestrel_caps caps;

	/** @irqs: Linux interrupt of each vector, constant after probe */
	int irqs[KESTREL_VECTORS];

	/** @irq_count: vectors that we were given, constant after probe */
	int irq_count;

	/** @irqs_usable: from kestrel_irq_init() to kestrel_irq_fini(); protected by @reset_lock */
	bool irqs_usable;

	/**
	 * @ring: records and fence memory. Written by the scheduler's worker, or with the
	 * scheduler stopped by whoever holds @reset_lock.
	 */
	struct kestrel_ring ring;

	/** @sched: gives jobs to the ring, one at a time */
	struct drm_gpu_scheduler sched;

	/** @reset_wq: ordered; runs the scheduler's timeouts and @error_work */
	struct workqueue_struct *reset_wq;

	/** @error_work: recovers after an error interrupt */
	struct work_struct error_work;

	/** @reset_lock: held while the scheduler is stopped */
	struct mutex reset_lock;

	/**
	 * @online: the device takes jobs. Written under @reset_lock with the scheduler stopped, or
	 * after unplugging; read anywhere.
	 */
	bool online;

	/** @job_lock: protects @jobs; taken in process context only */
	spinlock_t job_lock;

	/** @jobs: jobs that the ring holds, oldest first */
	struct list_head jobs;

	/** @fence_context: timeline of the fences in the ring */
	u64 fence_context;

	/** @fence_seqno: last number used on it; written by the scheduler's worker */
	u64 fence_seqno;

	/** @bo_lock: protects @bos and the mappings of its members */
	struct mutex bo_lock;

	/** @bos: every buffer object that is mapped for the device */
	struct list_head bos;

	/**
	 * @commands_lock: protects @commands and the memory of its members. Freeing a job takes it,
	 * so nothing is allocated under it.
	 */
	struct mutex commands_lock;

	/** @commands: every command buffer that has memory */
	struct list_head commands;
};

static inline struct kestrel_device *to_kestrel_device(struct drm_device *drm)
{
	return container_of(drm, struct kestrel_device, drm);
}

u32 __kestrel_read(struct kestrel_device *kdev, u32 offset, const char *name);
void __kestrel_write(struct kestrel_device *kdev, u32 offset, u32 value, const char *name);

/* Register access by the name in the reference, which the debug messages repeat. */
#define kestrel_read(kdev, reg)		__kestrel_read(kdev, KESTREL_REG_##reg, #reg)
#define kestrel_write(kdev, reg, value) __kestrel_write(kdev, KESTREL_REG_##reg, value, #reg)

/* The same for the registers of the queue. */
#define kestrel_queue_read(kdev, reg) \
	__kestrel_read(kdev, KESTREL_REG_QUEUE_##reg(KESTREL_QUEUE), "QUEUE_" #reg)
#define kestrel_queue_write(kdev, reg, value) \
	__kestrel_write(kdev, KESTREL_REG_QUEUE_##reg(KESTREL_QUEUE), value, "QUEUE_" #reg)

int kestrel_device_identify(struct kestrel_device *kdev);
int kestrel_device_start(struct kestrel_device *kdev);
int kestrel_device_restart_queue(struct kestrel_device *kdev);
void kestrel_device_stop(struct kestrel_device *kdev);
bool kestrel_device_answers(u32 status);

#endif
