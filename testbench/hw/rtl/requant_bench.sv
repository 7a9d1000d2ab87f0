// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// kestrel's requantisation with its configuration as pins.
module requant_bench
  import kestrel_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    clear_i,

  input  logic                    residual_mode_i,
  input  logic [31:0]             res_scale_i,
  input  logic [9:0]              out_zero_i,
  input  logic [9:0]              min_i,
  input  logic [9:0]              max_i,
  input  logic [ArrayCols*32-1:0] bias_i,
  input  logic [ArrayCols*32-1:0] scale_i,

  input  logic                    valid_i,
  input  logic                    residual_i,
  input  logic                    bytes_i,
  input  logic                    unsigned_i,
  input  logic [8:0]              zero_i,
  input  logic [SpadWordW-1:0]    word_i,
  input  logic [ArrayCols*32-1:0] row_i,

  output logic                    valid_o,
  output logic [SpadWordW-1:0]    result_o
);

  kestrel_compute_pkg::requant_t requant;
  assign requant.residual  = residual_mode_i;
  assign requant.res_scale = res_scale_i;
  assign requant.out_zero  = out_zero_i;
  assign requant.min       = min_i;
  assign requant.max       = max_i;

  kestrel_requant u_requant (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .clear_i    (clear_i),
    .config_i   (requant),
    .bias_i     (bias_i),
    .scale_i    (scale_i),
    .valid_i    (valid_i),
    .residual_i (residual_i),
    .bytes_i    (bytes_i),
    .unsigned_i (unsigned_i),
    .zero_i     (zero_i),
    .word_i     (word_i),
    .row_i      (row_i),
    .valid_o    (valid_o),
    .result_o   (result_o)
  );

endmodule : requant_bench
