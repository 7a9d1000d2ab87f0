// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Sizes and types that kestrel's blocks agree on.
package kestrel_pkg;

  /// AXI4 manager: widths, in bits.
  parameter int unsigned AxiIdW   = 4;
  parameter int unsigned AxiAddrW = 64;
  parameter int unsigned AxiDataW = 128;
  parameter int unsigned AxiStrbW = AxiDataW / 8;
  parameter int unsigned AxiUserW = 32;

  /// AXI4-Lite subordinate: width of an address (64 KiB BAR), in bits.
  parameter int unsigned AxilAddrW = 16;

  /// Interrupt vectors.
  parameter int unsigned NumVectors  = 2;
  parameter int unsigned VectorFence = 0;
  parameter int unsigned VectorError = 1;

  /// Largest ring: 2 to the power of this many entries.
  parameter int unsigned RingLog2Max = 16;

  /// Main clock that the part is specified for, MHz.
  parameter int unsigned ClockMHz = 1000;

  /// Bursts end at addresses that are a multiple of this, bytes: so they have at most 16 beats, and
  /// none crosses a 4 KiB boundary (AXI, A3.4.1).
  parameter int unsigned BurstBytes     = 256;
  parameter int unsigned BurstBytesLog2 = $clog2(BurstBytes);
  parameter int unsigned BurstBeats     = BurstBytes / AxiStrbW;
  parameter int unsigned BurstBeatsW    = $clog2(BurstBeats) + 1;

  /// Log2 of a beat's bytes: width of a byte's place in its beat.
  parameter int unsigned BeatBytesLog2 = $clog2(AxiStrbW);

  /// Beats that one command can have: 2^32 - 1 bytes at any alignment.
  parameter int unsigned BeatCountW = 32 - BeatBytesLog2 + 1;

  /// Commands fetched ahead of the one in execution. A power of two.
  parameter int unsigned FetchDepth = 4;

  /// Data that a COPY reads ahead of what it writes, beats. A power of two.
  parameter int unsigned ReadAheadBeats = 512;

  /// Accesses outstanding on the bus, per direction.
  parameter int unsigned MaxOutstanding = 32;

  /// AXI ids.
  parameter logic [AxiIdW-1:0] IdFetch = 4'd0;
  parameter logic [AxiIdW-1:0] IdCopy  = 4'd1;
  parameter logic [AxiIdW-1:0] IdFence = 4'd2;

  /// Read or write request: what kestrel varies of it. Full-width beats, incrementing bursts.
  typedef struct packed {
    logic [AxiIdW-1:0]   id;
    /// First byte wanted; need not be aligned to a beat.
    logic [AxiAddrW-1:0] addr;
    /// Beats - 1.
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

  /// Read data without its id, as the blocks get it.
  typedef struct packed {
    logic [1:0]          resp;
    logic                last;
    logic [AxiDataW-1:0] data;
  } r_beat_t;

  /// One ring entry as fetched. What lies above its last named word is reduced to one bit.
  typedef struct packed {
    /// CauseNone, or why there is no command.
    kestrel_cmd_pkg::error_cause_e cause;
    /// AXI response of the fetch.
    logic [1:0]   resp;
    /// A reserved byte beyond the named words is not zero.
    logic         reserved_set;
    logic [31:0]  value_hi;
    logic [31:0]  value_lo;
    logic [31:0]  dst_hi;
    logic [31:0]  dst_lo;
    logic [31:0]  src_hi;
    logic [31:0]  src_lo;
    logic [31:0]  length;
    logic [23:0]  header_reserved;
    logic [7:0]   opcode;
  } fetched_t;

  /// A bus access that failed.
  typedef struct packed {
    kestrel_cmd_pkg::error_cause_e cause;
    logic [1:0]  resp;
    logic [63:0] addr;
  } bus_error_t;

  /// Beats of the burst that starts in beat `first` of its block, with `left` beats to go.
  function automatic logic [BurstBeatsW-1:0] burst_beats(
      input logic [BurstBeatsW-2:0] first, input logic [BeatCountW-1:0] left);
    logic [BurstBeatsW-1:0] room;
    room = BurstBeatsW'(BurstBeats) - BurstBeatsW'(first);
    return left < BeatCountW'(room) ? BurstBeatsW'(left) : room;
  endfunction

  /// First address of the block after the one that `addr` lies in.
  function automatic logic [AxiAddrW-1:0] next_block(input logic [AxiAddrW-1:0] addr);
    return (addr | AxiAddrW'(BurstBytes - 1)) + 1'b1;
  endfunction

  /// What software set in the registers.
  typedef struct packed {
    /// Fetch commands.
    logic        enable;
    /// Bus address of ring entry 0; its low 6 bits are 0.
    logic [63:0] ring_base;
    /// Log2 of the ring's entries, as written: may be out of range.
    logic [4:0]  ring_log2;
    /// Producer index.
    logic [31:0] doorbell;
  } config_t;

  /// Why the engine stopped; all zero while it did not.
  typedef struct packed {
    kestrel_cmd_pkg::error_cause_e cause;
    /// AXI response, or 0.
    logic [1:0]  resp;
    /// Opcode of the command, or 0 if it could not be read.
    logic [7:0]  opcode;
    /// Ring index of the command.
    logic [31:0] index;
    /// Start of the bus access that failed, or 0.
    logic [63:0] addr;
  } error_t;

  /// What software reads of the engine.
  typedef struct packed {
    logic        idle;
    logic        error;
    logic        resetting;
    /// Consumer index.
    logic [31:0] head;
    error_t      error_info;
    logic [31:0] commands;
    logic [63:0] bytes;
    logic [63:0] busy_cycles;
  } status_t;

endpackage : kestrel_pkg
