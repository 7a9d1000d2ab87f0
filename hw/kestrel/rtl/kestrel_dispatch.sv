// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Checks commands and gives them to the engines, in order.
///
/// What is wrong with a command is told only when everything before it has completed, as if a
/// BARRIER stood before it.
module kestrel_dispatch
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         clear_i,

  /// Commands; see kestrel_call.
  input  logic         item_valid_i,
  output logic         item_ready_o,
  input  logic [511:0] item_cmd_i,
  input  logic         item_last_i,
  input  logic         item_failed_i,
  input  failure_t     item_failure_i,

  /// To the engines: the command that is offered.
  output logic         load_valid_o,
  input  logic         load_ready_i,
  output logic         store_valid_o,
  input  logic         store_ready_i,
  output logic         compute_valid_o,
  input  logic         compute_ready_i,
  /// Every command that was given to an engine has completed.
  input  logic         all_empty_i,

  /// Everything has completed; one cycle.
  output logic         done_o,
  /// The command that is offered cannot be executed; until `clear_i`.
  output logic         failed_o,
  output failure_t     failure_o,
  output logic [7:0]   opcode_o,

  /// A command was given to an engine.
  output logic         command_o,
  /// See kestrel_front.
  output logic         busy_o
);

  typedef enum logic [2:0] {
    StIdle,
    StCheck,
    StDrain,
    StFailed,
    StBarrier,
    StFinish
  } state_e;

  state_e       state_d, state_q;
  error_cause_e cause;
  logic         is_load, is_store, is_compute, is_barrier;
  logic         given, check;

  assign check = state_q == StIdle && item_valid_i;

  kestrel_check u_check (
    .clk_i     (clk_i),
    .valid_i   (check),
    .cmd_i     (item_cmd_i),
    .cause_o   (cause),
    .load_o    (is_load),
    .store_o   (is_store),
    .compute_o (is_compute),
    .barrier_o (is_barrier)
  );

  assign given = (load_valid_o && load_ready_i) || (store_valid_o && store_ready_i) ||
                 (compute_valid_o && compute_ready_i);

  always_comb begin
    state_d         = state_q;
    item_ready_o    = 1'b0;
    load_valid_o    = 1'b0;
    store_valid_o   = 1'b0;
    compute_valid_o = 1'b0;
    done_o          = 1'b0;

    unique case (state_q)
      StIdle: if (item_valid_i) state_d = item_failed_i ? StDrain : StCheck;

      StCheck: begin
        if (cause != CauseNone) begin
          state_d = StDrain;
        end else if (is_barrier) begin
          state_d = StBarrier;
        end else begin
          load_valid_o    = is_load;
          store_valid_o   = is_store;
          compute_valid_o = is_compute;
          // NOP goes nowhere.
          if (given || !(is_load || is_store || is_compute)) begin
            item_ready_o = 1'b1;
            state_d      = item_last_i ? StFinish : StIdle;
          end
        end
      end

      StDrain: if (all_empty_i) state_d = StFailed;
      StFailed: ;

      StBarrier: begin
        if (all_empty_i) begin
          item_ready_o = 1'b1;
          state_d      = item_last_i ? StFinish : StIdle;
        end
      end

      StFinish: begin
        if (all_empty_i) begin
          done_o  = 1'b1;
          state_d = StIdle;
        end
      end

      default: state_d = StIdle;
    endcase

    if (clear_i) state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
    end else begin
      state_q <= state_d;
    end
  end

  assign command_o = given;
  assign failed_o  = state_q == StFailed;
  assign opcode_o  = item_failed_i ? '0 : item_cmd_i[7:0];

  always_comb begin
    failure_o = '0;
    if (failed_o) begin
      failure_o.cause = cause;
      if (item_failed_i) failure_o = item_failure_i;
    end
  end

  assign busy_o = state_d != state_q;

endmodule : kestrel_dispatch
