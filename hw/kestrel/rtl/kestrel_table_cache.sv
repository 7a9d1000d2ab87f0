// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Where the leaf tables of the latest walks are: each maps 2 MiB, and knowing it saves the three
/// reads of the levels above.
///
/// Fully associative, replaced in turn. Only the addresses of tables are kept, never that there is
/// none.
module kestrel_table_cache
  import kestrel_pkg::*;
  import kestrel_mmu_pkg::*;
(
  input  logic            clk_i,
  input  logic            rst_ni,
  /// Forget everything.
  input  logic            clear_i,

  /// Lookup, answered in the same cycle.
  input  logic            lookup_i,
  input  page_t           page_i,
  output logic            hit_o,
  output logic [PpnW-1:0] table_o,

  /// Remember the leaf table of page_i, one cycle; it is not known yet.
  input  logic            fill_i,
  input  logic [PpnW-1:0] fill_table_i,

  /// Forget, one cycle; not together with a fill.
  input  logic            drop_i,
  input  invalidate_t     invalidate_i
);

  localparam int unsigned WayW    = $clog2(WalkTables);
  localparam int unsigned RegionW = VpnW - IndexW;

  logic [WalkTables-1:0] valid_q;
  logic [WayW-1:0]       oldest_q;
  logic [SpaceW-1:0]     space_q [WalkTables];
  logic [RegionW-1:0]    region_q [WalkTables];
  logic [PpnW-1:0]       table_q [WalkTables];

  always_comb begin
    hit_o   = 1'b0;
    table_o = '0;
    if (lookup_i) begin
      for (int unsigned i = 0; i < WalkTables; i++) begin
        if (valid_q[i] && space_q[i] == page_i.space &&
            region_q[i] == page_i.vpn[VpnW-1:IndexW]) begin
          hit_o   = 1'b1;
          table_o = table_q[i];
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= '0;
      oldest_q <= '0;
    end else if (clear_i) begin
      valid_q  <= '0;
      oldest_q <= '0;
    end else if (fill_i) begin
      valid_q[oldest_q] <= 1'b1;
      oldest_q          <= oldest_q + 1'b1;
    end else if (drop_i) begin
      for (int unsigned i = 0; i < WalkTables; i++) begin
        if (forgets(invalidate_i, space_q[i], {region_q[i], IndexW'(0)},
                    {region_q[i], ~IndexW'(0)})) begin
          valid_q[i] <= 1'b0;
        end
      end
    end
  end

  // What is known needs no reset: valid_q gates every use.
  always_ff @(posedge clk_i) begin
    if (fill_i) begin
      space_q[oldest_q]  <= page_i.space;
      region_q[oldest_q] <= page_i.vpn[VpnW-1:IndexW];
      table_q[oldest_q]  <= fill_table_i;
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(TablesPowerOfTwo, WalkTables >= 2 && (WalkTables & (WalkTables - 1)) == 0,
                     "the number of leaf tables is not a power of two of at least 2")
  `PRIM_ASSERT(FillOrDrop, !(fill_i && drop_i), "a table is remembered during an invalidation")

endmodule : kestrel_table_cache
