/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Tracepoints: the life of a job, and what goes wrong. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kestrel

#if !defined(_KESTREL_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _KESTREL_TRACE_H_

#include <linux/tracepoint.h>

#include "kestrel_device.h"
#include "kestrel_job.h"
#include "kestrel_queue.h"

/* The macros are not the formatter's to understand. */
/* clang-format off */

DECLARE_EVENT_CLASS(kestrel_job,
	TP_PROTO(const struct kestrel_job *job, int error),
	TP_ARGS(job, error),
	TP_STRUCT__entry(
		__string(dev, dev_name(job->kdev->drm.dev))
		__field(u32, queue)
		__field(u64, seqno)
		__field(u32, calls)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->queue = job->queue->hw->index;
		__entry->seqno = job->fence->base.seqno;
		__entry->calls = job->call_count;
		__entry->error = error;
	),
	TP_printk("dev=%s queue=%u seqno=%llu calls=%u error=%d", __get_str(dev), __entry->queue,
		  __entry->seqno, __entry->calls, __entry->error)
);

/* Userspace has handed a job over; it has no seqno yet. */
TRACE_EVENT(kestrel_job_submit,
	TP_PROTO(const struct kestrel_job *job),
	TP_ARGS(job),
	TP_STRUCT__entry(
		__string(dev, dev_name(job->kdev->drm.dev))
		__field(u32, queue)
		__field(u32, calls)
		__field(u64, fence_context)
		__field(u64, fence_seqno)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->queue = job->queue->hw->index;
		__entry->calls = job->call_count;
		__entry->fence_context = job->base.s_fence->finished.context;
		__entry->fence_seqno = job->base.s_fence->finished.seqno;
	),
	TP_printk("dev=%s queue=%u calls=%u fence=%llu:%llu", __get_str(dev), __entry->queue,
		  __entry->calls, __entry->fence_context, __entry->fence_seqno)
);

/* A job is in its ring. */
DEFINE_EVENT(kestrel_job, kestrel_job_run,
	TP_PROTO(const struct kestrel_job *job, int error),
	TP_ARGS(job, error)
);

/* Its fence is about to signal. */
DEFINE_EVENT(kestrel_job, kestrel_job_done,
	TP_PROTO(const struct kestrel_job *job, int error),
	TP_ARGS(job, error)
);

/* A job of the queue failed. */
TRACE_EVENT(kestrel_queue_lost,
	TP_PROTO(const struct kestrel_queue *queue, int error),
	TP_ARGS(queue, error),
	TP_STRUCT__entry(
		__string(dev, dev_name(queue->kdev->drm.dev))
		__field(u32, queue)
		__field(int, error)
		__field(u16, cause)
		__field(u16, fault)
		__field(u16, opcode)
		__field(u32, call)
		__field(u32, offset)
		__field(u64, va)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->queue = queue->hw->index;
		__entry->error = error;
		__entry->cause = queue->fault.cause;
		__entry->fault = queue->fault.fault;
		__entry->opcode = queue->fault.opcode;
		__entry->call = queue->fault.call;
		__entry->offset = queue->fault.offset;
		__entry->va = queue->fault.va;
	),
	TP_printk("dev=%s queue=%u error=%d cause=%u fault=%u opcode=%u call=%u offset=%u va=%#llx",
		  __get_str(dev), __entry->queue, __entry->error, __entry->cause, __entry->fault,
		  __entry->opcode, __entry->call, __entry->offset, __entry->va)
);

/* The whole device is being reset. */
TRACE_EVENT(kestrel_reset,
	TP_PROTO(const struct kestrel_device *kdev),
	TP_ARGS(kdev),
	TP_STRUCT__entry(__string(dev, dev_name(kdev->drm.dev))),
	TP_fast_assign(__assign_str(dev);),
	TP_printk("dev=%s", __get_str(dev))
);

/* clang-format on */

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE kestrel_trace
#include <trace/define_trace.h>
