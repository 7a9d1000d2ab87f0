// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Rules of AXI4-Lite (ARM IHI 0022H, B1) on one subordinate port, as assertions; bound to a
/// module, drives nothing.
module prim_axil_checker #(
  /// Widths, in bits.
  parameter int unsigned AddrW = 16,
  parameter int unsigned DataW = 32
) (
  input logic               clk_i,
  input logic               rst_ni,

  input logic [AddrW-1:0]   awaddr_i,
  input logic [2:0]         awprot_i,
  input logic               awvalid_i,
  input logic               awready_i,
  input logic [DataW-1:0]   wdata_i,
  input logic [DataW/8-1:0] wstrb_i,
  input logic               wvalid_i,
  input logic               wready_i,
  input logic [1:0]         bresp_i,
  input logic               bvalid_i,
  input logic               bready_i,
  input logic [AddrW-1:0]   araddr_i,
  input logic [2:0]         arprot_i,
  input logic               arvalid_i,
  input logic               arready_i,
  input logic [DataW-1:0]   rdata_i,
  input logic [1:0]         rresp_i,
  input logic               rvalid_i,
  input logic               rready_i,

  /// Clock request: no access may be offered while the device has accepted a stop.
  input logic               qacceptn_i
);

  `PRIM_ASSERT_HELD(AwHeld, awvalid_i, awready_i, {awaddr_i, awprot_i},
                    "a register write's address changed or vanished before it was taken")
  `PRIM_ASSERT_HELD(WHeld, wvalid_i, wready_i, {wdata_i, wstrb_i},
                    "a register write's data changed or vanished before it was taken")
  `PRIM_ASSERT_HELD(BHeld, bvalid_i, bready_i, bresp_i,
                    "a register write's response changed or vanished before it was taken")
  `PRIM_ASSERT_HELD(ArHeld, arvalid_i, arready_i, {araddr_i, arprot_i},
                    "a register read's address changed or vanished before it was taken")
  `PRIM_ASSERT_HELD(RHeld, rvalid_i, rready_i, {rdata_i, rresp_i},
                    "a register read's data changed or vanished before it was taken")

  `PRIM_ASSERT(NoAccessWhileStopped, qacceptn_i || !(awvalid_i || wvalid_i || arvalid_i),
               "a register is accessed while the clock may be stopped")

endmodule : prim_axil_checker
