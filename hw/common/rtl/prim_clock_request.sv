// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Device side of a clock request (low-power handshake after AMBA Q-Channel, ARM IHI 0068).
///
/// The clock controller lowers `qreqn_i` to ask whether the clock may stop. The device accepts
/// (`qacceptn_o` low) when it is quiescent, and from the next cycle on the clock may stop; else it
/// denies (`qdeny_o` high), and the controller must withdraw by raising `qreqn_i`. To wake the
/// device the controller raises `qreqn_i`, runs the clock and waits for `qacceptn_o` high: until
/// then no traffic may arrive.
///
/// `qactive_o` only tells when asking is worth while. It may fall and rise at any time; the
/// handshake decides.
///
/// After reset the device runs: `qacceptn_o` high, `qdeny_o` low.
module prim_clock_request (
  /// Rising-edge clock, the one that may be stopped.
  input  logic clk_i,
  /// Asynchronous reset, active low.
  input  logic rst_ni,

  /// The device has work, in this cycle: a request is denied. Must cover everything that will act
  /// in the next cycle, since that one may not come.
  input  logic busy_i,
  /// Something that needs no clock, such as a time that has come, wants the clock; may rise at any
  /// time. 0 if there is nothing of that kind.
  input  logic wake_i,

  /// Request to stop, active low.
  input  logic qreqn_i,
  /// Acceptance, active low.
  output logic qacceptn_o,
  /// Denial.
  output logic qdeny_o,
  /// The device wants its clock.
  output logic qactive_o
);

  typedef enum logic [1:0] {
    StRun,
    StStopped,
    StDenied
  } state_e;

  state_e state_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StRun;
    end else if (!qreqn_i && state_q == StRun) begin
      state_q <= busy_i || wake_i ? StDenied : StStopped;
    end else if (qreqn_i && state_q != StRun) begin
      state_q <= StRun;
    end
  end

  assign qacceptn_o = state_q != StStopped;
  assign qdeny_o    = state_q == StDenied;
  assign qactive_o  = busy_i || wake_i;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(StoppedStaysQuiescent, !(state_q == StStopped && busy_i && !wake_i),
               "the device has work although it let its clock be stopped")

endmodule : prim_clock_request
