/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * The layout of the interface, which never changes. Compiling this file for 32 and for 64 bits is
 * the test; so is compiling it as C with every warning, which the header has to stand.
 */

#include <stddef.h>

#include <drm/kestrel_accel.h>

#define SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), #type " changed size")
#define PLACE(type, member, bytes) \
  _Static_assert(offsetof(struct type, member) == (bytes), #type "." #member " moved")
#define NUMBER(call, number) \
  _Static_assert(DRM_IOCTL_KESTREL_##call == (number), "number of " #call " changed")
#define VALUE(name, value) \
  _Static_assert(DRM_KESTREL_##name == (value), "value of " #name " changed")

SIZE(drm_kestrel_array, 16);
PLACE(drm_kestrel_array, stride, 0);
PLACE(drm_kestrel_array, count, 4);
PLACE(drm_kestrel_array, pointer, 8);

SIZE(drm_kestrel_info, 80);
PLACE(drm_kestrel_info, features, 0);
PLACE(drm_kestrel_info, interface_major, 8);
PLACE(drm_kestrel_info, interface_minor, 10);
PLACE(drm_kestrel_info, clock_mhz, 12);
PLACE(drm_kestrel_info, dma_bits, 16);
PLACE(drm_kestrel_info, va_bits, 20);
PLACE(drm_kestrel_info, queue_count, 24);
PLACE(drm_kestrel_info, vm_count, 28);
PLACE(drm_kestrel_info, array_rows, 32);
PLACE(drm_kestrel_info, array_columns, 36);
PLACE(drm_kestrel_info, scratchpad_bytes, 40);
PLACE(drm_kestrel_info, accumulator_rows, 44);
PLACE(drm_kestrel_info, call_time_max_ms, 48);
PLACE(drm_kestrel_info, job_calls_max, 52);
PLACE(drm_kestrel_info, job_syncs_max, 56);
PLACE(drm_kestrel_info, bind_ops_max, 60);
PLACE(drm_kestrel_info, bo_bytes_max, 64);
PLACE(drm_kestrel_info, page_sizes, 72);

SIZE(drm_kestrel_dev_query, 16);
PLACE(drm_kestrel_dev_query, type, 0);
PLACE(drm_kestrel_dev_query, size, 4);
PLACE(drm_kestrel_dev_query, pointer, 8);

SIZE(drm_kestrel_bo_create, 24);
PLACE(drm_kestrel_bo_create, size, 0);
PLACE(drm_kestrel_bo_create, flags, 8);
PLACE(drm_kestrel_bo_create, vm_id, 12);
PLACE(drm_kestrel_bo_create, handle, 16);
PLACE(drm_kestrel_bo_create, pad, 20);

SIZE(drm_kestrel_bo_mmap_offset, 16);
PLACE(drm_kestrel_bo_mmap_offset, handle, 0);
PLACE(drm_kestrel_bo_mmap_offset, pad, 4);
PLACE(drm_kestrel_bo_mmap_offset, offset, 8);

SIZE(drm_kestrel_bo_sync, 24);
PLACE(drm_kestrel_bo_sync, handle, 0);
PLACE(drm_kestrel_bo_sync, flags, 4);
PLACE(drm_kestrel_bo_sync, offset, 8);
PLACE(drm_kestrel_bo_sync, size, 16);

SIZE(drm_kestrel_vm_create, 8);
PLACE(drm_kestrel_vm_create, flags, 0);
PLACE(drm_kestrel_vm_create, id, 4);

SIZE(drm_kestrel_vm_destroy, 8);
PLACE(drm_kestrel_vm_destroy, id, 0);
PLACE(drm_kestrel_vm_destroy, pad, 4);

SIZE(drm_kestrel_vm_bind_op, 40);
PLACE(drm_kestrel_vm_bind_op, type, 0);
PLACE(drm_kestrel_vm_bind_op, flags, 4);
PLACE(drm_kestrel_vm_bind_op, handle, 8);
PLACE(drm_kestrel_vm_bind_op, pad, 12);
PLACE(drm_kestrel_vm_bind_op, bo_offset, 16);
PLACE(drm_kestrel_vm_bind_op, va, 24);
PLACE(drm_kestrel_vm_bind_op, size, 32);

SIZE(drm_kestrel_vm_bind, 40);
PLACE(drm_kestrel_vm_bind, vm_id, 0);
PLACE(drm_kestrel_vm_bind, flags, 4);
PLACE(drm_kestrel_vm_bind, ops, 8);
PLACE(drm_kestrel_vm_bind, syncs, 24);

SIZE(drm_kestrel_queue_create, 16);
PLACE(drm_kestrel_queue_create, vm_id, 0);
PLACE(drm_kestrel_queue_create, priority, 4);
PLACE(drm_kestrel_queue_create, flags, 8);
PLACE(drm_kestrel_queue_create, id, 12);

SIZE(drm_kestrel_queue_destroy, 8);
PLACE(drm_kestrel_queue_destroy, id, 0);
PLACE(drm_kestrel_queue_destroy, pad, 4);

SIZE(drm_kestrel_queue_state, 48);
PLACE(drm_kestrel_queue_state, id, 0);
PLACE(drm_kestrel_queue_state, pad, 4);
PLACE(drm_kestrel_queue_state, flags, 8);
PLACE(drm_kestrel_queue_state, error, 12);
PLACE(drm_kestrel_queue_state, cause, 16);
PLACE(drm_kestrel_queue_state, fault, 18);
PLACE(drm_kestrel_queue_state, access, 20);
PLACE(drm_kestrel_queue_state, opcode, 22);
PLACE(drm_kestrel_queue_state, call, 24);
PLACE(drm_kestrel_queue_state, offset, 28);
PLACE(drm_kestrel_queue_state, va, 32);
PLACE(drm_kestrel_queue_state, jobs, 40);

SIZE(drm_kestrel_call, 16);
PLACE(drm_kestrel_call, va, 0);
PLACE(drm_kestrel_call, size, 8);
PLACE(drm_kestrel_call, flags, 12);

SIZE(drm_kestrel_sync, 16);
PLACE(drm_kestrel_sync, handle, 0);
PLACE(drm_kestrel_sync, flags, 4);
PLACE(drm_kestrel_sync, point, 8);

SIZE(drm_kestrel_submit, 56);
PLACE(drm_kestrel_submit, queue_id, 0);
PLACE(drm_kestrel_submit, flags, 4);
PLACE(drm_kestrel_submit, calls, 8);
PLACE(drm_kestrel_submit, in_syncs, 24);
PLACE(drm_kestrel_submit, out_syncs, 40);

SIZE(drm_kestrel_counter_values, 128);
PLACE(drm_kestrel_counter_values, records, 0);
PLACE(drm_kestrel_counter_values, calls, 8);
PLACE(drm_kestrel_counter_values, commands, 16);
PLACE(drm_kestrel_counter_values, busy_ns, 24);
PLACE(drm_kestrel_counter_values, compute_busy, 32);
PLACE(drm_kestrel_counter_values, output_busy, 40);
PLACE(drm_kestrel_counter_values, load_busy, 48);
PLACE(drm_kestrel_counter_values, store_busy, 56);
PLACE(drm_kestrel_counter_values, compute_token, 64);
PLACE(drm_kestrel_counter_values, load_token, 72);
PLACE(drm_kestrel_counter_values, store_token, 80);
PLACE(drm_kestrel_counter_values, translation, 88);
PLACE(drm_kestrel_counter_values, read_bytes, 96);
PLACE(drm_kestrel_counter_values, write_bytes, 104);
PLACE(drm_kestrel_counter_values, macs, 112);
PLACE(drm_kestrel_counter_values, tlb_misses, 120);

SIZE(drm_kestrel_counters, 24);
PLACE(drm_kestrel_counters, scope, 0);
PLACE(drm_kestrel_counters, queue_id, 4);
PLACE(drm_kestrel_counters, size, 8);
PLACE(drm_kestrel_counters, pad, 12);
PLACE(drm_kestrel_counters, pointer, 16);

NUMBER(DEV_QUERY, 0xc0106440u);
NUMBER(BO_CREATE, 0xc0186441u);
NUMBER(BO_MMAP_OFFSET, 0xc0106442u);
NUMBER(BO_SYNC, 0x40186443u);
NUMBER(VM_CREATE, 0xc0086444u);
NUMBER(VM_DESTROY, 0x40086445u);
NUMBER(VM_BIND, 0x40286446u);
NUMBER(QUEUE_CREATE, 0xc0106447u);
NUMBER(QUEUE_DESTROY, 0x40086448u);
NUMBER(QUEUE_STATE, 0xc0306449u);
NUMBER(SUBMIT, 0x4038644au);
NUMBER(COUNTERS, 0xc018644bu);

VALUE(DEV_QUERY_INFO, 0);
VALUE(FEATURE_COHERENT, 1);
VALUE(BO_SYNC_TO_DEVICE, 1);
VALUE(BO_SYNC_TO_CPU, 2);
VALUE(VM_BIND_OP_MAP, 0);
VALUE(VM_BIND_OP_UNMAP, 1);
VALUE(VM_BIND_READ, 1);
VALUE(VM_BIND_WRITE, 2);
VALUE(QUEUE_PRIORITY_LOW, 0);
VALUE(QUEUE_PRIORITY_MEDIUM, 1);
VALUE(QUEUE_PRIORITY_HIGH, 2);
VALUE(QUEUE_LOST, 1);
VALUE(QUEUE_FAULT, 2);
VALUE(SYNC_TIMELINE, 1);
VALUE(COUNTERS_QUEUE, 0);
VALUE(COUNTERS_DEVICE, 1);
