// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// What engines and bus tell the front end: registered here, and wakes its clock, so that it need
/// not be there while only the engines are at work.
module kestrel_report
  import kestrel_pkg::*;
(
  /// Clock of whoever tells something. The front end's runs in each cycle after one with `wake_o`.
  input  logic       clk_i,
  input  logic       rst_ni,
  /// What is in execution is being stopped: nothing of it is told any more.
  input  logic       clear_i,

  /// Ends of commands: done for one cycle, failed for longer.
  input  logic       load_done_i,
  input  logic       load_failed_i,
  input  failure_t   load_failure_i,
  input  logic       store_done_i,
  input  logic       store_failed_i,
  input  failure_t   store_failure_i,
  input  logic       compute_done_i,
  input  logic       compute_failed_i,
  input  failure_t   compute_failure_i,
  /// Answers to the front end's accesses.
  input  logic       r_valid_i,
  input  r_beat_t    r_i,
  input  logic       b_valid_i,
  input  logic [1:0] b_resp_i,
  /// States that the front end looks at itself, but is told of when they change.
  input  logic [2:0] levels_i,

  /// The same a cycle later.
  output logic       load_done_o,
  output logic       load_failed_o,
  output failure_t   load_failure_o,
  output logic       store_done_o,
  output logic       store_failed_o,
  output failure_t   store_failure_o,
  output logic       compute_done_o,
  output logic       compute_failed_o,
  output failure_t   compute_failure_o,
  output logic       r_valid_o,
  output r_beat_t    r_o,
  output logic       b_valid_o,
  output logic [1:0] b_resp_o,

  /// There is something to tell, besides of the compute engine.
  output logic       wake_o,
  /// This part has not done yet.
  output logic       busy_o
);

  logic [1:0] load_q, store_q, compute_q;  // Failed, done.
  logic       r_valid_q, b_valid_q;
  logic [2:0] levels_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      load_q    <= '0;
      store_q   <= '0;
      compute_q <= '0;
      r_valid_q <= 1'b0;
      b_valid_q <= 1'b0;
      levels_q  <= '0;
    end else begin
      load_q    <= clear_i ? '0 : {load_failed_i, load_done_i};
      store_q   <= clear_i ? '0 : {store_failed_i, store_done_i};
      compute_q <= clear_i ? '0 : {compute_failed_i, compute_done_i};
      r_valid_q <= r_valid_i && !clear_i;
      b_valid_q <= b_valid_i && !clear_i;
      levels_q  <= levels_i;
    end
  end

  // Of use with what is above, so no reset.
  always_ff @(posedge clk_i) begin
    if (load_failed_i) load_failure_o <= load_failure_i;
    if (store_failed_i) store_failure_o <= store_failure_i;
    if (compute_failed_i) compute_failure_o <= compute_failure_i;
    if (r_valid_i) r_o <= r_i;
    if (b_valid_i) b_resp_o <= b_resp_i;
  end

  assign {load_failed_o, load_done_o}       = load_q;
  assign {store_failed_o, store_done_o}     = store_q;
  assign {compute_failed_o, compute_done_o} = compute_q;
  assign r_valid_o                          = r_valid_q;
  assign b_valid_o                          = b_valid_q;

  // The compute engine's ends are not here: those come from another domain, and wake from there.
  assign wake_o = load_done_i || load_failed_i != load_failed_o ||
                  store_done_i || store_failed_i != store_failed_o ||
                  r_valid_i || b_valid_i || levels_i != levels_q;
  assign busy_o = wake_o || load_done_o || store_done_o || compute_done_o || r_valid_q || b_valid_q;

endmodule : kestrel_report
