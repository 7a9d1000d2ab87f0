// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Decides whose record is next.
///
/// The ready queues of the highest level compete, and of these the one that comes first after the
/// queue picked last. A queue's level is its priority plus one for every four decisions that it was
/// ready and passed over, at most 3. So after 4 * (3 - priority) decisions it is among the highest,
/// and then at most 15 others go first.
module kestrel_scheduler
  import kestrel_pkg::*;
(
  input  logic                      clk_i,
  input  logic                      rst_ni,

  /// Decide; one cycle, only when a queue is ready.
  input  logic                      decide_i,
  input  logic [NumQueues-1:0]      ready_i,
  input  logic [NumQueues-1:0][1:0] prio_i,
  /// Forget that a queue was passed over.
  input  logic [NumQueues-1:0]      reset_i,

  /// The queue picked last, from the cycle after the decision on.
  output logic [QueueW-1:0]         pick_o
);

  logic [NumQueues-1:0][3:0] passes_q;
  logic [QueueW-1:0]         pick_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      passes_q <= '0;
      pick_q   <= '0;
    end else begin
      if (decide_i) begin
        automatic logic [QueueW-1:0] best       = '0;
        automatic logic [1:0]        best_level = '0;
        automatic logic              found      = 1'b0;

        for (int unsigned i = 1; i <= NumQueues; i++) begin
          automatic logic [QueueW-1:0] queue = pick_q + QueueW'(i);
          automatic logic [2:0]        sum   = {1'b0, prio_i[queue]} + {1'b0, passes_q[queue][3:2]};
          automatic logic [1:0]        level = sum[2] ? 2'd3 : sum[1:0];

          if (ready_i[queue] && (!found || level > best_level)) begin
            best       = queue;
            best_level = level;
            found      = 1'b1;
          end
        end
        for (int unsigned i = 0; i < NumQueues; i++) begin
          if (ready_i[i] && passes_q[i] != '1) passes_q[i] <= passes_q[i] + 1'b1;
        end
        passes_q[best] <= '0;
        pick_q         <= best;
      end
      for (int unsigned i = 0; i < NumQueues; i++) begin
        if (reset_i[i]) passes_q[i] <= '0;
      end
    end
  end

  assign pick_o = pick_q;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(SomebodyIsReady, !decide_i || ready_i != '0,
               "a queue was to be picked although none is ready")

endmodule : kestrel_scheduler
