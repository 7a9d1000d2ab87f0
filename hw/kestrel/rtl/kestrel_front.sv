// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Front end: queues, scheduling, execution of ring records and of command buffers, errors, resets.
///
/// One ring record is in execution at a time. Its engines, address space and counters belong to its
/// queue from the decision for it (`record_begin_o`) to its end (`record_end_o`), whether it
/// completed, parked or was stopped. Registers of queues are here, behind a register bus.
module kestrel_front
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,

  /// Register bus for the arrays QUEUE and DOORBELL: one access in a cycle, byte address within
  /// the BAR. Other addresses read zero and ignore writes.
  input  logic                  reg_write_i,
  input  logic                  reg_read_i,
  input  logic [AxilAddrW-1:0]  reg_addr_i,
  input  logic [31:0]           reg_wdata_i,
  /// In the cycle after `reg_read_i`; kept until the next read.
  output logic [31:0]           reg_rdata_o,

  /// RESET.ENGINE was written; one cycle. Whoever holds state besides the front end (address
  /// spaces, counters, parity test) clears it by the same pulse.
  input  logic                  engine_reset_i,
  /// ERROR_VECTOR.
  input  logic [4:0]            error_vector_i,
  /// For STATUS, ERROR_QUEUES and ACTIVE. `idle_o`: no record is in execution and none can be.
  output logic                  idle_o,
  output logic                  resetting_o,
  output logic                  reset_stuck_o,
  output logic [NumQueues-1:0]  error_queues_o,
  output logic                  active_valid_o,
  /// Also whose row the counters add to; stable from `record_begin_o` to `record_end_o`.
  output logic [QueueW-1:0]     active_queue_o,
  /// Interrupts, one cycle each.
  output logic [NumVectors-1:0] irq_event_o,

  /// Always-on time, nanoseconds.
  input  logic [63:0]           time_ns_i,
  /// The clock is needed when `time_ns_i` reaches this: end of a budget, or of the time after which
  /// a reset reports that it is stuck. All ones: never.
  output logic [63:0]           wake_ns_o,

  /// To the counters, pulses of one cycle. A record begins; ends, however; completed, in the cycle
  /// before it ends. No end is told for a record that an engine reset stops.
  output logic                  record_begin_o,
  output logic                  record_end_o,
  output logic                  record_done_o,
  /// A CALL begins; a command was put in front of its engine.
  output logic                  call_o,
  output logic                  command_o,
  /// Levels: a command waits for a token in front of this engine.
  output logic                  load_token_o,
  output logic                  compute_token_o,
  output logic                  store_token_o,
  /// The row of this queue is to be cleared; one cycle, never while `counters_busy_i` or with
  /// `record_end_o`. May come while a record of another queue is in execution.
  output logic                  clear_queue_o,
  output logic [QueueW-1:0]     clear_number_o,
  /// Counters are being added, cleared or copied: no record begins. Rises at latest in the cycle
  /// after `record_end_o`, `clear_queue_o` or `engine_reset_i`.
  input  logic                  counters_busy_i,

  /// Bus, reads: ring records, command buffers, the word of a WAIT.
  output logic                  fetch_valid_o,
  output bus_req_t              fetch_req_o,
  input  logic                  fetch_ready_i,
  input  logic                  fetch_refuse_i,
  input  refusal_t              fetch_refusal_i,
  input  logic                  fetch_r_valid_i,
  input  r_beat_t               fetch_r_i,

  /// Bus, writes: FENCE, TIMESTAMP, status page.
  output logic                  write_valid_o,
  output bus_req_t              write_req_o,
  input  logic                  write_ready_i,
  input  logic                  write_refuse_i,
  input  refusal_t              write_refusal_i,
  output logic                  write_w_valid_o,
  output axi_w_t                write_w_o,
  input  logic                  write_w_ready_i,
  input  logic                  write_b_valid_i,
  input  logic [1:0]            write_b_resp_i,

  /// Translations of a whole space, or of all, are to be forgotten; one cycle. Its number may get
  /// another owner, so what is on chip is not seen by the next CALL, of whatever space.
  input  logic                  disown_i,

  /// Refused requests with `privileged` = 0 are to be held, not refused. A level; high only while
  /// the commands of a CALL are executed.
  output logic                  stall_faults_o,
  /// One is held, and which. Falls in the cycle after `fault_retry_o` or `fault_abort_o`.
  input  logic                  stalled_i,
  input  refusal_t              stalled_refusal_i,
  input  logic [63:0]           stalled_addr_i,
  input  access_e               stalled_access_i,
  /// Translate it again; refuse it. One cycle each, only while `stalled_i`.
  output logic                  fault_retry_o,
  output logic                  fault_abort_o,

  /// Clear every engine and the memory path, and cut off the bus, while high. Rise and fall
  /// together; they stay until `isolated_i`, at least two cycles.
  output logic                  engine_clear_o,
  output logic                  isolate_o,
  /// Cut off, and nothing is outstanding.
  input  logic                  isolated_i,

  /// Empty the scratchpad and the accumulators; one cycle, never while `wiping_i`.
  output logic                  wipe_o,
  /// Of either; rises at latest in the cycle after `wipe_o`.
  input  logic                  wiping_i,

  /// Address space of the CALL in execution; stable while a command is.
  output logic [SpaceW-1:0]     job_space_o,

  /// Engines. A command is stable from its start to its end or `engine_clear_o`.
  output logic                  load_start_o,
  output transfer_t             load_cmd_o,
  input  logic                  load_done_i,
  input  logic                  load_failed_i,
  input  failure_t              load_failure_i,
  output logic                  store_start_o,
  output transfer_t             store_cmd_o,
  input  logic                  store_done_i,
  input  logic                  store_failed_i,
  input  failure_t              store_failure_i,
  output logic                  compute_start_o,
  output logic [511:0]          compute_cmd_o,
  input  logic                  compute_done_i,
  input  logic                  compute_failed_i,
  input  failure_t              compute_failure_i,

  /// The front end needs the clock: false while it waits for the bus, an engine, a doorbell or
  /// `wake_ns_o`.
  output logic                  busy_o
);

  ////////////
  // Queues //
  ////////////

  logic                      decide, active, clear, ring_end, stop_end, record_end;
  logic                      ring_read, head_write, park, unpark;
  logic [31:0]               head;
  logic [NumQueues-1:0]      queue_reset, ready, resetting, queue_clear;
  logic [NumQueues-1:0][1:0] prio;
  logic [QueueW-1:0]         active_queue;
  queue_t                    queue;
  logic                      retry, abort;
  logic                      set_error, set_stalled;
  error_t                    stop_error;

  assign record_end = ring_end || stop_end;

  kestrel_queues u_queues (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .reg_write_i     (reg_write_i),
    .reg_read_i      (reg_read_i),
    .reg_addr_i      (reg_addr_i),
    .reg_wdata_i     (reg_wdata_i),
    .reg_rdata_o     (reg_rdata_o),
    .reset_request_o (queue_reset),
    .retry_o         (retry),
    .abort_o         (abort),
    .ready_o         (ready),
    .prio_o          (prio),
    .error_queues_o  (error_queues_o),
    .active_i        (active),
    .active_queue_i  (active_queue),
    .begin_i         (decide),
    .end_i           (record_end),
    .read_i          (ring_read),
    .queue_o         (queue),
    .head_write_i    (head_write),
    .head_i          (head),
    .park_i          (park),
    .unpark_i        (unpark),
    .error_i         (set_error),
    .stalled_i       (set_stalled),
    .error_info_i    (stop_error),
    .resetting_i     (resetting),
    .reset_i         (queue_clear)
  );

  kestrel_scheduler u_scheduler (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .decide_i (decide),
    .ready_i  (ready),
    .prio_i   (prio),
    .reset_i  (queue_clear),
    .pick_o   (active_queue)
  );

  //////////
  // Ring //
  //////////

  logic        allow, setup, closing, fail, ring_vector, ring_busy, ring_wipe, emptied;
  error_t      fail_error;
  logic [7:0]  opcode;
  logic        in_call, call_start, call_done, call_failed;
  logic [63:0] call_addr;
  logic [31:0] call_size, call_offset;
  failure_t    call_failure;
  logic [7:0]  call_opcode;
  logic        ring_valid, control_start, control_done, control_failed;
  bus_req_t    ring_req, control_req;
  logic [63:0] control_value;
  failure_t    control_failure;

  kestrel_ring u_ring (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .clear_i         (clear),
    .disown_i        (disown_i),
    .allow_i         (allow && ready != '0),
    .decide_o        (decide),
    .read_o          (ring_read),
    .queue_i         (queue),
    .setup_o         (setup),
    .done_o          (head_write),
    .head_o          (head),
    .park_o          (park),
    .end_o           (ring_end),
    .closing_o       (closing),
    .unpark_o        (unpark),
    .vector_o        (ring_vector),
    .fail_o          (fail),
    .error_o         (fail_error),
    .opcode_o        (opcode),
    .in_call_o       (in_call),
    .call_start_o    (call_start),
    .call_addr_o     (call_addr),
    .call_size_o     (call_size),
    .call_done_i     (call_done),
    .call_failed_i   (call_failed),
    .call_failure_i  (call_failure),
    .call_opcode_i   (call_opcode),
    .call_offset_i   (call_offset),
    .wipe_o          (ring_wipe),
    .wiping_i        (wiping_i),
    .emptied_i       (emptied),
    .valid_o         (ring_valid),
    .req_o           (ring_req),
    .ready_i         (fetch_ready_i && !in_call),
    .refuse_i        (fetch_refuse_i && !in_call),
    .refusal_i       (fetch_refusal_i),
    .r_valid_i       (fetch_r_valid_i && !in_call),
    .r_i             (fetch_r_i),
    .write_start_o   (control_start),
    .write_req_o     (control_req),
    .write_value_o   (control_value),
    .write_done_i    (control_done),
    .write_failed_i  (control_failed),
    .write_failure_i (control_failure),
    .time_ns_i       (time_ns_i),
    .busy_o          (ring_busy)
  );

  kestrel_control_write u_control_write (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .clear_i   (clear),
    .start_i   (control_start),
    .req_i     (control_req),
    .value_i   (control_value),
    .done_o    (control_done),
    .failed_o  (control_failed),
    .failure_o (control_failure),
    .valid_o   (write_valid_o),
    .req_o     (write_req_o),
    .ready_i   (write_ready_i),
    .refuse_i  (write_refuse_i),
    .refusal_i (write_refusal_i),
    .w_valid_o (write_w_valid_o),
    .w_o       (write_w_o),
    .w_ready_i (write_w_ready_i),
    .b_valid_i (write_b_valid_i),
    .b_resp_i  (write_b_resp_i)
  );

  //////////////
  // Commands //
  //////////////

  logic        commands_valid, commands_busy;
  bus_req_t    commands_req;
  logic [7:0]  stalled_opcode;
  logic [31:0] stalled_offset;
  error_t      stalled_error;

  kestrel_commands u_commands (
    .clk_i             (clk_i),
    .rst_ni            (rst_ni),
    .clear_i           (clear),
    .start_i           (call_start),
    .addr_i            (call_addr),
    .size_i            (call_size),
    .space_i           (queue.space),
    .done_o            (call_done),
    .failed_o          (call_failed),
    .failure_o         (call_failure),
    .opcode_o          (call_opcode),
    .offset_o          (call_offset),
    .stalled_access_i  (stalled_access_i),
    .stalled_opcode_o  (stalled_opcode),
    .stalled_offset_o  (stalled_offset),
    .valid_o           (commands_valid),
    .req_o             (commands_req),
    .ready_i           (fetch_ready_i && in_call),
    .refuse_i          (fetch_refuse_i && in_call),
    .refusal_i         (fetch_refusal_i),
    .r_valid_i         (fetch_r_valid_i && in_call),
    .r_i               (fetch_r_i),
    .load_start_o      (load_start_o),
    .load_cmd_o        (load_cmd_o),
    .load_done_i       (load_done_i),
    .load_failed_i     (load_failed_i),
    .load_failure_i    (load_failure_i),
    .store_start_o     (store_start_o),
    .store_cmd_o       (store_cmd_o),
    .store_done_i      (store_done_i),
    .store_failed_i    (store_failed_i),
    .store_failure_i   (store_failure_i),
    .compute_start_o   (compute_start_o),
    .compute_cmd_o     (compute_cmd_o),
    .compute_done_i    (compute_done_i),
    .compute_failed_i  (compute_failed_i),
    .compute_failure_i (compute_failure_i),
    .command_o         (command_o),
    .load_token_o      (load_token_o),
    .compute_token_o   (compute_token_o),
    .store_token_o     (store_token_o),
    .busy_o            (commands_busy)
  );

  // Ring records and WAIT are read before and after a CALL, its commands within.
  assign fetch_valid_o = in_call ? commands_valid : ring_valid;
  assign fetch_req_o   = in_call ? commands_req : ring_req;
  assign job_space_o   = queue.space;

  assign stall_faults_o = in_call && queue.stall_faults;

  always_comb begin
    stalled_error = '0;
    if (stalled_i) begin
      stalled_error.failure = '{cause: CauseTranslation,
                                resp:  stalled_refusal_i.resp,
                                fault: stalled_refusal_i.fault,
                                acc:   stalled_access_i,
                                addr:  stalled_addr_i};
      stalled_error.opcode  = stalled_opcode;
      stalled_error.in_call = 1'b1;
      stalled_error.index   = queue.head;
      stalled_error.offset  = stalled_offset;
    end
  end

  ////////////////
  // Supervisor //
  ////////////////

  logic error_vector, supervisor_wipe, engine_resetting, supervisor_busy;

  kestrel_supervisor u_supervisor (
    .clk_i              (clk_i),
    .rst_ni             (rst_ni),
    .engine_reset_i     (engine_reset_i),
    .queue_reset_i      (queue_reset),
    .time_ns_i          (time_ns_i),
    .allow_o            (allow),
    .begin_i            (decide),
    .queue_i            (active_queue),
    .setup_i            (setup),
    .budget_i           (queue.budget),
    .end_i              (ring_end),
    .closing_i          (closing),
    .fail_i             (fail),
    .error_i            (fail_error),
    .opcode_i           (opcode),
    .index_i            (queue.head),
    .stalled_i          (stalled_i && in_call),
    .stalled_error_i    (stalled_error),
    .retry_i            (retry),
    .abort_i            (abort),
    .fault_retry_o      (fault_retry_o),
    .fault_abort_o      (fault_abort_o),
    .active_o           (active),
    .stop_end_o         (stop_end),
    .set_error_o        (set_error),
    .set_stalled_o      (set_stalled),
    .error_o            (stop_error),
    .vector_o           (error_vector),
    .resetting_o        (resetting),
    .reset_o            (queue_clear),
    .clear_queue_o      (clear_queue_o),
    .clear_number_o     (clear_number_o),
    .counters_busy_i    (counters_busy_i),
    .clear_o            (clear),
    .isolated_i         (isolated_i),
    .wipe_o             (supervisor_wipe),
    .wiping_i           (wiping_i),
    .emptied_o          (emptied),
    .engine_resetting_o (engine_resetting),
    .reset_stuck_o      (reset_stuck_o),
    .wake_ns_o          (wake_ns_o),
    .busy_o             (supervisor_busy)
  );

  assign engine_clear_o = clear;
  assign isolate_o      = clear;
  assign wipe_o         = ring_wipe || supervisor_wipe;

  ////////////////
  // Interrupts //
  ////////////////

  logic [NumVectors-1:0] irq_event_q;

  // A vector that is none raises nothing.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      irq_event_q <= '0;
    end else if (ring_vector || error_vector || irq_event_q != '0) begin
      for (int unsigned i = 0; i < NumVectors; i++) begin
        irq_event_q[i] <= (ring_vector && queue.vector_number == 5'(i)) ||
                          (error_vector && error_vector_i == 5'(i));
      end
    end
  end

  assign irq_event_o = irq_event_q;

  /////////////
  // Outputs //
  /////////////

  assign active_valid_o = active;
  assign active_queue_o = active_queue;
  assign resetting_o    = engine_resetting || resetting != '0;
  assign idle_o         = !active && ready == '0 && !resetting_o;

  assign record_begin_o = ring_read && !clear && !engine_reset_i;
  assign record_end_o   = record_end;
  assign record_done_o  = head_write;
  assign call_o         = call_start;

  // A request that is not held for its fault needs the memory path's clock.
  assign busy_o = ring_busy || commands_busy || supervisor_busy || irq_event_q != '0 ||
                  (fetch_valid_o && !stalled_i) || write_valid_o || write_w_valid_o ||
                  reg_write_i || reg_read_i;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(ReadyOrRefused, !(fetch_ready_i && fetch_refuse_i) &&
                               !(write_ready_i && write_refuse_i),
               "a request was taken and refused at once")
  `PRIM_ASSERT(BeginsWhenCountersRest, !(decide && counters_busy_i),
               "a record begins while the counters are busy")

endmodule : kestrel_front
