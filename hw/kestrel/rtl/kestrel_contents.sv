// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Whose the contents of scratchpad and accumulators are: a CALL may see what an earlier one of the
/// same address space has left, if nothing has stopped that, and else nothing.
module kestrel_contents
  import kestrel_pkg::*;
(
  input  logic              clk_i,
  input  logic              rst_ni,
  /// What is in execution is being stopped.
  input  logic              clear_i,

  /// Address space of the CALL that begins, or is about to.
  input  logic [SpaceW-1:0] space_i,
  /// A CALL begins, is complete; a wipe begins, is complete. One cycle each.
  input  logic              begin_i,
  input  logic              done_i,
  input  logic              wipe_i,
  input  logic              wiped_i,
  /// From now on the contents are nobody's: a number of a space may get another owner. One cycle.
  input  logic              disown_i,
  /// A CALL of `space_i` must not begin before a wipe.
  output logic              wipe_wanted_o
);

  logic              empty_q;
  logic              owned_q;  // By the space `owner_q`.
  logic [SpaceW-1:0] owner_q;
  logic              open_q;   // A CALL has begun and is not complete.

  assign wipe_wanted_o = !empty_q && !(owned_q && owner_q == space_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      empty_q <= 1'b0;
      owned_q <= 1'b0;
      owner_q <= '0;
      open_q  <= 1'b0;
    end else begin
      if (clear_i) begin
        if (open_q) owned_q <= 1'b0;
        open_q <= 1'b0;
      end else if (begin_i) begin
        empty_q <= 1'b0;
        owned_q <= 1'b1;
        owner_q <= space_i;
        open_q  <= 1'b1;
      end else if (wipe_i) begin
        // If it is stopped half-way, nobody may see the rest.
        owned_q <= 1'b0;
      end else if (wiped_i) begin
        empty_q <= 1'b1;
        owned_q <= 1'b0;
      end else if (done_i) begin
        open_q <= 1'b0;
      end
      if (disown_i) owned_q <= 1'b0;
    end
  end

endmodule : kestrel_contents
