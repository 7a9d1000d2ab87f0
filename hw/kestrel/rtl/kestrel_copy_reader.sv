// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Reads the source of a COPY: bursts as long as may be, many outstanding, into a buffer.
///
/// A request goes out only when the buffer has room for all its data, so read data never waits.
module kestrel_copy_reader
  import kestrel_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,
  /// Forget everything; bus accesses are ended by the isolator.
  input  logic                  clear_i,

  /// Begin, one cycle. Only when all data of the COPY before has been taken.
  input  logic                  start_i,
  /// First byte.
  input  logic [AxiAddrW-1:0]   addr_i,
  /// Beats that hold the bytes, at least 1.
  input  logic [BeatCountW-1:0] beats_i,

  /// Read requests.
  output logic                  ar_valid_o,
  input  logic                  ar_ready_i,
  output axi_ax_t               ar_o,
  /// Read data of IdCopy; always taken.
  input  logic                  r_valid_i,
  input  r_beat_t               r_i,

  /// Beats in address order.
  output logic                  data_valid_o,
  input  logic                  data_ready_i,
  output logic [AxiDataW-1:0]   data_o,

  /// A read failed, one cycle for each beat of it.
  output logic                  error_o,
  output bus_error_t            error_info_o
);

  localparam int unsigned RoomW = $clog2(ReadAheadBeats) + 1;

  logic [AxiAddrW-1:0]    addr_d, addr_q;        // Of the next request.
  logic [BeatCountW-1:0]  left_d, left_q;        // Beats to request.
  logic [RoomW-1:0]       room_d, room_q;        // Buffer places neither full nor promised.
  logic [AxiAddrW-1:0]    r_addr_d, r_addr_q;    // Of the burst whose data comes next.
  logic [BurstBeatsW-1:0] beats;
  logic                   request, taken, buffer_ready;

  assign beats = burst_beats(addr_q[BurstBytesLog2-1:BeatBytesLog2], left_q);

  assign ar_valid_o = left_q != '0 && room_q >= RoomW'(beats);
  assign ar_o.id    = IdCopy;
  assign ar_o.addr  = addr_q;
  assign ar_o.len   = 8'(beats) - 1'b1;

  assign request = ar_valid_o && ar_ready_i;
  assign taken   = data_valid_o && data_ready_i;

  always_comb begin
    addr_d   = addr_q;
    left_d   = left_q;
    room_d   = room_q + RoomW'(taken);
    r_addr_d = r_addr_q;

    if (request) begin
      addr_d = next_block(addr_q);
      left_d = left_q - BeatCountW'(beats);
      room_d = room_q + RoomW'(taken) - RoomW'(beats);
    end
    if (r_valid_i && r_i.last) r_addr_d = next_block(r_addr_q);

    if (start_i) begin
      addr_d   = addr_i;
      left_d   = beats_i;
      r_addr_d = addr_i;
    end
    if (clear_i) begin
      left_d = '0;
      room_d = RoomW'(ReadAheadBeats);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      addr_q   <= '0;
      left_q   <= '0;
      room_q   <= RoomW'(ReadAheadBeats);
      r_addr_q <= '0;
    end else begin
      addr_q   <= addr_d;
      left_q   <= left_d;
      room_q   <= room_d;
      r_addr_q <= r_addr_d;
    end
  end

  prim_fifo #(
    .data_t (logic [AxiDataW-1:0]),
    .Depth  (ReadAheadBeats)
  ) u_buffer (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .clear_i    (clear_i),
    .wr_valid_i (r_valid_i),
    .wr_ready_o (buffer_ready),
    .wr_data_i  (r_i.data),
    .rd_valid_o (data_valid_o),
    .rd_ready_i (data_ready_i),
    .rd_data_o  (data_o)
  );

  assign error_o            = r_valid_i && r_i.resp[1];
  assign error_info_o.cause = kestrel_cmd_pkg::CauseReadError;
  assign error_info_o.resp  = r_i.resp;
  assign error_info_o.addr  = r_addr_q;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(DataHasPlace, !(r_valid_i && !buffer_ready), "read data found no place")
  `PRIM_ASSERT(StartsEmpty, !(start_i && room_q != RoomW'(ReadAheadBeats)),
               "a COPY begins while data of the one before is left")

endmodule : kestrel_copy_reader
