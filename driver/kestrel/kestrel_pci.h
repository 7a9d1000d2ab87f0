/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* The PCI function. */
#ifndef _KESTREL_PCI_H_
#define _KESTREL_PCI_H_

struct kestrel_device;

int kestrel_pci_reset(struct kestrel_device *kdev);

#endif
