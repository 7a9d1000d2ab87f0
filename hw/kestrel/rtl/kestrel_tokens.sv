// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Tokens that order commands of different engines: four counts of 0 to 255.
///
/// Bit 0: from load to compute, 1: from compute to load, 2: from compute to store, 3: from store to
/// compute. Each count has one engine that signals and one that takes.
module kestrel_tokens (
  input  logic       clk_i,
  input  logic       rst_ni,
  /// No tokens.
  input  logic       clear_i,

  /// Signal one; only with `room_o`.
  input  logic [3:0] put_i,
  /// Take one; only with `any_o`.
  input  logic [3:0] take_i,
  /// There is one.
  output logic [3:0] any_o,
  /// There are fewer than 255.
  output logic [3:0] room_o
);

  logic [3:0][7:0] count_q;

  for (genvar i = 0; i < 4; i++) begin : gen_state
    assign any_o[i]  = count_q[i] != '0;
    assign room_o[i] = count_q[i] != '1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= '0;
    end else if (clear_i) begin
      count_q <= '0;
    end else if (put_i != '0 || take_i != '0) begin
      for (int i = 0; i < 4; i++) begin
        count_q[i] <= count_q[i] + 8'(put_i[i]) - 8'(take_i[i]);
      end
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(TakenWasThere, (take_i & ~any_o) == '0, "a token was taken that was not there")
  `PRIM_ASSERT(PutHasRoom, (put_i & ~room_o) == '0, "a token was signalled beyond 255")

endmodule : kestrel_tokens
