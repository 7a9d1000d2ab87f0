// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Rules of AXI4 (ARM IHI 0022H) on one manager port, as assertions; bound to a module, drives
/// nothing.
///
/// The manager's side: a valid stays with its payload until it is taken (A3.2.1), bursts are
/// incrementing, not wider than the bus, not longer than `MaxBeats`, do not cross 4 KiB (A3.4.1),
/// data follows its address, WLAST comes with the last beat, no strobe below the burst's address
/// (A3.4.3). The subordinate's side: an answer stays until it is taken, and answers something.
module prim_axi_checker #(
  /// Widths, in bits.
  parameter int unsigned IdW   = 4,
  parameter int unsigned AddrW = 64,
  parameter int unsigned DataW = 128,
  parameter int unsigned UserW = 32,
  /// Beats of the longest burst that the manager is meant to make.
  parameter int unsigned MaxBeats = 256
) (
  input logic               clk_i,
  input logic               rst_ni,

  input logic [IdW-1:0]     awid_i,
  input logic [AddrW-1:0]   awaddr_i,
  input logic [7:0]         awlen_i,
  input logic [2:0]         awsize_i,
  input logic [1:0]         awburst_i,
  input logic [3:0]         awcache_i,
  input logic [2:0]         awprot_i,
  input logic [UserW-1:0]   awuser_i,
  input logic               awvalid_i,
  input logic               awready_i,
  input logic [DataW-1:0]   wdata_i,
  input logic [DataW/8-1:0] wstrb_i,
  input logic               wlast_i,
  input logic               wvalid_i,
  input logic               wready_i,
  input logic [IdW-1:0]     bid_i,
  input logic [1:0]         bresp_i,
  input logic               bvalid_i,
  input logic               bready_i,
  input logic [IdW-1:0]     arid_i,
  input logic [AddrW-1:0]   araddr_i,
  input logic [7:0]         arlen_i,
  input logic [2:0]         arsize_i,
  input logic [1:0]         arburst_i,
  input logic [3:0]         arcache_i,
  input logic [2:0]         arprot_i,
  input logic [UserW-1:0]   aruser_i,
  input logic               arvalid_i,
  input logic               arready_i,
  input logic [IdW-1:0]     rid_i,
  input logic [DataW-1:0]   rdata_i,
  input logic [1:0]         rresp_i,
  input logic               rlast_i,
  input logic               rvalid_i,
  input logic               rready_i
);

  localparam int unsigned StrbW    = DataW / 8;
  localparam int unsigned SizeFull = $clog2(StrbW);
  localparam logic [1:0]  Incr     = 2'b01;

  /////////////////////////////
  // A valid waits for ready //
  /////////////////////////////

  `PRIM_ASSERT_HELD(AwHeld, awvalid_i, awready_i,
                    {awid_i, awaddr_i, awlen_i, awsize_i, awburst_i, awcache_i, awprot_i, awuser_i},
                    "a write request changed or vanished before it was taken")
  `PRIM_ASSERT_HELD(WHeld, wvalid_i, wready_i, {wdata_i, wstrb_i, wlast_i},
                    "write data changed or vanished before it was taken")
  `PRIM_ASSERT_HELD(BHeld, bvalid_i, bready_i, {bid_i, bresp_i},
                    "a write response changed or vanished before it was taken")
  `PRIM_ASSERT_HELD(ArHeld, arvalid_i, arready_i,
                    {arid_i, araddr_i, arlen_i, arsize_i, arburst_i, arcache_i, arprot_i, aruser_i},
                    "a read request changed or vanished before it was taken")
  `PRIM_ASSERT_HELD(RHeld, rvalid_i, rready_i, {rid_i, rdata_i, rresp_i, rlast_i},
                    "read data changed or vanished before it was taken")

  /////////////////////
  // Shape of bursts //
  /////////////////////

  // Bytes from the start of the 4 KiB page to the end of the burst.
  function automatic logic [15:0] reach(input logic [11:0] addr, input logic [7:0] len,
                                        input logic [2:0] size);
    return (16'(addr) & ~((16'd1 << size) - 16'd1)) + ((16'(len) + 16'd1) << size);
  endfunction

  `PRIM_ASSERT(AwBurst, !awvalid_i || awburst_i == Incr, "a write burst is not incrementing")
  `PRIM_ASSERT(ArBurst, !arvalid_i || arburst_i == Incr, "a read burst is not incrementing")
  `PRIM_ASSERT(AwSize, !awvalid_i || awsize_i <= 3'(SizeFull),
               "a write burst's beats are wider than the bus")
  `PRIM_ASSERT(ArSize, !arvalid_i || arsize_i <= 3'(SizeFull),
               "a read burst's beats are wider than the bus")
  `PRIM_ASSERT(AwLength, !awvalid_i || 32'(awlen_i) < MaxBeats, "a write burst is too long")
  `PRIM_ASSERT(ArLength, !arvalid_i || 32'(arlen_i) < MaxBeats, "a read burst is too long")
  `PRIM_ASSERT(AwPage, !awvalid_i || reach(awaddr_i[11:0], awlen_i, awsize_i) <= 16'd4096,
               "a write burst crosses a 4 KiB boundary")
  `PRIM_ASSERT(ArPage, !arvalid_i || reach(araddr_i[11:0], arlen_i, arsize_i) <= 16'd4096,
               "a read burst crosses a 4 KiB boundary")

  ////////////////
  // Write data //
  ////////////////

  // Bursts whose address was taken and whose data is not complete. The depth bounds how far
  // addresses may be ahead of data in the managers that this checker is for.
  localparam int unsigned Depth  = 64;
  localparam int unsigned IndexW = $clog2(Depth);

  logic [7:0]          len_q [Depth];
  logic [SizeFull-1:0] offset_q [Depth];
  logic [IndexW:0]     in_q, out_q;  // Addresses taken; bursts whose data is complete.
  logic [7:0]          beat_q;
  logic                aw_take, w_take, w_owed;
  logic [7:0]          w_len;
  logic [StrbW-1:0]    strb_below;

  assign aw_take    = awvalid_i && awready_i;
  assign w_take     = wvalid_i && wready_i;
  assign w_owed     = in_q != out_q;
  assign w_len      = len_q[out_q[IndexW-1:0]];
  assign strb_below = ~({StrbW{1'b1}} << offset_q[out_q[IndexW-1:0]]);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_q   <= '0;
      out_q  <= '0;
      beat_q <= '0;
    end else begin
      if (aw_take) in_q <= in_q + 1'b1;
      if (w_take && wlast_i) out_q <= out_q + 1'b1;
      if (w_take) beat_q <= wlast_i ? '0 : beat_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (aw_take) len_q[in_q[IndexW-1:0]] <= awlen_i;
    if (aw_take) offset_q[in_q[IndexW-1:0]] <= awaddr_i[SizeFull-1:0];
  end

  `PRIM_ASSERT(WAfterAw, !wvalid_i || w_owed, "write data goes ahead of its address")
  `PRIM_ASSERT(WLast, !(wvalid_i && w_owed) || wlast_i == (beat_q == w_len),
               "WLAST does not come with the last beat of its burst")
  `PRIM_ASSERT(WStrobe, !(wvalid_i && w_owed && beat_q == '0) || (wstrb_i & strb_below) == '0,
               "a byte below the burst's address is written")

  /////////////
  // Answers //
  /////////////

  // More than any manager has outstanding.
  localparam int unsigned OpenW = 16;

  logic [OpenW-1:0] b_open_q;  // Bursts whose data is complete, without response.
  logic [OpenW-1:0] r_open_q;  // Reads whose data is not complete.

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      b_open_q <= '0;
      r_open_q <= '0;
    end else begin
      b_open_q <= b_open_q + OpenW'(w_take && wlast_i) -
                  OpenW'(bvalid_i && bready_i);
      r_open_q <= r_open_q + OpenW'(arvalid_i && arready_i) -
                  OpenW'(rvalid_i && rready_i && rlast_i);
    end
  end

  `PRIM_ASSERT(BHasWrite, !bvalid_i || b_open_q != '0,
               "a write response comes before its data, or to no write")
  `PRIM_ASSERT(RHasRead, !rvalid_i || r_open_q != '0, "read data comes to no read")

endmodule : prim_axi_checker
