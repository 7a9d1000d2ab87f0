// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// kestrel with a fault that a plusarg chooses: an accelerator in the middle of its bring-up.
///
/// Without plusargs it is kestrel. With them, one fault happens at a chosen bus event, counted from
/// the latest reset:
///
///     +fault=assert     an assertion fails
///     +fault=finish     $finish
///     +fault=fatal      $fatal
///     +fault=hang-read  this register read and all later ones are never answered
///     +fault_on=read    events are register reads (default)
///     +fault_on=dma     events are the engine's read and write requests
///     +fault_after=N    at the N-th event; default 1
module kestrel_faulty
  import kestrel_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  qreqn_i,
  output logic                  qacceptn_o,
  output logic                  qdeny_o,
  output logic                  qactive_o,

  input  logic [63:0]           time_ns_i,
  output logic [63:0]           wake_ns_o,

  output logic [NumVectors-1:0] irq_o,

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

  typedef enum logic [2:0] {
    FaultNone,
    FaultAssert,
    FaultFinish,
    FaultFatal,
    FaultHangRead
  } fault_e;

  fault_e      fault;
  logic        on_dma;
  logic [31:0] after;

  initial begin
    string name;
    fault  = FaultNone;
    on_dma = 1'b0;
    after  = 32'd1;
    if ($value$plusargs("fault=%s", name)) begin
      if (name == "assert")         fault = FaultAssert;
      else if (name == "finish")    fault = FaultFinish;
      else if (name == "fatal")     fault = FaultFatal;
      else if (name == "hang-read") fault = FaultHangRead;
      else $fatal(1, "+fault=%s is not assert, finish, fatal or hang-read", name);
    end
    if ($value$plusargs("fault_on=%s", name)) begin
      if (name == "dma")       on_dma = 1'b1;
      else if (name != "read") $fatal(1, "+fault_on=%s is not dma or read", name);
    end
    if ($value$plusargs("fault_after=%d", after) && after == 32'd0) begin
      $fatal(1, "+fault_after=0: events are counted from 1");
    end
  end

  ////////////
  // Events //
  ////////////

  logic        dma, read, happens, fires;
  logic [31:0] count_q;
  logic        hang_q;

  assign dma     = (m_axi_arvalid_o && m_axi_arready_i) || (m_axi_awvalid_o && m_axi_awready_i);
  assign read    = s_axil_arvalid_i && s_axil_arready_o;
  assign happens = on_dma ? dma : read;
  assign fires   = happens && count_q + 32'd1 == after;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= '0;
      hang_q  <= 1'b0;
    end else begin
      count_q <= count_q + 32'(happens);
      hang_q  <= hang_q || (fires && fault == FaultHangRead);
    end
  end

  FaultInjected: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                  !(fires && fault == FaultAssert))
    else $error("the assertion fails that +fault=assert asked for");

  always_ff @(posedge clk_i) begin
    if (rst_ni && fires && fault == FaultFinish) $finish;
    if (rst_ni && fires && fault == FaultFatal) $fatal(1, "the end that +fault=fatal asked for");
  end

  /////////////
  // kestrel //
  /////////////

  logic rvalid, rready;

  assign s_axil_rvalid_o = rvalid && !hang_q;
  assign rready          = s_axil_rready_i && !hang_q;

  kestrel u_kestrel (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
    .qreqn_i          (qreqn_i),
    .qacceptn_o       (qacceptn_o),
    .qdeny_o          (qdeny_o),
    .qactive_o        (qactive_o),
    .time_ns_i        (time_ns_i),
    .wake_ns_o        (wake_ns_o),
    .irq_o            (irq_o),
    .s_axil_awaddr_i  (s_axil_awaddr_i),
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
    .s_axil_araddr_i  (s_axil_araddr_i),
    .s_axil_arprot_i  (s_axil_arprot_i),
    .s_axil_arvalid_i (s_axil_arvalid_i),
    .s_axil_arready_o (s_axil_arready_o),
    .s_axil_rdata_o   (s_axil_rdata_o),
    .s_axil_rresp_o   (s_axil_rresp_o),
    .s_axil_rvalid_o  (rvalid),
    .s_axil_rready_i  (rready),
    .m_axi_awid_o     (m_axi_awid_o),
    .m_axi_awaddr_o   (m_axi_awaddr_o),
    .m_axi_awlen_o    (m_axi_awlen_o),
    .m_axi_awsize_o   (m_axi_awsize_o),
    .m_axi_awburst_o  (m_axi_awburst_o),
    .m_axi_awcache_o  (m_axi_awcache_o),
    .m_axi_awprot_o   (m_axi_awprot_o),
    .m_axi_awuser_o   (m_axi_awuser_o),
    .m_axi_awvalid_o  (m_axi_awvalid_o),
    .m_axi_awready_i  (m_axi_awready_i),
    .m_axi_wdata_o    (m_axi_wdata_o),
    .m_axi_wstrb_o    (m_axi_wstrb_o),
    .m_axi_wlast_o    (m_axi_wlast_o),
    .m_axi_wvalid_o   (m_axi_wvalid_o),
    .m_axi_wready_i   (m_axi_wready_i),
    .m_axi_bid_i      (m_axi_bid_i),
    .m_axi_bresp_i    (m_axi_bresp_i),
    .m_axi_bvalid_i   (m_axi_bvalid_i),
    .m_axi_bready_o   (m_axi_bready_o),
    .m_axi_arid_o     (m_axi_arid_o),
    .m_axi_araddr_o   (m_axi_araddr_o),
    .m_axi_arlen_o    (m_axi_arlen_o),
    .m_axi_arsize_o   (m_axi_arsize_o),
    .m_axi_arburst_o  (m_axi_arburst_o),
    .m_axi_arcache_o  (m_axi_arcache_o),
    .m_axi_arprot_o   (m_axi_arprot_o),
    .m_axi_aruser_o   (m_axi_aruser_o),
    .m_axi_arvalid_o  (m_axi_arvalid_o),
    .m_axi_arready_i  (m_axi_arready_i),
    .m_axi_rid_i      (m_axi_rid_i),
    .m_axi_rdata_i    (m_axi_rdata_i),
    .m_axi_rresp_i    (m_axi_rresp_i),
    .m_axi_rlast_i    (m_axi_rlast_i),
    .m_axi_rvalid_i   (m_axi_rvalid_i),
    .m_axi_rready_o   (m_axi_rready_o)
  );

endmodule : kestrel_faulty
