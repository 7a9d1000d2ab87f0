// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// kestrel's memory path above its isolator, with a table of address spaces and the clients' ports
/// as pins.
module mmu_bench
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,
  /// Clears the memory path and cuts it off.
  input  logic                clear_i,
  output logic                isolated_o,

  /// Writes a row of the table of spaces.
  input  logic                space_write_i,
  input  logic [SpaceW-1:0]   space_index_i,
  input  logic [1:0]          space_mode_i,
  input  logic [19:0]         space_pasid_i,
  input  logic [39:0]         space_root_i,

  input  logic [1:0]          rd_valid_i,
  output logic [1:0]          rd_ready_o,
  output logic [1:0]          rd_refuse_o,
  input  logic [63:0]         rd_addr_i [2],
  input  logic [7:0]          rd_len_i [2],
  input  logic [SpaceW-1:0]   rd_space_i [2],
  input  logic [1:0]          rd_privileged_i,
  output logic [2:0]          rd_fault_o,
  output logic [1:0]          rd_resp_o,
  output logic [1:0]          r_valid_o,
  output logic                r_last_o,
  output logic [1:0]          r_resp_o,
  output logic [AxiDataW-1:0] r_data_o,

  input  logic [1:0]          wr_valid_i,
  output logic [1:0]          wr_ready_o,
  output logic [1:0]          wr_refuse_o,
  input  logic [63:0]         wr_addr_i [2],
  input  logic [7:0]          wr_len_i [2],
  input  logic [SpaceW-1:0]   wr_space_i [2],
  input  logic [1:0]          wr_privileged_i,
  output logic [2:0]          wr_fault_o,
  output logic [1:0]          wr_resp_o,
  input  logic [1:0]          w_valid_i,
  output logic [1:0]          w_ready_o,
  input  logic [31:0]         w_data_i [2],
  input  logic [1:0]          w_last_i,
  output logic [1:0]          b_valid_o,
  output logic [1:0]          b_resp_o,

  input  logic                inv_start_i,
  input  logic                inv_all_spaces_i,
  input  logic                inv_range_i,
  input  logic [SpaceW-1:0]   inv_space_i,
  input  logic [35:0]         inv_first_i,
  input  logic [35:0]         inv_last_i,
  output logic                inv_busy_o,

  input  logic                stall_faults_i,
  output logic                stalled_o,
  output logic [2:0]          stalled_fault_o,
  output logic [1:0]          stalled_resp_o,
  output logic [63:0]         stalled_addr_o,
  output logic [1:0]          stalled_access_o,
  input  logic                retry_i,
  input  logic                abort_i,

  output logic                tlb_miss_o,
  output logic                waiting_o,
  output logic                busy_o,
  /// Between the memory path and its isolator.
  output logic                bus_ar_valid_o,
  output logic                bus_ar_ready_o,
  output logic                bus_aw_valid_o,
  output logic                bus_aw_ready_o,
  output logic                bus_busy_o,

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

  ////////////
  // Spaces //
  ////////////

  logic [SpaceW-1:0] space_index;
  space_t            space_q;
  space_t            spaces_q [NumSpaces];

  always_ff @(posedge clk_i) begin
    if (space_write_i) begin
      spaces_q[space_index_i] <= {space_mode_i, space_pasid_i, space_root_i};
    end
    space_q <= spaces_q[space_index];
  end

  /////////////////
  // Memory path //
  /////////////////

  bus_req_t rd_req [2];
  bus_req_t wr_req [2];
  axi_w_t   up_w [2];
  refusal_t rd_refusal, wr_refusal, stalled_refusal;
  r_beat_t  r_beat;
  access_e  stalled_access;

  for (genvar i = 0; i < 2; i++) begin : gen_client
    assign rd_req[i] = {rd_addr_i[i], rd_len_i[i], rd_space_i[i], rd_privileged_i[i]};
    assign wr_req[i] = {wr_addr_i[i], wr_len_i[i], wr_space_i[i], wr_privileged_i[i]};
    assign up_w[i]   = {w_last_i[i], 16'hffff, {4{w_data_i[i]}}};
  end

  assign {rd_fault_o, rd_resp_o}           = rd_refusal;
  assign {wr_fault_o, wr_resp_o}           = wr_refusal;
  assign {stalled_fault_o, stalled_resp_o} = stalled_refusal;
  assign stalled_access_o                  = stalled_access;
  assign {r_resp_o, r_last_o, r_data_o}    = r_beat;

  logic    aw_valid, aw_ready, w_valid, w_ready, b_valid, b_ready;
  logic    ar_valid, ar_ready, r_valid, r_ready, bus_busy;
  axi_ax_t aw, ar, dn_aw, dn_ar;
  axi_w_t  w, dn_w;
  axi_b_t  b;
  axi_r_t  r;

  kestrel_bus u_bus (
    .clk_i             (clk_i),
    .rst_ni            (rst_ni),
    .clear_i           (clear_i),
    .rd_valid_i        (rd_valid_i),
    .rd_ready_o        (rd_ready_o),
    .rd_refuse_o       (rd_refuse_o),
    .rd_req_i          (rd_req),
    .rd_refusal_o      (rd_refusal),
    .r_valid_o         (r_valid_o),
    .r_o               (r_beat),
    .wr_valid_i        (wr_valid_i),
    .wr_ready_o        (wr_ready_o),
    .wr_refuse_o       (wr_refuse_o),
    .wr_req_i          (wr_req),
    .wr_refusal_o      (wr_refusal),
    .w_valid_i         (w_valid_i),
    .w_ready_o         (w_ready_o),
    .w_i               (up_w),
    .b_valid_o         (b_valid_o),
    .b_resp_o          (b_resp_o),
    .space_o           (space_index),
    .space_i           (space_q),
    .inv_start_i       (inv_start_i),
    .inv_all_spaces_i  (inv_all_spaces_i),
    .inv_range_i       (inv_range_i),
    .inv_space_i       (inv_space_i),
    .inv_first_i       (inv_first_i),
    .inv_last_i        (inv_last_i),
    .inv_busy_o        (inv_busy_o),
    .stall_faults_i    (stall_faults_i),
    .stalled_o         (stalled_o),
    .stalled_refusal_o (stalled_refusal),
    .stalled_addr_o    (stalled_addr_o),
    .stalled_access_o  (stalled_access),
    .retry_i           (retry_i),
    .abort_i           (abort_i),
    .aw_valid_o        (aw_valid),
    .aw_ready_i        (aw_ready),
    .aw_o              (aw),
    .w_valid_o         (w_valid),
    .w_ready_i         (w_ready),
    .w_o               (w),
    .b_valid_i         (b_valid),
    .b_ready_o         (b_ready),
    .b_i               (b),
    .ar_valid_o        (ar_valid),
    .ar_ready_i        (ar_ready),
    .ar_o              (ar),
    .r_valid_i         (r_valid),
    .r_ready_o         (r_ready),
    .r_i               (r),
    .bus_idle_i        (!bus_busy),
    .tlb_miss_o        (tlb_miss_o),
    .waiting_o         (waiting_o),
    .busy_o            (busy_o)
  );

  assign bus_ar_valid_o = ar_valid;
  assign bus_ar_ready_o = ar_ready;
  assign bus_aw_valid_o = aw_valid;
  assign bus_aw_ready_o = aw_ready;
  assign bus_busy_o     = bus_busy;

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
    .isolate_i     (clear_i),
    .isolated_o    (isolated_o),
    .busy_o        (bus_busy),
    .up_aw_valid_i (aw_valid),
    .up_aw_ready_o (aw_ready),
    .up_aw_i       (aw),
    .up_w_valid_i  (w_valid),
    .up_w_ready_o  (w_ready),
    .up_w_i        (w),
    .up_b_valid_o  (b_valid),
    .up_b_ready_i  (b_ready),
    .up_b_o        (b),
    .up_ar_valid_i (ar_valid),
    .up_ar_ready_o (ar_ready),
    .up_ar_i       (ar),
    .up_r_valid_o  (r_valid),
    .up_r_ready_i  (r_ready),
    .up_r_o        (r),
    .dn_aw_valid_o (m_axi_awvalid_o),
    .dn_aw_ready_i (m_axi_awready_i),
    .dn_aw_o       (dn_aw),
    .dn_w_valid_o  (m_axi_wvalid_o),
    .dn_w_ready_i  (m_axi_wready_i),
    .dn_w_o        (dn_w),
    .dn_b_valid_i  (m_axi_bvalid_i),
    .dn_b_ready_o  (m_axi_bready_o),
    .dn_b_i        ({m_axi_bid_i, m_axi_bresp_i}),
    .dn_ar_valid_o (m_axi_arvalid_o),
    .dn_ar_ready_i (m_axi_arready_i),
    .dn_ar_o       (dn_ar),
    .dn_r_valid_i  (m_axi_rvalid_i),
    .dn_r_ready_o  (m_axi_rready_o),
    .dn_r_i        ({m_axi_rid_i, m_axi_rresp_i, m_axi_rlast_i, m_axi_rdata_i})
  );

  assign m_axi_awuser_o  = dn_aw.user;
  assign m_axi_awid_o    = dn_aw.id;
  assign m_axi_awaddr_o  = dn_aw.addr;
  assign m_axi_awlen_o   = dn_aw.len;
  assign m_axi_awsize_o  = 3'd4;
  assign m_axi_awburst_o = 2'b01;
  assign m_axi_wdata_o   = dn_w.data;
  assign m_axi_wstrb_o   = dn_w.strb;
  assign m_axi_wlast_o   = dn_w.last;
  assign m_axi_aruser_o  = dn_ar.user;
  assign m_axi_arid_o    = dn_ar.id;
  assign m_axi_araddr_o  = dn_ar.addr;
  assign m_axi_arlen_o   = dn_ar.len;
  assign m_axi_arsize_o  = 3'd4;
  assign m_axi_arburst_o = 2'b01;

endmodule : mmu_bench
