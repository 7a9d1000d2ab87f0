// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Results of OUTPUT on their way to the scratchpad, in order.
///
/// A place is taken when a position is begun, with the word that its result goes to; filled when
/// the result is there, so results never wait in front of it; and free once the scratchpad has
/// taken the result. A read of the scratchpad can be held back while a result for its word is under
/// way: so every position sees the results of all positions before it.
module kestrel_results
  import kestrel_pkg::*;
#(
  /// Places; a power of two.
  parameter  int unsigned Places = 16,
  /// Derived; do not override.
  localparam int unsigned PlaceW = $clog2(Places)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  /// Forget everything.
  input  logic                 clear_i,

  /// Take a place, only if there is one.
  input  logic                 take_i,
  input  logic [SpadAddrW-1:0] take_addr_i,
  output logic                 room_o,
  /// The result of the oldest place that has none.
  input  logic                 fill_i,
  input  logic [SpadWordW-1:0] fill_data_i,
  /// No place is taken.
  output logic                 empty_o,

  /// Is a result for this word under way?
  input  logic                 query_i,
  input  logic [SpadAddrW-1:0] query_addr_i,
  output logic                 under_way_o,

  /// To the scratchpad.
  output logic                 wv_valid_o,
  output logic [SpadAddrW-1:0] wv_addr_o,
  output logic [SpadWordW-1:0] wv_data_o,
  input  logic                 wv_ready_i
);

  // One bit more than a place's number. Free places lie between free_q and take_q.
  logic [PlaceW:0]      take_q, fill_q, send_q, free_q;
  logic [SpadAddrW-1:0] addr_q [Places];
  logic [SpadWordW-1:0] data_q [Places];
  logic                 send, sent;
  logic [PlaceW-1:0]    age;  // Places that were taken before this one and are not free again.

  assign room_o  = take_q != {~free_q[PlaceW], free_q[PlaceW-1:0]};
  assign empty_o = take_q == free_q;
  assign sent    = wv_valid_o && wv_ready_i;
  assign send    = send_q != fill_q && (!wv_valid_o || wv_ready_i);

  always_comb begin
    under_way_o = 1'b0;
    age         = '0;
    if (query_i && !empty_o) begin
      for (int unsigned i = 0; i < Places; i++) begin
        age = PlaceW'(i) - free_q[PlaceW-1:0];
        if ({1'b0, age} < take_q - free_q && addr_q[i] == query_addr_i) under_way_o = 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (take_i) addr_q[take_q[PlaceW-1:0]] <= take_addr_i;
    if (fill_i) data_q[fill_q[PlaceW-1:0]] <= fill_data_i;
    if (send) begin
      wv_addr_o <= addr_q[send_q[PlaceW-1:0]];
      wv_data_o <= data_q[send_q[PlaceW-1:0]];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      take_q     <= '0;
      fill_q     <= '0;
      send_q     <= '0;
      free_q     <= '0;
      wv_valid_o <= 1'b0;
    end else if (clear_i) begin
      take_q     <= '0;
      fill_q     <= '0;
      send_q     <= '0;
      free_q     <= '0;
      wv_valid_o <= 1'b0;
    end else begin
      if (take_i) take_q <= take_q + 1'b1;
      if (fill_i) fill_q <= fill_q + 1'b1;
      if (send)   send_q <= send_q + 1'b1;
      if (sent)   free_q <= free_q + 1'b1;
      wv_valid_o <= send || (wv_valid_o && !wv_ready_i);
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(TakenOnlyWithRoom, !(take_i && !room_o), "a result has no place")
  `PRIM_ASSERT(FilledOnlyIfTaken, !(fill_i && fill_q == take_q),
               "a result comes that none waits for")
  `PRIM_ASSERT_PARAM(PlacesPowerOfTwo, Places >= 2 && (Places & (Places - 1)) == 0,
                     "the places for results are not a power of two")

endmodule : kestrel_results
