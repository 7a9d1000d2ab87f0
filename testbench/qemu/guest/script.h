/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/* What a test has the bare-metal guest do, and what the guest answers. C11 and C++. */
#ifndef PRESIL_TEST_SCRIPT_H
#define PRESIL_TEST_SCRIPT_H

#include <stdint.h>

#define SCRIPT_ADDR 0x400000u  /**< the test's operations, up to OP_END */
#define RESULT_ADDR 0x1000000u /**< one struct result for each operation */
#define BUFFER_ADDR 0x800000u  /**< memory for DMA, zero at first */

/** The endpoint behind root port `port` (0 or 1) is function 0 of bus port + 1. */
#define ECAM_BASE 0xb0000000u
#define CONFIG_ADDR(port, offset) (ECAM_BASE + (((port) + 1u) << 20) + (offset))
#define PORT_CONFIG_ADDR(port, offset) (ECAM_BASE + (((port) + 1u) << 15) + (offset))
/** The guest puts BAR `bar` there before it runs the script. */
#define BAR_ADDR(port, bar, offset) (0xc0000000u + (port)*0x1000000u + (bar)*0x200000u + (offset))

enum op_code {
  OP_END,
  OP_READ,       /**< address, size 1 .. 8 -> value */
  OP_WRITE,      /**< address, size, value */
  OP_READ_LOOP,  /**< address, size, count -> shortest read, longest read in t0, t1 */
  OP_SPIN,       /**< time, ns: executes instructions for so long */
  OP_SLEEP,      /**< time, ns: halts until the local timer's interrupt */
  OP_WAIT_IRQ,   /**< halts until the next device interrupt -> vector; t1: when it was taken */
  OP_COUNT_IRQS, /**< -> device interrupts taken and not waited for yet */
  OP_POLL,       /**< address, size, value: reads until it is that -> reads made */
};

struct op {
  uint64_t code; /**< enum op_code */
  uint64_t a, b, c;
};

/** Times are guest time, ns, before and after the operation. */
struct result {
  uint64_t value, t0, t1;
};

#define RESULT_MAGIC 0x70617267u
struct result_header {
  uint64_t magic;
  uint64_t count; /**< results that follow */
};

/** Interrupt vectors: the test uses DEVICE_VECTOR and up in its MSI-X tables. */
#define TIMER_VECTOR 0x30u
#define DEVICE_VECTOR 0x40u
#define DEVICE_VECTORS 16u
#define LAPIC_ADDR 0xfee00000u

/** Exit status of QEMU: script done; an exception in the guest. */
#define EXIT_PORT 0xf4
#define EXIT_DONE 0x10
#define EXIT_EXCEPTION 0x20
#define QEMU_STATUS(code) (((code) << 1) | 1)

#endif
