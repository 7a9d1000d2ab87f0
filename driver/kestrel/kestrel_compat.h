/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/*
 * What differs between the kernel that this is built for and the one that the driver is written
 * for. Kbuild looks into the headers. The driver has the newer form everywhere, and here it is made
 * to mean something on older kernels; where there is no such way, a line of the driver begins with
 * KESTREL_OLD_. driver/series drops this file and those lines, and what is left is sent.
 */
#ifndef _KESTREL_COMPAT_H_
#define _KESTREL_COMPAT_H_

#include <linux/module.h>

#include <drm/drm_drv.h>
#include <drm/drm_gpuvm.h>
#include <drm/gpu_scheduler.h>

/* Namespaces of symbols became strings. */
#ifdef KESTREL_HAVE_BARE_NAMESPACE
#undef MODULE_IMPORT_NS
#define MODULE_IMPORT_NS(namespace) MODULE_INFO(import_ns, namespace)
#endif

/* Drivers had a date. */
#ifdef KESTREL_HAVE_DRIVER_DATE
#define KESTREL_OLD_DRIVER_DATE .date = "20260101",
#else
#define KESTREL_OLD_DRIVER_DATE
#endif

/* Address spaces were a feature of their own. */
#ifdef KESTREL_HAVE_DRIVER_GEM_GPUVA
#define DRIVER_GEM (DRIVER_GEM | DRIVER_GEM_GPUVA)
#endif

/* Successful recovery was the one thing to report. */
#ifdef KESTREL_HAVE_STAT_NOMINAL
#define DRM_GPU_SCHED_STAT_RESET DRM_GPU_SCHED_STAT_NOMINAL
#endif

/* Starting the scheduler again took no error for jobs without a fence. */
#ifdef KESTREL_HAVE_START_WITHOUT_ERROR
#define drm_sched_start(sched, error) drm_sched_start(sched)
#endif

/* What is to be mapped was four arguments. */
#ifndef KESTREL_HAVE_MAP_REQUEST
struct drm_gpuvm_map_req {
	struct drm_gpuva_op_map map;
};

static inline int kestrel_old_sm_map(struct drm_gpuvm *gpuvm, void *data,
				     const struct drm_gpuvm_map_req *request)
{
	const struct drm_gpuva_op_map *map = &request->map;

	return drm_gpuvm_sm_map(gpuvm, data, map->va.addr, map->va.range, map->gem.obj,
				map->gem.offset);
}
#define drm_gpuvm_sm_map kestrel_old_sm_map
#endif

/* Buffers had no lock of their own for the ranges that map them; a driver could tell of its own. */
#ifdef KESTREL_HAVE_GPUVA_SET_LOCK
#define KESTREL_OLD_BO_MEMBERS struct mutex va_lock;
#define KESTREL_OLD_BO_INIT(bo)                                           \
	do {                                                              \
		mutex_init(&(bo)->va_lock);                               \
		drm_gem_gpuva_set_lock(&(bo)->base.base, &(bo)->va_lock); \
	} while (0)
#define KESTREL_OLD_BO_FINI(bo)	 mutex_destroy(&(bo)->va_lock)
#define KESTREL_VA_LOCK(obj)	 (&to_kestrel_bo(obj)->va_lock)
#define DRM_GPUVM_IMMEDIATE_MODE 0

/* The callee came to take it. */
static inline struct drm_gpuvm_bo *kestrel_old_obtain(struct drm_gpuvm_bo *vm_bo,
						      struct mutex *va_lock)
{
	mutex_lock(va_lock);
	vm_bo = drm_gpuvm_bo_obtain_prealloc(vm_bo);
	mutex_unlock(va_lock);
	return vm_bo;
}
#define drm_gpuvm_bo_obtain_prealloc(vm_bo) kestrel_old_obtain(vm_bo, KESTREL_VA_LOCK((vm_bo)->obj))
#else
#define KESTREL_OLD_BO_MEMBERS
#define KESTREL_OLD_BO_INIT(bo)
#define KESTREL_OLD_BO_FINI(bo)
#define KESTREL_VA_LOCK(obj) (&(obj)->gpuva.lock)
#endif

#endif
