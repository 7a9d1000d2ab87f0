// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Clock gate: a latch that is transparent while the clock is low, and an AND. A process for chips
/// puts its own cell in this one's place.
module prim_clock_gate (
  /// Clock.
  input  logic clk_i,
  /// Let the next high phase through. May change until the rising edge.
  input  logic en_i,
  /// The clock, or low.
  output logic clk_o
);

  logic en_q;

  always_latch begin
    if (!clk_i) en_q = en_i;
  end

  assign clk_o = clk_i & en_q;

endmodule : prim_clock_gate
