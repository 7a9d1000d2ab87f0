// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// The scratchpad, its five ports in arrays of pins: reads A, B, S, writes V, L.
module scratchpad_bench
  import kestrel_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         wipe_i,
  output logic         wiping_o,
  output logic         busy_o,
  input  logic         rd_valid_i [3],
  output logic         rd_ready_o [3],
  input  logic [13:0]  rd_addr_i  [3],
  output logic [127:0] rd_data_o  [3],
  output logic         rd_error_o [3],
  input  logic         wr_valid_i [2],
  output logic         wr_ready_o [2],
  input  logic [13:0]  wr_addr_i  [2],
  input  logic [15:0]  wr_strb_i  [2],
  input  logic [127:0] wr_data_i  [2],
  input  logic         flip_arm_i,
  input  logic [13:0]  flip_addr_i,
  input  logic [6:0]   flip_bit_i,
  input  logic         flip_forget_i
);

  kestrel_scratchpad u_scratchpad (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .wipe_i        (wipe_i),
    .wiping_o      (wiping_o),
    .busy_o        (busy_o),
    .ra_valid_i    (rd_valid_i[0]),
    .ra_ready_o    (rd_ready_o[0]),
    .ra_addr_i     (rd_addr_i[0]),
    .ra_data_o     (rd_data_o[0]),
    .ra_error_o    (rd_error_o[0]),
    .rb_valid_i    (rd_valid_i[1]),
    .rb_ready_o    (rd_ready_o[1]),
    .rb_addr_i     (rd_addr_i[1]),
    .rb_data_o     (rd_data_o[1]),
    .rb_error_o    (rd_error_o[1]),
    .rs_valid_i    (rd_valid_i[2]),
    .rs_ready_o    (rd_ready_o[2]),
    .rs_addr_i     (rd_addr_i[2]),
    .rs_data_o     (rd_data_o[2]),
    .rs_error_o    (rd_error_o[2]),
    .wv_valid_i    (wr_valid_i[0]),
    .wv_ready_o    (wr_ready_o[0]),
    .wv_addr_i     (wr_addr_i[0]),
    .wv_strb_i     (wr_strb_i[0]),
    .wv_data_i     (wr_data_i[0]),
    .wl_valid_i    (wr_valid_i[1]),
    .wl_ready_o    (wr_ready_o[1]),
    .wl_addr_i     (wr_addr_i[1]),
    .wl_strb_i     (wr_strb_i[1]),
    .wl_data_i     (wr_data_i[1]),
    .flip_arm_i    (flip_arm_i),
    .flip_addr_i   (flip_addr_i),
    .flip_bit_i    (flip_bit_i),
    .flip_forget_i (flip_forget_i)
  );

endmodule : scratchpad_bench
