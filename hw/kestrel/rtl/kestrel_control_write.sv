// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Writes 64 bits to memory, for FENCE, TIMESTAMP and the status page.
module kestrel_control_write
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        clear_i,

  /// Write; one cycle, only while idle. `req_i` is one beat, its address a multiple of 8.
  input  logic        start_i,
  input  bus_req_t    req_i,
  input  logic [63:0] value_i,
  /// Written, the response included; one cycle.
  output logic        done_o,
  /// Not written, and why; one cycle.
  output logic        failed_o,
  output failure_t    failure_o,

  /// Bus; see kestrel_front.
  output logic        valid_o,
  output bus_req_t    req_o,
  input  logic        ready_i,
  input  logic        refuse_i,
  input  refusal_t    refusal_i,
  output logic        w_valid_o,
  output axi_w_t      w_o,
  input  logic        w_ready_i,
  input  logic        b_valid_i,
  input  logic [1:0]  b_resp_i
);

  typedef enum logic [1:0] {
    StIdle,
    StRequest,
    StData,
    StResponse
  } state_e;

  state_e      state_d, state_q;
  bus_req_t    req_q;
  logic [63:0] value_q;

  logic refused;

  assign refused = state_q == StRequest && refuse_i;

  always_comb begin
    state_d = state_q;

    unique case (state_q)
      StIdle: if (start_i) state_d = StRequest;
      StRequest: begin
        if (ready_i) state_d = StData;
        if (refuse_i) state_d = StIdle;
      end
      StData:     if (w_ready_i) state_d = StResponse;
      StResponse: if (b_valid_i) state_d = StIdle;
      default:    state_d = StIdle;
    endcase

    if (clear_i) state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
    end else begin
      state_q <= state_d;
    end
  end

  // Used only after a start, so no reset.
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      req_q   <= req_i;
      value_q <= value_i;
    end
  end

  assign valid_o   = state_q == StRequest;
  assign req_o     = req_q;
  assign w_valid_o = state_q == StData;

  // Only with something to say, for the speed of simulation.
  always_comb begin
    w_o = '0;
    if (w_valid_o) begin
      w_o = '{last: 1'b1,
              strb: req_q.addr[3] ? 16'hff00 : 16'h00ff,
              data: {value_q, value_q}};
    end
  end

  assign done_o   = state_q == StResponse && b_valid_i && !b_resp_i[1];
  assign failed_o = (state_q == StResponse && b_valid_i && b_resp_i[1]) || refused;

  always_comb begin
    failure_o = '0;
    if (failed_o) begin
      failure_o = '{cause: refused ? CauseTranslation : CauseWriteError,
                    resp:  refused ? refusal_i.resp : b_resp_i,
                    fault: refused ? refusal_i.fault : FaultNone,
                    acc:   AccessControl,
                    addr:  req_q.addr};
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(StartedWhenIdle, !start_i || clear_i || state_q == StIdle,
               "a control write was started while another was under way")

endmodule : kestrel_control_write
