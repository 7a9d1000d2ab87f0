// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// AXI4-Lite subordinate in front of registers: takes one access at a time, answers OKAY to all.
///
/// A write needs its address and its data to be offered both before either is taken; what is
/// offered must stay until it is taken, as AXI demands. Only writes of whole registers act: one
/// with a strobe missing is answered and otherwise ignored. The two lowest address bits are
/// ignored. When reads and writes are offered without end they take turns.
///
/// Every output comes from a register. A write takes three cycles, a read four, when the answer is
/// taken at once.
module kestrel_axil #(
  /// Width of an address, in bits.
  parameter int unsigned AddrW = 21
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  /// AXI4-Lite.
  input  logic [AddrW-1:0] s_axil_awaddr_i,
  input  logic             s_axil_awvalid_i,
  output logic             s_axil_awready_o,
  input  logic [31:0]      s_axil_wdata_i,
  input  logic [3:0]       s_axil_wstrb_i,
  input  logic             s_axil_wvalid_i,
  output logic             s_axil_wready_o,
  output logic [1:0]       s_axil_bresp_o,
  output logic             s_axil_bvalid_o,
  input  logic             s_axil_bready_i,
  input  logic [AddrW-1:0] s_axil_araddr_i,
  input  logic             s_axil_arvalid_i,
  output logic             s_axil_arready_o,
  output logic [31:0]      s_axil_rdata_o,
  output logic [1:0]       s_axil_rresp_o,
  output logic             s_axil_rvalid_o,
  input  logic             s_axil_rready_i,

  /// A register is written: one cycle, with address and data.
  output logic             write_o,
  /// A register is read: one cycle, with the address; never together with `write_o`.
  output logic             read_o,
  /// Address, bits 1:0 zero; holds its value between accesses.
  output logic [AddrW-1:0] addr_o,
  output logic [31:0]      wdata_o,
  /// What the register holds, valid in the cycle after `read_o`.
  input  logic [31:0]      rdata_i,

  /// An access is under way; one that is offered needs the clock, too.
  output logic             busy_o
);

  typedef enum logic [2:0] {
    StIdle,
    StWrite,        // The write is taken, and acts.
    StWriteAnswer,
    StRead,         // The read is taken, and acts.
    StReadData,     // What was read comes.
    StReadAnswer
  } state_e;

  state_e           state_q;
  logic             read_first_q;
  logic             whole_q;
  logic [AddrW-1:2] addr_q;
  logic [31:0]      wdata_q;
  logic [31:0]      rdata_q;

  logic write_offered;
  assign write_offered = s_axil_awvalid_i && s_axil_wvalid_i;

  assign busy_o = state_q != StIdle;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= StIdle;
      read_first_q <= 1'b0;
      whole_q      <= 1'b0;
      addr_q       <= '0;
      wdata_q      <= '0;
      rdata_q      <= '0;
    end else begin
      unique case (state_q)
        StIdle: begin
          if (s_axil_arvalid_i && (read_first_q || !write_offered)) begin
            state_q      <= StRead;
            read_first_q <= 1'b0;
            addr_q       <= s_axil_araddr_i[AddrW-1:2];
          end else if (write_offered) begin
            state_q      <= StWrite;
            read_first_q <= 1'b1;
            addr_q       <= s_axil_awaddr_i[AddrW-1:2];
            wdata_q      <= s_axil_wdata_i;
            whole_q      <= &s_axil_wstrb_i;
          end
        end
        StWrite: begin
          state_q <= StWriteAnswer;
          whole_q <= 1'b0;
        end
        StWriteAnswer: if (s_axil_bready_i) state_q <= StIdle;
        StRead: state_q <= StReadData;
        StReadData: begin
          state_q <= StReadAnswer;
          rdata_q <= rdata_i;
        end
        StReadAnswer: if (s_axil_rready_i) state_q <= StIdle;
        default: state_q <= StIdle;
      endcase
    end
  end

  assign s_axil_awready_o = state_q == StWrite;
  assign s_axil_wready_o  = state_q == StWrite;
  assign s_axil_bvalid_o  = state_q == StWriteAnswer;
  assign s_axil_bresp_o   = 2'b00;
  assign s_axil_arready_o = state_q == StRead;
  assign s_axil_rvalid_o  = state_q == StReadAnswer;
  assign s_axil_rresp_o   = 2'b00;
  assign s_axil_rdata_o   = rdata_q;

  // `whole_q` is set in StWrite alone.
  assign write_o = whole_q;
  assign read_o  = state_q == StRead;
  assign addr_o  = {addr_q, 2'b00};
  assign wdata_o = wdata_q;

  logic unused_addr;
  assign unused_addr = ^{s_axil_awaddr_i[1:0], s_axil_araddr_i[1:0]};

endmodule : kestrel_axil
