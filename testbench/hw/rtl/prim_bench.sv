// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// The cells of hw/common side by side, small, with their ports as pins. The isolator is there in
/// two sizes, of which one is at work.
module prim_bench
  import kestrel_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                fifo_clear_i,
  input  logic                fifo_wr_valid_i,
  output logic                fifo_wr_ready_o,
  input  logic [15:0]         fifo_wr_data_i,
  output logic                fifo_rd_valid_o,
  input  logic                fifo_rd_ready_i,
  output logic [15:0]         fifo_rd_data_o,

  input  logic                skid_valid_i,
  output logic                skid_ready_o,
  input  logic [15:0]         skid_data_i,
  output logic                skid_valid_o,
  input  logic                skid_ready_i,
  output logic [15:0]         skid_data_o,

  input  logic                clock_busy_i,
  input  logic                clock_qreqn_i,
  output logic                clock_qacceptn_o,
  output logic                clock_qdeny_o,
  output logic                clock_qactive_o,

  input  logic                domain_busy_i,
  input  logic                domain_wake_i,
  input  logic                domain_with_i,
  output logic                domain_running_o,
  output logic                domain_clk_o,
  /// Edges of the domain's clock since reset.
  output logic [31:0]         domain_edges_o,

  /// The isolator of kestrel's size, else the small one; stable.
  input  logic                big_i,
  input  logic                isolate_i,
  output logic                isolated_o,
  output logic                isolator_busy_o,
  input  logic                up_aw_valid_i,
  output logic                up_aw_ready_o,
  input  logic [AxiUserW-1:0] up_aw_user_i,
  input  logic [63:0]         up_aw_addr_i,
  input  logic [7:0]          up_aw_len_i,
  input  logic                up_w_valid_i,
  output logic                up_w_ready_o,
  input  logic [31:0]         up_w_data_i,
  input  logic                up_w_last_i,
  output logic                up_b_valid_o,
  input  logic                up_b_ready_i,
  input  logic                up_ar_valid_i,
  output logic                up_ar_ready_o,
  input  logic [AxiUserW-1:0] up_ar_user_i,
  input  logic [63:0]         up_ar_addr_i,
  input  logic [7:0]          up_ar_len_i,
  output logic                up_r_valid_o,
  input  logic                up_r_ready_i,
  output logic [31:0]         up_r_data_o,
  output logic                up_r_last_o,

  output logic [AxiIdW-1:0]   m_axi_awid_o,
  output logic [AxiAddrW-1:0] m_axi_awaddr_o,
  output logic [7:0]          m_axi_awlen_o,
  output logic [2:0]          m_axi_awsize_o,
  output logic [1:0]          m_axi_awburst_o,
  output logic [AxiUserW-1:0] m_axi_awuser_o,
  output logic                m_axi_awvalid_o,
  input  logic                m_axi_awready_i,
  output logic [AxiDataW-1:0] m_axi_wdata_o,
  output logic [AxiStrbW-1:0] m_axi_wstrb_o,
  output logic                m_axi_wlast_o,
  output logic                m_axi_wvalid_o,
  input  logic                m_axi_wready_i,
  input  logic [AxiIdW-1:0]   m_axi_bid_i,
  input  logic [1:0]          m_axi_bresp_i,
  input  logic                m_axi_bvalid_i,
  output logic                m_axi_bready_o,
  output logic [AxiIdW-1:0]   m_axi_arid_o,
  output logic [AxiAddrW-1:0] m_axi_araddr_o,
  output logic [7:0]          m_axi_arlen_o,
  output logic [2:0]          m_axi_arsize_o,
  output logic [1:0]          m_axi_arburst_o,
  output logic [AxiUserW-1:0] m_axi_aruser_o,
  output logic                m_axi_arvalid_o,
  input  logic                m_axi_arready_i,
  input  logic [AxiIdW-1:0]   m_axi_rid_i,
  input  logic [AxiDataW-1:0] m_axi_rdata_i,
  input  logic [1:0]          m_axi_rresp_i,
  input  logic                m_axi_rlast_i,
  input  logic                m_axi_rvalid_i,
  output logic                m_axi_rready_o
);

  prim_fifo #(
    .data_t (logic [15:0]),
    .Depth  (4)
  ) u_fifo (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .clear_i    (fifo_clear_i),
    .wr_valid_i (fifo_wr_valid_i),
    .wr_ready_o (fifo_wr_ready_o),
    .wr_data_i  (fifo_wr_data_i),
    .rd_valid_o (fifo_rd_valid_o),
    .rd_ready_i (fifo_rd_ready_i),
    .rd_data_o  (fifo_rd_data_o)
  );

  prim_skid_buffer #(
    .data_t (logic [15:0])
  ) u_skid_buffer (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .valid_i (skid_valid_i),
    .ready_o (skid_ready_o),
    .data_i  (skid_data_i),
    .valid_o (skid_valid_o),
    .ready_i (skid_ready_i),
    .data_o  (skid_data_o)
  );

  prim_clock_request u_clock_request (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .busy_i     (clock_busy_i),
    .wake_i     (1'b0),
    .qreqn_i    (clock_qreqn_i),
    .qacceptn_o (clock_qacceptn_o),
    .qdeny_o    (clock_qdeny_o),
    .qactive_o  (clock_qactive_o)
  );

  prim_clock_domain #(
    .Linger (3)
  ) u_clock_domain (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .busy_i    (domain_busy_i),
    .wake_i    (domain_wake_i),
    .with_i    (domain_with_i),
    .running_o (domain_running_o),
    .clk_o     (domain_clk_o)
  );

  logic [31:0] domain_edges_q;

  always_ff @(posedge domain_clk_o or negedge rst_ni) begin
    if (!rst_ni) domain_edges_q <= '0;
    else         domain_edges_q <= domain_edges_q + 1'b1;
  end

  assign domain_edges_o = domain_edges_q;

  // Of each isolator, and of the one at work.
  axi_ax_t    aws [2], ars [2], aw, ar;
  axi_w_t     ws [2], w;
  axi_b_t     up_bs [2], up_b;
  axi_r_t     up_rs [2], up_r;
  logic [1:0] at_work;
  logic [1:0] isolated, isolator_busy;
  logic [1:0] up_aw_ready, up_w_ready, up_b_valid, up_ar_ready, up_r_valid;
  logic [1:0] dn_aw_valid, dn_w_valid, dn_b_ready, dn_ar_valid, dn_r_ready;

  assign at_work = {big_i, !big_i};

  for (genvar i = 0; i < 2; i++) begin : gen_isolator
    prim_axi_isolator #(
      .ax_t           (axi_ax_t),
      .w_t            (axi_w_t),
      .b_t            (axi_b_t),
      .r_t            (axi_r_t),
      .MaxOutstanding (i == 1 ? MaxOutstanding : 3),
      .MaxAhead       (i == 1 ? 4 : 2)
    ) u_isolator (
      .clk_i         (clk_i),
      .rst_ni        (rst_ni),
      .isolate_i     (isolate_i),
      .isolated_o    (isolated[i]),
      .busy_o        (isolator_busy[i]),
      .up_aw_valid_i (up_aw_valid_i && at_work[i]),
      .up_aw_ready_o (up_aw_ready[i]),
      .up_aw_i       ({up_aw_user_i, 4'd0, up_aw_addr_i, up_aw_len_i}),
      .up_w_valid_i  (up_w_valid_i && at_work[i]),
      .up_w_ready_o  (up_w_ready[i]),
      .up_w_i        ({up_w_last_i, 16'hffff, 96'd0, up_w_data_i}),
      .up_b_valid_o  (up_b_valid[i]),
      .up_b_ready_i  (up_b_ready_i),
      .up_b_o        (up_bs[i]),
      .up_ar_valid_i (up_ar_valid_i && at_work[i]),
      .up_ar_ready_o (up_ar_ready[i]),
      .up_ar_i       ({up_ar_user_i, 4'd0, up_ar_addr_i, up_ar_len_i}),
      .up_r_valid_o  (up_r_valid[i]),
      .up_r_ready_i  (up_r_ready_i),
      .up_r_o        (up_rs[i]),
      .dn_aw_valid_o (dn_aw_valid[i]),
      .dn_aw_ready_i (m_axi_awready_i),
      .dn_aw_o       (aws[i]),
      .dn_w_valid_o  (dn_w_valid[i]),
      .dn_w_ready_i  (m_axi_wready_i),
      .dn_w_o        (ws[i]),
      .dn_b_valid_i  (m_axi_bvalid_i && at_work[i]),
      .dn_b_ready_o  (dn_b_ready[i]),
      .dn_b_i        ({m_axi_bid_i, m_axi_bresp_i}),
      .dn_ar_valid_o (dn_ar_valid[i]),
      .dn_ar_ready_i (m_axi_arready_i),
      .dn_ar_o       (ars[i]),
      .dn_r_valid_i  (m_axi_rvalid_i && at_work[i]),
      .dn_r_ready_o  (dn_r_ready[i]),
      .dn_r_i        ({m_axi_rid_i, m_axi_rresp_i, m_axi_rlast_i, m_axi_rdata_i})
    );
  end

  assign isolated_o      = isolated[big_i];
  assign isolator_busy_o = isolator_busy[big_i];
  assign up_aw_ready_o   = up_aw_ready[big_i];
  assign up_w_ready_o    = up_w_ready[big_i];
  assign up_b_valid_o    = up_b_valid[big_i];
  assign up_b            = up_bs[big_i];
  assign up_ar_ready_o   = up_ar_ready[big_i];
  assign up_r_valid_o    = up_r_valid[big_i];
  assign up_r            = up_rs[big_i];
  assign m_axi_awvalid_o = dn_aw_valid[big_i];
  assign aw              = aws[big_i];
  assign m_axi_wvalid_o  = dn_w_valid[big_i];
  assign w               = ws[big_i];
  assign m_axi_bready_o  = dn_b_ready[big_i];
  assign m_axi_arvalid_o = dn_ar_valid[big_i];
  assign ar              = ars[big_i];
  assign m_axi_rready_o  = dn_r_ready[big_i];

  assign up_r_data_o = up_r.data[31:0];
  assign up_r_last_o = up_r.last;

  logic unused_answers;
  assign unused_answers = ^{up_b, up_r};

  assign m_axi_awid_o    = aw.id;
  assign m_axi_awaddr_o  = aw.addr;
  assign m_axi_awlen_o   = aw.len;
  assign m_axi_awsize_o  = 3'd4;
  assign m_axi_awburst_o = 2'b01;
  assign m_axi_awuser_o  = aw.user;
  assign m_axi_wdata_o   = w.data;
  assign m_axi_wstrb_o   = w.strb;
  assign m_axi_wlast_o   = w.last;
  assign m_axi_arid_o    = ar.id;
  assign m_axi_araddr_o  = ar.addr;
  assign m_axi_arlen_o   = ar.len;
  assign m_axi_arsize_o  = 3'd4;
  assign m_axi_arburst_o = 2'b01;
  assign m_axi_aruser_o  = ar.user;

endmodule : prim_bench
