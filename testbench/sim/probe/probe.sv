// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// An accelerator for the tests of the harness: software makes it do anything on any port.
///
/// Registers (32-bit words; probe_host.hpp names them for C++):
///
///   0x000 SCRATCH   what was written, by bytes
///   0x004 READS     counts reads of itself
///   0x008 WRITES    register writes so far
///   0x010 IRQ       write: pulses the vectors whose bits are set
///   0x014 IRQ_AFTER write N: pulses vector 0 after N busy cycles
///   0x018 BUSY      write N: asks for the clock for N cycles; reads what is left
///   0x01c DENY      bit 0: denies every request to stop the clock
///   0x020 FAIL      write: 1 fails an assertion, 2 $finish, 3 $fatal, 4 $stop, 5 $error
///   0x024 TIME      time_ns_i[31:0]
///   0x028 HOLD      cycles after which an access to 0x80c is answered
///   0x030 ADDR_LO   0x034 ADDR_HI: address of the next burst
///   0x038 SHAPE     [7:0] len, [10:8] size, [12:11] burst, [19:16] id, [20] data before address,
///                   [21] WLAST one beat early
///   0x03c USER      AxUSER
///   0x040 GO        write: 1 reads a burst into BUFFER, 2 writes one from it
///   0x044 STATUS    [0] busy, [2:1] response (worst of beats), [15:8] beats, [31:16] bursts done
///   0x048 RESET_VAL a register without reset
///   0x04c LAZY      [0] asks for no clock while it waits for the bus,
///                   [1] pulses vector 2 when a burst is done
///   0x050 WAKE_LO   0x054 WAKE_HI: wake_ns_o. When that time is reached vector 1 is pulsed, once,
///                   and both read all ones, as after reset. Writing WAKE_LO makes both count.
///   0x800 answers SLVERR   0x804 DECERR   0x808 never   0x80c after HOLD cycles
///   0x1000 .. 0x1fff BUFFER: 256 beats of 16 bytes
///   0x2000 .. 0x23ff STROBES: one word a beat
///   Everything else reads 0.
module probe (
  input  logic         clk_i,
  input  logic         rst_ni,

  input  logic         qreqn_i,
  output logic         qacceptn_o,
  output logic         qdeny_o,
  output logic         qactive_o,

  input  logic [63:0]  time_ns_i,
  output logic [63:0]  wake_ns_o,
  output logic [3:0]   irq_o,

  input  logic [15:0]  s_axil_awaddr_i,
  input  logic [2:0]   s_axil_awprot_i,
  input  logic         s_axil_awvalid_i,
  output logic         s_axil_awready_o,
  input  logic [31:0]  s_axil_wdata_i,
  input  logic [3:0]   s_axil_wstrb_i,
  input  logic         s_axil_wvalid_i,
  output logic         s_axil_wready_o,
  output logic [1:0]   s_axil_bresp_o,
  output logic         s_axil_bvalid_o,
  input  logic         s_axil_bready_i,
  input  logic [15:0]  s_axil_araddr_i,
  input  logic [2:0]   s_axil_arprot_i,
  input  logic         s_axil_arvalid_i,
  output logic         s_axil_arready_o,
  output logic [31:0]  s_axil_rdata_o,
  output logic [1:0]   s_axil_rresp_o,
  output logic         s_axil_rvalid_o,
  input  logic         s_axil_rready_i,

  output logic [3:0]   m_axi_awid_o,
  output logic [63:0]  m_axi_awaddr_o,
  output logic [7:0]   m_axi_awlen_o,
  output logic [2:0]   m_axi_awsize_o,
  output logic [1:0]   m_axi_awburst_o,
  output logic [3:0]   m_axi_awcache_o,
  output logic [2:0]   m_axi_awprot_o,
  output logic [31:0]  m_axi_awuser_o,
  output logic         m_axi_awvalid_o,
  input  logic         m_axi_awready_i,
  output logic [127:0] m_axi_wdata_o,
  output logic [15:0]  m_axi_wstrb_o,
  output logic         m_axi_wlast_o,
  output logic         m_axi_wvalid_o,
  input  logic         m_axi_wready_i,
  input  logic [3:0]   m_axi_bid_i,
  input  logic [1:0]   m_axi_bresp_i,
  input  logic         m_axi_bvalid_i,
  output logic         m_axi_bready_o,
  output logic [3:0]   m_axi_arid_o,
  output logic [63:0]  m_axi_araddr_o,
  output logic [7:0]   m_axi_arlen_o,
  output logic [2:0]   m_axi_arsize_o,
  output logic [1:0]   m_axi_arburst_o,
  output logic [3:0]   m_axi_arcache_o,
  output logic [2:0]   m_axi_arprot_o,
  output logic [31:0]  m_axi_aruser_o,
  output logic         m_axi_arvalid_o,
  input  logic         m_axi_arready_i,
  input  logic [3:0]   m_axi_rid_i,
  input  logic [127:0] m_axi_rdata_i,
  input  logic [1:0]   m_axi_rresp_i,
  input  logic         m_axi_rlast_i,
  input  logic         m_axi_rvalid_i,
  output logic         m_axi_rready_o
);

  localparam logic [1:0] RespOkay   = 2'd0;
  localparam logic [1:0] RespSlverr = 2'd2;
  localparam logic [1:0] RespDecerr = 2'd3;

  ///////////////
  // Registers //
  ///////////////

  typedef enum logic [1:0] {RegIdle, RegHold, RegRead, RegWrite} reg_state_e;

  reg_state_e  reg_state_q;
  logic        hold_write_q, hold_forever_q;
  logic [31:0] hold_left_q, hold_q;
  logic [31:0] scratch_q, reads_q, writes_q, busy_q, irq_after_q;
  logic        deny_q;
  logic [1:0]  lazy_q;
  logic [63:0] wake_q;
  logic [31:0] wake_high_q;
  logic        wakes, burst_done;
  logic [3:0]  irq_q;
  logic [31:0] fail_q;
  logic [63:0] addr_q;
  logic [31:0] shape_q, user_q;
  logic [31:0] unreset_q;
  logic [127:0] buffer_q [256];
  logic [15:0]  strobes_q [256];

  logic        do_write, do_read, goes;
  logic [15:0] address;
  logic [31:0] rdata_d;

  assign do_write = reg_state_q == RegIdle && s_axil_awvalid_i && s_axil_wvalid_i;
  assign do_read  = reg_state_q == RegIdle && s_axil_arvalid_i && !do_write;
  assign address  = do_write ? s_axil_awaddr_i : s_axil_araddr_i;
  assign goes     = do_write && address == 16'h0040;

  assign s_axil_awready_o = do_write;
  assign s_axil_wready_o  = do_write;
  assign s_axil_arready_o = do_read;
  assign s_axil_bvalid_o  = reg_state_q == RegWrite;
  assign s_axil_rvalid_o  = reg_state_q == RegRead;

  typedef enum logic [2:0] {DmaIdle, DmaAddress, DmaData, DmaLateAddress, DmaResponse} dma_state_e;
  dma_state_e  dma_state_q;
  logic        dma_write_q;
  logic [1:0]  dma_resp_q;
  logic [7:0]  beat_q, beats_q;
  logic [15:0] bursts_q;

  always_comb begin
    rdata_d = '0;
    unique case (address)
      16'h0000: rdata_d = scratch_q;
      16'h0004: rdata_d = reads_q;
      16'h0008: rdata_d = writes_q;
      16'h0018: rdata_d = busy_q;
      16'h001c: rdata_d = {31'd0, deny_q};
      16'h0024: rdata_d = time_ns_i[31:0];
      16'h0028: rdata_d = hold_q;
      16'h0030: rdata_d = addr_q[31:0];
      16'h0034: rdata_d = addr_q[63:32];
      16'h0038: rdata_d = shape_q;
      16'h003c: rdata_d = user_q;
      16'h0044: rdata_d = {bursts_q, beats_q, 5'd0, dma_resp_q, dma_state_q != DmaIdle};
      16'h0048: rdata_d = unreset_q;
      16'h004c: rdata_d = {30'd0, lazy_q};
      16'h0050: rdata_d = wake_q[31:0];
      16'h0054: rdata_d = wake_q[63:32];
      default: begin
        if (address[15:12] == 4'h1) rdata_d = buffer_q[address[11:4]][{address[3:2], 5'd0} +: 32];
      end
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reg_state_q    <= RegIdle;
      hold_write_q   <= 1'b0;
      hold_forever_q <= 1'b0;
      hold_left_q    <= '0;
      hold_q         <= '0;
      scratch_q      <= '0;
      reads_q        <= '0;
      writes_q       <= '0;
      busy_q         <= '0;
      irq_after_q    <= '0;
      deny_q         <= 1'b0;
      lazy_q         <= '0;
      wake_q         <= '1;
      wake_high_q    <= '0;
      irq_q          <= '0;
      fail_q         <= '0;
      addr_q         <= '0;
      shape_q        <= '0;
      user_q         <= '0;
      s_axil_bresp_o <= RespOkay;
      s_axil_rresp_o <= RespOkay;
      s_axil_rdata_o <= '0;
    end else begin
      irq_q  <= '0;
      fail_q <= '0;
      if (busy_q != '0) busy_q <= busy_q - 1;
      if (irq_after_q != '0) begin
        irq_after_q <= irq_after_q - 1;
        if (irq_after_q == 1) irq_q[0] <= 1'b1;
      end
      if (wakes) begin
        wake_q   <= '1;
        irq_q[1] <= 1'b1;
      end
      if (burst_done && lazy_q[1]) irq_q[2] <= 1'b1;

      unique case (reg_state_q)
        RegIdle: if (do_write || do_read) begin
          reg_state_q    <= do_write ? RegWrite : RegRead;
          s_axil_bresp_o <= RespOkay;
          s_axil_rresp_o <= RespOkay;
          s_axil_rdata_o <= rdata_d;
          hold_write_q   <= do_write;
          hold_forever_q <= address == 16'h0808;
          hold_left_q    <= hold_q;
          if (address == 16'h0808 || address == 16'h080c) reg_state_q <= RegHold;
          if (address == 16'h0800) begin
            s_axil_bresp_o <= RespSlverr;
            s_axil_rresp_o <= RespSlverr;
          end
          if (address == 16'h0804) begin
            s_axil_bresp_o <= RespDecerr;
            s_axil_rresp_o <= RespDecerr;
          end
          if (do_read && address == 16'h0004) reads_q <= reads_q + 1;
        end
        RegHold: if (!hold_forever_q) begin
          hold_left_q <= hold_left_q - 1;
          if (hold_left_q == '0) reg_state_q <= hold_write_q ? RegWrite : RegRead;
        end
        RegRead:  if (s_axil_rready_i) reg_state_q <= RegIdle;
        RegWrite: if (s_axil_bready_i) reg_state_q <= RegIdle;
        default:  reg_state_q <= RegIdle;
      endcase

      if (do_write) begin
        writes_q <= writes_q + 1;
        unique case (address)
          16'h0000: for (int i = 0; i < 4; i++) begin
            if (s_axil_wstrb_i[i]) scratch_q[i*8 +: 8] <= s_axil_wdata_i[i*8 +: 8];
          end
          16'h0010: irq_q         <= s_axil_wdata_i[3:0];
          16'h0014: irq_after_q   <= s_axil_wdata_i;
          16'h0018: busy_q        <= s_axil_wdata_i;
          16'h001c: deny_q        <= s_axil_wdata_i[0];
          16'h0020: fail_q        <= s_axil_wdata_i;
          16'h0028: hold_q        <= s_axil_wdata_i;
          16'h0030: addr_q[31:0]  <= s_axil_wdata_i;
          16'h0034: addr_q[63:32] <= s_axil_wdata_i;
          16'h0038: shape_q       <= s_axil_wdata_i;
          16'h003c: user_q        <= s_axil_wdata_i;
          16'h004c: lazy_q        <= s_axil_wdata_i[1:0];
          16'h0050: wake_q        <= {wake_high_q, s_axil_wdata_i};
          16'h0054: wake_high_q   <= s_axil_wdata_i;
          default: ;
        endcase
      end
    end
  end

  // Memories, and one register on purpose, have no reset.
  always_ff @(posedge clk_i) begin
    if (do_write && address == 16'h0048) unreset_q <= s_axil_wdata_i;
    if (do_write && address[15:12] == 4'h1)
      buffer_q[address[11:4]][{address[3:2], 5'd0} +: 32] <= s_axil_wdata_i;
    if (do_write && address[15:12] == 4'h2) strobes_q[address[9:2]] <= s_axil_wdata_i[15:0];
    if (m_axi_rvalid_i && m_axi_rready_o) buffer_q[beat_q] <= m_axi_rdata_i;
  end

  assign irq_o     = irq_q;
  assign wake_ns_o = wake_q;
  assign wakes     = time_ns_i >= wake_q;

  /////////
  // DMA //
  /////////

  logic [7:0] last_beat;

  assign burst_done = dma_state_q == DmaResponse &&
      (dma_write_q ? m_axi_bvalid_i : m_axi_rvalid_i && m_axi_rlast_i);

  assign last_beat = shape_q[21] ? shape_q[7:0] - 8'd1 : shape_q[7:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      dma_state_q <= DmaIdle;
      dma_write_q <= 1'b0;
      dma_resp_q  <= RespOkay;
      beat_q      <= '0;
      beats_q     <= '0;
      bursts_q    <= '0;
    end else begin
      unique case (dma_state_q)
        DmaIdle: if (goes) begin
          dma_write_q <= s_axil_wdata_i[1];
          dma_state_q <= s_axil_wdata_i[1] && shape_q[20] ? DmaData : DmaAddress;
          dma_resp_q  <= RespOkay;
          beat_q      <= '0;
          beats_q     <= '0;
        end
        DmaAddress: if (dma_write_q ? m_axi_awready_i : m_axi_arready_i)
          dma_state_q <= dma_write_q ? DmaData : DmaResponse;
        DmaData: if (m_axi_wready_i) begin
          beat_q  <= beat_q + 1;
          beats_q <= beats_q + 1;
          if (beat_q == last_beat) dma_state_q <= shape_q[20] ? DmaLateAddress : DmaResponse;
        end
        DmaLateAddress: if (m_axi_awready_i) dma_state_q <= DmaResponse;
        DmaResponse: if (dma_write_q ? m_axi_bvalid_i : m_axi_rvalid_i) begin
          if (!dma_write_q) begin
            beat_q  <= beat_q + 1;
            beats_q <= beats_q + 1;
          end
          if ((dma_write_q ? m_axi_bresp_i : m_axi_rresp_i) > dma_resp_q)
            dma_resp_q <= dma_write_q ? m_axi_bresp_i : m_axi_rresp_i;
          if (dma_write_q || m_axi_rlast_i) begin
            dma_state_q <= DmaIdle;
            bursts_q    <= bursts_q + 1;
          end
        end
        default: dma_state_q <= DmaIdle;
      endcase
    end
  end

  assign m_axi_awvalid_o =
      dma_write_q && (dma_state_q == DmaAddress || dma_state_q == DmaLateAddress);
  assign m_axi_arvalid_o = !dma_write_q && dma_state_q == DmaAddress;
  assign m_axi_wvalid_o  = dma_state_q == DmaData;
  assign m_axi_wdata_o   = buffer_q[beat_q];
  assign m_axi_wstrb_o   = strobes_q[beat_q];
  assign m_axi_wlast_o   = beat_q == last_beat;
  assign m_axi_bready_o  = dma_state_q == DmaResponse;
  assign m_axi_rready_o  = dma_state_q == DmaResponse && !dma_write_q;

  assign m_axi_awid_o    = shape_q[19:16];
  assign m_axi_awaddr_o  = addr_q;
  assign m_axi_awlen_o   = shape_q[7:0];
  assign m_axi_awsize_o  = shape_q[10:8];
  assign m_axi_awburst_o = shape_q[12:11];
  assign m_axi_awcache_o = '0;
  assign m_axi_awprot_o  = '0;
  assign m_axi_awuser_o  = user_q;
  assign m_axi_arid_o    = shape_q[19:16];
  assign m_axi_araddr_o  = addr_q;
  assign m_axi_arlen_o   = shape_q[7:0];
  assign m_axi_arsize_o  = shape_q[10:8];
  assign m_axi_arburst_o = shape_q[12:11];
  assign m_axi_arcache_o = '0;
  assign m_axi_arprot_o  = '0;
  assign m_axi_aruser_o  = user_q;

  ///////////////////
  // Clock request //
  ///////////////////

  typedef enum logic [1:0] {ClkRun, ClkStopped, ClkDenied} clk_state_e;
  clk_state_e clk_state_q;

  // Only what the bus takes or gives in this cycle is work, not what is offered to it.
  logic waits_for_bus;
  assign waits_for_bus = lazy_q[0] && !m_axi_bvalid_i && !m_axi_rvalid_i &&
      !(m_axi_awvalid_o && m_axi_awready_i) && !(m_axi_wvalid_o && m_axi_wready_i) &&
      !(m_axi_arvalid_o && m_axi_arready_i);

  assign qactive_o  = busy_q != '0 || irq_after_q != '0 || irq_q != '0 || wakes ||
                      (dma_state_q != DmaIdle && !waits_for_bus) || reg_state_q != RegIdle ||
                      fail_q != '0;
  assign qacceptn_o = clk_state_q != ClkStopped;
  assign qdeny_o    = clk_state_q == ClkDenied;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      clk_state_q <= ClkRun;
    end else begin
      unique case (clk_state_q)
        ClkRun:  if (!qreqn_i) clk_state_q <= qactive_o || deny_q ? ClkDenied : ClkStopped;
        default: if (qreqn_i) clk_state_q <= ClkRun;
      endcase
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  // Driven by software, for the tests of what a failure does.
  FailOnRequest: assert property (@(posedge clk_i) disable iff (!rst_ni) fail_q != 1)
    else $error("software asked for a failure");

  always_ff @(posedge clk_i) begin
    if (fail_q == 2) $finish;
    if (fail_q == 3) $fatal(1, "software asked for the end");
    if (fail_q == 4) $stop;
    if (fail_q == 5) $error("software asked for an error");
  end

  // A stopped clock must not tick but to be woken.
  StoppedIsWoken: assert property (@(posedge clk_i) disable iff (!rst_ni)
    clk_state_q == ClkStopped |-> qreqn_i || !s_axil_arvalid_i && !s_axil_awvalid_i)
    else $error("traffic while the clock is stopped");
  StoppedHasNoWork: assert property (@(posedge clk_i) disable iff (!rst_ni)
    clk_state_q == ClkStopped |-> !qactive_o && !m_axi_rvalid_i && !m_axi_bvalid_i)
    else $error("work while the clock is stopped");

  logic unused;
  assign unused = ^{s_axil_awprot_i, s_axil_arprot_i, m_axi_bid_i, m_axi_rid_i,
                    s_axil_wdata_i, address};

endmodule : probe
