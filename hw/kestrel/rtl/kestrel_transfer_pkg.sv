// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// What the blocks of LOAD and STORE hand to one another.
///
/// Memory beats and scratchpad words have the same 16 bytes, so both engines do the same: they cut
/// their source into units of 16 bytes, and make units of the destination out of pairs of those.
package kestrel_transfer_pkg;

  import kestrel_pkg::*;

  /// Width of a byte address of the scratchpad.
  parameter int unsigned SpadByteW = SpadAddrW + BeatBytesLog2;
  /// Bytes of the scratchpad.
  parameter int unsigned SpadBytes = SpadWords * AxiStrbW;

  /// One run: N0 bytes of scratchpad, of which `inner` lie inside the rectangle in memory. The
  /// memory address of the first of those goes beside it. Fits into 64 bits, which a simulation
  /// moves as one number.
  typedef struct packed {
    /// The last run of the command.
    logic                 last;
    /// It reaches beyond the scratchpad; nothing else counts.
    logic                 bad;
    /// Its first byte in the scratchpad.
    logic [SpadByteW-1:0] spad;
    /// Bytes before the inner ones; all of the run if there are none.
    logic [15:0]          lead;
    /// Bytes inside.
    logic [15:0]          inner;
  } run_t;

  /// One unit of a run's destination, and what of its source it takes. Fits into 64 bits.
  typedef struct packed {
    /// The last step of the last run.
    logic                 last;
    /// The unit ends its burst: the run ends here, or a block of BurstBytes.
    logic                 burst_end;
    /// Number of the unit: word of the scratchpad, or low bits of the beat's.
    logic [SpadAddrW-1:0] unit;
    /// Bytes to write.
    logic [AxiStrbW-1:0]  strb;
    /// Those of them that come from the source, the others are padding.
    logic [AxiStrbW-1:0]  data;
    /// Source units that must be there, 0 .. 2.
    logic [1:0]           need;
    /// Source units that are used up, 0 .. 2.
    logic [1:0]           consume;
    /// The first source byte lies further down in its unit than its place here: the destination
    /// takes nothing from the second unit, and `shift` counts as if the first were that.
    logic                 back;
    /// Bytes by which the pair of units is moved down.
    logic [3:0]           shift;
  } step_t;

  /// Bytes `shift` .. `shift` + 15 of {second, first}. Built from shifts of 64 bits.
  function automatic logic [AxiDataW-1:0] funnel(input logic [AxiDataW-1:0] first,
                                                 input logic [AxiDataW-1:0] second,
                                                 input logic [3:0] shift);
    logic [63:0] low, mid, high;
    logic [5:0]  bits;
    low  = shift[3] ? first[127:64] : first[63:0];
    mid  = shift[3] ? second[63:0] : first[127:64];
    high = shift[3] ? second[127:64] : second[63:0];
    bits = {shift[2:0], 3'd0};
    // Two shifts up, since one by 64 - 0 would be too far.
    return {(mid >> bits) | ((high << 1) << (6'd63 - bits)),
            (low >> bits) | ((mid << 1) << (6'd63 - bits))};
  endfunction

endpackage : kestrel_transfer_pkg
