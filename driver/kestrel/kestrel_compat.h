/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/*
 * What differs between the kernel that this is built for and the one that the driver is written
 * for. Kbuild looks into the headers; the driver as it is sent has the newer form in its places.
 */
#ifndef _KESTREL_COMPAT_H_
#define _KESTREL_COMPAT_H_

#include <linux/module.h>

#include <drm/drm_gpuvm.h>

/* Namespaces of symbols have been strings since 6.13. */
#ifdef KESTREL_HAVE_BARE_NAMESPACE
#define KESTREL_IMPORT_DMA_BUF MODULE_IMPORT_NS(DMA_BUF)
#else
#define KESTREL_IMPORT_DMA_BUF MODULE_IMPORT_NS("DMA_BUF")
#endif

/* Drivers have had no date since 6.14. */
#ifdef KESTREL_HAVE_DRIVER_DATE
#define KESTREL_DRIVER_DATE .date = "20260101",
#else
#define KESTREL_DRIVER_DATE
#endif

static inline int kestrel_gpuvm_sm_map(struct drm_gpuvm *gpuvm, void *data, u64 va, u64 size,
				       struct drm_gem_object *obj, u64 offset)
{
#ifdef KESTREL_HAVE_GPUVM_MAP_REQ
	struct drm_gpuvm_map_req request = {
		.map.va.addr = va,
		.map.va.range = size,
		.map.gem.obj = obj,
		.map.gem.offset = offset,
	};

	return drm_gpuvm_sm_map(gpuvm, data, &request);
#else
	return drm_gpuvm_sm_map(gpuvm, data, va, size, obj, offset);
#endif
}

#endif
