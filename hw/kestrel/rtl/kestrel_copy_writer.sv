// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Writes the destination of a COPY: addresses, strobes at both ends, responses.
module kestrel_copy_writer
  import kestrel_pkg::*;
(
  input  logic                     clk_i,
  input  logic                     rst_ni,
  /// Forget everything; bus accesses are ended by the isolator.
  input  logic                     clear_i,

  /// Begin, one cycle.
  input  logic                     start_i,
  /// First byte.
  input  logic [AxiAddrW-1:0]      addr_i,
  /// Place of the last byte in its beat.
  input  logic [BeatBytesLog2-1:0] last_offset_i,
  /// Beats that hold the bytes, at least 1.
  input  logic [BeatCountW-1:0]    beats_i,

  /// Beats in address order.
  input  logic                     data_valid_i,
  output logic                     data_ready_o,
  input  logic [AxiDataW-1:0]      data_i,

  /// Write requests, data and responses.
  output logic                     aw_valid_o,
  input  logic                     aw_ready_i,
  output axi_ax_t                  aw_o,
  output logic                     w_valid_o,
  input  logic                     w_ready_i,
  output axi_w_t                   w_o,
  input  logic                     b_valid_i,
  input  logic [1:0]               b_resp_i,

  /// All is written and answered, one cycle. Not given after an error.
  output logic                     done_o,
  /// A write failed, one cycle each.
  output logic                     error_o,
  output bus_error_t               error_info_o
);

  //////////////
  // Requests //
  //////////////

  logic [AxiAddrW-1:0]    addr_d, addr_q;  // Of the next request.
  logic [BeatCountW-1:0]  left_d, left_q;  // Beats to request.
  logic [BurstBeatsW-1:0] beats;
  logic                   request;

  assign beats = burst_beats(addr_q[BurstBytesLog2-1:BeatBytesLog2], left_q);

  assign aw_valid_o = left_q != '0;
  assign aw_o.id    = IdCopy;
  assign aw_o.addr  = addr_q;
  assign aw_o.len   = 8'(beats) - 1'b1;

  assign request = aw_valid_o && aw_ready_i;

  always_comb begin
    addr_d = addr_q;
    left_d = left_q;

    if (request) begin
      addr_d = next_block(addr_q);
      left_d = left_q - BeatCountW'(beats);
    end
    if (start_i) begin
      addr_d = addr_i;
      left_d = beats_i;
    end
    if (clear_i) left_d = '0;
  end

  //////////
  // Data //
  //////////

  logic [BeatCountW-1:0]    w_left_d, w_left_q;    // Beats to send.
  logic [BurstBeatsW-2:0]   place_d, place_q;      // Of the next beat in its block.
  logic [BeatBytesLog2-1:0] first_d, first_q;      // Offset of the first byte in the next beat.
  logic [BeatBytesLog2-1:0] last_d, last_q;        // Offset of the last byte in the last beat.
  logic [AxiStrbW-1:0]      strb_first, strb_last;
  logic                     w_send, w_final;

  assign w_final    = w_left_q == BeatCountW'(1);
  assign strb_first = {AxiStrbW{1'b1}} << first_q;
  assign strb_last  = w_final ? {AxiStrbW{1'b1}} >> ~last_q : {AxiStrbW{1'b1}};

  assign w_valid_o    = data_valid_i && w_left_q != '0;
  assign data_ready_o = w_ready_i && w_left_q != '0;
  assign w_o.data     = data_i;
  assign w_o.strb     = strb_first & strb_last;
  assign w_o.last     = w_final || &place_q;

  assign w_send = w_valid_o && w_ready_i;

  always_comb begin
    w_left_d = w_left_q;
    place_d  = place_q;
    first_d  = first_q;
    last_d   = last_q;

    if (w_send) begin
      w_left_d = w_left_q - 1'b1;
      place_d  = place_q + 1'b1;
      first_d  = '0;
    end
    if (start_i) begin
      w_left_d = beats_i;
      place_d  = addr_i[BurstBytesLog2-1:BeatBytesLog2];
      first_d  = addr_i[BeatBytesLog2-1:0];
      last_d   = last_offset_i;
    end
    if (clear_i) w_left_d = '0;
  end

  ///////////////
  // Responses //
  ///////////////

  localparam int unsigned CountW = $clog2(MaxOutstanding) + 1;

  logic [CountW-1:0]   open_d, open_q;      // Requests without response.
  logic [AxiAddrW-1:0] b_addr_d, b_addr_q;  // Of the burst whose response comes next.
  logic                active_d, active_q;

  always_comb begin
    open_d   = open_q + CountW'(request) - CountW'(b_valid_i);
    b_addr_d = b_addr_q;
    active_d = active_q && !done_o && !error_o;

    if (b_valid_i) b_addr_d = next_block(b_addr_q);
    if (start_i) begin
      b_addr_d = addr_i;
      active_d = 1'b1;
    end
    if (clear_i) begin
      open_d   = '0;
      active_d = 1'b0;
    end
  end

  assign done_o = active_q && left_q == '0 && w_left_q == '0 && open_q == '0;

  assign error_o            = b_valid_i && b_resp_i[1];
  assign error_info_o.cause = kestrel_cmd_pkg::CauseWriteError;
  assign error_info_o.resp  = b_resp_i;
  assign error_info_o.addr  = b_addr_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      addr_q   <= '0;
      left_q   <= '0;
      w_left_q <= '0;
      place_q  <= '0;
      first_q  <= '0;
      last_q   <= '0;
      open_q   <= '0;
      b_addr_q <= '0;
      active_q <= 1'b0;
    end else begin
      addr_q   <= addr_d;
      left_q   <= left_d;
      w_left_q <= w_left_d;
      place_q  <= place_d;
      first_q  <= first_d;
      last_q   <= last_d;
      open_q   <= open_d;
      b_addr_q <= b_addr_d;
      active_q <= active_d;
    end
  end

endmodule : kestrel_copy_writer
