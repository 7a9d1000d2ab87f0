// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Turns events into interrupt pulses, one per vector, and never loses one.
///
/// A vector is pulsed for one cycle when its event comes while it is enabled, also if its status
/// bit is still set: software that clears the bit in the very cycle of the event gets the pulse
/// (and the bit, see kestrel_csr). A vector is also pulsed when it is enabled while its status bit
/// is set. Events in consecutive cycles give a pulse as long as they last.
module kestrel_irq #(
  /// Number of vectors.
  parameter int unsigned NumVectors = 2
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  /// Something happened; one cycle.
  input  logic [NumVectors-1:0] event_i,
  /// Status bits as software sees them in this cycle, before the event.
  input  logic [NumVectors-1:0] status_i,
  /// Enable bits.
  input  logic [NumVectors-1:0] enable_i,

  /// Interrupt pulses, one cycle after their reason.
  output logic [NumVectors-1:0] irq_o,
  /// A pulse is being given, or will be in the next cycle.
  output logic                  busy_o
);

  logic [NumVectors-1:0] enable_q;
  logic [NumVectors-1:0] irq_d, irq_q;

  assign irq_d = enable_i & (event_i | (status_i & ~enable_q));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      enable_q <= '0;
      irq_q    <= '0;
    end else begin
      enable_q <= enable_i;
      irq_q    <= irq_d;
    end
  end

  assign irq_o  = irq_q;
  assign busy_o = |irq_d || |irq_q;

endmodule : kestrel_irq
