// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Load engine: executes LOAD, memory to scratchpad.
///
/// The runs are walked twice. Ahead, they are requested from memory, as many beats as the buffer
/// has room for. Behind, they are cut into words of the scratchpad, which are made of the beats as
/// they come. So any number of runs can be under way, and padding needs no room. One word a cycle.
///
/// A run that reaches beyond the scratchpad stops the walk ahead, and fails when the walk behind
/// gets there: everything before is done then. A request that fails stops all at once.
///
/// After done_o the engine is ready to be started, after a failure it waits for clear_i.
module kestrel_load
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
  /// All is in the scratchpad, one cycle.
  output logic                 done_o,
  /// The command failed; level, until clear_i.
  output logic                 failed_o,
  output failure_t             failure_o,
  /// The engine acts by itself. Not while it only waits for the bus: whoever takes a request, or
  /// answers one, brings the clock.
  output logic                 busy_o,
  /// From the cycle after start_i until done or failure.
  output logic                 active_o,

  /// Read requests.
  output logic                 req_valid_o,
  input  logic                 req_ready_i,
  input  logic                 refuse_i,
  input  refusal_t             refusal_i,
  output bus_req_t             req_o,
  /// Read data, always taken.
  input  logic                 r_valid_i,
  input  r_beat_t              r_i,
  /// Beats requested in this cycle.
  output logic [4:0]           read_beats_o,

  /// Writes to the scratchpad.
  output logic                 wl_valid_o,
  input  logic                 wl_ready_i,
  output logic [SpadAddrW-1:0] wl_addr_o,
  output logic [AxiStrbW-1:0]  wl_strb_o,
  output logic [SpadWordW-1:0] wl_data_o
);

  // Cycles without any event after which nothing will move by itself: more than the stages from one
  // handshake to the next.
  localparam logic [3:0] QuietCycles = 4'd8;

  logic active_q, done_q;
  logic form, put, range_fails;

  //////////////
  // Requests //
  //////////////

  logic        ahead_valid, ahead_give, requests_ready;
  run_t        ahead;
  logic [63:0] ahead_addr;
  logic [1:0]  get;

  kestrel_runs u_ahead (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_i),
    .start_i (start_i),
    .cmd_i   (cmd_i),
    .valid_o (ahead_valid),
    .ready_i (requests_ready && !ahead.bad),
    .run_o   (ahead),
    .addr_o  (ahead_addr)
  );

  assign ahead_give = ahead_valid && !ahead.bad;

  // The place in the scratchpad is the walk behind's matter.
  logic unused_idle, unused_ahead;
  assign unused_ahead = ^{ahead.last, ahead.spad, ahead.lead};

  kestrel_requests #(
    .Access (AccessLoad),
    .Cause  (CauseReadError),
    .Window (ReadAheadBeats)
  ) u_requests (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .clear_i       (clear_i),
    .space_i       (space_i),
    .valid_i       (ahead_give),
    .ready_o       (requests_ready),
    .inner_i       (ahead.inner),
    .addr_i        (ahead_addr),
    .req_valid_o   (req_valid_o),
    .req_ready_i   (req_ready_i),
    .refuse_i      (refuse_i),
    .refusal_i     (refusal_i),
    .req_o         (req_o),
    .beats_o       (read_beats_o),
    .return_i      (get),
    .answer_i      (put),
    .answer_last_i (r_i.last),
    .answer_resp_i (r_i.resp),
    .fault_i       (range_fails),
    .fault_cause_i (CauseOperandRange),
    .idle_o        (unused_idle),
    .failed_o      (failed_o),
    .failure_o     (failure_o)
  );

  ////////////
  // Buffer //
  ////////////

  logic [1:0]          shown;
  logic                swapped;
  logic [AxiDataW-1:0] even, odd;

  assign put = r_valid_i;

  kestrel_pairs #(
    .Depth (ReadAheadBeats)
  ) u_buffer (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .clear_i   (clear_i),
    .put_i     (put),
    .data_i    (r_i.data),
    .shown_o   (shown),
    .swapped_o (swapped),
    .even_o    (even),
    .odd_o     (odd),
    .get_i     (get)
  );

  ///////////
  // Words //
  ///////////

  logic        behind_valid, behind_give, steps_ready, steps_idle;
  run_t        behind;
  logic [63:0] behind_addr;
  logic        step_valid;
  step_t       step;

  kestrel_runs u_behind (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_i),
    .start_i (start_i),
    .cmd_i   (cmd_i),
    .valid_o (behind_valid),
    .ready_i (steps_ready && !behind.bad),
    .run_o   (behind),
    .addr_o  (behind_addr)
  );

  assign behind_give = behind_valid && !behind.bad;

  kestrel_steps #(
    .ToMemory (1'b0)
  ) u_steps (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .n0_i         (cmd_i.n0),
    .valid_i      (behind_give),
    .ready_o      (steps_ready),
    .run_i        (behind),
    .addr_i       (behind_addr[BurstBytesLog2-1:0]),
    .step_valid_o (step_valid),
    .step_ready_i (form),
    .step_o       (step),
    .idle_o       (steps_idle)
  );

  // The address is the walk ahead's matter, and bursts are none here.
  logic unused_behind;
  assign unused_behind = ^{behind_addr[63:BurstBytesLog2], step.burst_end};

  // The word that is offered, and one behind it, so that whether the scratchpad takes a word, which
  // comes late, decides nothing in the same cycle.
  typedef struct packed {
    logic                 last;
    logic [SpadAddrW-1:0] addr;
    logic [AxiStrbW-1:0]  strb;
    logic [SpadWordW-1:0] data;
  } word_t;

  logic  word_valid_q, next_valid_q;
  word_t word_q, next_q;

  assign form = step_valid && shown >= step.need && !next_valid_q && active_q;
  assign get  = form ? step.consume : 2'd0;

  always_ff @(posedge clk_i) begin
    if (next_valid_q && wl_ready_i) word_q <= next_q;
    if (form) begin
      automatic logic [AxiDataW-1:0] first, second, data, mask;
      automatic word_t               word;
      first  = swapped ? odd : even;
      second = swapped != step.back ? even : odd;
      data   = funnel(first, second, step.shift);
      if (step.strb != step.data) begin
        mask = kestrel_scratchpad_pkg::byte_mask(step.data);
        data = (data & mask) | ({AxiStrbW{cmd_i.pad}} & ~mask);
      end
      word = '{last: step.last, addr: step.unit, strb: step.strb, data: data};
      if (!word_valid_q || wl_ready_i) word_q <= word;
      else next_q <= word;
    end
  end

  assign wl_valid_o = word_valid_q;
  assign wl_addr_o  = word_q.addr;
  assign wl_strb_o  = word_q.strb;
  assign wl_data_o  = word_q.data;

  /////////////
  // Control //
  /////////////

  logic [3:0] quiet_q;  // Cycles since the latest event.
  logic       last_taken;

  assign last_taken  = word_valid_q && wl_ready_i && word_q.last;
  // All runs before the bad one have been cut, and their words are taken.
  assign range_fails = active_q && behind_valid && behind.bad && steps_idle && !word_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q     <= 1'b0;
      done_q       <= 1'b0;
      word_valid_q <= 1'b0;
      next_valid_q <= 1'b0;
      quiet_q      <= '0;
    end else if (clear_i) begin
      active_q     <= 1'b0;
      done_q       <= 1'b0;
      word_valid_q <= 1'b0;
      next_valid_q <= 1'b0;
    end else if (start_i) begin
      active_q     <= 1'b1;
      done_q       <= 1'b0;
      quiet_q      <= '0;
    end else if (active_q || word_valid_q || done_q) begin
      if (last_taken || failed_o) active_q <= 1'b0;
      done_q <= active_q && last_taken && !failed_o;
      if (!word_valid_q || wl_ready_i) begin
        word_valid_q <= next_valid_q || form;
        next_valid_q <= 1'b0;
      end else if (form) begin
        next_valid_q <= 1'b1;
      end
      if ((ahead_give && requests_ready) || (behind_give && steps_ready) || form || put ||
          (req_valid_o && (req_ready_i || refuse_i))) quiet_q <= '0;
      else if (quiet_q != QuietCycles) quiet_q <= quiet_q + 1'b1;
    end
  end

  assign done_o   = done_q;
  assign active_o = active_q;
  assign busy_o   = (active_q && quiet_q != QuietCycles) || word_valid_q || done_q ||
                    (req_valid_o && (req_ready_i || refuse_i));

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(StartsWhenIdle, !(start_i && (active_q || failed_o)),
               "a LOAD is started while another is in execution or has failed")
  `PRIM_ASSERT_HELD(RequestHeld, req_valid_o, req_ready_i || refuse_i || clear_i, req_o,
                    "a read request changed before it was taken")

endmodule : kestrel_load
