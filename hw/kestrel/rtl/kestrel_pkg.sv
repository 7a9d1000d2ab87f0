// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Sizes and types that kestrel's blocks agree on.
package kestrel_pkg;

  import kestrel_cmd_pkg::*;

  ///////////
  // Sizes //
  ///////////

  /// AXI4 manager: widths, in bits.
  parameter int unsigned AxiIdW   = 4;
  parameter int unsigned AxiAddrW = 64;
  parameter int unsigned AxiDataW = 128;
  parameter int unsigned AxiStrbW = AxiDataW / 8;
  parameter int unsigned AxiUserW = 32;
  /// AXI4-Lite subordinate: width of an address (2 MiB BAR), in bits.
  parameter int unsigned AxilAddrW = 21;
  /// Log2 of a beat's bytes: width of a byte's place in its beat.
  parameter int unsigned BeatBytesLog2 = $clog2(AxiStrbW);

  /// Queues, and width of a queue's number.
  parameter int unsigned NumQueues = 16;
  parameter int unsigned QueueW    = $clog2(NumQueues);
  /// Interrupt vectors: one a queue, and one more for errors.
  parameter int unsigned NumVectors = NumQueues + 1;
  /// Address spaces; space 0 is the one of ring records.
  parameter int unsigned NumSpaces = 16;
  parameter int unsigned SpaceW    = $clog2(NumSpaces);
  /// Largest ring: 2 to the power of this many entries.
  parameter int unsigned RingLog2Max = 16;
  /// Main clock that the part is specified for, MHz.
  parameter int unsigned ClockMHz = 1000;

  /// Rows and columns of the array; a scratchpad word holds one byte a row, or a column.
  parameter int unsigned ArrayRows = 16;
  parameter int unsigned ArrayCols = 16;
  /// Rows that are summed in one pipeline stage of the array.
  parameter int unsigned RowsPerStage = 16;
  /// Scratchpad: words of 16 bytes, in banks by the upper address bits.
  parameter int unsigned SpadWords = 16384;
  parameter int unsigned SpadAddrW = $clog2(SpadWords);
  parameter int unsigned SpadBanks = 8;
  parameter int unsigned SpadWordW = 128;
  /// Rows of accumulators, ArrayCols of 32 bits each.
  parameter int unsigned AccRows  = 1024;
  parameter int unsigned AccAddrW = $clog2(AccRows);
  /// Commands that wait in front of each engine.
  parameter int unsigned EngineCommands = 4;

  /// Bursts end at addresses that are a multiple of this, bytes: so they have at most 16 beats, and
  /// none crosses a 4 KiB boundary (AXI, A3.4.1).
  parameter int unsigned BurstBytes     = 256;
  parameter int unsigned BurstBytesLog2 = $clog2(BurstBytes);
  parameter int unsigned BurstBeats     = BurstBytes / AxiStrbW;
  /// Reads that LOAD keeps in flight, beats: 16 KiB. A power of two.
  parameter int unsigned ReadAheadBeats = 1024;
  /// Accesses outstanding on the bus, per direction.
  parameter int unsigned MaxOutstanding = 128;
  /// Virtual addresses, bits.
  parameter int unsigned VaW = 48;
  /// Lines of the TLB, of eight pages each.
  parameter int unsigned TlbLines = 16;

  /// After this time a reset that waits for the bus reports RESET_STUCK, nanoseconds.
  parameter int unsigned ResetStuckNs = 100_000;

  /////////
  // Bus //
  /////////

  /// AXI ids, one a client.
  parameter logic [AxiIdW-1:0] IdFetch = 4'd0;
  parameter logic [AxiIdW-1:0] IdLoad  = 4'd1;
  parameter logic [AxiIdW-1:0] IdWalk  = 4'd2;
  parameter logic [AxiIdW-1:0] IdStore = 4'd3;
  parameter logic [AxiIdW-1:0] IdWrite = 4'd4;

  /// Request of a client, before translation. Full-width beats, incrementing bursts, within one
  /// block of BurstBytes.
  typedef struct packed {
    /// First byte wanted; need not be aligned to a beat.
    logic [63:0]       addr;
    /// Beats - 1.
    logic [7:0]        len;
    logic [SpaceW-1:0] space;
    /// Of the kernel: goes into AxUSER.
    logic              privileged;
  } bus_req_t;

  /// Why a request was refused instead of taken.
  typedef struct packed {
    fault_e     fault;
    /// AXI response of the page table read, for FaultTableBus.
    logic [1:0] resp;
  } refusal_t;

  /// Read or write request on the bus.
  typedef struct packed {
    /// 19:0 PASID, 20 PASID valid, 21 privileged.
    logic [AxiUserW-1:0] user;
    logic [AxiIdW-1:0]   id;
    logic [AxiAddrW-1:0] addr;
    logic [7:0]          len;
  } axi_ax_t;

  /// Write data.
  typedef struct packed {
    logic                last;
    logic [AxiStrbW-1:0] strb;
    logic [AxiDataW-1:0] data;
  } axi_w_t;

  /// Write response.
  typedef struct packed {
    logic [AxiIdW-1:0] id;
    logic [1:0]        resp;
  } axi_b_t;

  /// Read data.
  typedef struct packed {
    logic [AxiIdW-1:0]   id;
    logic [1:0]          resp;
    logic                last;
    logic [AxiDataW-1:0] data;
  } axi_r_t;

  /// Read data without its id, as the clients get it.
  typedef struct packed {
    logic [1:0]          resp;
    logic                last;
    logic [AxiDataW-1:0] data;
  } r_beat_t;

  ////////////
  // Errors //
  ////////////

  /// What went wrong in an engine, or before one.
  typedef struct packed {
    error_cause_e cause;
    /// AXI response, or 0.
    logic [1:0]   resp;
    fault_e       fault;
    access_e      acc;
    /// Address before translation, or 0.
    logic [63:0]  addr;
  } failure_t;

  /// All of a queue's ERROR_* registers.
  typedef struct packed {
    failure_t    failure;
    logic [7:0]  opcode;
    logic        in_call;
    logic [31:0] index;
    logic [31:0] offset;
  } error_t;

  ////////////
  // Queues //
  ////////////

  /// Configuration of a queue, as the registers hold it.
  typedef struct packed {
    logic              user;
    logic              stall_faults;
    logic              write_status;
    logic [SpaceW-1:0] space;
    logic [4:0]        vector_number;
    logic [4:0]        ring_log2;
    logic [63:0]       ring_base;
    logic [63:0]       status_addr;
    logic [31:0]       budget;
    logic [31:0]       head;
    logic [31:0]       tail;
  } queue_t;

  /// Address space.
  typedef struct packed {
    space_mode_e mode;
    logic [19:0] pasid;
    /// Root table, in pages.
    logic [39:0] root;
  } space_t;

  /// Events of the compute engine that are counted, one cycle each.
  typedef struct packed {
    /// Multiply-accumulates / 16 in this cycle: 0, 1 or 16.
    logic [4:0]  macs16;
    logic        output_busy;
    logic        compute_busy;
  } compute_events_t;

  /// All other events that are counted. Two types, since these rest while only the compute engine
  /// is at work.
  typedef struct packed {
    logic        tlb_miss;
    /// Beats of bursts requested in this cycle.
    logic [4:0]  write_beats;
    logic [4:0]  read_beats;
    logic        translation;
    logic        store_token;
    logic        load_token;
    logic        compute_token;
    logic        store_busy;
    logic        load_busy;
    /// A command was given to an engine.
    logic        command;
  } count_events_t;

endpackage : kestrel_pkg
