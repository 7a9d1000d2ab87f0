// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// kestrel's port to memory: the isolator, and registers for the bus's answers.
///
/// Answers may come while the clock rests; they are taken once it runs.
module kestrel_port
  import kestrel_pkg::*;
(
  input  logic    clk_i,
  /// The clock has an edge at the end of this cycle; see prim_clock_domain.
  input  logic    running_i,
  input  logic    rst_ni,

  /// See prim_axi_isolator.
  input  logic    isolate_i,
  output logic    isolated_o,
  /// Nothing is outstanding.
  output logic    idle_o,
  /// The clock is needed, besides for answers that are offered.
  output logic    busy_o,

  /// Manager's side.
  input  logic    up_aw_valid_i,
  output logic    up_aw_ready_o,
  input  axi_ax_t up_aw_i,
  input  logic    up_w_valid_i,
  output logic    up_w_ready_o,
  input  axi_w_t  up_w_i,
  output logic    up_b_valid_o,
  input  logic    up_b_ready_i,
  output axi_b_t  up_b_o,
  input  logic    up_ar_valid_i,
  output logic    up_ar_ready_o,
  input  axi_ax_t up_ar_i,
  output logic    up_r_valid_o,
  input  logic    up_r_ready_i,
  output axi_r_t  up_r_o,

  /// Bus side.
  output logic    aw_valid_o,
  input  logic    aw_ready_i,
  output axi_ax_t aw_o,
  output logic    w_valid_o,
  input  logic    w_ready_i,
  output axi_w_t  w_o,
  input  logic    b_valid_i,
  output logic    b_ready_o,
  input  axi_b_t  b_i,
  output logic    ar_valid_o,
  input  logic    ar_ready_i,
  output axi_ax_t ar_o,
  input  logic    r_valid_i,
  output logic    r_ready_o,
  input  axi_r_t  r_i
);

  logic   b_valid, b_ready, b_stage_ready, r_valid, r_ready, r_stage_ready;
  axi_b_t b;
  axi_r_t r;
  logic   outstanding;

  prim_skid_buffer #(
    .data_t (axi_b_t)
  ) u_b_stage (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .valid_i (b_valid_i),
    .ready_o (b_stage_ready),
    .data_i  (b_i),
    .valid_o (b_valid),
    .ready_i (b_ready),
    .data_o  (b)
  );

  prim_skid_buffer #(
    .data_t (axi_r_t)
  ) u_r_stage (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .valid_i (r_valid_i),
    .ready_o (r_stage_ready),
    .data_i  (r_i),
    .valid_o (r_valid),
    .ready_i (r_ready),
    .data_o  (r)
  );

  assign b_ready_o = b_stage_ready && running_i;
  assign r_ready_o = r_stage_ready && running_i;

  prim_axi_isolator #(
    .ax_t           (axi_ax_t),
    .w_t            (axi_w_t),
    .b_t            (axi_b_t),
    .r_t            (axi_r_t),
    .MaxOutstanding (MaxOutstanding),
    .MaxAhead       (4)
  ) u_isolator (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .isolate_i     (isolate_i),
    .isolated_o    (isolated_o),
    .busy_o        (outstanding),
    .up_aw_valid_i (up_aw_valid_i),
    .up_aw_ready_o (up_aw_ready_o),
    .up_aw_i       (up_aw_i),
    .up_w_valid_i  (up_w_valid_i),
    .up_w_ready_o  (up_w_ready_o),
    .up_w_i        (up_w_i),
    .up_b_valid_o  (up_b_valid_o),
    .up_b_ready_i  (up_b_ready_i),
    .up_b_o        (up_b_o),
    .up_ar_valid_i (up_ar_valid_i),
    .up_ar_ready_o (up_ar_ready_o),
    .up_ar_i       (up_ar_i),
    .up_r_valid_o  (up_r_valid_o),
    .up_r_ready_i  (up_r_ready_i),
    .up_r_o        (up_r_o),
    .dn_aw_valid_o (aw_valid_o),
    .dn_aw_ready_i (aw_ready_i),
    .dn_aw_o       (aw_o),
    .dn_w_valid_o  (w_valid_o),
    .dn_w_ready_i  (w_ready_i),
    .dn_w_o        (w_o),
    .dn_b_valid_i  (b_valid),
    .dn_b_ready_o  (b_ready),
    .dn_b_i        (b),
    .dn_ar_valid_o (ar_valid_o),
    .dn_ar_ready_i (ar_ready_i),
    .dn_ar_o       (ar_o),
    .dn_r_valid_i  (r_valid),
    .dn_r_ready_o  (r_ready),
    .dn_r_i        (r)
  );

  assign idle_o = !outstanding;
  // Requests and data that the bus has not taken, and answers that came.
  assign busy_o = aw_valid_o || w_valid_o || ar_valid_o || b_valid || r_valid;

endmodule : kestrel_port
