// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Copies bytes from one bus address to another: reader, realigner and writer in a row.
///
/// Full rate is one 16-byte beat a cycle, whatever the alignment. Where source and destination
/// overlap, what is written is undefined (reads run ahead of writes).
module kestrel_copy
  import kestrel_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,
  /// Forget everything; bus accesses are ended by the isolator.
  input  logic                clear_i,

  /// Begin, one cycle; only while no COPY is under way.
  input  logic                start_i,
  input  logic [AxiAddrW-1:0] src_i,
  input  logic [AxiAddrW-1:0] dst_i,
  /// Bytes, at least 1.
  input  logic [31:0]         length_i,

  /// AXI; responses are always taken.
  output logic                ar_valid_o,
  input  logic                ar_ready_i,
  output axi_ax_t             ar_o,
  input  logic                r_valid_i,
  input  r_beat_t             r_i,
  output logic                aw_valid_o,
  input  logic                aw_ready_i,
  output axi_ax_t             aw_o,
  output logic                w_valid_o,
  input  logic                w_ready_i,
  output axi_w_t              w_o,
  input  logic                b_valid_i,
  input  logic [1:0]          b_resp_i,

  /// All is written and answered, one cycle.
  output logic                done_o,
  /// An access failed; the first such cycle counts, and the engine must then be cleared.
  output logic                error_o,
  output bus_error_t          error_info_o
);

  ////////////
  // Extent //
  ////////////

  logic [BeatBytesLog2-1:0] src_offset, dst_offset, last_offset;
  logic [BeatCountW-1:0]    src_beats, dst_beats;

  // Beats that `length` bytes touch when the first one lies at `offset` in its beat.
  function automatic logic [BeatCountW-1:0] beats_touched(
      input logic [BeatBytesLog2-1:0] offset, input logic [31:0] length);
    return BeatCountW'((33'(length) + 33'(offset) + 33'(AxiStrbW - 1)) >> BeatBytesLog2);
  endfunction

  assign src_offset  = src_i[BeatBytesLog2-1:0];
  assign dst_offset  = dst_i[BeatBytesLog2-1:0];
  assign last_offset = dst_offset + length_i[BeatBytesLog2-1:0] - 1'b1;
  assign src_beats   = beats_touched(src_offset, length_i);
  assign dst_beats   = beats_touched(dst_offset, length_i);

  //////////////
  // Datapath //
  //////////////

  logic                read_valid, read_ready, write_valid, write_ready;
  logic [AxiDataW-1:0] read_data, write_data;
  logic                read_error, write_error;
  bus_error_t          read_error_info, write_error_info;

  kestrel_copy_reader u_reader (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .start_i      (start_i),
    .addr_i       (src_i),
    .beats_i      (src_beats),
    .ar_valid_o   (ar_valid_o),
    .ar_ready_i   (ar_ready_i),
    .ar_o         (ar_o),
    .r_valid_i    (r_valid_i),
    .r_i          (r_i),
    .data_valid_o (read_valid),
    .data_ready_i (read_ready),
    .data_o       (read_data),
    .error_o      (read_error),
    .error_info_o (read_error_info)
  );

  kestrel_realigner u_realigner (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .start_i      (start_i),
    .src_offset_i (src_offset),
    .dst_offset_i (dst_offset),
    .src_beats_i  (src_beats),
    .dst_beats_i  (dst_beats),
    .in_valid_i   (read_valid),
    .in_ready_o   (read_ready),
    .in_data_i    (read_data),
    .out_valid_o  (write_valid),
    .out_ready_i  (write_ready),
    .out_data_o   (write_data)
  );

  kestrel_copy_writer u_writer (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .clear_i       (clear_i),
    .start_i       (start_i),
    .addr_i        (dst_i),
    .last_offset_i (last_offset),
    .beats_i       (dst_beats),
    .data_valid_i  (write_valid),
    .data_ready_o  (write_ready),
    .data_i        (write_data),
    .aw_valid_o    (aw_valid_o),
    .aw_ready_i    (aw_ready_i),
    .aw_o          (aw_o),
    .w_valid_o     (w_valid_o),
    .w_ready_i     (w_ready_i),
    .w_o           (w_o),
    .b_valid_i     (b_valid_i),
    .b_resp_i      (b_resp_i),
    .done_o        (done_o),
    .error_o       (write_error),
    .error_info_o  (write_error_info)
  );

  // Both in one cycle: the read is the one reported.
  assign error_o      = read_error || write_error;
  assign error_info_o = read_error ? read_error_info : write_error_info;

endmodule : kestrel_copy
