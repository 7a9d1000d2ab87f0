// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// FIFO of 16-byte units that shows its two oldest, and gives up to two a cycle.
///
/// Two memories, which take the units in turn, each with a read register that holds what it shows:
/// so each of them gives one a cycle. Whoever puts units in keeps account of the room. A unit is
/// shown two cycles after it was put in.
module kestrel_pairs
  import kestrel_pkg::*;
#(
  /// Units that there is room for. A power of two, at least 4.
  parameter  int unsigned Depth = 8,
  /// Derived; do not override. Width of a place in one memory, in bits.
  localparam int unsigned PlaceW = $clog2(Depth / 2)
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  /// Drop all units.
  input  logic                clear_i,

  /// Put one in. There must be room.
  input  logic                put_i,
  input  logic [AxiDataW-1:0] data_i,

  /// Units shown, 0 .. 2.
  output logic [1:0]          shown_o,
  /// The oldest is the odd one, and the next the even one; else the other way round.
  output logic                swapped_o,
  output logic [AxiDataW-1:0] even_o,
  output logic [AxiDataW-1:0] odd_o,
  /// Give this many, not more than are shown.
  input  logic [1:0]          get_i
);

  logic [PlaceW+1:0] put_q;  // Units put in; bit 0: the memory into which the next goes.
  logic [PlaceW:0]   even_read_q, odd_read_q;  // Units read out of each memory.
  logic              even_valid_q, odd_valid_q, swapped_q;
  logic [PlaceW:0]   even_put, odd_put;        // Units put into each memory.
  logic              even_get, odd_get, even_read, odd_read;

  assign even_put = put_q[PlaceW+1:1] + (PlaceW + 1)'(put_q[0]);
  assign odd_put  = put_q[PlaceW+1:1];

  assign even_get  = get_i[1] || (get_i[0] && !swapped_q);
  assign odd_get   = get_i[1] || (get_i[0] && swapped_q);
  // The read register takes the next unit as soon as it is free.
  assign even_read = even_put != even_read_q && (!even_valid_q || even_get);
  assign odd_read  = odd_put != odd_read_q && (!odd_valid_q || odd_get);

  // The second is shown only behind the first.
  always_comb begin
    if (swapped_q) shown_o = {odd_valid_q && even_valid_q, odd_valid_q && !even_valid_q};
    else shown_o = {odd_valid_q && even_valid_q, even_valid_q && !odd_valid_q};
  end
  assign swapped_o = swapped_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      put_q        <= '0;
      even_read_q  <= '0;
      odd_read_q   <= '0;
      even_valid_q <= 1'b0;
      odd_valid_q  <= 1'b0;
      swapped_q    <= 1'b0;
    end else if (clear_i) begin
      put_q        <= '0;
      even_read_q  <= '0;
      odd_read_q   <= '0;
      even_valid_q <= 1'b0;
      odd_valid_q  <= 1'b0;
      swapped_q    <= 1'b0;
    end else if (put_i || even_read || odd_read || get_i != '0) begin
      put_q       <= put_q + (PlaceW + 2)'(put_i);
      even_read_q <= even_read_q + (PlaceW + 1)'(even_read);
      odd_read_q  <= odd_read_q + (PlaceW + 1)'(odd_read);
      if (even_read) even_valid_q <= 1'b1;
      else if (even_get) even_valid_q <= 1'b0;
      if (odd_read) odd_valid_q <= 1'b1;
      else if (odd_get) odd_valid_q <= 1'b0;
      swapped_q <= swapped_q ^ get_i[0];
    end
  end

  // Units need no reset: the valid bits gate every use.
  logic [AxiDataW-1:0] even_mem_q [Depth/2];
  logic [AxiDataW-1:0] odd_mem_q [Depth/2];

  // The memories belong to one process, which reads before it writes: the blocking assignments
  // cannot be seen from outside, and a simulation copies a unit once instead of twice.
  /* verilator lint_off BLKSEQ */
  always_ff @(posedge clk_i) begin
    if (put_i || even_read || odd_read) begin
      if (even_read) even_o <= even_mem_q[even_read_q[PlaceW-1:0]];
      if (odd_read) odd_o <= odd_mem_q[odd_read_q[PlaceW-1:0]];
      if (put_i && !put_q[0]) even_mem_q[put_q[PlaceW:1]] = data_i;
      if (put_i && put_q[0]) odd_mem_q[put_q[PlaceW:1]] = data_i;
    end
  end
  /* verilator lint_on BLKSEQ */

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(DepthFits, Depth >= 4 && (Depth & (Depth - 1)) == 0,
                     "the depth of a pair of FIFOs is not a power of two of at least 4")
  `PRIM_ASSERT(HasRoom, !put_i || (put_q[0] ? odd_put - odd_read_q : even_put - even_read_q) !=
                        (PlaceW + 1)'(Depth / 2), "a unit is put in that has no room")
  `PRIM_ASSERT(HasUnits, get_i <= shown_o, "more units are taken than are shown")

endmodule : kestrel_pairs
