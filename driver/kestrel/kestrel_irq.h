/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The presil authors */
/* Interrupts. */
#ifndef _KESTREL_IRQ_H_
#define _KESTREL_IRQ_H_

struct kestrel_device;
struct pci_dev;

int kestrel_irq_init(struct kestrel_device *kdev, struct pci_dev *pdev);
void kestrel_irq_fini(struct kestrel_device *kdev);
void kestrel_irq_disable(struct kestrel_device *kdev);
void kestrel_irq_enable(struct kestrel_device *kdev);

#endif
