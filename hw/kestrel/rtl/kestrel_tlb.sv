// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Translations of pages, eight to a line, fully associative.
///
/// One lookup a cycle; the answer comes in the next cycle and stays until the next lookup. A lookup
/// hits only where the line's entry permits the access: whatever else is in the table is found by a
/// walk, so that making an entry valid, or permit more, needs no invalidation. A line that is
/// filled replaces the one with its tag, or the oldest one.
module kestrel_tlb
  import kestrel_pkg::*;
  import kestrel_mmu_pkg::*;
(
  input  logic            clk_i,
  input  logic            rst_ni,
  /// Forget everything.
  input  logic            clear_i,

  /// Lookup.
  input  logic            lookup_valid_i,
  input  page_t           lookup_page_i,
  input  logic            lookup_write_i,
  /// Hit any line with the page's tag, whatever it permits.
  input  logic            lookup_any_i,
  /// Answer to the lookup in the cycle before; line and pages mean something only with a hit.
  output logic            hit_o,
  output line_t           line_o,
  output logic [PpnW-1:0] page_o [LineEntries],

  /// Fill a line, one cycle.
  input  logic            fill_i,
  input  line_t           fill_line_i,
  input  logic [PpnW-1:0] fill_page_i [LineEntries],

  /// Forget, one cycle; not together with a fill.
  input  logic            drop_i,
  input  invalidate_t     invalidate_i
);

  localparam int unsigned WayW = $clog2(TlbLines);

  logic [TlbLines-1:0] valid_q;
  logic [WayW-1:0]     oldest_q;
  line_t               line_q [TlbLines];
  logic [PpnW-1:0]     page_q [TlbLines][LineEntries];

  ////////////
  // Lookup //
  ////////////

  logic            hit_q;
  line_t           hit_line_q;
  logic [PpnW-1:0] hit_page_q [LineEntries];

  always_ff @(posedge clk_i) begin
    if (lookup_valid_i) begin
      automatic logic            hit = 1'b0;
      automatic logic [WayW-1:0] way = '0;
      for (int unsigned i = 0; i < TlbLines; i++) begin
        if (valid_q[i] && (lookup_any_i ? line_covers(line_q[i], lookup_page_i) :
                           line_hits(line_q[i], lookup_page_i, lookup_write_i))) begin
          hit = 1'b1;
          way = WayW'(i);
        end
      end
      hit_q <= hit;
      if (hit) begin
        hit_line_q <= line_q[way];
        hit_page_q <= page_q[way];
      end
    end
  end

  assign hit_o  = hit_q;
  assign line_o = hit_line_q;
  assign page_o = hit_page_q;

  /////////////////////
  // Fill and forget //
  /////////////////////

  logic            fill_found;
  logic [WayW-1:0] fill_way;

  // A second line with the same tag would only take the place of another one.
  always_comb begin
    fill_found = 1'b0;
    fill_way   = oldest_q;
    if (fill_i) begin
      for (int unsigned i = 0; i < TlbLines; i++) begin
        if (valid_q[i] && line_q[i].space == fill_line_i.space &&
            line_q[i].big == fill_line_i.big && line_q[i].tag == fill_line_i.tag) begin
          fill_found = 1'b1;
          fill_way   = WayW'(i);
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
      valid_q[fill_way] <= 1'b1;
      if (!fill_found) oldest_q <= oldest_q + 1'b1;
    end else if (drop_i) begin
      for (int unsigned i = 0; i < TlbLines; i++) begin
        if (forgets_line(invalidate_i, line_q[i])) valid_q[i] <= 1'b0;
      end
    end
  end

  // Lines need no reset: valid_q gates every use.
  always_ff @(posedge clk_i) begin
    if (fill_i) begin
      line_q[fill_way] <= fill_line_i;
      page_q[fill_way] <= fill_page_i;
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(LinesPowerOfTwo, TlbLines >= 2 && (TlbLines & (TlbLines - 1)) == 0,
                     "the number of TLB lines is not a power of two of at least 2")
  `PRIM_ASSERT(FillOrDrop, !(fill_i && drop_i), "a TLB line is filled during an invalidation")
  `PRIM_ASSERT(BigTagAligned, !fill_i || !fill_line_i.big || fill_line_i.tag[IndexW-1:0] == '0,
               "the tag of a line of 2 MiB pages has bits that do not count")

endmodule : kestrel_tlb
