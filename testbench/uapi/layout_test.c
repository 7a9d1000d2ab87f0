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

SIZE(drm_kestrel_array, 16);
PLACE(drm_kestrel_array, stride, 0);
PLACE(drm_kestrel_array, count, 4);
PLACE(drm_kestrel_array, pointer, 8);

SIZE(drm_kestrel_info, 40);
PLACE(drm_kestrel_info, interface_major, 0);
PLACE(drm_kestrel_info, interface_minor, 2);
PLACE(drm_kestrel_info, clock_mhz, 4);
PLACE(drm_kestrel_info, dma_bits, 8);
PLACE(drm_kestrel_info, job_timeout_ms, 12);
PLACE(drm_kestrel_info, job_copies_max, 16);
PLACE(drm_kestrel_info, job_syncs_max, 20);
PLACE(drm_kestrel_info, job_bytes_max, 24);
PLACE(drm_kestrel_info, bo_bytes_max, 32);

SIZE(drm_kestrel_dev_query, 16);
PLACE(drm_kestrel_dev_query, type, 0);
PLACE(drm_kestrel_dev_query, size, 4);
PLACE(drm_kestrel_dev_query, pointer, 8);

SIZE(drm_kestrel_bo_create, 16);
PLACE(drm_kestrel_bo_create, size, 0);
PLACE(drm_kestrel_bo_create, flags, 8);
PLACE(drm_kestrel_bo_create, handle, 12);

SIZE(drm_kestrel_bo_mmap_offset, 16);
PLACE(drm_kestrel_bo_mmap_offset, handle, 0);
PLACE(drm_kestrel_bo_mmap_offset, pad, 4);
PLACE(drm_kestrel_bo_mmap_offset, offset, 8);

SIZE(drm_kestrel_copy, 32);
PLACE(drm_kestrel_copy, src_handle, 0);
PLACE(drm_kestrel_copy, dst_handle, 4);
PLACE(drm_kestrel_copy, src_offset, 8);
PLACE(drm_kestrel_copy, dst_offset, 16);
PLACE(drm_kestrel_copy, length, 24);

SIZE(drm_kestrel_sync, 8);
PLACE(drm_kestrel_sync, handle, 0);
PLACE(drm_kestrel_sync, flags, 4);

SIZE(drm_kestrel_submit, 56);
PLACE(drm_kestrel_submit, copies, 0);
PLACE(drm_kestrel_submit, in_syncs, 16);
PLACE(drm_kestrel_submit, out_syncs, 32);
PLACE(drm_kestrel_submit, flags, 48);
PLACE(drm_kestrel_submit, pad, 52);

_Static_assert(DRM_IOCTL_KESTREL_DEV_QUERY == 0xc0106440u, "number changed");
_Static_assert(DRM_IOCTL_KESTREL_BO_CREATE == 0xc0106441u, "number changed");
_Static_assert(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET == 0xc0106442u, "number changed");
_Static_assert(DRM_IOCTL_KESTREL_SUBMIT == 0x40386443u, "number changed");
