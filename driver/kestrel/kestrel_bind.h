/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Binding buffers in VMs. */
#ifndef _KESTREL_BIND_H_
#define _KESTREL_BIND_H_

struct drm_device;
struct drm_file;
struct drm_gpuva_op;

/* Operations of one call: what they need is allocated before any of them is done. */
#define KESTREL_BIND_OPS_MAX 64

int kestrel_bind_step_map(struct drm_gpuva_op *op, void *data);
int kestrel_bind_step_remap(struct drm_gpuva_op *op, void *data);
int kestrel_bind_step_unmap(struct drm_gpuva_op *op, void *data);

int kestrel_ioctl_vm_bind(struct drm_device *drm, void *data, struct drm_file *file);

#endif
