// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Watches over the record in execution, and stops it: for an error, at the end of its budget, for
/// a reset of its queue or of the engine.
///
/// All ways of stopping are one: every block is cleared, and the isolator ends what they had begun
/// on the bus. After an error the queue is in error; after a reset of the queue its state is
/// cleared like that of a queue that was not running; after a reset of the engine every queue's
/// state is. A reset that comes while a record is stopped for a smaller reason takes over.
module kestrel_supervisor
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic                 clk_i,
  input  logic                 rst_ni,

  /// RESET.ENGINE was written; RESET of these queues was. One cycle each.
  input  logic                 engine_reset_i,
  input  logic [NumQueues-1:0] queue_reset_i,
  input  logic [63:0]          time_ns_i,

  /// Ring: a record may begin as far as this block knows; it does, its queue from the next cycle on
  /// in `queue_i`; its budget, in nanoseconds, 0: none; ends; nothing can stop it any more; failed.
  output logic                 allow_o,
  input  logic                 begin_i,
  input  logic [QueueW-1:0]    queue_i,
  input  logic                 setup_i,
  input  logic [31:0]          budget_i,
  input  logic                 end_i,
  input  logic                 closing_i,
  input  logic                 fail_i,
  input  error_t               error_i,
  /// What to say when the budget has ended.
  input  logic [7:0]           opcode_i,
  input  logic [31:0]          index_i,

  /// A request of a CALL is held for a translation fault, and what to say about it.
  input  logic                 stalled_i,
  input  error_t               stalled_error_i,
  /// CONTROL.RETRY, CONTROL.ABORT of the stalled queue; one cycle, and one cycle later to the bus.
  input  logic                 retry_i,
  input  logic                 abort_i,
  output logic                 fault_retry_o,
  output logic                 fault_abort_o,

  /// A record is in execution or being stopped.
  output logic                 active_o,
  /// The record was stopped: it ends. Not for a reset of the engine.
  output logic                 stop_end_o,
  /// To the queues: ERROR, FAULT_STALLED, with `error_o`; one cycle each.
  output logic                 set_error_o,
  output logic                 set_stalled_o,
  output error_t               error_o,
  /// Raise the error vector.
  output logic                 vector_o,
  /// Resets that are under way, and their last cycle.
  output logic [NumQueues-1:0] resetting_o,
  output logic [NumQueues-1:0] reset_o,
  /// Counters of one queue are to be cleared; see kestrel_front.
  output logic                 clear_queue_o,
  output logic [QueueW-1:0]    clear_number_o,
  input  logic                 counters_busy_i,

  /// See kestrel_front.
  output logic                 clear_o,
  input  logic                 isolated_i,
  output logic                 wipe_o,
  input  logic                 wiping_i,
  /// The memories on chip are empty.
  output logic                 emptied_o,
  output logic                 engine_resetting_o,
  output logic                 reset_stuck_o,
  output logic [63:0]          wake_ns_o,
  output logic                 busy_o
);

  typedef enum logic [2:0] {
    StRun,
    StIsolate,
    StWipe,
    StWiping,
    StFinish
  } state_e;

  state_e               state_d, state_q;
  logic                 settled_q;          // Not the first cycle of the state.
  logic                 active_d, active_q;
  logic                 engine_d, engine_q;  // The engine is being reset.
  logic [NumQueues-1:0] reset_d, reset_q;    // Queues that are to be reset.

  //////////////
  // Deadline //
  //////////////

  // Of the budget while a record runs, of RESET_STUCK while one is stopped. From `begin_i` to
  // `setup_i` it is the time of the beginning.
  logic        timed_d, timed_q;
  logic [63:0] deadline_q;
  logic        expired, expired_q, stuck_d, stuck_q;
  logic        stop;

  assign expired = timed_q && expired_q;

  always_comb begin
    timed_d = timed_q;
    stuck_d = stuck_q;

    if (setup_i) timed_d = budget_i != '0;
    if (end_i) timed_d = 1'b0;
    if (state_q == StIsolate && expired) begin
      timed_d = 1'b0;
      stuck_d = 1'b1;
    end
    if (stop) timed_d = 1'b1;
    if (state_q == StIsolate && state_d != StIsolate) begin
      timed_d = 1'b0;
      stuck_d = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      timed_q    <= 1'b0;
      expired_q  <= 1'b0;
      stuck_q    <= 1'b0;
      deadline_q <= '0;
    end else begin
      timed_q   <= timed_d;
      expired_q <= timed_q && !setup_i && !stop && time_ns_i >= deadline_q;
      stuck_q   <= stuck_d;
      if (begin_i) deadline_q <= time_ns_i;
      if (setup_i) deadline_q <= deadline_q + 64'(budget_i);
      if (stop) deadline_q <= time_ns_i + 64'(ResetStuckNs);
    end
  end

  assign wake_ns_o     = timed_q ? deadline_q : '1;
  assign reset_stuck_o = stuck_q;

  ///////////
  // State //
  ///////////

  logic [NumQueues-1:0] active_queue;  // One bit, or none.
  logic                 over_budget, stopped;

  assign active_queue = active_q ? NumQueues'(1) << queue_i : '0;
  assign over_budget  = expired && state_q == StRun && active_q && !closing_i;

  always_comb begin
    state_d  = state_q;
    engine_d = engine_q;
    active_d = active_q;
    stop     = 1'b0;
    stopped  = 1'b0;
    wipe_o   = 1'b0;

    unique case (state_q)
      StRun: begin
        if (begin_i) active_d = 1'b1;
        if (end_i) active_d = 1'b0;
        stop = fail_i || over_budget || ((reset_q & active_queue) != '0 && !closing_i);
      end

      StIsolate: begin
        if (settled_q && isolated_i) begin
          stopped = 1'b1;
          state_d = engine_q ? StWipe : StRun;
          if (!engine_q) active_d = 1'b0;
        end
      end

      StWipe: begin
        if (!wiping_i) begin
          wipe_o  = 1'b1;
          state_d = StWiping;
        end
      end

      StWiping: if (settled_q && !wiping_i) state_d = StFinish;

      StFinish: begin
        if (!counters_busy_i) begin
          state_d  = StRun;
          engine_d = 1'b0;
          active_d = 1'b0;
        end
      end

      default: state_d = StRun;
    endcase

    if (engine_reset_i) begin
      engine_d = 1'b1;
      stop     = state_q != StIsolate;
      // What was about to end goes on being stopped, now for the engine.
      stopped  = 1'b0;
      active_d = active_q || begin_i;
      state_d  = StIsolate;
    end else if (stop) begin
      state_d = StIsolate;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StRun;
      settled_q <= 1'b0;
      active_q  <= 1'b0;
      engine_q  <= 1'b0;
    end else begin
      state_q   <= state_d;
      settled_q <= state_d == state_q;
      active_q  <= active_d;
      engine_q  <= engine_d;
    end
  end

  assign clear_o            = state_q == StIsolate;
  assign active_o           = active_q;
  assign emptied_o          = state_q == StWiping && state_d == StFinish;
  assign engine_resetting_o = engine_q;

  ////////////
  // Errors //
  ////////////

  error_t error_q;
  logic   stall_new, stall_seen_q, stall_set_q;
  logic   retry_q, abort_q;
  logic   to_reset;  // The queue is reset, whatever else is wrong with it.

  assign to_reset  = (reset_q & active_queue) != '0;
  assign stall_new = stalled_i && !stall_seen_q && state_q == StRun && active_q && !stop;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stall_seen_q <= 1'b0;
      stall_set_q  <= 1'b0;
      retry_q      <= 1'b0;
      abort_q      <= 1'b0;
    end else begin
      retry_q     <= retry_i;
      abort_q     <= abort_i;
      stall_set_q <= stall_new;
      if (stall_new) stall_seen_q <= 1'b1;
      if (retry_q || abort_q || state_q != StRun) stall_seen_q <= 1'b0;
    end
  end

  // Read only after one of these, so no reset.
  always_ff @(posedge clk_i) begin
    if (state_q == StRun && fail_i) begin
      error_q <= error_i;
    end else if (over_budget) begin
      error_q               <= '0;
      error_q.failure.cause <= CauseBudget;
      error_q.opcode        <= opcode_i;
      error_q.index         <= index_i;
    end else if (stall_new) begin
      error_q <= stalled_error_i;
    end
  end

  assign fault_retry_o = retry_q && state_q == StRun;
  assign fault_abort_o = abort_q && state_q == StRun;

  assign stop_end_o    = stopped && !engine_q && active_q;
  assign set_error_o   = stopped && !engine_q && active_q && !to_reset;
  assign set_stalled_o = stall_set_q && state_q == StRun;
  assign error_o       = error_q;
  assign vector_o      = set_error_o || set_stalled_o;

  /////////////////////
  // Resets of queues //
  /////////////////////

  logic [NumQueues-1:0] candidates, chosen;
  logic                 reset_one;

  assign candidates = reset_q & ~active_queue;
  assign chosen     = candidates & (~candidates + 1'b1);  // The lowest.
  assign reset_one  = candidates != '0 && !counters_busy_i && !end_i && !engine_q &&
                      !engine_reset_i;

  always_comb begin
    reset_o = '0;
    if (reset_one) reset_o = chosen;
    if (state_q == StFinish && state_d == StRun) reset_o = '1;

    reset_d = (reset_q & ~reset_o) | queue_reset_i;
    // All queues are reset with the engine.
    if (engine_q || engine_reset_i) reset_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reset_q <= '0;
    end else begin
      reset_q <= reset_d;
    end
  end

  assign clear_queue_o = reset_one;
  always_comb begin
    clear_number_o = '0;
    for (int unsigned i = 0; i < NumQueues; i++) begin
      if (chosen[i]) clear_number_o = QueueW'(i);
    end
  end

  assign resetting_o = engine_q ? '1 : reset_q;
  assign allow_o     = state_q == StRun && !active_q && !counters_busy_i && candidates == '0 &&
                       !engine_reset_i;

  // Else it waits for the bus, the memories on chip, the counters or the time.
  assign busy_o = state_d != state_q || engine_reset_i || expired || reset_one || stall_new ||
                  stall_set_q || retry_q || abort_q || (state_q == StIsolate && !settled_q) ||
                  (state_q == StWiping && !settled_q);

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(EndedOnce, !(end_i && stop_end_o), "a record ended and was stopped at once")
  `PRIM_ASSERT(FailureIsActive, !fail_i || active_q, "a record failed that was not in execution")

endmodule : kestrel_supervisor
