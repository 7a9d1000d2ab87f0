// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/*
 * Lets the clock's alarm end suspend-to-idle. The machine's firmware describes an alarm that wakes
 * it from deeper sleep only, so the kernel does not arm the interrupt for this.
 */

#include <linux/interrupt.h>
#include <linux/module.h>

#define RTC_WAKE_IRQ 8

static int __init rtc_wake_init(void)
{
	return irq_set_irq_wake(RTC_WAKE_IRQ, 1);
}

static void __exit rtc_wake_exit(void)
{
	irq_set_irq_wake(RTC_WAKE_IRQ, 0);
}

module_init(rtc_wake_init);
module_exit(rtc_wake_exit);

MODULE_AUTHOR("The presil authors");
MODULE_DESCRIPTION("Wakes the system by the real-time clock");
MODULE_LICENSE("GPL");
