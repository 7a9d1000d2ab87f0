// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// kestrel: a copy accelerator behind the shell that every accelerator of this family has.
///
/// Software puts 64-byte commands into a ring in memory and writes a doorbell; the engine fetches
/// and executes them one after another, and reports with fences and interrupts.
/// Source: docs/programmers_guide.md for software, hw/kestrel/docs/theory_of_operation.md for the
/// inside.
module kestrel
  import kestrel_pkg::*;
(
  /// Main clock, rising edge; may be stopped as agreed by the clock request.
  input  logic                  clk_i,
  /// Asynchronous reset, active low.
  input  logic                  rst_ni,

  /// Clock request, see prim_clock_request.
  input  logic                  qreqn_i,
  output logic                  qacceptn_o,
  output logic                  qdeny_o,
  output logic                  qactive_o,

  /// Always-on time, nanoseconds; runs while the main clock is stopped.
  input  logic [63:0]           time_ns_i,

  /// One-cycle pulses, one per MSI-X vector.
  output logic [NumVectors-1:0] irq_o,

  /// Registers, AXI4-Lite.
  input  logic [AxilAddrW-1:0]  s_axil_awaddr_i,
  input  logic [2:0]            s_axil_awprot_i,
  input  logic                  s_axil_awvalid_i,
  output logic                  s_axil_awready_o,
  input  logic [31:0]           s_axil_wdata_i,
  input  logic [3:0]            s_axil_wstrb_i,
  input  logic                  s_axil_wvalid_i,
  output logic                  s_axil_wready_o,
  output logic [1:0]            s_axil_bresp_o,
  output logic                  s_axil_bvalid_o,
  input  logic                  s_axil_bready_i,
  input  logic [AxilAddrW-1:0]  s_axil_araddr_i,
  input  logic [2:0]            s_axil_arprot_i,
  input  logic                  s_axil_arvalid_i,
  output logic                  s_axil_arready_o,
  output logic [31:0]           s_axil_rdata_o,
  output logic [1:0]            s_axil_rresp_o,
  output logic                  s_axil_rvalid_o,
  input  logic                  s_axil_rready_i,

  /// Memory, AXI4. AxUSER: bits 19:0 PASID, 20 PASID valid, 21 privileged; all 0.
  output logic [AxiIdW-1:0]     m_axi_awid_o,
  output logic [AxiAddrW-1:0]   m_axi_awaddr_o,
  output logic [7:0]            m_axi_awlen_o,
  output logic [2:0]            m_axi_awsize_o,
  output logic [1:0]            m_axi_awburst_o,
  output logic [3:0]            m_axi_awcache_o,
  output logic [2:0]            m_axi_awprot_o,
  output logic [AxiUserW-1:0]   m_axi_awuser_o,
  output logic                  m_axi_awvalid_o,
  input  logic                  m_axi_awready_i,
  output logic [AxiDataW-1:0]   m_axi_wdata_o,
  output logic [AxiStrbW-1:0]   m_axi_wstrb_o,
  output logic                  m_axi_wlast_o,
  output logic                  m_axi_wvalid_o,
  input  logic                  m_axi_wready_i,
  input  logic [AxiIdW-1:0]     m_axi_bid_i,
  input  logic [1:0]            m_axi_bresp_i,
  input  logic                  m_axi_bvalid_i,
  output logic                  m_axi_bready_o,
  output logic [AxiIdW-1:0]     m_axi_arid_o,
  output logic [AxiAddrW-1:0]   m_axi_araddr_o,
  output logic [7:0]            m_axi_arlen_o,
  output logic [2:0]            m_axi_arsize_o,
  output logic [1:0]            m_axi_arburst_o,
  output logic [3:0]            m_axi_arcache_o,
  output logic [2:0]            m_axi_arprot_o,
  output logic [AxiUserW-1:0]   m_axi_aruser_o,
  output logic                  m_axi_arvalid_o,
  input  logic                  m_axi_arready_i,
  input  logic [AxiIdW-1:0]     m_axi_rid_i,
  input  logic [AxiDataW-1:0]   m_axi_rdata_i,
  input  logic [1:0]            m_axi_rresp_i,
  input  logic                  m_axi_rlast_i,
  input  logic                  m_axi_rvalid_i,
  output logic                  m_axi_rready_o
);

  config_t               cfg;
  status_t               status;
  logic                  soft_reset;
  logic                  enable_clear, state_clear;
  logic [NumVectors-1:0] irq_event, irq_status, irq_enable, irq_force;
  logic                  fence_event, error_event;
  logic                  regs_busy, engine_busy, irq_busy;

  ///////////////
  // Registers //
  ///////////////

  logic [7:0] regs_awaddr, regs_araddr;

  kestrel_axil_guard #(
    .BusAddrW       (AxilAddrW),
    .RegAddrW       (8),
    .ReservedOffset (8'hfc)
  ) u_axil_guard (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .awaddr_i  (s_axil_awaddr_i),
    .awaddr_o  (regs_awaddr),
    .araddr_i  (s_axil_araddr_i),
    .araddr_o  (regs_araddr),
    .awvalid_i (s_axil_awvalid_i),
    .awready_i (s_axil_awready_o),
    .wvalid_i  (s_axil_wvalid_i),
    .wready_i  (s_axil_wready_o),
    .bvalid_i  (s_axil_bvalid_o),
    .bready_i  (s_axil_bready_i),
    .arvalid_i (s_axil_arvalid_i),
    .arready_i (s_axil_arready_o),
    .rvalid_i  (s_axil_rvalid_o),
    .rready_i  (s_axil_rready_i),
    .busy_o    (regs_busy)
  );

  kestrel_csr u_csr (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
    .s_axil_awaddr_i  (regs_awaddr),
    .s_axil_awprot_i  (s_axil_awprot_i),
    .s_axil_awvalid_i (s_axil_awvalid_i),
    .s_axil_awready_o (s_axil_awready_o),
    .s_axil_wdata_i   (s_axil_wdata_i),
    .s_axil_wstrb_i   (s_axil_wstrb_i),
    .s_axil_wvalid_i  (s_axil_wvalid_i),
    .s_axil_wready_o  (s_axil_wready_o),
    .s_axil_bresp_o   (s_axil_bresp_o),
    .s_axil_bvalid_o  (s_axil_bvalid_o),
    .s_axil_bready_i  (s_axil_bready_i),
    .s_axil_araddr_i  (regs_araddr),
    .s_axil_arprot_i  (s_axil_arprot_i),
    .s_axil_arvalid_i (s_axil_arvalid_i),
    .s_axil_arready_o (s_axil_arready_o),
    .s_axil_rdata_o   (s_axil_rdata_o),
    .s_axil_rresp_o   (s_axil_rresp_o),
    .s_axil_rvalid_o  (s_axil_rvalid_o),
    .s_axil_rready_i  (s_axil_rready_i),
    .time_ns_i        (time_ns_i),
    .config_o         (cfg),
    .soft_reset_o     (soft_reset),
    .status_i         (status),
    .enable_clear_i   (enable_clear),
    .state_clear_i    (state_clear),
    .irq_set_i        (irq_event),
    .irq_status_o     (irq_status),
    .irq_enable_o     (irq_enable),
    .irq_force_o      (irq_force)
  );

  ////////////
  // Engine //
  ////////////

  axi_ax_t aw, ar;
  axi_w_t  w;

  kestrel_engine u_engine (
    .clk_i          (clk_i),
    .rst_ni         (rst_ni),
    .config_i       (cfg),
    .soft_reset_i   (soft_reset),
    .enable_clear_o (enable_clear),
    .state_clear_o  (state_clear),
    .status_o       (status),
    .fence_event_o  (fence_event),
    .error_event_o  (error_event),
    .busy_o         (engine_busy),
    .aw_valid_o     (m_axi_awvalid_o),
    .aw_ready_i     (m_axi_awready_i),
    .aw_o           (aw),
    .w_valid_o      (m_axi_wvalid_o),
    .w_ready_i      (m_axi_wready_i),
    .w_o            (w),
    .b_valid_i      (m_axi_bvalid_i),
    .b_ready_o      (m_axi_bready_o),
    .b_i            ({m_axi_bid_i, m_axi_bresp_i}),
    .ar_valid_o     (m_axi_arvalid_o),
    .ar_ready_i     (m_axi_arready_i),
    .ar_o           (ar),
    .r_valid_i      (m_axi_rvalid_i),
    .r_ready_o      (m_axi_rready_o),
    .r_i            ({m_axi_rid_i, m_axi_rresp_i, m_axi_rlast_i, m_axi_rdata_i})
  );

  // What all accesses share: full-width beats, incrementing; normal memory, not cacheable by others
  // than its owner, bufferable; unprivileged, no PASID.
  localparam logic [2:0] AxSize      = 3'(BeatBytesLog2);
  localparam logic [1:0] AxBurstIncr = 2'b01;
  localparam logic [3:0] AxCache     = 4'b0011;

  assign m_axi_awid_o    = aw.id;
  assign m_axi_awaddr_o  = aw.addr;
  assign m_axi_awlen_o   = aw.len;
  assign m_axi_awsize_o  = AxSize;
  assign m_axi_awburst_o = AxBurstIncr;
  assign m_axi_awcache_o = AxCache;
  assign m_axi_awprot_o  = '0;
  assign m_axi_awuser_o  = '0;
  assign m_axi_wdata_o   = w.data;
  assign m_axi_wstrb_o   = w.strb;
  assign m_axi_wlast_o   = w.last;
  assign m_axi_arid_o    = ar.id;
  assign m_axi_araddr_o  = ar.addr;
  assign m_axi_arlen_o   = ar.len;
  assign m_axi_arsize_o  = AxSize;
  assign m_axi_arburst_o = AxBurstIncr;
  assign m_axi_arcache_o = AxCache;
  assign m_axi_arprot_o  = '0;
  assign m_axi_aruser_o  = '0;

  ////////////////
  // Interrupts //
  ////////////////

  always_comb begin
    irq_event              = irq_force;
    irq_event[VectorFence] = irq_force[VectorFence] || fence_event;
    irq_event[VectorError] = irq_force[VectorError] || error_event;
    // A soft reset leaves no interrupt behind.
    if (state_clear) irq_event = '0;
  end

  kestrel_irq #(
    .NumVectors (NumVectors)
  ) u_irq (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .event_i  (irq_event),
    .status_i (irq_status),
    .enable_i (irq_enable),
    .irq_o    (irq_o),
    .busy_o   (irq_busy)
  );

  ///////////////////
  // Clock request //
  ///////////////////

  prim_clock_request u_clock_request (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .busy_i     (regs_busy || engine_busy || irq_busy),
    .qreqn_i    (qreqn_i),
    .qacceptn_o (qacceptn_o),
    .qdeny_o    (qdeny_o),
    .qactive_o  (qactive_o)
  );

endmodule : kestrel
