// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Stands between the bus and the register block, on the AXI4-Lite side.
///
/// The register block decodes few address bits; the guard maps every offset above them to a
/// reserved one, so that registers do not repeat through the BAR. It also counts accesses under
/// way, for the clock request. It adds no latency.
module kestrel_axil_guard #(
  /// Width of a bus address, bits.
  parameter int unsigned BusAddrW = 16,
  /// Width of a register block address, bits; smaller than BusAddrW.
  parameter int unsigned RegAddrW = 8,
  /// An offset at which the register block has nothing.
  parameter logic [RegAddrW-1:0] ReservedOffset = '1
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  /// Addresses as they come, and as the register block gets them.
  input  logic [BusAddrW-1:0] awaddr_i,
  output logic [RegAddrW-1:0] awaddr_o,
  input  logic [BusAddrW-1:0] araddr_i,
  output logic [RegAddrW-1:0] araddr_o,

  /// Handshakes of the five channels, observed.
  input  logic                awvalid_i,
  input  logic                awready_i,
  input  logic                wvalid_i,
  input  logic                wready_i,
  input  logic                bvalid_i,
  input  logic                bready_i,
  input  logic                arvalid_i,
  input  logic                arready_i,
  input  logic                rvalid_i,
  input  logic                rready_i,

  /// An access is offered or under way.
  output logic                busy_o
);

  // The register block holds two accesses and one more in each of its input registers.
  localparam int unsigned CountW = 3;

  logic [CountW-1:0] aw_d, aw_q, w_d, w_q, ar_d, ar_q;
  logic              b_done, r_done;

  assign awaddr_o = |awaddr_i[BusAddrW-1:RegAddrW] ? ReservedOffset : awaddr_i[RegAddrW-1:0];
  assign araddr_o = |araddr_i[BusAddrW-1:RegAddrW] ? ReservedOffset : araddr_i[RegAddrW-1:0];

  assign b_done = bvalid_i && bready_i;
  assign r_done = rvalid_i && rready_i;

  always_comb begin
    aw_d = aw_q + CountW'(awvalid_i && awready_i) - CountW'(b_done);
    w_d  = w_q  + CountW'(wvalid_i  && wready_i)  - CountW'(b_done);
    ar_d = ar_q + CountW'(arvalid_i && arready_i) - CountW'(r_done);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_q <= '0;
      w_q  <= '0;
      ar_q <= '0;
    end else begin
      aw_q <= aw_d;
      w_q  <= w_d;
      ar_q <= ar_d;
    end
  end

  assign busy_o = awvalid_i || wvalid_i || arvalid_i || aw_q != '0 || w_q != '0 || ar_q != '0;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(RegAddrFits, RegAddrW < BusAddrW,
                     "the register block's address is not narrower than the bus's")
  `PRIM_ASSERT(WriteHasRequest, !(b_done && (aw_q == '0 || w_q == '0)),
               "a write response was given to no write")
  `PRIM_ASSERT(ReadHasRequest, !(r_done && ar_q == '0), "read data was given to no read")

endmodule : kestrel_axil_guard
