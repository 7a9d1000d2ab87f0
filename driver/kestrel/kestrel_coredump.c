// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/*
 * Dumps of the device, for /sys/class/devcoredump: taken where a queue is lost or the device hangs,
 * before anything is put right, and handed over by a worker.
 */

#include <linux/devcoredump.h>
#include <linux/highmem.h>
#include <linux/lockdep.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "kestrel_coredump.h"
#include "kestrel_gem.h"
#include "kestrel_job.h"
#include "kestrel_vm.h"

#define KESTREL_COREDUMP_BUSY 0

/* TIME_LO stands before TIME_HI, which it latches. */
#define KESTREL_REGISTER(reg) {#reg, KESTREL_REG_##reg}
const struct kestrel_coredump_register kestrel_coredump_registers[] = {
	KESTREL_REGISTER(VERSION),	KESTREL_REGISTER(STATUS),
	KESTREL_REGISTER(IRQ_STATUS),	KESTREL_REGISTER(IRQ_ENABLE),
	KESTREL_REGISTER(ERROR_VECTOR), KESTREL_REGISTER(ERROR_QUEUES),
	KESTREL_REGISTER(ACTIVE),	KESTREL_REGISTER(INVALIDATE),
	KESTREL_REGISTER(SCRATCH),	KESTREL_REGISTER(TIME_LO),
	KESTREL_REGISTER(TIME_HI),
};
static_assert(ARRAY_SIZE(kestrel_coredump_registers) == KESTREL_COREDUMP_REGISTERS);

#define KESTREL_QUEUE_REGISTER(reg) {"QUEUE_" #reg, KESTREL_REG_QUEUE_##reg(0)}
const struct kestrel_coredump_register kestrel_coredump_queue_registers[] = {
	KESTREL_QUEUE_REGISTER(CONFIG),		KESTREL_QUEUE_REGISTER(RING_BASE_LO),
	KESTREL_QUEUE_REGISTER(RING_BASE_HI),	KESTREL_QUEUE_REGISTER(STATUS_ADDR_LO),
	KESTREL_QUEUE_REGISTER(STATUS_ADDR_HI), KESTREL_QUEUE_REGISTER(BUDGET),
	KESTREL_QUEUE_REGISTER(STATUS),		KESTREL_QUEUE_REGISTER(HEAD),
	KESTREL_QUEUE_REGISTER(TAIL),		KESTREL_QUEUE_REGISTER(ERROR_CAUSE),
	KESTREL_QUEUE_REGISTER(ERROR_INDEX),	KESTREL_QUEUE_REGISTER(ERROR_OFFSET),
	KESTREL_QUEUE_REGISTER(ERROR_ADDR_LO),	KESTREL_QUEUE_REGISTER(ERROR_ADDR_HI),
};
static_assert(ARRAY_SIZE(kestrel_coredump_queue_registers) == KESTREL_COREDUMP_QUEUE_REGISTERS);

static void kestrel_coredump_read_registers(struct kestrel_device *kdev,
					    const struct kestrel_coredump_register *registers,
					    u32 count, u32 base, u32 *values)
{
	u32 i;

	for (i = 0; i < count; i++)
		values[i] = __kestrel_read(kdev, registers[i].offset + base, registers[i].name);
}

/*
 * Copies the command from the pages of the buffer that is bound at its address: what the device
 * could read, and no more than that.
 *
 * Return: NULL, or why it cannot be had. Call with kestrel_vm.lock held.
 */
static const char *kestrel_coredump_read_mapped(struct kestrel_vm *vm, u64 va, void *to)
{
	struct drm_gpuva *mapping;
	struct kestrel_bo *bo;
	u64 offset;
	void *page;

	mapping = drm_gpuva_find_first(&vm->base, va, KESTREL_RECORD_BYTES);
	if (!mapping)
		return "not mapped";
	if (!(to_kestrel_va(mapping)->permissions & KESTREL_PTE_READ))
		return "mapped without permission to read";

	bo = to_kestrel_bo(mapping->gem.obj);
	if (bo->base.base.import_attach)
		return "in an imported buffer";

	/* Ranges are whole pages, commands are aligned, and the pages are pinned. */
	offset = mapping->gem.offset + (va - mapping->va.addr);
	page = kmap_local_page(bo->base.pages[offset >> PAGE_SHIFT]);
	memcpy(to, page + offset_in_page(offset), KESTREL_RECORD_BYTES);
	kunmap_local(page);
	return NULL;
}

/* The address of the command, if the device said where it is and the job agrees. */
static bool kestrel_coredump_find_command(const struct kestrel_coredump_queue *queue, u64 *va)
{
	const struct kestrel_fault *fault = &queue->fault;
	const struct drm_kestrel_call *call;

	if (!fault->valid || !fault->in_call || !queue->has_job || fault->call >= queue->call_count)
		return false;

	call = &queue->calls[fault->call];
	*va = call->va + fault->offset;
	return IS_ALIGNED(fault->offset, KESTREL_RECORD_BYTES) && fault->offset < call->size &&
	       call->va <= BIT_ULL(KESTREL_VA_BITS) - call->size;
}

static const char *kestrel_coredump_read_command(struct kestrel_coredump_queue *queue,
						 struct kestrel_vm *vm)
{
	const char *reason;

	if (!kestrel_coredump_find_command(queue, &queue->command_va))
		return "not known";

	/*
	 * The lock comes before the ones that are held, so it cannot be waited for. Whoever has it
	 * is about to change what is mapped.
	 */
	if (!mutex_trylock(&vm->lock))
		return "in an address space that is being changed";
	reason = kestrel_coredump_read_mapped(vm, queue->command_va, queue->command);
	mutex_unlock(&vm->lock);
	return reason;
}

static void kestrel_coredump_read_job(struct kestrel_device *kdev, struct kestrel_hw_queue *hw,
				      struct kestrel_coredump_queue *queue)
{
	struct kestrel_job *job;

	spin_lock(&kdev->job_lock);
	job = list_first_entry_or_null(&hw->jobs, struct kestrel_job, node);
	if (job) {
		queue->has_job = true;
		queue->job_seqno = job->fence->base.seqno;
		queue->job_first_record = job->first_record;
		queue->call_count = min_t(u32, job->call_count, ARRAY_SIZE(queue->calls));
		memcpy(queue->calls, job->calls, queue->call_count * sizeof(*queue->calls));
	}
	spin_unlock(&kdev->job_lock);
}

static void kestrel_coredump_read_queue(struct kestrel_device *kdev, struct kestrel_hw_queue *hw,
					int error, struct kestrel_coredump_queue *queue)
{
	const u32 base = KESTREL_REG_QUEUE_CONFIG(hw->index) - KESTREL_REG_QUEUE_CONFIG(0);
	struct kestrel_vm *vm = hw->owner->vm;

	memset(queue, 0, sizeof(*queue));
	queue->index = hw->index;
	queue->error = error;
	queue->fault = hw->owner->fault;
	kestrel_coredump_read_registers(kdev, kestrel_coredump_queue_registers,
					KESTREL_COREDUMP_QUEUE_REGISTERS, base, queue->registers);
	queue->space_config = kestrel_read(kdev, SPACE_CONFIG(vm->space));
	queue->root = kestrel_read(kdev, SPACE_ROOT_LO(vm->space));
	queue->root |= (u64)kestrel_read(kdev, SPACE_ROOT_HI(vm->space)) << 32;
	memcpy(queue->ring, hw->ring.records, sizeof(*queue->ring) << hw->ring.log2_entries);
	kestrel_coredump_read_job(kdev, hw, queue);
	queue->no_command = kestrel_coredump_read_command(queue, vm);
	if (queue->fault.valid && queue->fault.va)
		queue->levels = kestrel_mmu_walk(&vm->mmu, queue->fault.va, queue->entries);
}

/**
 * kestrel_coredump_take() - keep what can be seen of a failure
 * @kdev: device, usable and paused
 * @hw: queue that is to blame, with an owner that has not been marked yet; or NULL
 * @error: error with which its job will end
 * @reason: what happened, a constant
 *
 * While an earlier dump has not been formatted the new one is dropped, and counted.
 *
 * Context: kestrel_device.reset_lock held. Part of the path that signals fences, so it allocates
 * nothing; reads some forty registers.
 */
void kestrel_coredump_take(struct kestrel_device *kdev, struct kestrel_hw_queue *hw, int error,
			   const char *reason)
{
	struct kestrel_coredump *dump = kdev->coredump;
	u32 i;

	lockdep_assert_held(&kdev->reset_lock);
	if (test_and_set_bit_lock(KESTREL_COREDUMP_BUSY, &dump->busy)) {
		dump->dropped++;
		return;
	}

	dump->reason = reason;
	dump->time_ns = ktime_get_boottime_ns();
	dump->dropped_before = dump->dropped;
	kestrel_coredump_read_registers(kdev, kestrel_coredump_registers,
					KESTREL_COREDUMP_REGISTERS, 0, dump->registers);
	dump->has_queue = hw;
	if (hw)
		kestrel_coredump_read_queue(kdev, hw, error, &dump->queue);
	for (i = 0; i < kdev->caps.queues; i++)
		kestrel_queue_info_read(kdev, &kdev->queues[i], &dump->queues[i]);

	queue_work(system_unbound_wq, &dump->work);
}

/* Prints into @data, or only counts if that is NULL; gives the number of bytes. */
static size_t kestrel_coredump_format(const struct kestrel_coredump *dump, void *data, ssize_t size)
{
	struct drm_print_iterator iterator = {
		.data = data,
		.remain = size,
	};
	struct drm_printer p = drm_coredump_printer(&iterator);

	kestrel_coredump_print(&p, dump);
	return size - iterator.remain;
}

static void kestrel_coredump_work(struct work_struct *work)
{
	struct kestrel_coredump *dump = container_of(work, struct kestrel_coredump, work);
	size_t size = kestrel_coredump_format(dump, NULL, SSIZE_MAX);
	/* One more for the end of the last string. */
	void *data = vmalloc(size + 1);

	if (data) {
		kestrel_coredump_format(dump, data, size + 1);
		/* Takes the memory, and needs us no more. */
		dev_coredumpv(dump->kdev->drm.dev, data, size, GFP_KERNEL);
	}
	clear_bit_unlock(KESTREL_COREDUMP_BUSY, &dump->busy);
}

/**
 * kestrel_coredump_init() - allocate what a dump takes
 * @kdev: device
 *
 * Return: 0 or -ENOMEM.
 */
int kestrel_coredump_init(struct kestrel_device *kdev)
{
	struct kestrel_coredump *dump = drmm_kzalloc(&kdev->drm, sizeof(*dump), GFP_KERNEL);

	if (!dump)
		return -ENOMEM;
	dump->kdev = kdev;
	INIT_WORK(&dump->work, kestrel_coredump_work);
	kdev->coredump = dump;
	return 0;
}

/**
 * kestrel_coredump_fini() - hand a dump over that was taken, if any
 * @kdev: device, unplugged, so that no further dump is taken
 *
 * Context: may sleep.
 */
void kestrel_coredump_fini(struct kestrel_device *kdev)
{
	flush_work(&kdev->coredump->work);
}
