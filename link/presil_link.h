/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/**
 * \file
 * The wire between QEMU's presil-pci device and a simulator: layouts and numbers, no code.
 *
 * Two processes, one connection, one accelerator. A Unix stream socket carries the two hello
 * messages, the segment's file descriptor, and afterwards nothing: its end-of-file is how a side
 * learns that the other died. Everything else goes through the shared-memory segment.
 *
 * QEMU makes a *call*; while it waits it serves the simulator's *upcalls*; then comes the *return*.
 * One call is in flight at a time and exactly one side runs. docs/protocol.md gives the rules.
 *
 * All integers are little-endian. Reserved fields are written as zero and not interpreted. Times
 * are picoseconds since guest power-on and never go back.
 *
 * Usable from C11 and C++: it includes nothing but <stdint.h> and <assert.h>.
 */
#ifndef PRESIL_LINK_H
#define PRESIL_LINK_H

#include <assert.h>
#include <stdint.h>

/** First word of both hello messages and of the segment: "PSLK". */
#define PRESIL_LINK_MAGIC 0x4b4c5350u
/** Changed whenever a layout or a rule below changes. Both sides must speak the same. */
#define PRESIL_LINK_VERSION 1u

/** Largest payload of one message, bytes. A DMA never crosses a 4 KiB boundary (PCIe 2.2.7). */
#define PRESIL_LINK_MAX_PAYLOAD 4096u
/** BARs of one function. */
#define PRESIL_LINK_BARS 6u
/** `next_ps` of a device that does nothing until it is called. */
#define PRESIL_LINK_NEVER UINT64_MAX

/* ---------------------------------------------------------------- set-up, over the socket ---- */

/** QEMU to simulator, first message; the segment's descriptor rides along as SCM_RIGHTS. */
struct presil_hello {
  uint32_t magic;         /**< PRESIL_LINK_MAGIC */
  uint32_t version;       /**< PRESIL_LINK_VERSION */
  uint32_t length;        /**< sizeof(struct presil_hello), bytes */
  uint32_t flags;         /**< reserved */
  uint64_t segment_bytes; /**< size of the segment, sealed: sizeof(struct presil_segment) */
  uint64_t quantum_ps;    /**< QEMU's step while guest and device both work; informative */
  uint32_t spin_ns;       /**< how long QEMU spins before it sleeps, host nanoseconds; advice */
  uint32_t reserved[7];
};
static_assert(sizeof(struct presil_hello) == 64, "wire layout changed");

/** One base address register. */
struct presil_bar {
  uint64_t size_bytes; /**< 0: no such BAR; else a power of two, at least 16 */
  uint32_t flags;      /**< PRESIL_BAR_* */
  uint32_t reserved;
};
static_assert(sizeof(struct presil_bar) == 16, "wire layout changed");

#define PRESIL_BAR_64BIT (1u << 0)    /**< takes this slot and the next one */
#define PRESIL_BAR_PREFETCH (1u << 1) /**< prefetchable; only together with 64BIT */

#define PRESIL_CAP_PM (1u << 0)    /**< power management, D0 and D3hot */
#define PRESIL_CAP_AER (1u << 1)   /**< advanced error reporting */
#define PRESIL_CAP_FLR (1u << 2)   /**< function level reset */
#define PRESIL_CAP_ATS (1u << 3)   /**< address translation services (reserved) */
#define PRESIL_CAP_PASID (1u << 4) /**< process address space ids (reserved) */
#define PRESIL_CAP_PRI (1u << 5)   /**< page request interface (reserved) */

/** What QEMU shows the guest. */
struct presil_personality {
  uint16_t vendor_id;
  uint16_t device_id;
  uint16_t subsystem_vendor_id;
  uint16_t subsystem_id;
  uint32_t class_code;      /**< base class, subclass, programming interface: 24 bits */
  uint8_t revision;
  uint8_t link_speed;       /**< 1 .. 6 for 2.5, 5, 8, 16, 32, 64 GT/s */
  uint8_t link_width;       /**< 1, 2, 4, 8 or 16 lanes */
  uint8_t msix_bar;         /**< a free BAR that QEMU fills with MSI-X table and PBA */
  uint16_t msix_vectors;    /**< 0 .. 2048; 0: no MSI-X capability */
  uint8_t pasid_bits;       /**< reserved, 0 */
  uint8_t reserved0;
  uint16_t total_vfs;       /**< reserved, 0 */
  uint16_t reserved1;
  uint32_t capabilities; /**< PRESIL_CAP_* */
  uint32_t reserved2;
  uint64_t serial_number;   /**< device serial number capability; 0: none */
  uint64_t clock_period_ps; /**< of the accelerator's main clock; informative */
  struct presil_bar bars[PRESIL_LINK_BARS];
  char name[32];            /**< for messages, NUL-terminated, printable ASCII */
  uint8_t reserved3[80];
};
static_assert(sizeof(struct presil_personality) == 256, "wire layout changed");

/** Why a simulator declines a hello; `status` of the reply. */
enum presil_hello_status {
  PRESIL_HELLO_OK = 0,
  PRESIL_HELLO_BAD_VERSION = 1, /**< the reply carries the simulator's own version */
  PRESIL_HELLO_BAD_SEGMENT = 2, /**< missing, not sealed, or of another size */
};

/** Simulator to QEMU, the answer. */
struct presil_hello_reply {
  uint32_t magic;
  uint32_t version;
  uint32_t length; /**< sizeof(struct presil_hello_reply), bytes */
  uint32_t status; /**< enum presil_hello_status */
  uint32_t reserved[12];
  struct presil_personality personality;
};
static_assert(sizeof(struct presil_hello_reply) == 320, "wire layout changed");

/* ------------------------------------------------------------------------------ messages ---- */

/** `type` of every message. Numbers are never reused. */
enum presil_message_type {
  /* calls, QEMU to simulator */
  PRESIL_CALL_MMIO_READ = 0x01,
  PRESIL_CALL_MMIO_WRITE = 0x02,
  PRESIL_CALL_ADVANCE = 0x03,
  PRESIL_CALL_CONFIG = 0x04,
  PRESIL_CALL_RESET = 0x05,
  PRESIL_CALL_SAVE = 0x06, /**< answered PRESIL_STATUS_UNSUPPORTED in this version */
  PRESIL_CALL_LOAD = 0x07, /**< answered PRESIL_STATUS_UNSUPPORTED in this version */
  PRESIL_CALL_QUIT = 0x08,
  PRESIL_RETURN = 0x40, /**< simulator to QEMU, ends the call */

  /* upcalls, simulator to QEMU */
  PRESIL_UPCALL_DMA_READ = 0x81,
  PRESIL_UPCALL_DMA_WRITE = 0x82,
  PRESIL_UPCALL_MSIX = 0x83,
  PRESIL_UPCALL_ERROR = 0x84,
  /* 0x90 .. 0x9f: reserved for ATS translation, invalidation and page requests */
  PRESIL_ANSWER = 0xc0, /**< QEMU to simulator, ends the upcall */
};

/** `status` of returns and answers. 0, 1 and 4 are PCIe's completion status codes. */
enum presil_status {
  PRESIL_STATUS_SUCCESS = 0,
  PRESIL_STATUS_UNSUPPORTED_REQUEST = 1, /**< UR: nobody there, or bus mastering is off */
  PRESIL_STATUS_COMPLETER_ABORT = 4,     /**< CA: somebody there, and it failed */
  PRESIL_STATUS_COMPLETION_TIMEOUT = 16, /**< CTO: no answer in the completion timeout */
  PRESIL_STATUS_STOPPED = 32,            /**< ADVANCE only: ended early, before an event */
  PRESIL_STATUS_UNSUPPORTED = 33,        /**< SAVE and LOAD only */
};

/** Starts every message. */
struct presil_header {
  uint32_t type;          /**< enum presil_message_type */
  uint32_t payload_bytes; /**< valid bytes of the box's payload, 0 .. PRESIL_LINK_MAX_PAYLOAD */
  uint64_t time_ps;       /**< calls and answers: guest time; returns and upcalls: device time */
};

/** One message; which member of `u` is valid follows from the type. 64 bytes. */
struct presil_message {
  struct presil_header header;
  union {
    /** PRESIL_CALL_MMIO_READ, PRESIL_CALL_MMIO_WRITE. */
    struct {
      uint64_t offset; /**< within the BAR, bytes; any alignment */
      uint64_t data;   /**< writes: the low `size` bytes, little-endian; reads: 0 */
      uint32_t bar;    /**< 0 .. PRESIL_LINK_BARS - 1 */
      uint32_t size;   /**< 1, 2, 4 or 8 bytes */
    } mmio;
    /** PRESIL_CALL_ADVANCE: simulate to header.time_ps. */
    struct {
      uint32_t flags; /**< PRESIL_ADVANCE_* */
      uint32_t reserved;
    } advance;
    /** PRESIL_CALL_CONFIG: the guest's settings, sent when one of them changes. */
    struct {
      uint32_t flags;       /**< PRESIL_CONFIG_* */
      uint32_t mps_bytes;   /**< Max_Payload_Size, 128 .. 4096 */
      uint32_t mrrs_bytes;  /**< Max_Read_Request_Size, 128 .. 4096 */
      uint32_t power_state; /**< 0: D0; 3: D3hot */
    } config;
    /** PRESIL_CALL_RESET. */
    struct {
      uint32_t kind; /**< enum presil_reset_kind */
      uint32_t reserved;
    } reset;
    /** PRESIL_RETURN. */
    struct {
      uint64_t next_ps; /**< earliest unprompted event; header.time_ps: now; or PRESIL_LINK_NEVER */
      uint64_t data;    /**< MMIO_READ: the low `size` bytes; all ones unless SUCCESS; else 0 */
      uint32_t status;  /**< enum presil_status */
      uint32_t reserved;
    } ret;
    /** PRESIL_UPCALL_DMA_READ, PRESIL_UPCALL_DMA_WRITE (data in the payload). */
    struct {
      uint64_t addr;      /**< bus address, bytes */
      uint64_t attr;      /**< PRESIL_DMA_* */
      uint32_t len_bytes; /**< 1 .. MRRS or MPS; does not cross a 4 KiB boundary */
      uint32_t reserved;
    } dma;
    /** PRESIL_UPCALL_MSIX. */
    struct {
      uint32_t vector;
      uint32_t reserved;
    } msix;
    /** PRESIL_UPCALL_ERROR: to be reported through AER. */
    struct {
      uint32_t severity;      /**< enum presil_error_severity */
      uint32_t status_bit;    /**< the one bit of the AER (un)correctable status register */
      uint32_t header_log[4]; /**< first 16 bytes of the TLP, as AER logs them */
    } error;
    /** PRESIL_ANSWER (DMA_READ data in the payload). */
    struct {
      uint32_t status; /**< enum presil_status */
      uint32_t reserved;
    } answer;
    uint8_t bytes[48];
  } u;
};
static_assert(sizeof(struct presil_message) == 64, "wire layout changed");

/** ADVANCE returns *before* issuing an MSIX or ERROR, and right after a DMA that failed. */
#define PRESIL_ADVANCE_STOP_AT_EVENT (1u << 0)

#define PRESIL_CONFIG_MEMORY_SPACE (1u << 0)
#define PRESIL_CONFIG_BUS_MASTER (1u << 1)
#define PRESIL_CONFIG_MSIX_ENABLE (1u << 2)
#define PRESIL_CONFIG_MSIX_MASK_ALL (1u << 3)

enum presil_reset_kind {
  PRESIL_RESET_CONVENTIONAL = 0, /**< hot reset, warm reset, guest reset */
  PRESIL_RESET_FUNCTION = 1,     /**< FLR */
};

enum presil_error_severity {
  PRESIL_ERROR_CORRECTABLE = 0,
  PRESIL_ERROR_NONFATAL = 1,
  PRESIL_ERROR_FATAL = 2,
};

/* DMA attributes: carried, and ignored in this version. */
#define PRESIL_DMA_PASID_MASK 0xfffffull        /**< bits 19:0 */
#define PRESIL_DMA_PASID_VALID (1ull << 20)
#define PRESIL_DMA_PRIVILEGED (1ull << 21)
#define PRESIL_DMA_AT_SHIFT 22                  /**< bits 23:22, address type */
#define PRESIL_DMA_RELAXED_ORDERING (1ull << 24)
#define PRESIL_DMA_NO_SNOOP (1ull << 25)

/* ------------------------------------------------------------------------------- segment ---- */

/**
 * One direction. The sender fills `message` and `payload`, then increments `sequence` with release
 * order, then wakes the receiver if `sleeping` is set. The receiver waits for `sequence` to move:
 * it spins, then sets `sleeping` and sleeps in futex(FUTEX_WAIT) on `sequence` (shared, not
 * private). A message is copied out before it is checked.
 */
struct presil_box {
  uint32_t sequence; /**< futex word: messages sent so far, modulo 2^32 */
  uint32_t sleeping; /**< futex waiter present */
  uint32_t reserved[14];
  struct presil_message message;
  uint8_t payload[PRESIL_LINK_MAX_PAYLOAD];
  uint8_t reserved1[64];
};
static_assert(sizeof(struct presil_box) == 4288, "wire layout changed");

/** Why QEMU gave the link up; `down_reason` of the segment and of messages. */
enum presil_down_reason {
  PRESIL_UP = 0,
  PRESIL_DOWN_QUIT = 1,     /**< QEMU ended and said so */
  PRESIL_DOWN_CLOSED = 2,   /**< the simulator closed the socket, or died */
  PRESIL_DOWN_WATCHDOG = 3, /**< no heartbeat for the watchdog's time during a call */
  PRESIL_DOWN_PROTOCOL = 4, /**< the simulator broke a rule of docs/protocol.md */
};

/** Written by the simulator alone, read by anybody at any time; relaxed atomics. */
struct presil_simulator_progress {
  uint64_t heartbeat;          /**< moves at least every 100 ms of host time during a call */
  uint64_t device_ps;          /**< device time */
  uint64_t rtl_cycles;         /**< clock cycles evaluated */
  uint64_t rtl_cycles_skipped; /**< clock cycles stopped or jumped over */
  uint64_t process_id;
  uint64_t reserved[3];
};
static_assert(sizeof(struct presil_simulator_progress) == 64, "wire layout changed");

/** Written by QEMU alone, read by anybody at any time; relaxed atomics. */
struct presil_qemu_progress {
  uint64_t pulse;       /**< moves about every 100 ms of host time while QEMU's process runs */
  uint64_t guest_ns;    /**< virtual clock, nanoseconds, as of the latest pulse */
  uint64_t mmio_reads;  /**< calls made */
  uint64_t mmio_writes; /**< calls made */
  uint64_t dma_bytes;   /**< moved for upcalls answered with success */
  uint64_t interrupts;  /**< MSI-X upcalls taken */
  uint64_t advances;    /**< calls made */
  uint64_t timer_ticks; /**< expiries of the device's virtual-clock timers */
  uint64_t process_id;
  uint32_t down_reason; /**< enum presil_down_reason */
  uint32_t call_type;   /**< call in flight, 0: none */
  uint64_t reserved[6];
};
static_assert(sizeof(struct presil_qemu_progress) == 128, "wire layout changed");

/** The whole segment: a memfd made by QEMU, sealed with F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL. */
struct presil_segment {
  uint32_t magic;    /**< PRESIL_LINK_MAGIC */
  uint32_t version;  /**< PRESIL_LINK_VERSION */
  uint8_t reserved[56];
  struct presil_simulator_progress simulator;
  struct presil_qemu_progress qemu;
  struct presil_box to_simulator; /**< calls and answers */
  struct presil_box to_qemu;      /**< returns and upcalls */
  uint8_t reserved1[3456];
};
static_assert(sizeof(struct presil_segment) == 12288, "wire layout changed");

#endif
