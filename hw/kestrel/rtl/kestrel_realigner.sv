// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Moves a stream of beats from the source's alignment to the destination's, one beat a cycle.
///
/// Input beats are aligned words of the source, output beats aligned words of the destination. An
/// output beat is cut out of two neighbouring input beats:
///
///     byte j of output = byte (j + shift) of {input, input before},  shift = (src - dst) mod 16
///
/// With src mod 16 > dst mod 16 the first output needs two input beats, so one is taken ahead
/// ("primed"). When the input has ended, the last output needs only the input before. Bytes of the
/// output that lie before the first or after the last destination byte are arbitrary.
module kestrel_realigner
  import kestrel_pkg::*;
(
  input  logic                     clk_i,
  input  logic                     rst_ni,
  /// Stop; nothing is taken or given until the next start.
  input  logic                     clear_i,

  /// Begin, one cycle.
  input  logic                     start_i,
  /// Place of the first byte in its beat, of source and destination.
  input  logic [BeatBytesLog2-1:0] src_offset_i,
  input  logic [BeatBytesLog2-1:0] dst_offset_i,
  /// Beats of source and destination, at least 1.
  input  logic [BeatCountW-1:0]    src_beats_i,
  input  logic [BeatCountW-1:0]    dst_beats_i,

  /// Source beats.
  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  logic [AxiDataW-1:0]      in_data_i,

  /// Destination beats.
  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output logic [AxiDataW-1:0]      out_data_o
);

  logic [BeatBytesLog2-1:0] shift_d, shift_q;        // Bytes.
  logic                     prime_d, prime_q;        // A beat is to be taken ahead.
  logic [BeatCountW-1:0]    in_left_d, in_left_q;    // Beats to take.
  logic [BeatCountW-1:0]    out_left_d, out_left_q;  // Beats to give.
  logic [AxiDataW-1:0]      before_q;                // The input beat before.
  logic                     give, take;

  assign out_valid_o = out_left_q != '0 && !prime_q && (in_valid_i || in_left_q == '0);
  assign give        = out_valid_o && out_ready_i;
  assign in_ready_o  = in_left_q != '0 && (prime_q || (out_left_q != '0 && out_ready_i));
  assign take        = in_valid_i && in_ready_o;

  // Only the low half of the shifted pair counts.
  logic [AxiDataW-1:0] unused_high;
  assign {unused_high, out_data_o} = shift_q == '0
      ? {AxiDataW'(0), in_data_i}
      : {in_data_i, before_q} >> {shift_q, 3'd0};

  always_comb begin
    shift_d    = shift_q;
    prime_d    = prime_q && !take;
    in_left_d  = in_left_q - BeatCountW'(take);
    out_left_d = out_left_q - BeatCountW'(give);

    if (start_i) begin
      shift_d    = src_offset_i - dst_offset_i;
      prime_d    = src_offset_i > dst_offset_i;
      in_left_d  = src_beats_i;
      out_left_d = dst_beats_i;
    end
    if (clear_i) begin
      prime_d    = 1'b0;
      in_left_d  = '0;
      out_left_d = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      shift_q    <= '0;
      prime_q    <= 1'b0;
      in_left_q  <= '0;
      out_left_q <= '0;
    end else begin
      shift_q    <= shift_d;
      prime_q    <= prime_d;
      in_left_q  <= in_left_d;
      out_left_q <= out_left_d;
    end
  end

  // Arbitrary at the start, where the output's bytes from it are not written.
  always_ff @(posedge clk_i) begin
    if (take) before_q <= in_data_i;
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(EndsTogether, !(out_left_q == '0 && in_left_q != '0),
               "source beats are left after the last destination beat")

endmodule : kestrel_realigner
