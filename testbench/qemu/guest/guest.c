/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * A guest of one page: sets PCI up, runs the test's script, writes the results to the debug port
 * (0xe9) and ends QEMU. One instruction is one nanosecond, and the time stamp counter is guest time.
 */
#include <stdbool.h>
#include <stddef.h>

#include "script.h"

/* ------------------------------------------------------------- instructions ---- */

static inline uint64_t now_ns(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}

static inline void out8(uint16_t port, uint8_t value) {
  __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline void out32(uint16_t port, uint32_t value) {
  __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static uint64_t load(uint64_t addr, uint64_t size) {
  switch (size) {
    case 1: return *(volatile uint8_t *)addr;
    case 2: return *(volatile uint16_t *)addr;
    case 4: return *(volatile uint32_t *)addr;
    default: return *(volatile uint64_t *)addr;
  }
}

static void store(uint64_t addr, uint64_t size, uint64_t value) {
  switch (size) {
    case 1: *(volatile uint8_t *)addr = (uint8_t)value; break;
    case 2: *(volatile uint16_t *)addr = (uint16_t)value; break;
    case 4: *(volatile uint32_t *)addr = (uint32_t)value; break;
    default: *(volatile uint64_t *)addr = value; break;
  }
}

static _Noreturn void end(uint8_t code) {
  for (;;) {
    out8(EXIT_PORT, code);
    __asm__ volatile("cli; hlt");
  }
}

/* --------------------------------------------------------------- interrupts ---- */

struct frame;
struct gate {
  uint16_t low, selector, flags, middle;
  uint32_t high, zero;
};
static struct gate gates[256] __attribute__((aligned(16)));

static struct {
  uint64_t vector, at_ns;
} taken[4096];
static volatile uint64_t taken_count, waited_count;
static volatile bool timer_expired;

static void end_of_interrupt(void) { store(LAPIC_ADDR + 0xb0, 4, 0); }

static void take(uint64_t vector) {
  taken[taken_count % 4096].at_ns = now_ns();
  taken[taken_count % 4096].vector = vector;
  taken_count++;
  end_of_interrupt();
}

#define HANDLER(n) \
  __attribute__((interrupt)) static void handler_##n(struct frame *f) { (void)f; take(n); }
HANDLER(0) HANDLER(1) HANDLER(2) HANDLER(3) HANDLER(4) HANDLER(5) HANDLER(6) HANDLER(7)
HANDLER(8) HANDLER(9) HANDLER(10) HANDLER(11) HANDLER(12) HANDLER(13) HANDLER(14) HANDLER(15)

__attribute__((interrupt)) static void handler_timer(struct frame *f) {
  (void)f;
  timer_expired = true;
  end_of_interrupt();
}

__attribute__((interrupt)) static void handler_exception(struct frame *f) {
  (void)f;
  end(EXIT_EXCEPTION);
}

static void set_gate(unsigned vector, void (*handler)(struct frame *)) {
  const uint64_t addr = (uint64_t)handler;
  gates[vector] =
      (struct gate){(uint16_t)addr, 0x18, 0x8e00, (uint16_t)(addr >> 16), (uint32_t)(addr >> 32), 0};
}

static void init_interrupts(void) {
  static void (*const handlers[DEVICE_VECTORS])(struct frame *) = {
      handler_0, handler_1, handler_2,  handler_3,  handler_4,  handler_5,  handler_6,  handler_7,
      handler_8, handler_9, handler_10, handler_11, handler_12, handler_13, handler_14, handler_15};
  struct {
    uint16_t limit;
    uint64_t base;
  } __attribute__((packed)) pointer = {sizeof(gates) - 1, (uint64_t)gates};

  for (unsigned v = 0; v < 256; v++) set_gate(v, handler_exception);
  for (unsigned v = 0; v < DEVICE_VECTORS; v++) set_gate(DEVICE_VECTOR + v, handlers[v]);
  set_gate(TIMER_VECTOR, handler_timer);
  __asm__ volatile("lidt %0" ::"m"(pointer));

  out8(0x21, 0xff); /* the old interrupt controllers stay quiet */
  out8(0xa1, 0xff);
  store(LAPIC_ADDR + 0xf0, 4, 0x1ff);        /* enable, spurious vector */
  store(LAPIC_ADDR + 0x3e0, 4, 0xb);         /* timer: divide by 1, 1 ns a count */
  store(LAPIC_ADDR + 0x320, 4, TIMER_VECTOR); /* timer: one shot */
}

/* ---------------------------------------------------------------------- PCI ---- */

enum { COMMAND = 0x04, COMMAND_MEMORY_MASTER = 0x6, BAR0 = 0x10, BUS_NUMBERS = 0x18, WINDOW = 0x20 };

static void init_pci(void) {
  /* The host bridge's PCIEXBAR: config space as memory. */
  out32(0xcf8, 0x80000060);
  out32(0xcfc, ECAM_BASE | 1);

  for (uint32_t port = 0; port < 2; port++) {
    const uint32_t base = BAR_ADDR(port, 0, 0);

    if (load(PORT_CONFIG_ADDR(port, 0), 4) == UINT32_MAX) continue;
    store(PORT_CONFIG_ADDR(port, BUS_NUMBERS), 4, (port + 1) << 16 | (port + 1) << 8);
    store(PORT_CONFIG_ADDR(port, WINDOW), 4, ((base + 0xffffff) & 0xfff00000) | base >> 16);
    store(PORT_CONFIG_ADDR(port, WINDOW + 4), 4, 0x0000fff0); /* no prefetchable window */
    store(PORT_CONFIG_ADDR(port, COMMAND), 2, COMMAND_MEMORY_MASTER);

    if (load(CONFIG_ADDR(port, 0), 4) == UINT32_MAX) continue;
    for (uint32_t bar = 0; bar < 6; bar++) {
      const uint64_t at = CONFIG_ADDR(port, BAR0 + 4 * bar);
      const bool wide = (load(at, 4) & 0x6) == 0x4;

      store(at, 4, UINT32_MAX);
      if (load(at, 4) == 0) continue;
      store(at, 4, BAR_ADDR(port, bar, 0));
      if (wide) {
        store(at + 4, 4, 0);
        bar++;
      }
    }
    store(CONFIG_ADDR(port, COMMAND), 2, COMMAND_MEMORY_MASTER);
  }
}

/* ------------------------------------------------------------------- script ---- */

static void read_loop(const struct op *op, struct result *r) {
  uint64_t shortest = UINT64_MAX, longest = 0;

  for (uint64_t i = 0; i < op->c; i++) {
    const uint64_t start = now_ns();
    load(op->a, op->b);
    const uint64_t time = now_ns() - start;
    if (time < shortest) shortest = time;
    if (time > longest) longest = time;
  }
  r->value = op->c;
  r->t0 = shortest;
  r->t1 = longest;
}

static void sleep(uint64_t time_ns) {
  timer_expired = false;
  store(LAPIC_ADDR + 0x380, 4, time_ns);
  __asm__ volatile("cli");
  while (!timer_expired) __asm__ volatile("sti; hlt; cli" ::: "memory");
  __asm__ volatile("sti");
}

static void wait_irq(struct result *r) {
  __asm__ volatile("cli");
  while (taken_count == waited_count) __asm__ volatile("sti; hlt; cli" ::: "memory");
  r->value = taken[waited_count % 4096].vector;
  r->t1 = taken[waited_count % 4096].at_ns;
  waited_count++;
  __asm__ volatile("sti");
}

static void run(const struct op *op, struct result *r) {
  r->t0 = now_ns();
  switch (op->code) {
    case OP_READ: r->value = load(op->a, op->b); break;
    case OP_WRITE: store(op->a, op->b, op->c); break;
    case OP_READ_LOOP: read_loop(op, r); return;
    case OP_SPIN:
      while (now_ns() - r->t0 < op->a) {}
      break;
    case OP_SLEEP: sleep(op->a); break;
    case OP_WAIT_IRQ: wait_irq(r); return;
    case OP_COUNT_IRQS: r->value = taken_count - waited_count; break;
    case OP_POLL:
      do r->value++;
      while (load(op->a, op->b) != op->c);
      break;
    default: break;
  }
  r->t1 = now_ns();
}

static void send(const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) out8(0xe9, ((const uint8_t *)bytes)[i]);
}

__attribute__((section(".entry"))) _Noreturn void entry(void) {
  const struct op *op = (const struct op *)SCRIPT_ADDR;
  struct result *result = (struct result *)RESULT_ADDR;
  struct result_header header = {RESULT_MAGIC, 0};

  init_interrupts();
  init_pci();
  __asm__ volatile("sti");
  for (; op->code != OP_END; op++) run(op, &result[header.count++]);
  send(&header, sizeof(header));
  send(result, header.count * sizeof(*result));
  end(EXIT_DONE);
}
