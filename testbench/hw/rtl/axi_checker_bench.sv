// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// prim_axi_checker with its inputs as pins, so that a test can break each rule.
module axi_checker_bench (
  input logic         clk_i,
  input logic         rst_ni,
  input logic [3:0]   awid_i,
  input logic [63:0]  awaddr_i,
  input logic [7:0]   awlen_i,
  input logic [2:0]   awsize_i,
  input logic [1:0]   awburst_i,
  input logic         awvalid_i,
  input logic         awready_i,
  input logic [127:0] wdata_i,
  input logic [15:0]  wstrb_i,
  input logic         wlast_i,
  input logic         wvalid_i,
  input logic         wready_i,
  input logic [1:0]   bresp_i,
  input logic         bvalid_i,
  input logic         bready_i,
  input logic [63:0]  araddr_i,
  input logic [7:0]   arlen_i,
  input logic [2:0]   arsize_i,
  input logic [1:0]   arburst_i,
  input logic         arvalid_i,
  input logic         arready_i,
  input logic [127:0] rdata_i,
  input logic         rlast_i,
  input logic         rvalid_i,
  input logic         rready_i
);

  prim_axi_checker #(
    .MaxBeats (16)
  ) u_checker (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .awid_i    (awid_i),
    .awaddr_i  (awaddr_i),
    .awlen_i   (awlen_i),
    .awsize_i  (awsize_i),
    .awburst_i (awburst_i),
    .awcache_i (4'd3),
    .awprot_i  (3'd0),
    .awuser_i  (32'd0),
    .awvalid_i (awvalid_i),
    .awready_i (awready_i),
    .wdata_i   (wdata_i),
    .wstrb_i   (wstrb_i),
    .wlast_i   (wlast_i),
    .wvalid_i  (wvalid_i),
    .wready_i  (wready_i),
    .bid_i     (4'd0),
    .bresp_i   (bresp_i),
    .bvalid_i  (bvalid_i),
    .bready_i  (bready_i),
    .arid_i    (4'd0),
    .araddr_i  (araddr_i),
    .arlen_i   (arlen_i),
    .arsize_i  (arsize_i),
    .arburst_i (arburst_i),
    .arcache_i (4'd3),
    .arprot_i  (3'd0),
    .aruser_i  (32'd0),
    .arvalid_i (arvalid_i),
    .arready_i (arready_i),
    .rid_i     (4'd0),
    .rdata_i   (rdata_i),
    .rresp_i   (2'd0),
    .rlast_i   (rlast_i),
    .rvalid_i  (rvalid_i),
    .rready_i  (rready_i)
  );

endmodule : axi_checker_bench
