// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Registers behind the AXI4-Lite port: the generated register block, and what it leaves out.
///
/// A 64-bit value is read low half first: that read latches the high half, so that the two belong
/// together. Values from the engine are what they are in the cycle of the read.
module kestrel_csr
  import kestrel_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,

  /// AXI4-Lite, addresses as the guard maps them.
  input  logic [7:0]            s_axil_awaddr_i,
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
  input  logic [7:0]            s_axil_araddr_i,
  input  logic [2:0]            s_axil_arprot_i,
  input  logic                  s_axil_arvalid_i,
  output logic                  s_axil_arready_o,
  output logic [31:0]           s_axil_rdata_o,
  output logic [1:0]            s_axil_rresp_o,
  output logic                  s_axil_rvalid_o,
  input  logic                  s_axil_rready_i,

  /// Always-on time, nanoseconds.
  input  logic [63:0]           time_ns_i,

  /// To the engine.
  output config_t               config_o,
  /// RESET.SOFT was written; one cycle.
  output logic                  soft_reset_o,

  /// From the engine.
  input  status_t               status_i,
  /// Clears CONTROL.ENABLE and keeps it clear.
  input  logic                  enable_clear_i,
  /// Clears DOORBELL and IRQ_STATUS and keeps them clear.
  input  logic                  state_clear_i,

  /// Interrupts. `irq_set_i` wins over a write of 1 in the same cycle.
  input  logic [NumVectors-1:0] irq_set_i,
  output logic [NumVectors-1:0] irq_status_o,
  output logic [NumVectors-1:0] irq_enable_o,
  /// IRQ_FORCE was written; one cycle.
  output logic [NumVectors-1:0] irq_force_o
);

  kestrel_regs_pkg::kestrel_regs__in_t  hwif_in;
  kestrel_regs_pkg::kestrel_regs__out_t hwif_out;

  //////////////////////////
  // High halves, latched //
  //////////////////////////

  logic [31:0] time_hi_d, time_hi_q;
  logic [31:0] bytes_hi_d, bytes_hi_q;
  logic [31:0] busy_hi_d, busy_hi_q;

  always_comb begin
    time_hi_d  = time_hi_q;
    bytes_hi_d = bytes_hi_q;
    busy_hi_d  = busy_hi_q;

    if (hwif_out.TIME_LO.NS.rd_swacc)           time_hi_d  = time_ns_i[63:32];
    if (hwif_out.COUNT_BYTES_LO.COUNT.rd_swacc) bytes_hi_d = status_i.bytes[63:32];
    if (hwif_out.COUNT_BUSY_LO.COUNT.rd_swacc)  busy_hi_d  = status_i.busy_cycles[63:32];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      time_hi_q  <= '0;
      bytes_hi_q <= '0;
      busy_hi_q  <= '0;
    end else begin
      time_hi_q  <= time_hi_d;
      bytes_hi_q <= bytes_hi_d;
      busy_hi_q  <= busy_hi_d;
    end
  end

  ////////////////////
  // Register block //
  ////////////////////

  assign hwif_in.CAPS0.RING_LOG2_MAX.next   = 5'(RingLog2Max);
  assign hwif_in.CAPS0.VECTORS.next         = 8'(NumVectors);
  assign hwif_in.CAPS0.ADDR_BITS.next       = 8'(AxiAddrW);
  assign hwif_in.CAPS0.DATA_BYTES_LOG2.next = 8'($clog2(AxiStrbW));
  assign hwif_in.CAPS1.CLOCK_MHZ.next       = 16'(ClockMHz);

  assign hwif_in.CONTROL.ENABLE.hwclr   = enable_clear_i;
  assign hwif_in.STATUS.IDLE.next       = status_i.idle;
  assign hwif_in.STATUS.ERROR.next      = status_i.error;
  assign hwif_in.STATUS.RESETTING.next  = status_i.resetting;
  assign hwif_in.DOORBELL.INDEX.hwclr   = state_clear_i;
  assign hwif_in.RING_HEAD.INDEX.next   = status_i.head;

  assign hwif_in.IRQ_STATUS.FENCE.hwset = irq_set_i[VectorFence];
  assign hwif_in.IRQ_STATUS.FENCE.hwclr = state_clear_i;
  assign hwif_in.IRQ_STATUS.ERROR.hwset = irq_set_i[VectorError];
  assign hwif_in.IRQ_STATUS.ERROR.hwclr = state_clear_i;

  assign hwif_in.TIME_LO.NS.next = time_ns_i[31:0];
  assign hwif_in.TIME_HI.NS.next = time_hi_q;

  assign hwif_in.ERROR_CAUSE.CAUSE.next  = status_i.error_info.cause;
  assign hwif_in.ERROR_CAUSE.RESP.next   = status_i.error_info.resp;
  assign hwif_in.ERROR_CAUSE.OPCODE.next = status_i.error_info.opcode;
  assign hwif_in.ERROR_INDEX.INDEX.next  = status_i.error_info.index;
  assign hwif_in.ERROR_ADDR_LO.ADDR.next = status_i.error_info.addr[31:0];
  assign hwif_in.ERROR_ADDR_HI.ADDR.next = status_i.error_info.addr[63:32];

  assign hwif_in.COUNT_COMMANDS.COUNT.next = status_i.commands;
  assign hwif_in.COUNT_BYTES_LO.COUNT.next = status_i.bytes[31:0];
  assign hwif_in.COUNT_BYTES_HI.COUNT.next = bytes_hi_q;
  assign hwif_in.COUNT_BUSY_LO.COUNT.next  = status_i.busy_cycles[31:0];
  assign hwif_in.COUNT_BUSY_HI.COUNT.next  = busy_hi_q;

  kestrel_regs u_regs (
    .clk            (clk_i),
    .arst_n         (rst_ni),
    .s_axil_awaddr  (s_axil_awaddr_i),
    .s_axil_awprot  (s_axil_awprot_i),
    .s_axil_awvalid (s_axil_awvalid_i),
    .s_axil_awready (s_axil_awready_o),
    .s_axil_wdata   (s_axil_wdata_i),
    .s_axil_wstrb   (s_axil_wstrb_i),
    .s_axil_wvalid  (s_axil_wvalid_i),
    .s_axil_wready  (s_axil_wready_o),
    .s_axil_bresp   (s_axil_bresp_o),
    .s_axil_bvalid  (s_axil_bvalid_o),
    .s_axil_bready  (s_axil_bready_i),
    .s_axil_araddr  (s_axil_araddr_i),
    .s_axil_arprot  (s_axil_arprot_i),
    .s_axil_arvalid (s_axil_arvalid_i),
    .s_axil_arready (s_axil_arready_o),
    .s_axil_rdata   (s_axil_rdata_o),
    .s_axil_rresp   (s_axil_rresp_o),
    .s_axil_rvalid  (s_axil_rvalid_o),
    .s_axil_rready  (s_axil_rready_i),
    .hwif_in        (hwif_in),
    .hwif_out       (hwif_out)
  );

  assign config_o.enable    = hwif_out.CONTROL.ENABLE.value;
  assign config_o.ring_base = {hwif_out.RING_BASE_HI.ADDR.value,
                               hwif_out.RING_BASE_LO.ADDR.value, 6'd0};
  assign config_o.ring_log2 = hwif_out.RING_SIZE.LOG2_ENTRIES.value;
  assign config_o.doorbell  = hwif_out.DOORBELL.INDEX.value;
  assign soft_reset_o       = hwif_out.RESET.SOFT.value;

  assign irq_status_o[VectorFence] = hwif_out.IRQ_STATUS.FENCE.value;
  assign irq_status_o[VectorError] = hwif_out.IRQ_STATUS.ERROR.value;
  assign irq_enable_o[VectorFence] = hwif_out.IRQ_ENABLE.FENCE.value;
  assign irq_enable_o[VectorError] = hwif_out.IRQ_ENABLE.ERROR.value;
  assign irq_force_o[VectorFence]  = hwif_out.IRQ_FORCE.FENCE.value;
  assign irq_force_o[VectorError]  = hwif_out.IRQ_FORCE.ERROR.value;

endmodule : kestrel_csr
