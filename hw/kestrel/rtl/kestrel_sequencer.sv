// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Executes commands one after another, and stops the engine for an error or a soft reset.
///
/// A command begins when the one before has completed, its write responses included. So an error is
/// exact: everything before ERROR_INDEX has been done, nothing after it.
///
/// Both ways of stopping are one: the blocks are cleared, and the isolator ends what they had begun
/// on the bus. After an error the engine then waits for a soft reset; after a soft reset it starts
/// anew. A soft reset that comes while an error stops the engine takes over.
module kestrel_sequencer
  import kestrel_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,

  /// RESET.SOFT was written; one cycle.
  input  logic                soft_reset_i,
  /// DOORBELL.
  input  logic [31:0]         doorbell_i,

  /// Commands.
  input  logic                command_valid_i,
  output logic                command_ready_o,
  input  fetched_t            command_i,
  input  logic [63:0]         command_addr_i,

  /// COPY unit.
  output logic                copy_start_o,
  input  logic                copy_done_i,
  input  logic                copy_error_i,
  input  bus_error_t          copy_error_info_i,

  /// FENCE unit.
  output logic                fence_start_o,
  input  logic                fence_done_i,
  input  logic                fence_error_i,
  input  bus_error_t          fence_error_info_i,

  /// Clear every block, cut the engine off the bus, until that has happened.
  output logic                stop_o,
  input  logic                stopped_i,

  /// Clear CONTROL.ENABLE; clear DOORBELL and IRQ_STATUS.
  output logic                enable_clear_o,
  output logic                state_clear_o,

  /// For software.
  output status_t             status_o,
  /// A fence completed; the engine stopped with an error. One cycle each.
  output logic                fence_event_o,
  output logic                error_event_o,

  /// A command is in execution.
  output logic                executing_o,
  /// Work is under way.
  output logic                busy_o
);

  import kestrel_cmd_pkg::*;

  typedef enum logic [2:0] {
    StReady,
    StCopy,
    StFence,
    StStopping,
    StError
  } state_e;

  state_e      state_d, state_q;
  logic        resetting_d, resetting_q;
  logic [31:0] head_d, head_q;
  error_t      error_d, error_q;

  logic        complete;
  logic        fail;
  bus_error_t  failure;

  ////////////
  // Decode //
  ////////////

  logic         is_nop, is_copy, is_fence, field_bad;
  error_cause_e command_cause;

  // Bits of the record that are not this opcode's must be zero.
  logic header_set, length_set, src_set, dst_set, value_set;

  assign header_set = command_i.header_reserved != '0 || command_i.reserved_set;
  assign length_set = command_i.length != '0;
  assign src_set    = command_i.src_hi != '0 || command_i.src_lo != '0;
  assign dst_set    = command_i.dst_hi != '0 || command_i.dst_lo != '0;
  assign value_set  = command_i.value_hi != '0 || command_i.value_lo != '0;

  always_comb begin
    is_nop    = command_i.opcode == OpcodeNop;
    is_copy   = command_i.opcode == OpcodeCopy;
    is_fence  = command_i.opcode == OpcodeFence;
    field_bad = header_set;

    if (is_nop)   field_bad = header_set || length_set || src_set || dst_set || value_set;
    if (is_copy)  field_bad = header_set || value_set;
    if (is_fence) field_bad = header_set || length_set || src_set || command_i.dst_lo[2:0] != '0;

    command_cause = CauseNone;
    if (command_i.cause != CauseNone)          command_cause = command_i.cause;
    else if (!is_nop && !is_copy && !is_fence) command_cause = CauseIllegalOpcode;
    else if (field_bad)                        command_cause = CauseIllegalField;
  end

  ///////////
  // State //
  ///////////

  logic [7:0] opcode_d, opcode_q;  // Of the command in execution.

  always_comb begin
    state_d     = state_q;
    resetting_d = resetting_q;
    opcode_d    = opcode_q;

    command_ready_o = 1'b0;
    copy_start_o    = 1'b0;
    fence_start_o   = 1'b0;
    fence_event_o   = 1'b0;
    error_event_o   = 1'b0;
    complete        = 1'b0;
    fail            = 1'b0;
    failure         = '0;

    unique case (state_q)
      StReady: begin
        if (command_valid_i) begin
          command_ready_o = 1'b1;
          opcode_d        = command_i.opcode;
          if (command_cause != CauseNone) begin
            fail          = 1'b1;
            failure.cause = command_cause;
            failure.resp  = command_i.resp;
            failure.addr  = command_cause == CauseFetchError ? command_addr_i : '0;
          end else if (is_copy && length_set) begin
            copy_start_o = 1'b1;
            state_d      = StCopy;
          end else if (is_fence) begin
            fence_start_o = 1'b1;
            state_d       = StFence;
          end else begin
            complete = 1'b1;
          end
        end
      end

      StCopy: begin
        complete = copy_done_i;
        fail     = copy_error_i;
        failure  = copy_error_info_i;
        if (copy_done_i) state_d = StReady;
      end

      StFence: begin
        complete      = fence_done_i;
        fence_event_o = fence_done_i;
        fail          = fence_error_i;
        failure       = fence_error_info_i;
        if (fence_done_i) state_d = StReady;
      end

      StStopping: begin
        if (stopped_i) begin
          state_d       = resetting_q ? StReady : StError;
          error_event_o = !resetting_q;
          resetting_d   = 1'b0;
        end
      end

      StError: ;

      default: state_d = StReady;
    endcase

    if (fail) state_d = StStopping;

    if (soft_reset_i) begin
      // Whatever begins in this cycle is cleared in the next.
      state_d       = StStopping;
      resetting_d   = 1'b1;
      error_event_o = 1'b0;
    end
  end

  always_comb begin
    head_d  = head_q + 32'(complete);
    error_d = error_q;

    if (fail) begin
      error_d.cause  = failure.cause;
      error_d.resp   = failure.resp;
      error_d.opcode = opcode_d;
      error_d.index  = head_q;
      error_d.addr   = failure.addr;
    end
    if (resetting_q) begin
      head_d  = '0;
      error_d = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q     <= StReady;
      resetting_q <= 1'b0;
      opcode_q    <= '0;
      head_q      <= '0;
      error_q     <= '0;
    end else begin
      state_q     <= state_d;
      resetting_q <= resetting_d;
      opcode_q    <= opcode_d;
      head_q      <= head_d;
      error_q     <= error_d;
    end
  end

  //////////////
  // Counters //
  //////////////

  logic [31:0] commands_d, commands_q;
  logic [63:0] bytes_d, bytes_q;
  logic [63:0] busy_cycles_d, busy_cycles_q;
  logic [31:0] length_d, length_q;  // Of the COPY in execution.

  always_comb begin
    length_d      = copy_start_o ? command_i.length : length_q;
    commands_d    = commands_q + 32'(complete);
    bytes_d       = (state_q == StCopy && complete) ? bytes_q + 64'(length_q) : bytes_q;
    busy_cycles_d = busy_cycles_q + 64'(executing_o);

    if (resetting_q) begin
      commands_d    = '0;
      bytes_d       = '0;
      busy_cycles_d = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      length_q      <= '0;
      commands_q    <= '0;
      bytes_q       <= '0;
      busy_cycles_q <= '0;
    end else begin
      length_q      <= length_d;
      commands_q    <= commands_d;
      bytes_q       <= bytes_d;
      busy_cycles_q <= busy_cycles_d;
    end
  end

  /////////////
  // Outputs //
  /////////////

  assign executing_o = state_q == StCopy || state_q == StFence;
  assign stop_o      = state_q == StStopping || state_q == StError;
  assign busy_o      = executing_o || state_q == StStopping || soft_reset_i;

  // A write to CONTROL or DOORBELL must not slip in while the engine stops.
  assign enable_clear_o = stop_o;
  assign state_clear_o  = resetting_q;

  assign status_o.idle        = state_q == StReady && head_q == doorbell_i;
  assign status_o.error       = state_q == StError;
  assign status_o.resetting   = resetting_q || soft_reset_i;
  assign status_o.head        = head_q;
  assign status_o.error_info  = error_q;
  assign status_o.commands    = commands_q;
  assign status_o.bytes       = bytes_q;
  assign status_o.busy_cycles = busy_cycles_q;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(OneUnitAtATime, !(copy_done_i && state_q == StFence),
               "the COPY unit completed while a FENCE was in execution")
  `PRIM_ASSERT(ErrorHasCause, !(status_o.error && error_q.cause == CauseNone),
               "the engine stopped with an error without a cause")

endmodule : kestrel_sequencer
