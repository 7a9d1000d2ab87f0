// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Writes a fence's 64-bit value and waits for the response.
module kestrel_fence
  import kestrel_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,
  /// Forget everything; bus accesses are ended by the isolator.
  input  logic                clear_i,

  /// Begin, one cycle; only while no fence is under way.
  input  logic                start_i,
  /// Where, a multiple of 8.
  input  logic [AxiAddrW-1:0] addr_i,
  input  logic [63:0]         value_i,

  /// AXI; the response is always taken.
  output logic                aw_valid_o,
  input  logic                aw_ready_i,
  output axi_ax_t             aw_o,
  output logic                w_valid_o,
  input  logic                w_ready_i,
  output axi_w_t              w_o,
  input  logic                b_valid_i,
  input  logic [1:0]          b_resp_i,

  /// A fence is under way: it owns the write channels.
  output logic                active_o,
  /// The value is in memory, one cycle.
  output logic                done_o,
  /// The write failed, one cycle.
  output logic                error_o,
  output bus_error_t          error_info_o
);

  logic                aw_left_d, aw_left_q;
  logic                w_left_d, w_left_q;
  logic                active_d, active_q;
  logic [AxiAddrW-1:0] addr_d, addr_q;
  logic [63:0]         value_d, value_q;

  always_comb begin
    aw_left_d = aw_left_q && !aw_ready_i;
    w_left_d  = w_left_q && !w_ready_i;
    active_d  = active_q && !b_valid_i;
    addr_d    = addr_q;
    value_d   = value_q;

    if (start_i) begin
      aw_left_d = 1'b1;
      w_left_d  = 1'b1;
      active_d  = 1'b1;
      addr_d    = addr_i;
      value_d   = value_i;
    end
    if (clear_i) begin
      aw_left_d = 1'b0;
      w_left_d  = 1'b0;
      active_d  = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_left_q <= 1'b0;
      w_left_q  <= 1'b0;
      active_q  <= 1'b0;
      addr_q    <= '0;
      value_q   <= '0;
    end else begin
      aw_left_q <= aw_left_d;
      w_left_q  <= w_left_d;
      active_q  <= active_d;
      addr_q    <= addr_d;
      value_q   <= value_d;
    end
  end

  assign aw_valid_o = aw_left_q;
  assign aw_o.id    = IdFence;
  assign aw_o.addr  = addr_q;
  assign aw_o.len   = '0;

  // The value lies in the half of the beat that the address says.
  assign w_valid_o = w_left_q;
  assign w_o.data  = {value_q, value_q};
  assign w_o.strb  = addr_q[3] ? 16'hff00 : 16'h00ff;
  assign w_o.last  = 1'b1;

  assign active_o = active_q;
  assign done_o   = active_q && b_valid_i && !b_resp_i[1];
  assign error_o  = active_q && b_valid_i && b_resp_i[1];

  assign error_info_o.cause = kestrel_cmd_pkg::CauseWriteError;
  assign error_info_o.resp  = b_resp_i;
  assign error_info_o.addr  = addr_q;

endmodule : kestrel_fence
