// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Commands in front of one engine: waits for a command's tokens, starts it, and signals its tokens
/// when it has completed. Commands run one after another, in order.
///
/// The two tokens that a command waits for are taken together, once both are there. The two that it
/// signals go each as soon as there is room. An engine that fails never completes: the command
/// stays until `clear_i`.
module kestrel_issue
  import kestrel_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         clear_i,

  /// Commands, with their offsets in the command buffer.
  input  logic         wr_valid_i,
  output logic         wr_ready_o,
  input  logic [511:0] wr_cmd_i,
  input  logic [31:0]  wr_offset_i,

  /// Tokens of the engine before and of the engine after; see kestrel_tokens. Tie off those of an
  /// engine that is none: `any` and `room` to 1.
  input  logic         prev_any_i,
  output logic         prev_take_o,
  input  logic         prev_room_i,
  output logic         prev_put_o,
  input  logic         next_any_i,
  output logic         next_take_o,
  input  logic         next_room_i,
  output logic         next_put_o,

  /// Engine.
  output logic         start_o,
  output logic [511:0] cmd_o,
  output logic [31:0]  offset_o,
  input  logic         done_i,

  /// A command waits for a token.
  output logic         token_wait_o,
  /// No command is here, neither waiting nor in execution.
  output logic         empty_o,
  /// See kestrel_front.
  output logic         busy_o
);

  typedef enum logic [1:0] {
    StWait,
    StRun,
    StSignal
  } state_e;

  typedef struct packed {
    logic [31:0]  offset;
    logic [511:0] cmd;
  } entry_t;

  // One at the FIFO's output, which is the one in execution.
  localparam int unsigned CountW = $clog2(EngineCommands + 2);

  state_e            state_d, state_q;
  logic [CountW-1:0] count_d, count_q;
  logic [1:0]        signal_d, signal_q;  // Tokens to signal yet: next, previous.

  logic   head_valid, tokens_there, pop;
  entry_t head, entry;

  assign entry = '{offset: wr_offset_i, cmd: wr_cmd_i};

  prim_fifo #(
    .data_t (entry_t),
    .Depth  (EngineCommands)
  ) u_fifo (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .clear_i    (clear_i),
    .wr_valid_i (wr_valid_i),
    .wr_ready_o (wr_ready_o),
    .wr_data_i  (entry),
    .rd_valid_o (head_valid),
    .rd_ready_i (pop),
    .rd_data_o  (head)
  );

  assign cmd_o    = head.cmd;
  assign offset_o = head.offset;

  // Header bits 8 to 11: wait for previous, next; signal previous, next.
  assign tokens_there = (prev_any_i || !head.cmd[8]) && (next_any_i || !head.cmd[9]);

  always_comb begin
    state_d     = state_q;
    signal_d    = signal_q;
    count_d     = count_q + CountW'(wr_valid_i && wr_ready_o);
    start_o     = 1'b0;
    prev_take_o = 1'b0;
    next_take_o = 1'b0;
    prev_put_o  = 1'b0;
    next_put_o  = 1'b0;
    pop         = 1'b0;

    unique case (state_q)
      StWait: begin
        if (head_valid && tokens_there && !clear_i) begin
          start_o     = 1'b1;
          prev_take_o = head.cmd[8];
          next_take_o = head.cmd[9];
          signal_d    = head.cmd[11:10];
          state_d     = done_i ? StSignal : StRun;
        end
      end

      StRun: if (done_i) state_d = StSignal;

      StSignal: begin
        prev_put_o = signal_q[0] && prev_room_i && !clear_i;
        next_put_o = signal_q[1] && next_room_i && !clear_i;
        signal_d   = signal_q & ~{next_put_o, prev_put_o};
        if (signal_d == '0) begin
          pop     = 1'b1;
          count_d = count_d - 1'b1;
          state_d = StWait;
        end
      end

      default: state_d = StWait;
    endcase

    if (clear_i) begin
      state_d = StWait;
      count_d = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= StWait;
      count_q  <= '0;
      signal_q <= '0;
    end else begin
      state_q  <= state_d;
      count_q  <= count_d;
      signal_q <= signal_d;
    end
  end

  assign token_wait_o = state_q == StWait && head_valid && !tokens_there;
  assign empty_o      = count_q == '0;
  assign busy_o       = count_q != '0 &&
                        (start_o || (state_q == StWait && !head_valid) ||
                         (state_q == StSignal && (pop || prev_put_o || next_put_o)));

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(DoneWasStarted, !done_i || clear_i || state_q == StRun || start_o,
               "an engine completed a command that it was not given")

endmodule : kestrel_issue
