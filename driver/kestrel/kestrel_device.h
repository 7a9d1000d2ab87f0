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

#include "kestrel_hw_queue.h"
#include "kestrel_regs.h"

struct kestrel_coredump;
struct kestrel_sched;
struct kestrel_vm;
struct pci_saved_state;

/* What the fields of the registers can name. */
#define KESTREL_QUEUES_MAX 16
#define KESTREL_SPACES_MAX 16

/* Address space of the driver: ring, fences, page tables. */
#define KESTREL_SPACE_KERNEL 0

/**
 * enum kestrel_vector - MSI-X vectors
 */
enum kestrel_vector {
	/** @KESTREL_VECTOR_FENCE: a FENCE completed */
	KESTREL_VECTOR_FENCE,
	/** @KESTREL_VECTOR_ERROR: a queue stopped with an error; with one vector, the other */
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
	/** @va_bits: width of an address before translation */
	u32 va_bits;
	/** @ring_log2_max: log2 of the most entries that a ring may have */
	u32 ring_log2_max;
	/** @queues: queues */
	u32 queues;
	/** @spaces: address spaces, the kernel's included */
	u32 spaces;
	/** @array_rows: rows of the array */
	u32 array_rows;
	/** @array_columns: columns of the array */
	u32 array_columns;
	/** @scratchpad_bytes: memory on chip */
	u32 scratchpad_bytes;
	/** @accumulator_rows: rows of accumulators */
	u32 accumulator_rows;
};

/**
 * struct kestrel_device - one accelerator
 *
 * Lives until the last file is closed, which may be after the hardware has gone: what touches
 * registers or rings does so between drm_dev_enter() and drm_dev_exit().
 *
 * Locks nest in this order: kestrel_vm.lock, reservations of buffers, kestrel_queue.submit_lock,
 * @reset_lock, @job_lock.
 * Fences are signalled under @reset_lock, so nothing is allocated under it that may wait.
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

	/** @sched: gives jobs to the rings */
	struct kestrel_sched *sched;

	/** @reset_wq: ordered; runs the scheduler's timeouts and @error_work */
	struct workqueue_struct *reset_wq;

	/** @error_work: recovers after an error interrupt */
	struct work_struct error_work;

	/**
	 * @reset_lock: held while the scheduler is stopped, and while registers are written in
	 * sequences; protects @spaces and who owns a queue
	 */
	struct mutex reset_lock;

	/**
	 * @online: the device takes jobs. Written under @reset_lock with the scheduler stopped, or
	 * after unplugging; read anywhere.
	 */
	bool online;

	/** @awake: not suspended; protected by @reset_lock */
	bool awake;

	/** @last_progress: what kestrel_recover_progress() gave at the last timeout */
	u64 last_progress;

	/** @queues: queues of the device, @caps.queues of them */
	struct kestrel_hw_queue queues[KESTREL_QUEUES_MAX];

	/** @counted: what all queues counted before the device was last stopped */
	struct kestrel_counts counted;

	/** @job_lock: protects the jobs in the rings; taken in process context only */
	spinlock_t job_lock;

	/** @spaces: who works in an address space, or NULL; the kernel's has no entry */
	struct kestrel_vm *spaces[KESTREL_SPACES_MAX];

	/** @list_lock: protects @bos and the mappings of its members, and @vms */
	struct mutex list_lock;

	/** @bos: every buffer object that is mapped for the device */
	struct list_head bos;

	/** @vms: every address space with page tables */
	struct list_head vms;

	/** @coredump: the dump in hand */
	struct kestrel_coredump *coredump;

	/** @pci_state: configuration of the function as it is in use, for after a reset */
	struct pci_saved_state *pci_state;
};

static inline struct kestrel_device *to_kestrel_device(struct drm_device *drm)
{
	return container_of(drm, struct kestrel_device, drm);
}

#define kestrel_for_each_queue(kdev, hw) \
	for ((hw) = (kdev)->queues; (hw) < (kdev)->queues + (kdev)->caps.queues; (hw)++)

u32 __kestrel_read(struct kestrel_device *kdev, u32 offset, const char *name);
void __kestrel_write(struct kestrel_device *kdev, u32 offset, u32 value, const char *name);

/* Register access by the name in the reference, which the debug messages repeat. */
#define kestrel_read(kdev, reg)		__kestrel_read(kdev, KESTREL_REG_##reg, #reg)
#define kestrel_write(kdev, reg, value) __kestrel_write(kdev, KESTREL_REG_##reg, value, #reg)

/* The same for the registers of a queue. */
#define kestrel_queue_read(kdev, hw, reg) \
	__kestrel_read(kdev, KESTREL_REG_QUEUE_##reg((hw)->index), "QUEUE_" #reg)
#define kestrel_queue_write(kdev, hw, reg, value) \
	__kestrel_write(kdev, KESTREL_REG_QUEUE_##reg((hw)->index), value, "QUEUE_" #reg)

int kestrel_device_identify(struct kestrel_device *kdev);
int kestrel_device_start(struct kestrel_device *kdev);
void kestrel_device_stop(struct kestrel_device *kdev);
bool kestrel_device_answers(u32 status);
bool kestrel_device_usable(struct kestrel_device *kdev);
int kestrel_device_wait(struct kestrel_device *kdev, u32 busy, const char *what);

#endif
