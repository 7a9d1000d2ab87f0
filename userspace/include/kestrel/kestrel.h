/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/**
 * \file
 * libkestrel: moves memory with the kestrel accelerator. C interface, usable from C11 and C++.
 *
 * Functions that can fail return 0 or a negative errno; kestrel_last_error() then has a sentence.
 * Besides those that a function lists, any can return
 *   -ENOMEM  memory is out,
 *   -ENODEV  the device has been removed, or no longer answers.
 *
 * Threads: different objects can be used from different threads at the same time, and a device from
 * several. One buffer or fence is used by one thread at a time.
 *
 * Objects can be destroyed in any order; destroying a null pointer does nothing.
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
/** Memory that the accelerator reaches, mapped into the process. */
struct kestrel_buffer;
/** The end of work that was submitted. */
struct kestrel_fence;

/**
 * Text about the latest failure in the calling thread: lower case, no full stop, never null, empty
 * before the first failure. Valid until the next call of the library in this thread.
 */
KESTREL_API const char* kestrel_last_error(void);

/* ------------------------------------------------------------------------------- device ---- */

/** What kestrel_device_get() can be asked for. */
enum kestrel_property {
  KESTREL_INTERFACE_MAJOR = 0, /**< version of the device's registers */
  KESTREL_INTERFACE_MINOR = 1, /**< version of the device's registers */
  KESTREL_CLOCK_MHZ = 2,       /**< main clock, MHz */
  KESTREL_DMA_BITS = 3,        /**< width of the addresses that the device drives, bits */
  KESTREL_JOB_TIMEOUT_MS = 4,  /**< a job that runs for longer is ended, milliseconds */
  KESTREL_JOB_BYTES_MAX = 5,   /**< most bytes of one job; longer copies become several jobs */
  KESTREL_BUFFER_BYTES_MAX = 6 /**< size of the largest buffer, bytes */
};

/**
 * Opens an accelerator.
 *
 * \param path    device node (e.g. /dev/accel/accel0), or null for the first kestrel there is
 * \param device  out: the device; untouched on failure
 * \returns 0, or
 *   -ENODEV  path is null and there is no kestrel, or path leads to something else
 *   -ENOENT  there is no such node; or another errno of open()
 */
KESTREL_API int kestrel_device_open(const char* path, struct kestrel_device** device);

/** Closes a device. Its buffers and fences stay usable until they are destroyed. */
KESTREL_API void kestrel_device_close(struct kestrel_device* device);

/**
 * Asks for a property.
 *
 * \param value  out: the answer, in the unit given with the property
 * \returns 0, or -EINVAL for an unknown property
 */
KESTREL_API int kestrel_device_get(const struct kestrel_device* device,
                                   enum kestrel_property property, uint64_t* value);

/* ------------------------------------------------------------------------------- buffer ---- */

/**
 * Creates a zeroed buffer.
 *
 * \param size_bytes  what is wanted; kestrel_buffer_size() gives what it became, whole pages
 * \returns 0, or -EINVAL if size_bytes is 0 or above KESTREL_BUFFER_BYTES_MAX
 */
KESTREL_API int kestrel_buffer_create(struct kestrel_device* device, size_t size_bytes,
                                      struct kestrel_buffer** buffer);

/** Destroys a buffer. Work that uses it and has been submitted still runs. */
KESTREL_API void kestrel_buffer_destroy(struct kestrel_buffer* buffer);

/** First byte of the buffer in this process; page-aligned. */
KESTREL_API void* kestrel_buffer_data(struct kestrel_buffer* buffer);

/** Size of the buffer in bytes. */
KESTREL_API size_t kestrel_buffer_size(const struct kestrel_buffer* buffer);

/* --------------------------------------------------------------------------------- work ---- */

/**
 * Starts a copy, of any alignment. It runs after what was submitted to the device object before.
 *
 * \param length_bytes  more than 0
 * \param fence         out: ends with the copy; untouched on failure
 * \returns 0, or -EINVAL if a range is empty, leaves its buffer, or overlaps the other one
 */
KESTREL_API int kestrel_copy(struct kestrel_device* device, struct kestrel_buffer* destination,
                             size_t destination_offset, struct kestrel_buffer* source,
                             size_t source_offset, size_t length_bytes,
                             struct kestrel_fence** fence);

/**
 * Waits for the end of the work.
 *
 * \param timeout_ns  how long to wait at most, nanoseconds; negative: as long as it takes
 * \returns 0: all was done. Otherwise
 *   -ETIMEDOUT  it has not ended yet; wait again
 *   -ETIME      the driver gave it up because it took too long
 *   -EIO        the device reported an error
 *   -ENODEV     the device went away
 */
KESTREL_API int kestrel_fence_wait(struct kestrel_fence* fence, int64_t timeout_ns);

/** Destroys a fence. The work runs on. */
KESTREL_API void kestrel_fence_destroy(struct kestrel_fence* fence);

#if defined(__cplusplus)
}
#endif

#endif
