// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Clock of a part that most of the time has nothing to do: it runs while the part is busy and for
/// a few cycles longer, and with reset.
///
/// A part that is going to change its state by itself is busy. What comes from outside is seen a
/// cycle late, so it has to stay until `running_o`. In a simulation a part whose clock rests costs
/// nothing, as it costs no power on a chip.
module prim_clock_domain #(
  /// Cycles that the clock runs on after `busy_i` or `wake_i`: one to act on what woke the part,
  /// one in which it says that it is busy, one more where `busy_i` comes out of a register, and one
  /// to spare.
  parameter int unsigned Linger = 4
) (
  /// Clock that does not rest.
  input  logic clk_i,
  /// Asynchronous reset, active low.
  input  logic rst_ni,

  /// The part has work; somebody outside has work for it: the clock runs from the next cycle on.
  /// They are two because in a simulation what depends on inputs is looked at more often.
  input  logic busy_i,
  input  logic wake_i,
  /// Another domain runs, and this one with it, in this cycle.
  input  logic with_i,

  /// The clock has an edge at the end of this cycle.
  output logic running_o,
  /// Clock of the part.
  output logic clk_o
);

  localparam int unsigned CountW = $clog2(Linger + 1);

  logic [CountW-1:0] count_q;  // Cycles that the clock runs, from now on.

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= CountW'(Linger);
    end else if (busy_i || wake_i) begin
      count_q <= CountW'(Linger);
    end else if (count_q != '0) begin
      count_q <= count_q - 1'b1;
    end
  end

  assign running_o = count_q != '0 || with_i;

  prim_clock_gate u_gate (
    .clk_i (clk_i),
    .en_i  (running_o),
    .clk_o (clk_o)
  );

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(LingerPositive, Linger >= 1, "a clock domain's clock would never run")

endmodule : prim_clock_domain
