// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Store engine: executes STORE, scratchpad to memory.
///
/// Each run goes three ways, each of which takes it when it has finished the one before: to the
/// requests, to the reader of the scratchpad, and to the steps, which are the beats to write; those
/// have a queue, so that the others can be some short runs ahead. A beat is made of the words that
/// have been read, and not offered before its burst's request is taken. One beat a cycle.
///
/// A run that reaches beyond the scratchpad fails when everything before it is answered. A request
/// that fails, or a word with the wrong parity, stops all at once: beats that are owed then come
/// from the isolator.
///
/// After done_o the engine is ready to be started, after a failure it waits for clear_i.
module kestrel_store
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
  import kestrel_transfer_pkg::*;
(
  input  logic                 clk_i,
  input  logic                 rst_ni,
  /// Forget everything; the isolator ends what is under way on the bus.
  input  logic                 clear_i,

  /// Begin, one cycle, while not active. The command and its space are stable from then until done.
  input  logic                 start_i,
  input  transfer_t            cmd_i,
  input  logic [SpaceW-1:0]    space_i,
  /// All is written and answered, one cycle.
  output logic                 done_o,
  /// The command failed; level, until clear_i.
  output logic                 failed_o,
  output failure_t             failure_o,
  /// The engine acts by itself. Not while it only waits for the bus: whoever takes a request or a
  /// beat, or answers, brings the clock.
  output logic                 busy_o,
  /// From the cycle after start_i until done or failure.
  output logic                 active_o,

  /// Write requests.
  output logic                 req_valid_o,
  input  logic                 req_ready_i,
  input  logic                 refuse_i,
  input  refusal_t             refusal_i,
  output bus_req_t             req_o,
  /// Write data, and responses, which are always taken.
  output logic                 w_valid_o,
  input  logic                 w_ready_i,
  output axi_w_t               w_o,
  input  logic                 b_valid_i,
  input  logic [1:0]           b_resp_i,
  /// Beats requested in this cycle.
  output logic [4:0]           write_beats_o,

  /// Reads of the scratchpad; data and error come in the cycle after the handshake.
  output logic                 rs_valid_o,
  input  logic                 rs_ready_i,
  output logic [SpadAddrW-1:0] rs_addr_o,
  input  logic [SpadWordW-1:0] rs_data_i,
  input  logic                 rs_error_i
);

  // Cycles without any event after which nothing will move by itself: more than the stages from one
  // handshake to the next.
  localparam logic [3:0]  QuietCycles = 4'd8;
  // Words on their way from the scratchpad to a beat. The way takes five cycles.
  localparam int unsigned WordRoom = 8;
  // Runs that wait to be written.
  localparam int unsigned QueuedRuns = 4;
  localparam int unsigned BurstsW  = $clog2(MaxOutstanding) + 1;

  typedef enum logic [1:0] {
    WayRequests,
    WayWords,
    WaySteps
  } way_e;

  logic active_q, done_q;
  logic form, requests_idle, range_fails, parity_fails;

  //////////
  // Runs //
  //////////

  logic        run_valid, give, retire;
  run_t        run;
  logic [63:0] run_addr;
  logic [2:0]  ready, offer, taken_q;
  logic        walked_q;  // The last run has gone all its ways.

  kestrel_runs u_runs (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_i),
    .start_i (start_i),
    .cmd_i   (cmd_i),
    .valid_o (run_valid),
    .ready_i (retire),
    .run_o   (run),
    .addr_o  (run_addr)
  );

  assign give   = run_valid && !run.bad && active_q;
  assign offer  = give ? ~taken_q : '0;
  assign retire = give && (taken_q | ready) == '1;

  logic [1:0] get;

  kestrel_requests #(
    .Access (AccessStore),
    .Cause  (CauseWriteError)
  ) u_requests (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .clear_i       (clear_i),
    .space_i       (space_i),
    .valid_i       (offer[WayRequests]),
    .ready_o       (ready[WayRequests]),
    .inner_i       (run.inner),
    .addr_i        (run_addr),
    .req_valid_o   (req_valid_o),
    .req_ready_i   (req_ready_i),
    .refuse_i      (refuse_i),
    .refusal_i     (refusal_i),
    .req_o         (req_o),
    .beats_o       (write_beats_o),
    .return_i      (2'd0),
    .answer_i      (b_valid_i),
    .answer_last_i (1'b1),
    .answer_resp_i (b_resp_i),
    .fault_i       (range_fails || parity_fails),
    .fault_cause_i (parity_fails ? CauseParity : CauseOperandRange),
    .idle_o        (requests_idle),
    .failed_o      (failed_o),
    .failure_o     (failure_o)
  );

  ///////////
  // Words //
  ///////////

  logic                comes, swapped;
  logic [1:0]          shown;
  logic [AxiDataW-1:0] even, odd;

  kestrel_words #(
    .Room (WordRoom)
  ) u_words (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .clear_i    (clear_i),
    .valid_i    (offer[WayWords]),
    .ready_o    (ready[WayWords]),
    .run_i      (run),
    .rs_valid_o (rs_valid_o),
    .rs_ready_i (rs_ready_i),
    .rs_addr_o  (rs_addr_o),
    .comes_o    (comes),
    .return_i   (get)
  );

  kestrel_pairs #(
    .Depth (WordRoom)
  ) u_buffer (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .clear_i   (clear_i),
    .put_i     (comes),
    .data_i    (rs_data_i),
    .shown_o   (shown),
    .swapped_o (swapped),
    .even_o    (even),
    .odd_o     (odd),
    .get_i     (get)
  );

  ///////////
  // Beats //
  ///////////

  logic               step_valid, unused_idle;
  step_t              step;
  logic [BurstsW-1:0] bursts_q;  // Requests taken whose last beat is not made.
  logic               w_valid_q;
  axi_w_t             w_q;

  // What the steps need of a run.
  typedef struct packed {
    run_t                      run;
    logic [BurstBytesLog2-1:0] addr;
  } queued_run_t;

  logic        queued_valid, queued_ready;
  queued_run_t queued;

  prim_fifo #(
    .data_t (queued_run_t),
    .Depth  (QueuedRuns)
  ) u_queue (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .clear_i    (clear_i),
    .wr_valid_i (offer[WaySteps]),
    .wr_ready_o (ready[WaySteps]),
    .wr_data_i  ({run, run_addr[BurstBytesLog2-1:0]}),
    .rd_valid_o (queued_valid),
    .rd_ready_i (queued_ready),
    .rd_data_o  (queued)
  );

  kestrel_steps #(
    .ToMemory (1'b1)
  ) u_steps (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .n0_i         (cmd_i.n0),
    .valid_i      (queued_valid),
    .ready_o      (queued_ready),
    .run_i        (queued.run),
    .addr_i       (queued.addr),
    .step_valid_o (step_valid),
    .step_ready_i (form),
    .step_o       (step),
    .idle_o       (unused_idle)
  );

  assign form = step_valid && bursts_q != '0 && shown >= step.need && (!w_valid_q || w_ready_i) &&
                active_q && !failed_o;
  assign get  = form ? step.consume : 2'd0;

  always_ff @(posedge clk_i) begin
    if (form) begin
      automatic logic [AxiDataW-1:0] first, second;
      first  = swapped ? odd : even;
      second = swapped != step.back ? even : odd;
      w_q <= {step.burst_end, step.strb, funnel(first, second, step.shift)};
    end
  end

  assign w_valid_o = w_valid_q;
  assign w_o       = w_q;

  // Address and end are the requests' matter, and nothing is padding.
  logic unused_step;
  assign unused_step = ^{step.last, step.unit, step.data};

  /////////////
  // Control //
  /////////////

  logic [3:0] quiet_q;  // Cycles since the latest event.
  logic       finished;

  assign finished     = walked_q && requests_idle;
  assign range_fails  = active_q && run_valid && run.bad && requests_idle;
  assign parity_fails = active_q && comes && rs_error_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q  <= 1'b0;
      done_q    <= 1'b0;
      walked_q  <= 1'b0;
      taken_q   <= '0;
      bursts_q  <= '0;
      w_valid_q <= 1'b0;
      quiet_q   <= '0;
    end else if (clear_i) begin
      active_q  <= 1'b0;
      done_q    <= 1'b0;
      walked_q  <= 1'b0;
      taken_q   <= '0;
      bursts_q  <= '0;
      w_valid_q <= 1'b0;
    end else if (start_i) begin
      active_q  <= 1'b1;
      done_q    <= 1'b0;
      walked_q  <= 1'b0;
      quiet_q   <= '0;
    end else if (active_q || w_valid_q || done_q) begin
      if (finished || failed_o) active_q <= 1'b0;
      done_q   <= active_q && finished && !failed_o;
      if (retire) begin
        taken_q  <= '0;
        walked_q <= run.last;
      end else begin
        taken_q  <= taken_q | (offer & ready);
      end
      bursts_q <= bursts_q + BurstsW'(req_valid_o && req_ready_i) -
                  BurstsW'(form && step.burst_end);
      if (form) w_valid_q <= 1'b1;
      else if (w_ready_i) w_valid_q <= 1'b0;
      if ((offer & ready) != '0 || form || comes || b_valid_i || (w_valid_q && w_ready_i) ||
          (req_valid_o && (req_ready_i || refuse_i))) quiet_q <= '0;
      else if (quiet_q != QuietCycles) quiet_q <= quiet_q + 1'b1;
    end
  end

  assign done_o   = done_q;
  assign active_o = active_q;
  assign busy_o   = (active_q && (quiet_q != QuietCycles || rs_valid_o)) || done_q ||
                    (w_valid_q && w_ready_i) || (req_valid_o && (req_ready_i || refuse_i));

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(StartsWhenIdle, !(start_i && (active_q || failed_o)),
               "a STORE is started while another is in execution or has failed")
  `PRIM_ASSERT_HELD(RequestHeld, req_valid_o, req_ready_i || refuse_i || clear_i, req_o,
                    "a write request changed before it was taken")

endmodule : kestrel_store
