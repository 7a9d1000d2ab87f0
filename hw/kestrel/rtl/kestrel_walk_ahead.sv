// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Has the lines fetched that the ports are likely to enter next, if the TLB lacks them.
///
/// One at a time. It asks the TLB and the walker when nobody else does.
module kestrel_walk_ahead
  import kestrel_pkg::*;
  import kestrel_mmu_pkg::*;
(
  input  logic       clk_i,
  input  logic       rst_ni,
  /// Forget everything.
  input  logic       clear_i,

  /// First page of a line, of each port.
  input  logic [1:0] ahead_valid_i,
  output logic [1:0] ahead_ready_o,
  input  page_t      ahead_i [2],

  /// Lookup in the TLB; the answer comes in the cycle after it was granted.
  output logic       lookup_valid_o,
  input  logic       lookup_ready_i,
  output page_t      page_o,
  input  logic       hit_i,

  /// Walk for page_o.
  output logic       walk_valid_o,
  input  logic       walk_ready_i,

  /// The clock is needed.
  output logic       busy_o
);

  typedef enum logic [1:0] {
    StIdle,
    StLookup,
    StAnswer,
    StWalk
  } state_e;

  state_e state_d, state_q;
  page_t  page_q;
  logic   take;

  assign take          = state_q == StIdle && |ahead_valid_i;
  assign ahead_ready_o = {take && !ahead_valid_i[0], take};

  always_comb begin
    state_d = state_q;

    unique case (state_q)
      StIdle:   if (|ahead_valid_i) state_d = StLookup;
      StLookup: if (lookup_ready_i) state_d = StAnswer;
      StAnswer: state_d = hit_i ? StIdle : StWalk;
      StWalk:   if (walk_ready_i) state_d = StIdle;
      default:  state_d = StIdle;
    endcase

    if (clear_i) state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  // The page needs no reset: the state gates every use.
  always_ff @(posedge clk_i) begin
    if (take) page_q <= ahead_valid_i[0] ? ahead_i[0] : ahead_i[1];
  end

  assign lookup_valid_o = state_q == StLookup;
  assign walk_valid_o   = state_q == StWalk;
  assign page_o         = page_q;
  assign busy_o         = state_q == StWalk ? walk_ready_i : state_q != StIdle || |ahead_valid_i;

endmodule : kestrel_walk_ahead
