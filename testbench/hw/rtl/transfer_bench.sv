// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Both transfer engines on a scratchpad, with bus, commands and the other ports of the scratchpad
/// as pins.
module transfer_bench
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         clear_i,

  input  logic         load_start_i,
  input  logic [511:0] load_cmd_i,
  output logic         load_done_o,
  output logic         load_failed_o,
  output logic [7:0]   load_cause_o,
  output logic [1:0]   load_resp_o,
  output logic [2:0]   load_fault_o,
  output logic [1:0]   load_access_o,
  output logic [63:0]  load_address_o,
  output logic         load_busy_o,
  output logic         load_active_o,
  output logic [4:0]   read_beats_o,
  output logic         rd_valid_o,
  input  logic         rd_ready_i,
  input  logic         rd_refuse_i,
  output logic [63:0]  rd_addr_o,
  output logic [7:0]   rd_len_o,
  output logic [3:0]   rd_space_o,
  output logic         rd_privileged_o,
  input  logic         r_valid_i,
  input  logic [127:0] r_data_i,
  input  logic [1:0]   r_resp_i,
  input  logic         r_last_i,

  input  logic         store_start_i,
  input  logic [511:0] store_cmd_i,
  output logic         store_done_o,
  output logic         store_failed_o,
  output logic [7:0]   store_cause_o,
  output logic [1:0]   store_resp_o,
  output logic [2:0]   store_fault_o,
  output logic [1:0]   store_access_o,
  output logic [63:0]  store_address_o,
  output logic         store_busy_o,
  output logic         store_active_o,
  output logic [4:0]   write_beats_o,
  output logic         wr_valid_o,
  input  logic         wr_ready_i,
  input  logic         wr_refuse_i,
  output logic [63:0]  wr_addr_o,
  output logic [7:0]   wr_len_o,
  output logic [3:0]   wr_space_o,
  output logic         wr_privileged_o,
  output logic         w_valid_o,
  input  logic         w_ready_i,
  output logic [127:0] w_data_o,
  output logic [15:0]  w_strb_o,
  output logic         w_last_o,
  input  logic         b_valid_i,
  input  logic [1:0]   b_resp_i,

  /// Both directions.
  input  logic [3:0]   space_i,
  input  logic [2:0]   fault_i,
  input  logic [1:0]   fault_resp_i,

  input  logic         wipe_i,
  output logic         wiping_o,
  input  logic         ra_valid_i,
  output logic         ra_ready_o,
  input  logic [13:0]  ra_addr_i,
  output logic [127:0] ra_data_o,
  output logic         ra_error_o,
  input  logic         wv_valid_i,
  output logic         wv_ready_o,
  input  logic [13:0]  wv_addr_i,
  input  logic [15:0]  wv_strb_i,
  input  logic [127:0] wv_data_i,
  input  logic         flip_arm_i,
  input  logic [13:0]  flip_addr_i,
  input  logic [6:0]   flip_bit_i
);

  bus_req_t rd_req, wr_req;
  failure_t load_failure, store_failure;
  axi_w_t   w;
  refusal_t refusal;

  assign refusal = '{fault: fault_e'(fault_i), resp: fault_resp_i};

  logic         wl_valid, wl_ready, rs_valid, rs_ready, rs_error;
  logic [13:0]  wl_addr, rs_addr;
  logic [15:0]  wl_strb;
  logic [127:0] wl_data, rs_data;

  kestrel_load u_load (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .start_i      (load_start_i),
    .cmd_i        (transfer_t'(load_cmd_i)),
    .space_i      (space_i),
    .done_o       (load_done_o),
    .failed_o     (load_failed_o),
    .failure_o    (load_failure),
    .busy_o       (load_busy_o),
    .active_o     (load_active_o),
    .req_valid_o  (rd_valid_o),
    .req_ready_i  (rd_ready_i),
    .refuse_i     (rd_refuse_i),
    .refusal_i    (refusal),
    .req_o        (rd_req),
    .r_valid_i    (r_valid_i),
    .r_i          ({r_resp_i, r_last_i, r_data_i}),
    .read_beats_o (read_beats_o),
    .wl_valid_o   (wl_valid),
    .wl_ready_i   (wl_ready),
    .wl_addr_o    (wl_addr),
    .wl_strb_o    (wl_strb),
    .wl_data_o    (wl_data)
  );

  kestrel_store u_store (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .clear_i       (clear_i),
    .start_i       (store_start_i),
    .cmd_i         (transfer_t'(store_cmd_i)),
    .space_i       (space_i),
    .done_o        (store_done_o),
    .failed_o      (store_failed_o),
    .failure_o     (store_failure),
    .busy_o        (store_busy_o),
    .active_o      (store_active_o),
    .req_valid_o   (wr_valid_o),
    .req_ready_i   (wr_ready_i),
    .refuse_i      (wr_refuse_i),
    .refusal_i     (refusal),
    .req_o         (wr_req),
    .w_valid_o     (w_valid_o),
    .w_ready_i     (w_ready_i),
    .w_o           (w),
    .b_valid_i     (b_valid_i),
    .b_resp_i      (b_resp_i),
    .write_beats_o (write_beats_o),
    .rs_valid_o    (rs_valid),
    .rs_ready_i    (rs_ready),
    .rs_addr_o     (rs_addr),
    .rs_data_i     (rs_data),
    .rs_error_i    (rs_error)
  );

  logic         unused_rb_ready, unused_rb_error, unused_busy;
  logic [127:0] unused_rb_data;

  kestrel_scratchpad u_scratchpad (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .wipe_i        (wipe_i),
    .wiping_o      (wiping_o),
    .busy_o        (unused_busy),
    .ra_valid_i    (ra_valid_i),
    .ra_ready_o    (ra_ready_o),
    .ra_addr_i     (ra_addr_i),
    .ra_data_o     (ra_data_o),
    .ra_error_o    (ra_error_o),
    .rb_valid_i    (1'b0),
    .rb_ready_o    (unused_rb_ready),
    .rb_addr_i     ('0),
    .rb_data_o     (unused_rb_data),
    .rb_error_o    (unused_rb_error),
    .rs_valid_i    (rs_valid),
    .rs_ready_o    (rs_ready),
    .rs_addr_i     (rs_addr),
    .rs_data_o     (rs_data),
    .rs_error_o    (rs_error),
    .wv_valid_i    (wv_valid_i),
    .wv_ready_o    (wv_ready_o),
    .wv_addr_i     (wv_addr_i),
    .wv_strb_i     (wv_strb_i),
    .wv_data_i     (wv_data_i),
    .wl_valid_i    (wl_valid),
    .wl_ready_o    (wl_ready),
    .wl_addr_i     (wl_addr),
    .wl_strb_i     (wl_strb),
    .wl_data_i     (wl_data),
    .flip_arm_i    (flip_arm_i),
    .flip_addr_i   (flip_addr_i),
    .flip_bit_i    (flip_bit_i),
    .flip_forget_i (1'b0)
  );

  assign load_cause_o    = load_failure.cause;
  assign load_resp_o     = load_failure.resp;
  assign load_fault_o    = load_failure.fault;
  assign load_access_o   = load_failure.acc;
  assign load_address_o  = load_failure.addr;
  assign store_cause_o   = store_failure.cause;
  assign store_resp_o    = store_failure.resp;
  assign store_fault_o   = store_failure.fault;
  assign store_access_o  = store_failure.acc;
  assign store_address_o = store_failure.addr;

  assign rd_addr_o       = rd_req.addr;
  assign rd_len_o        = rd_req.len;
  assign rd_space_o      = rd_req.space;
  assign rd_privileged_o = rd_req.privileged;
  assign wr_addr_o       = wr_req.addr;
  assign wr_len_o        = wr_req.len;
  assign wr_space_o      = wr_req.space;
  assign wr_privileged_o = wr_req.privileged;
  assign w_data_o        = w.data;
  assign w_strb_o        = w.strb;
  assign w_last_o        = w.last;

endmodule : transfer_bench
