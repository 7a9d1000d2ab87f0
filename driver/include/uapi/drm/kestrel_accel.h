/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/**
 * DOC: Userspace interface of the kestrel accelerator
 *
 * Rules that keep this interface extensible, for whoever changes it:
 *
 * - Fixed-size types only; the layout is the same for 32-bit and 64-bit programs. 64-bit members
 *   are 8-byte aligned, padding is explicit, and its name starts with pad.
 * - Padding, reserved members and unknown flags must be zero, else the call fails with -EINVAL.
 * - A structure grows at its end only, and zero in a new member means what happened before.
 * - Structures behind a pointer carry their size, and arrays their stride (struct
 *   drm_kestrel_array), so that old programs run on new kernels and the other way round. What a
 *   kernel does not know must be zero, else the call fails with -E2BIG.
 * - Numbers of ioctls, queries and flags are never reused; there are no unions and no bit-fields.
 * - Every addition raises the minor version of the driver (&DRM_IOCTL_VERSION), or sets a bit in
 *   drm_kestrel_info.features.
 * - Every call either does all it was asked or nothing, and can be repeated after -EINTR.
 *
 * How it is used: a program creates buffer objects (BO), an address space of its own (VM), and
 * binds ranges of the one at addresses of its choice in the other. It creates a queue, which is one
 * queue of the hardware and works in one VM, and submits jobs to it: command buffers, by address in
 * that VM, which the kernel neither copies nor looks into. Synchronisation is explicit: syncobjs.
 *
 * Errors that every call can return, and that are not repeated below:
 *
 * - -EFAULT: a pointer does not lead to accessible memory
 * - -EINTR: a signal came while the call waited; repeat it
 * - -ENOMEM: the kernel is out of memory
 * - -ENODEV: the device has been removed, or does not answer
 */
#ifndef _UAPI_KESTREL_ACCEL_H_
#define _UAPI_KESTREL_ACCEL_H_

#include <drm/drm.h>

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * enum drm_kestrel_ioctl_id - numbers of the calls, from %DRM_COMMAND_BASE
 */
enum drm_kestrel_ioctl_id {
	/** @DRM_KESTREL_DEV_QUERY: ask for a property of the device */
	DRM_KESTREL_DEV_QUERY = 0,

	/** @DRM_KESTREL_BO_CREATE: create a buffer object */
	DRM_KESTREL_BO_CREATE,

	/** @DRM_KESTREL_BO_MMAP_OFFSET: get the file offset at which mmap() maps a buffer object */
	DRM_KESTREL_BO_MMAP_OFFSET,

	/** @DRM_KESTREL_BO_SYNC: hand a buffer object from CPU to device, or back */
	DRM_KESTREL_BO_SYNC,

	/** @DRM_KESTREL_VM_CREATE: create an address space */
	DRM_KESTREL_VM_CREATE,

	/** @DRM_KESTREL_VM_DESTROY: destroy an address space */
	DRM_KESTREL_VM_DESTROY,

	/** @DRM_KESTREL_VM_BIND: change what an address space maps */
	DRM_KESTREL_VM_BIND,

	/** @DRM_KESTREL_QUEUE_CREATE: create a queue */
	DRM_KESTREL_QUEUE_CREATE,

	/** @DRM_KESTREL_QUEUE_DESTROY: destroy a queue */
	DRM_KESTREL_QUEUE_DESTROY,

	/** @DRM_KESTREL_QUEUE_STATE: ask whether a queue was lost, and why */
	DRM_KESTREL_QUEUE_STATE,

	/** @DRM_KESTREL_SUBMIT: queue a job */
	DRM_KESTREL_SUBMIT,

	/** @DRM_KESTREL_COUNTERS: read the performance counters */
	DRM_KESTREL_COUNTERS,
};

/**
 * struct drm_kestrel_array - an array in the caller's memory
 */
struct drm_kestrel_array {
	/**
	 * @stride: in: bytes from one element to the next: at least the size of the element's first
	 * version, a multiple of 8, and no more than 4096, else -EINVAL. When it exceeds what the
	 * kernel knows, the rest of each element must be zero, else -E2BIG.
	 */
	__u32 stride;

	/** @count: in: elements; with 0 the other members are ignored */
	__u32 count;

	/** @pointer: in: address of the first element */
	__u64 pointer;
};

/**
 * enum drm_kestrel_dev_query_type - what can be asked for
 */
enum drm_kestrel_dev_query_type {
	/** @DRM_KESTREL_DEV_QUERY_INFO: struct drm_kestrel_info */
	DRM_KESTREL_DEV_QUERY_INFO = 0,
};

/**
 * enum drm_kestrel_feature - bits of drm_kestrel_info.features
 */
enum drm_kestrel_feature {
	/** @DRM_KESTREL_FEATURE_COHERENT: %DRM_IOCTL_KESTREL_BO_SYNC has nothing to do here */
	DRM_KESTREL_FEATURE_COHERENT = 1 << 0,
};

/**
 * struct drm_kestrel_info - the device, and the limits of this interface
 */
struct drm_kestrel_info {
	/** @features: enum drm_kestrel_feature */
	__u64 features;

	/** @interface_major: major version of the device's commands and registers */
	__u16 interface_major;

	/** @interface_minor: minor version of the device's commands and registers */
	__u16 interface_minor;

	/** @clock_mhz: main clock */
	__u32 clock_mhz;

	/** @dma_bits: width of the addresses that the device drives, bits */
	__u32 dma_bits;

	/** @va_bits: width of an address in a VM, bits */
	__u32 va_bits;

	/** @queue_count: queues of the device; all clients share them */
	__u32 queue_count;

	/** @vm_count: VMs that can have queues at one time; all clients share them */
	__u32 vm_count;

	/** @array_rows: products that the array adds up in one cycle */
	__u32 array_rows;

	/** @array_columns: such sums in one cycle */
	__u32 array_columns;

	/** @scratchpad_bytes: size of the memory on chip */
	__u32 scratchpad_bytes;

	/** @accumulator_rows: rows of @array_columns accumulators */
	__u32 accumulator_rows;

	/** @call_time_max_ms: a command buffer that takes longer ends its job with -ETIME */
	__u32 call_time_max_ms;

	/** @job_calls_max: most command buffers of one job */
	__u32 job_calls_max;

	/** @job_syncs_max: most elements of each of a job's two arrays of syncobjs */
	__u32 job_syncs_max;

	/** @bind_ops_max: most operations of one %DRM_IOCTL_KESTREL_VM_BIND */
	__u32 bind_ops_max;

	/** @bo_bytes_max: size of the largest buffer object */
	__u64 bo_bytes_max;

	/** @page_sizes: bit n stands for pages of 2^n bytes; alignment to the least is enough */
	__u64 page_sizes;
};

/**
 * struct drm_kestrel_dev_query - arguments of %DRM_IOCTL_KESTREL_DEV_QUERY
 *
 * Called with a null @pointer it sets @size to the size of the answer that the kernel knows. Else
 * it writes the answer, cut to @size or filled up to it with zeros, and sets @size to the number of
 * bytes that mean something.
 */
struct drm_kestrel_dev_query {
	/** @type: in: enum drm_kestrel_dev_query_type; an unknown one is -EINVAL */
	__u32 type;

	/** @size: in: bytes at @pointer, more than 4096 is -EINVAL; out: see above */
	__u32 size;

	/** @pointer: in: where the answer goes, or 0 */
	__u64 pointer;
};

/**
 * struct drm_kestrel_bo_create - arguments of %DRM_IOCTL_KESTREL_BO_CREATE
 *
 * The buffer is zeroed system memory, cached for the CPU. A buffer that is private to a VM can be
 * bound there only, and not be exported; submitting jobs costs less for it.
 */
struct drm_kestrel_bo_create {
	/**
	 * @size: in: bytes wanted; 0, and more than drm_kestrel_info.bo_bytes_max, are -EINVAL.
	 * out: bytes given, a multiple of the page size
	 */
	__u64 size;

	/** @flags: in: must be zero, else -EINVAL */
	__u32 flags;

	/** @vm_id: in: VM that it is private to, an unknown one is -ENOENT; or 0 */
	__u32 vm_id;

	/** @handle: out: GEM handle, never zero; closed by %DRM_IOCTL_GEM_CLOSE. in: ignored */
	__u32 handle;

	/** @pad: in: must be zero, else -EINVAL */
	__u32 pad;
};

/**
 * struct drm_kestrel_bo_mmap_offset - arguments of %DRM_IOCTL_KESTREL_BO_MMAP_OFFSET
 *
 * An imported buffer is -EINVAL: it is mapped through its exporter.
 */
struct drm_kestrel_bo_mmap_offset {
	/** @handle: in: GEM handle; an unknown one is -ENOENT */
	__u32 handle;

	/** @pad: in: must be zero, else -EINVAL */
	__u32 pad;

	/** @offset: out: offset for mmap() on the same file descriptor. in: ignored */
	__u64 offset;
};

/**
 * enum drm_kestrel_bo_sync_flags - which way a buffer object is handed
 */
enum drm_kestrel_bo_sync_flags {
	/** @DRM_KESTREL_BO_SYNC_TO_DEVICE: what the CPU wrote becomes visible to the device */
	DRM_KESTREL_BO_SYNC_TO_DEVICE = 1 << 0,

	/** @DRM_KESTREL_BO_SYNC_TO_CPU: what the device wrote becomes visible to the CPU */
	DRM_KESTREL_BO_SYNC_TO_CPU = 1 << 1,
};

/**
 * struct drm_kestrel_bo_sync - arguments of %DRM_IOCTL_KESTREL_BO_SYNC
 *
 * Needed around each use of a buffer by the CPU between jobs, unless
 * %DRM_KESTREL_FEATURE_COHERENT is set; it does not wait for jobs. An imported buffer is -EINVAL:
 * %DMA_BUF_IOCTL_SYNC does this for it.
 */
struct drm_kestrel_bo_sync {
	/** @handle: in: GEM handle; an unknown one is -ENOENT */
	__u32 handle;

	/** @flags: in: enum drm_kestrel_bo_sync_flags; none, and an unknown one, are -EINVAL */
	__u32 flags;

	/** @offset: in: first byte */
	__u64 offset;

	/** @size: in: bytes; 0, and a range that leaves the buffer, are -EINVAL */
	__u64 size;
};

/**
 * struct drm_kestrel_vm_create - arguments of %DRM_IOCTL_KESTREL_VM_CREATE
 *
 * The address space has drm_kestrel_info.va_bits, is empty, and belongs to the file descriptor.
 */
struct drm_kestrel_vm_create {
	/** @flags: in: must be zero, else -EINVAL */
	__u32 flags;

	/** @id: out: number of the VM in this file descriptor, never zero. in: ignored */
	__u32 id;
};

/**
 * struct drm_kestrel_vm_destroy - arguments of %DRM_IOCTL_KESTREL_VM_DESTROY
 *
 * Its number is gone at once; its mappings go when no queue works in it any more.
 */
struct drm_kestrel_vm_destroy {
	/** @id: in: number of the VM; an unknown one is -ENOENT */
	__u32 id;

	/** @pad: in: must be zero, else -EINVAL */
	__u32 pad;
};

/**
 * enum drm_kestrel_vm_bind_op_type - what an operation does
 */
enum drm_kestrel_vm_bind_op_type {
	/** @DRM_KESTREL_VM_BIND_OP_MAP: map part of a BO, in place of what the range mapped */
	DRM_KESTREL_VM_BIND_OP_MAP = 0,

	/** @DRM_KESTREL_VM_BIND_OP_UNMAP: let the range map nothing; it need not have mapped it */
	DRM_KESTREL_VM_BIND_OP_UNMAP,
};

/**
 * enum drm_kestrel_vm_bind_op_flags - what the device may do in a mapping
 */
enum drm_kestrel_vm_bind_op_flags {
	/** @DRM_KESTREL_VM_BIND_READ: read it; command buffers need this */
	DRM_KESTREL_VM_BIND_READ = 1 << 0,

	/** @DRM_KESTREL_VM_BIND_WRITE: write it */
	DRM_KESTREL_VM_BIND_WRITE = 1 << 1,
};

/**
 * struct drm_kestrel_vm_bind_op - one operation
 *
 * Addresses, offsets and sizes are multiples of 4096, else -EINVAL.
 */
struct drm_kestrel_vm_bind_op {
	/** @type: in: enum drm_kestrel_vm_bind_op_type; an unknown one is -EINVAL */
	__u32 type;

	/**
	 * @flags: in: MAP: enum drm_kestrel_vm_bind_op_flags, one at least; UNMAP: must be zero.
	 * Anything else is -EINVAL
	 */
	__u32 flags;

	/**
	 * @handle: in: MAP: GEM handle, an unknown one is -ENOENT, one private to another VM is
	 * -EINVAL; UNMAP: must be zero, else -EINVAL
	 */
	__u32 handle;

	/** @pad: in: must be zero, else -EINVAL */
	__u32 pad;

	/**
	 * @bo_offset: in: MAP: first byte of the BO; a range that leaves it is -EINVAL; UNMAP: must
	 * be zero, else -EINVAL
	 */
	__u64 bo_offset;

	/** @va: in: first address; a range that leaves the address space is -EINVAL */
	__u64 va;

	/** @size: in: bytes; 0 is -EINVAL */
	__u64 size;
};

/**
 * struct drm_kestrel_vm_bind - arguments of %DRM_IOCTL_KESTREL_VM_BIND
 *
 * Does its operations in their order, at once, and waits for no job. When it returns the device
 * uses what was unmapped no more; a job that still needs it fails.
 */
struct drm_kestrel_vm_bind {
	/** @vm_id: in: number of the VM; an unknown one is -ENOENT */
	__u32 vm_id;

	/** @flags: in: must be zero, else -EINVAL */
	__u32 flags;

	/**
	 * @ops: in: struct drm_kestrel_vm_bind_op; none, and more than
	 * drm_kestrel_info.bind_ops_max, are -EINVAL
	 */
	struct drm_kestrel_array ops;

	/** @syncs: in: reserved for binding that waits; any element is -EINVAL */
	struct drm_kestrel_array syncs;
};

/**
 * enum drm_kestrel_queue_priority - which queue the device turns to first
 *
 * A queue of low priority waits, but not for ever: see the programmer's guide of the device.
 */
enum drm_kestrel_queue_priority {
	/** @DRM_KESTREL_QUEUE_PRIORITY_LOW: work that can wait */
	DRM_KESTREL_QUEUE_PRIORITY_LOW = 0,

	/** @DRM_KESTREL_QUEUE_PRIORITY_MEDIUM: the usual */
	DRM_KESTREL_QUEUE_PRIORITY_MEDIUM,

	/** @DRM_KESTREL_QUEUE_PRIORITY_HIGH: needs CAP_SYS_NICE, else -EACCES */
	DRM_KESTREL_QUEUE_PRIORITY_HIGH,
};

/**
 * struct drm_kestrel_queue_create - arguments of %DRM_IOCTL_KESTREL_QUEUE_CREATE
 *
 * One queue here is one queue of the device. When none is free, or the VM would be one more than
 * drm_kestrel_info.vm_count with queues, that is -ENOSPC.
 */
struct drm_kestrel_queue_create {
	/** @vm_id: in: VM that it works in; an unknown one is -ENOENT */
	__u32 vm_id;

	/** @priority: in: enum drm_kestrel_queue_priority; an unknown one is -EINVAL */
	__u32 priority;

	/** @flags: in: must be zero, else -EINVAL */
	__u32 flags;

	/** @id: out: number of the queue in this file descriptor, never zero. in: ignored */
	__u32 id;
};

/**
 * struct drm_kestrel_queue_destroy - arguments of %DRM_IOCTL_KESTREL_QUEUE_DESTROY
 *
 * Jobs that have not ended are given up, and end with -ECANCELED, or with -ESRCH if the device had
 * not got them yet: wait for them first. Closing the file descriptor does the same.
 */
struct drm_kestrel_queue_destroy {
	/** @id: in: number of the queue; an unknown one is -ENOENT */
	__u32 id;

	/** @pad: in: must be zero, else -EINVAL */
	__u32 pad;
};

/**
 * enum drm_kestrel_queue_flags - bits of drm_kestrel_queue_state.flags
 */
enum drm_kestrel_queue_flags {
	/** @DRM_KESTREL_QUEUE_LOST: a job of it failed; it takes no more, and can be destroyed */
	DRM_KESTREL_QUEUE_LOST = 1 << 0,

	/** @DRM_KESTREL_QUEUE_FAULT: the device said why; the members about it are valid */
	DRM_KESTREL_QUEUE_FAULT = 1 << 1,
};

/**
 * struct drm_kestrel_queue_state - arguments of %DRM_IOCTL_KESTREL_QUEUE_STATE
 *
 * The values of @cause, @fault, @access and @opcode are those of the device's reference.
 */
struct drm_kestrel_queue_state {
	/** @id: in: number of the queue; an unknown one is -ENOENT */
	__u32 id;

	/** @pad: in: must be zero, else -EINVAL */
	__u32 pad;

	/** @flags: out: enum drm_kestrel_queue_flags */
	__u32 flags;

	/** @error: out: errno with which the failed job ended, as a positive number, or 0 */
	__u32 error;

	/** @cause: out: what the device found */
	__u16 cause;

	/** @fault: out: why an address could not be translated */
	__u16 fault;

	/** @access: out: what was accessed */
	__u16 access;

	/** @opcode: out: the command that failed */
	__u16 opcode;

	/** @call: out: which command buffer of the job, from 0 */
	__u32 call;

	/** @offset: out: where in it the command is, bytes */
	__u32 offset;

	/** @va: out: address that was accessed, or 0 */
	__u64 va;

	/** @jobs: out: jobs that ended well since the queue was created */
	__u64 jobs;
};

/**
 * struct drm_kestrel_call - one command buffer of a job
 */
struct drm_kestrel_call {
	/** @va: in: its address in the queue's VM; a multiple of 64, else -EINVAL */
	__u64 va;

	/** @size: in: its bytes; 0, and what is no multiple of 64, are -EINVAL */
	__u32 size;

	/** @flags: in: must be zero, else -EINVAL */
	__u32 flags;
};

/**
 * enum drm_kestrel_sync_flags - kinds of syncobjs
 */
enum drm_kestrel_sync_flags {
	/** @DRM_KESTREL_SYNC_TIMELINE: @point counts; else it is a binary syncobj */
	DRM_KESTREL_SYNC_TIMELINE = 1 << 0,
};

/**
 * struct drm_kestrel_sync - one syncobj that a job waits for or signals
 */
struct drm_kestrel_sync {
	/** @handle: in: handle of the syncobj; an unknown one is -ENOENT */
	__u32 handle;

	/** @flags: in: enum drm_kestrel_sync_flags; an unknown one is -EINVAL */
	__u32 flags;

	/** @point: in: point on the timeline; 0 is -EINVAL with TIMELINE, anything else without */
	__u64 point;
};

/**
 * struct drm_kestrel_submit - arguments of %DRM_IOCTL_KESTREL_SUBMIT
 *
 * Queues one job. It starts when all @in_syncs have signalled, whether with an error or not, and
 * after the jobs that were submitted to the queue before it. Its command buffers run one after
 * another; when the last has completed, all @out_syncs signal. A job without command buffers is a
 * way to order syncobjs.
 *
 * The kernel does not look into command buffers, and does not wait for anybody who uses the
 * buffers otherwise. What the VM maps when the device gets there counts.
 *
 * A job that fails does so through its fence, which carries one of these errors and can be had by
 * exporting an out-syncobj as a sync file:
 *
 * - -ETIME: a command buffer took longer than drm_kestrel_info.call_time_max_ms
 * - -EIO: the device reported an error while running it
 * - -ECANCELED: its queue was lost or destroyed before it had ended
 * - -ESRCH: its queue was destroyed before the device had got it
 * - -ENODEV: the device was removed or reset, or stopped answering
 *
 * The first two lose the queue (&DRM_IOCTL_KESTREL_QUEUE_STATE). Jobs of other queues are not
 * affected, and run.
 */
struct drm_kestrel_submit {
	/** @queue_id: in: number of the queue; an unknown one is -ENOENT, a lost one -ECANCELED */
	__u32 queue_id;

	/** @flags: in: must be zero, else -EINVAL */
	__u32 flags;

	/**
	 * @calls: in: struct drm_kestrel_call; more than drm_kestrel_info.job_calls_max is -EINVAL
	 */
	struct drm_kestrel_array calls;

	/**
	 * @in_syncs: in: struct drm_kestrel_sync; more than drm_kestrel_info.job_syncs_max is
	 * -EINVAL, and so is a syncobj or point that has no fence yet
	 */
	struct drm_kestrel_array in_syncs;

	/**
	 * @out_syncs: in: struct drm_kestrel_sync; more than drm_kestrel_info.job_syncs_max is
	 * -EINVAL
	 */
	struct drm_kestrel_array out_syncs;
};

/**
 * enum drm_kestrel_counter_scope - whose counters
 */
enum drm_kestrel_counter_scope {
	/** @DRM_KESTREL_COUNTERS_QUEUE: of one queue of the caller */
	DRM_KESTREL_COUNTERS_QUEUE = 0,

	/** @DRM_KESTREL_COUNTERS_DEVICE: of all queues; needs CAP_PERFMON, else -EACCES */
	DRM_KESTREL_COUNTERS_DEVICE,
};

/**
 * struct drm_kestrel_counter_values - what was counted
 *
 * Of whole records (command buffers and fences), at a moment between two of them; since the queue
 * was created or the driver loaded. Cycles are those of the main clock.
 */
struct drm_kestrel_counter_values {
	/** @records: ring records that completed */
	__u64 records;

	/** @calls: command buffers that began */
	__u64 calls;

	/** @commands: commands given to the engines */
	__u64 commands;

	/** @busy_ns: nanoseconds with a record in execution */
	__u64 busy_ns;

	/** @compute_busy: cycles with a position entering the array */
	__u64 compute_busy;

	/** @output_busy: cycles with an OUTPUT in execution */
	__u64 output_busy;

	/** @load_busy: cycles with a LOAD in execution */
	__u64 load_busy;

	/** @store_busy: cycles with a STORE in execution */
	__u64 store_busy;

	/** @compute_token: cycles with a command waiting for a token in front of compute */
	__u64 compute_token;

	/** @load_token: cycles with a command waiting for a token in front of load */
	__u64 load_token;

	/** @store_token: cycles with a command waiting for a token in front of store */
	__u64 store_token;

	/** @translation: cycles with a bus request waiting for its translation */
	__u64 translation;

	/** @read_bytes: bytes read by LOAD, whole beats */
	__u64 read_bytes;

	/** @write_bytes: bytes written by STORE, whole beats */
	__u64 write_bytes;

	/** @macs: multiplications and additions */
	__u64 macs;

	/** @tlb_misses: page table walks begun by an access */
	__u64 tlb_misses;
};

/**
 * struct drm_kestrel_counters - arguments of %DRM_IOCTL_KESTREL_COUNTERS
 *
 * @size and @pointer are as in struct drm_kestrel_dev_query.
 */
struct drm_kestrel_counters {
	/** @scope: in: enum drm_kestrel_counter_scope; an unknown one is -EINVAL */
	__u32 scope;

	/** @queue_id: in: QUEUE: its number, an unknown one is -ENOENT; else must be zero */
	__u32 queue_id;

	/** @size: in: bytes at @pointer, more than 4096 is -EINVAL; out: bytes that are valid */
	__u32 size;

	/** @pad: in: must be zero, else -EINVAL */
	__u32 pad;

	/** @pointer: in: where a struct drm_kestrel_counter_values goes, or 0 */
	__u64 pointer;
};

#define DRM_IOCTL_KESTREL_DEV_QUERY \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_DEV_QUERY, struct drm_kestrel_dev_query)
#define DRM_IOCTL_KESTREL_BO_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_BO_CREATE, struct drm_kestrel_bo_create)
#define DRM_IOCTL_KESTREL_BO_MMAP_OFFSET \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_BO_MMAP_OFFSET, struct drm_kestrel_bo_mmap_offset)
#define DRM_IOCTL_KESTREL_BO_SYNC \
	DRM_IOW(DRM_COMMAND_BASE + DRM_KESTREL_BO_SYNC, struct drm_kestrel_bo_sync)
#define DRM_IOCTL_KESTREL_VM_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_VM_CREATE, struct drm_kestrel_vm_create)
#define DRM_IOCTL_KESTREL_VM_DESTROY \
	DRM_IOW(DRM_COMMAND_BASE + DRM_KESTREL_VM_DESTROY, struct drm_kestrel_vm_destroy)
#define DRM_IOCTL_KESTREL_VM_BIND \
	DRM_IOW(DRM_COMMAND_BASE + DRM_KESTREL_VM_BIND, struct drm_kestrel_vm_bind)
#define DRM_IOCTL_KESTREL_QUEUE_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_QUEUE_CREATE, struct drm_kestrel_queue_create)
#define DRM_IOCTL_KESTREL_QUEUE_DESTROY \
	DRM_IOW(DRM_COMMAND_BASE + DRM_KESTREL_QUEUE_DESTROY, struct drm_kestrel_queue_destroy)
#define DRM_IOCTL_KESTREL_QUEUE_STATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_QUEUE_STATE, struct drm_kestrel_queue_state)
#define DRM_IOCTL_KESTREL_SUBMIT \
	DRM_IOW(DRM_COMMAND_BASE + DRM_KESTREL_SUBMIT, struct drm_kestrel_submit)
#define DRM_IOCTL_KESTREL_COUNTERS \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_COUNTERS, struct drm_kestrel_counters)

#if defined(__cplusplus)
}
#endif

#endif /* _UAPI_KESTREL_ACCEL_H_ */
