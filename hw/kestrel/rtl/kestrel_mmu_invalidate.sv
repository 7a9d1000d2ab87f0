// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Order of an invalidation: stop, wait until nothing uses a translation, forget, go on.
///
/// There is no clear: an invalidation that was asked for ends when the bus accesses have ended,
/// whatever becomes of the requests meanwhile.
module kestrel_mmu_invalidate
  import kestrel_mmu_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  /// Begin, one cycle; ignored while one is under way.
  input  logic        start_i,
  input  invalidate_t invalidate_i,
  output logic        busy_o,

  /// Begin nothing that uses a translation.
  output logic        hold_o,
  /// Nothing is under way in the ports and the walker, and on the bus.
  input  logic        quiet_i,
  input  logic        bus_idle_i,
  /// Forget, one cycle.
  output logic        drop_o,
  output invalidate_t invalidate_o
);

  logic        busy_d, busy_q;
  invalidate_t invalidate_q;

  assign drop_o = busy_q && quiet_i && bus_idle_i;
  assign busy_d = busy_q ? !drop_o : start_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) busy_q <= 1'b0;
    else         busy_q <= busy_d;
  end

  // What to forget needs no reset: busy_q gates every use.
  always_ff @(posedge clk_i) begin
    if (start_i && !busy_q) invalidate_q <= invalidate_i;
  end

  assign hold_o       = busy_q;
  assign busy_o       = busy_q;
  assign invalidate_o = invalidate_q;

endmodule : kestrel_mmu_invalidate
