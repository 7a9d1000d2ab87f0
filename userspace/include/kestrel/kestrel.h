/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/**
 * \file
 * libkestrel: work for the kestrel accelerator. C interface, usable from C11 and C++.
 *
 * A program opens a device, creates buffers, and binds them at addresses of its choice in an address
 * space (VM). It creates a queue that works in that VM and submits jobs to it: command buffers,
 * by address. The end of a job is a fence. Who only wants to move memory calls kestrel_copy().
 *
 * Functions that can fail return 0 or a negative errno; kestrel_last_error() then has a sentence.
 * What a function is to fill in stays untouched when it fails. Besides those that a function lists,
 * any can return
 *   -ENOMEM  memory is out,
 *   -ENODEV  the device has been removed, or no longer answers.
 * Calls that a signal interrupts are repeated by the library.
 *
 * Threads: different objects can be used from different threads at the same time. A device, a VM, a
 * queue and a timeline can be used from several; a buffer, a fence and commands by one thread at a
 * time. Nothing may be destroyed while another thread uses it.
 *
 * Objects can be destroyed in any order: what is still needed lives on inside. Destroying a null
 * pointer does nothing; any other function wants objects that exist. After fork() only the parent
 * uses them.
 *
 * Structures of this header are as long as the program that was compiled with them knows them:
 * every function has a symbol version.
 */
#ifndef KESTREL_KESTREL_H
#define KESTREL_KESTREL_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define KESTREL_API __attribute__((visibility("default")))
#else
#define KESTREL_API
#endif

#if defined(__cplusplus)
extern "C" {
#endif

/** An open accelerator. */
struct kestrel_device;
/** Memory that the accelerator can reach. */
struct kestrel_buffer;
/** An address space of the accelerator: buffers, bound at addresses. */
struct kestrel_vm;
/** A queue of the accelerator, working in one VM. */
struct kestrel_queue;
/** Memory for commands, and where in it the next one goes. */
struct kestrel_commands;
/** The end of work that was submitted. */
struct kestrel_fence;
/** A number that only grows, which jobs and programs raise and wait for. */
struct kestrel_timeline;

/**
 * Text about the latest failure in the calling thread: lower case, no full stop, never null, empty
 * before the first failure. Valid until the next call of the library in this thread.
 */
KESTREL_API const char* kestrel_last_error(void);

/* ------------------------------------------------------------------------------- device ---- */

/** What kestrel_device_get() can be asked for. */
enum kestrel_property {
  KESTREL_INTERFACE_MAJOR = 0,   /**< version of the device's commands and registers */
  KESTREL_INTERFACE_MINOR = 1,   /**< version of the device's commands and registers */
  KESTREL_DRIVER_MAJOR = 2,      /**< version of the driver */
  KESTREL_DRIVER_MINOR = 3,      /**< version of the driver */
  KESTREL_COHERENT = 4,          /**< 1: kestrel_buffer_sync() has nothing to do */
  KESTREL_CLOCK_MHZ = 5,         /**< main clock, MHz */
  KESTREL_DMA_BITS = 6,          /**< width of the addresses that the device drives, bits */
  KESTREL_VA_BITS = 7,           /**< width of an address in a VM, bits */
  KESTREL_PAGE_SIZES = 8,        /**< bit n is set if the device has pages of 2^n bytes */
  KESTREL_QUEUE_COUNT = 9,       /**< queues of the device; all programs share them */
  KESTREL_VM_COUNT = 10,         /**< VMs that can have queues at a time; all programs share them */
  KESTREL_ARRAY_ROWS = 11,       /**< products that the array adds up in one cycle */
  KESTREL_ARRAY_COLUMNS = 12,    /**< such sums in one cycle */
  KESTREL_SCRATCHPAD_BYTES = 13, /**< memory on chip, bytes */
  KESTREL_ACCUMULATOR_ROWS = 14, /**< rows of accumulators, an accumulator for each column */
  KESTREL_CALL_TIME_MAX_MS = 15, /**< a command buffer that takes longer is ended, milliseconds */
  KESTREL_JOB_CALLS_MAX = 16,    /**< most command buffers of one job */
  KESTREL_JOB_SYNCS_MAX = 17,    /**< most waits, and most signals, of one job */
  KESTREL_BUFFER_BYTES_MAX = 18  /**< size of the largest buffer, bytes */
};

/**
 * What the device counted, of whole records (command buffers and fences). Cycles are those of the
 * main clock.
 */
struct kestrel_counters {
  uint64_t records;       /**< ring records that completed */
  uint64_t calls;         /**< command buffers that began */
  uint64_t commands;      /**< commands given to the engines */
  uint64_t busy_ns;       /**< nanoseconds with a record in execution */
  uint64_t compute_busy;  /**< cycles with a position entering the array */
  uint64_t output_busy;   /**< cycles with an OUTPUT in execution */
  uint64_t load_busy;     /**< cycles with a LOAD in execution */
  uint64_t store_busy;    /**< cycles with a STORE in execution */
  uint64_t compute_token; /**< cycles with a command waiting for a token in front of compute */
  uint64_t load_token;    /**< cycles with a command waiting for a token in front of load */
  uint64_t store_token;   /**< cycles with a command waiting for a token in front of store */
  uint64_t translation;   /**< cycles with a bus request waiting for its translation */
  uint64_t read_bytes;    /**< bytes read by LOAD, whole beats */
  uint64_t write_bytes;   /**< bytes written by STORE, whole beats */
  uint64_t macs;          /**< multiplications and additions */
  uint64_t tlb_misses;    /**< page table walks begun by an access */
};

/**
 * Opens an accelerator.
 *
 * \param path    device node (e.g. /dev/accel/accel0), or null for the first kestrel there is
 * \param device  out: the device
 * \returns 0, or
 *   -ENODEV  path is null and there is no kestrel, or path leads to something else
 *   -ENOENT  there is no such node; or another errno of open()
 */
KESTREL_API int kestrel_device_open(const char* path, struct kestrel_device** device);

/**
 * Closes a device. What was made with it stays usable until it is destroyed, and the node open as
 * long. Copies that run and whose fence is gone are given up.
 */
KESTREL_API void kestrel_device_close(struct kestrel_device* device);

/** Node that the device was opened by; valid as long as the device. */
KESTREL_API const char* kestrel_device_path(const struct kestrel_device* device);

/**
 * Asks for a property.
 *
 * \param value  out: the answer, in the unit given with the property
 * \returns 0, or -EINVAL for an unknown property
 */
KESTREL_API int kestrel_device_get(const struct kestrel_device* device,
                                   enum kestrel_property property, uint64_t* value);

/**
 * Reads the counters of all queues together, since the driver was loaded.
 *
 * \returns 0, or -EACCES: the program lacks CAP_PERFMON
 */
KESTREL_API int kestrel_device_counters(struct kestrel_device* device,
                                        struct kestrel_counters* counters);

/* ------------------------------------------------------------------------------- buffer ---- */

/** What the CPU and the device do with memory: bits. */
enum kestrel_access {
  KESTREL_READ = 1, /**< it is read */
  KESTREL_WRITE = 2 /**< it is written */
};

/** Which way a buffer is handed: bits. */
enum kestrel_direction {
  KESTREL_TO_DEVICE = 1, /**< what the CPU wrote becomes visible to the device */
  KESTREL_TO_CPU = 2     /**< what the device wrote becomes visible to the CPU */
};

/**
 * Creates a zeroed buffer that can be bound in any VM of the device and be exported.
 *
 * \param size_bytes  what is wanted; kestrel_buffer_size() gives what it became, whole pages
 * \returns 0, or -EINVAL if size_bytes is 0 or above KESTREL_BUFFER_BYTES_MAX
 */
KESTREL_API int kestrel_buffer_create(struct kestrel_device* device, size_t size_bytes,
                                      struct kestrel_buffer** buffer);

/**
 * Creates a zeroed buffer that can be bound in one VM only and not be exported; jobs in that VM
 * cost less for it.
 *
 * \returns 0, or -EINVAL as for kestrel_buffer_create()
 */
KESTREL_API int kestrel_buffer_create_private(struct kestrel_vm* vm, size_t size_bytes,
                                              struct kestrel_buffer** buffer);

/** Destroys a buffer. Where it is bound its memory stays until the range is unbound. */
KESTREL_API void kestrel_buffer_destroy(struct kestrel_buffer* buffer);

/**
 * First byte of the buffer in this process, page-aligned; null for an imported buffer whose
 * exporter cannot map it.
 */
KESTREL_API void* kestrel_buffer_data(struct kestrel_buffer* buffer);

/** Size of the buffer in bytes. */
KESTREL_API size_t kestrel_buffer_size(const struct kestrel_buffer* buffer);

/**
 * Hands part of a buffer from the CPU to the device, or back. Needed between the CPU's use and a
 * job's, both ways, unless KESTREL_COHERENT is 1; then it does nothing. It waits for no job. Of an
 * imported buffer the whole is handed.
 *
 * \param directions  of enum kestrel_direction, one at least
 * \returns 0, or -EINVAL: no or unknown directions, or the range is empty or leaves the buffer
 */
KESTREL_API int kestrel_buffer_sync(struct kestrel_buffer* buffer, uint32_t directions,
                                    size_t offset, size_t size_bytes);

/**
 * Makes a file descriptor (dma-buf) by which other devices and processes reach the memory.
 *
 * \param fd  out: the caller's to close; closed at exec()
 * \returns 0, -EINVAL: the buffer is private to a VM; -EMFILE
 */
KESTREL_API int kestrel_buffer_export(struct kestrel_buffer* buffer, int* fd);

/**
 * Makes a buffer of memory that somebody exported.
 *
 * \param fd  a dma-buf; stays the caller's
 * \returns 0, -EBADF or -EINVAL: fd is no dma-buf; or another errno of the exporter
 */
KESTREL_API int kestrel_buffer_import(struct kestrel_device* device, int fd,
                                      struct kestrel_buffer** buffer);

/* --------------------------------------------------------------------------- address space ---- */

/** Creates an empty address space of KESTREL_VA_BITS. */
KESTREL_API int kestrel_vm_create(struct kestrel_device* device, struct kestrel_vm** vm);

/** Destroys an address space, when no queue works in it any more. */
KESTREL_API void kestrel_vm_destroy(struct kestrel_vm* vm);

/**
 * Lets a range of addresses map part of a buffer, in place of what it mapped. At once: no job is
 * waited for.
 *
 * \param va      first address; this, offset and size are multiples of 4096
 * \param access  what the device may do, of enum kestrel_access, one at least; command buffers need
 *                KESTREL_READ
 * \returns 0, or -EINVAL: something is no multiple of 4096, the range is empty, leaves the buffer or
 *   the address space; access is wrong; the buffer is private to another VM or of another device
 */
KESTREL_API int kestrel_vm_bind(struct kestrel_vm* vm, uint64_t va, struct kestrel_buffer* buffer,
                                size_t offset, size_t size_bytes, uint32_t access);

/**
 * Lets a range of addresses map nothing; it need not have mapped anything. When this returns, the
 * device uses what was mapped no more; a job that still needs it fails.
 *
 * \returns 0, or -EINVAL as for kestrel_vm_bind()
 */
KESTREL_API int kestrel_vm_unbind(struct kestrel_vm* vm, uint64_t va, uint64_t size_bytes);

/* -------------------------------------------------------------------------------- queue ---- */

/** Which queue the device turns to first. */
enum kestrel_priority {
  KESTREL_PRIORITY_LOW = 0,    /**< work that can wait, but not for ever */
  KESTREL_PRIORITY_MEDIUM = 1, /**< the usual */
  KESTREL_PRIORITY_HIGH = 2    /**< needs CAP_SYS_NICE */
};

/** How a queue is. The values of cause, fault, access and opcode are in the device's reference. */
struct kestrel_queue_state {
  uint32_t is_lost;   /**< 1: a job failed; the queue takes no more, and can be destroyed */
  uint32_t error;     /**< errno with which that job ended, positive, or 0 */
  uint32_t has_fault; /**< 1: the device said why, and what follows means something */
  uint32_t cause;     /**< what the device found */
  uint32_t fault;     /**< why an address could not be translated */
  uint32_t access;    /**< what was accessed */
  uint32_t opcode;    /**< the command that failed */
  uint32_t call;      /**< which command buffer of the job, from 0 */
  uint32_t offset;    /**< where in it the command is, bytes */
  uint32_t pad;       /**< 0 */
  uint64_t va;        /**< address that was accessed, or 0 */
  uint64_t jobs;      /**< jobs that ended well since the queue was created */
};

/**
 * Creates a queue.
 *
 * \returns 0, or
 *   -ENOSPC  all queues of the device are taken, or as many VMs as it has have queues
 *   -EACCES  KESTREL_PRIORITY_HIGH, and the program lacks CAP_SYS_NICE
 *   -EINVAL  unknown priority
 */
KESTREL_API int kestrel_queue_create(struct kestrel_vm* vm, enum kestrel_priority priority,
                                     struct kestrel_queue** queue);

/** Destroys a queue. Jobs that have not ended are given up: wait for them first. */
KESTREL_API void kestrel_queue_destroy(struct kestrel_queue* queue);

/** Asks whether a queue was lost, and why. */
KESTREL_API int kestrel_queue_get_state(struct kestrel_queue* queue,
                                        struct kestrel_queue_state* state);

/** Reads the counters of a queue, since it was created. */
KESTREL_API int kestrel_queue_counters(struct kestrel_queue* queue,
                                       struct kestrel_counters* counters);

/** One command buffer. */
struct kestrel_call {
  uint64_t va;         /**< where it is in the queue's VM, a multiple of 64 */
  uint32_t size_bytes; /**< a multiple of 64, not 0 */
  uint32_t pad;        /**< 0 */
};

/** What a job waits for or raises: a fence, or a point on a timeline; the other one is null. */
struct kestrel_sync {
  struct kestrel_fence* fence;       /**< for waits only */
  struct kestrel_timeline* timeline; /**< has to reach `point` */
  uint64_t point;                    /**< with a timeline: more than 0; else 0 */
};

/** A job. All of it is read by the time that kestrel_queue_submit() returns. */
struct kestrel_job {
  const struct kestrel_call* calls;   /**< command buffers, run one after another */
  size_t call_count;                  /**< up to KESTREL_JOB_CALLS_MAX; 0 only orders fences */
  const struct kestrel_sync* waits;   /**< all of them are waited for */
  size_t wait_count;                  /**< up to KESTREL_JOB_SYNCS_MAX */
  const struct kestrel_sync* signals; /**< timelines that are raised at the end */
  size_t signal_count;                /**< up to KESTREL_JOB_SYNCS_MAX, one less with a fence */
};

/**
 * Submits a job. It starts when everything it waits for has happened, well or not, and after the
 * jobs that were submitted to the queue before it.
 *
 * \param fence  out: ends with the job; or null if it is not wanted
 * \returns 0, or
 *   -EINVAL     a call or a sync is wrong, there are too many, a fence is among the signals, or a
 *               point that is waited for has nobody yet who will reach it
 *   -ECANCELED  the queue was lost
 */
KESTREL_API int kestrel_queue_submit(struct kestrel_queue* queue, const struct kestrel_job* job,
                                     struct kestrel_fence** fence);

/* ----------------------------------------------------------------------- command buffers ---- */

/** Bytes of a command. */
#define KESTREL_COMMAND_BYTES 64

/**
 * Makes memory for commands, private to a VM, and binds it there for reading.
 *
 * \param va          where, a multiple of 4096; what the range maps is replaced
 * \param size_bytes  more than 0; rounded up to whole pages
 * \returns 0, or -EINVAL: as kestrel_vm_bind() and kestrel_buffer_create()
 */
KESTREL_API int kestrel_commands_create(struct kestrel_vm* vm, uint64_t va, size_t size_bytes,
                                        struct kestrel_commands** commands);

/** Unbinds and destroys the memory: wait for jobs that use it first. */
KESTREL_API void kestrel_commands_destroy(struct kestrel_commands* commands);

/**
 * Appends commands of the caller's making. Nothing of them is checked here.
 *
 * \param records  count times KESTREL_COMMAND_BYTES, little-endian, as in the device's reference
 * \returns 0, or -ENOSPC: there is no room for all; nothing was appended
 */
KESTREL_API int kestrel_commands_append(struct kestrel_commands* commands, const void* records,
                                        size_t count);

/**
 * Appends a LOAD of consecutive bytes into the scratchpad.
 *
 * \param va          where they are in the VM
 * \param scratchpad  where they go, bytes
 * \param size_bytes  1 to 65535
 * \returns 0, -ENOSPC, or -EINVAL: size_bytes is out of range, or the end of the scratchpad passed
 */
KESTREL_API int kestrel_commands_load(struct kestrel_commands* commands, uint64_t va,
                                      uint32_t scratchpad, uint32_t size_bytes);

/** Appends a STORE of consecutive bytes from the scratchpad; as kestrel_commands_load(). */
KESTREL_API int kestrel_commands_store(struct kestrel_commands* commands, uint64_t va,
                                       uint32_t scratchpad, uint32_t size_bytes);

/** Appends a BARRIER: what follows starts when what precedes has completed. */
KESTREL_API int kestrel_commands_barrier(struct kestrel_commands* commands);

/**
 * Ends a command buffer and hands it to the device: what was appended since the last call of this
 * or of kestrel_commands_reset(). More can be appended afterwards, for the next one.
 *
 * \param call  out: for a job
 * \returns 0, or -EINVAL: nothing was appended
 */
KESTREL_API int kestrel_commands_end(struct kestrel_commands* commands, struct kestrel_call* call);

/** Forgets all commands, so that the memory can be used again: wait for its jobs first. */
KESTREL_API void kestrel_commands_reset(struct kestrel_commands* commands);

/* -------------------------------------------------------------------------------- fence ---- */

/**
 * Waits for the end of the work.
 *
 * \param timeout_ns  how long to wait at most, nanoseconds; negative: as long as it takes
 * \returns 0: all was done. Otherwise
 *   -ETIMEDOUT  it has not ended yet; wait again
 *   -ETIME      a command buffer took longer than KESTREL_CALL_TIME_MAX_MS
 *   -EIO        the device reported an error: kestrel_queue_get_state() says which
 *   -ECANCELED  its queue was lost or destroyed before
 *   -ENODEV     the device went away
 */
KESTREL_API int kestrel_fence_wait(struct kestrel_fence* fence, int64_t timeout_ns);

/** Destroys a fence. The work runs on. */
KESTREL_API void kestrel_fence_destroy(struct kestrel_fence* fence);

/**
 * Makes a file descriptor (sync file) that becomes readable at the end of the work.
 *
 * \param fd  out: the caller's to close; closed at exec()
 * \returns 0 or -EMFILE
 */
KESTREL_API int kestrel_fence_export(struct kestrel_fence* fence, int* fd);

/**
 * Makes a fence of a sync file.
 *
 * \param fd  stays the caller's
 * \returns 0, or -EBADF or -EINVAL: fd is no sync file
 */
KESTREL_API int kestrel_fence_import(struct kestrel_device* device, int fd,
                                     struct kestrel_fence** fence);

/* ----------------------------------------------------------------------------- timeline ---- */

/** Creates a timeline that stands at 0. */
KESTREL_API int kestrel_timeline_create(struct kestrel_device* device,
                                        struct kestrel_timeline** timeline);

/** Destroys a timeline. Jobs that wait for it still do so. */
KESTREL_API void kestrel_timeline_destroy(struct kestrel_timeline* timeline);

/**
 * Raises a timeline from the program.
 *
 * \param point  more than it, and every point that was submitted, stand at
 * \returns 0, or -EINVAL: point is 0
 */
KESTREL_API int kestrel_timeline_signal(struct kestrel_timeline* timeline, uint64_t point);

/** Asks where a timeline stands. */
KESTREL_API int kestrel_timeline_value(struct kestrel_timeline* timeline, uint64_t* value);

/**
 * Waits until a timeline stands at a point or beyond, submitted yet or not. How the jobs ended is
 * not said: their fences know.
 *
 * \param timeout_ns  how long to wait at most, nanoseconds; negative: as long as it takes
 * \returns 0, or -ETIMEDOUT: it does not yet; wait again
 */
KESTREL_API int kestrel_timeline_wait(struct kestrel_timeline* timeline, uint64_t point,
                                      int64_t timeout_ns);

/**
 * Makes a file descriptor by which another process reaches the same timeline.
 *
 * \param fd  out: the caller's to close; closed at exec()
 */
KESTREL_API int kestrel_timeline_export(struct kestrel_timeline* timeline, int* fd);

/**
 * Makes a timeline of what kestrel_timeline_export() gave.
 *
 * \param fd  stays the caller's
 * \returns 0, or -EBADF or -EINVAL: fd is something else
 */
KESTREL_API int kestrel_timeline_import(struct kestrel_device* device, int fd,
                                        struct kestrel_timeline** timeline);

/* --------------------------------------------------------------------------------- copy ---- */

/**
 * Starts a copy, of any alignment. It runs after the copies that were started on the device object
 * before, on a queue and in a VM that the library keeps for copies. When one has failed, those
 * after it that had been started end with -ECANCELED, and new ones run. Hands both ranges to the
 * device as kestrel_buffer_sync() does; to read the copy hand it to the CPU.
 *
 * \param length_bytes  more than 0
 * \param fence         out: ends with the copy
 * \returns 0, or
 *   -EINVAL  a range is empty, leaves its buffer, or overlaps the other one; a buffer is private or
 *            of another device
 *   -ENOSPC  no queue is free for copies
 */
KESTREL_API int kestrel_copy(struct kestrel_device* device, struct kestrel_buffer* destination,
                             size_t destination_offset, struct kestrel_buffer* source,
                             size_t source_offset, size_t length_bytes,
                             struct kestrel_fence** fence);

#if defined(__cplusplus)
}
#endif

#endif
