// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Executes a command buffer: fetch, dispatch to the engines, order by tokens.
///
/// It completes when every command in it has. The first failure is told at once, of several in one
/// cycle the one of the lowest offset; then everything waits for `clear_i`.
module kestrel_commands
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              clear_i,

  /// Begin; one cycle. See kestrel_call.
  input  logic              start_i,
  input  logic [63:0]       addr_i,
  input  logic [31:0]       size_i,
  input  logic [SpaceW-1:0] space_i,
  /// Complete; one cycle.
  output logic              done_o,
  /// Failed; until `clear_i`. Which command, and how.
  output logic              failed_o,
  output failure_t          failure_o,
  output logic [7:0]        opcode_o,
  output logic [31:0]       offset_o,

  /// Whose access `stalled_access_i` is: opcode, or 0 for a command that is being fetched, and
  /// offset.
  input  access_e           stalled_access_i,
  output logic [7:0]        stalled_opcode_o,
  output logic [31:0]       stalled_offset_o,

  /// Bus; see kestrel_front.
  output logic              valid_o,
  output bus_req_t          req_o,
  input  logic              ready_i,
  input  logic              refuse_i,
  input  refusal_t          refusal_i,
  input  logic              r_valid_i,
  input  r_beat_t           r_i,

  /// Engines; see kestrel_front.
  output logic              load_start_o,
  output transfer_t         load_cmd_o,
  input  logic              load_done_i,
  input  logic              load_failed_i,
  input  failure_t          load_failure_i,
  output logic              store_start_o,
  output transfer_t         store_cmd_o,
  input  logic              store_done_i,
  input  logic              store_failed_i,
  input  failure_t          store_failure_i,
  output logic              compute_start_o,
  output logic [511:0]      compute_cmd_o,
  input  logic              compute_done_i,
  input  logic              compute_failed_i,
  input  failure_t          compute_failure_i,

  /// To the counters; see kestrel_front.
  output logic              command_o,
  output logic              load_token_o,
  output logic              compute_token_o,
  output logic              store_token_o,
  /// See kestrel_front.
  output logic              busy_o
);

  ////////////////////////
  // Fetch and dispatch //
  ////////////////////////

  logic         call_busy, dispatch_busy;
  logic         item_valid, item_ready, item_last, item_failed;
  logic [511:0] item_cmd;
  logic [31:0]  item_offset, req_offset;
  failure_t     item_failure;

  kestrel_call u_call (
    .clk_i          (clk_i),
    .rst_ni         (rst_ni),
    .clear_i        (clear_i),
    .start_i        (start_i),
    .addr_i         (addr_i),
    .size_i         (size_i),
    .space_i        (space_i),
    .valid_o        (valid_o),
    .req_o          (req_o),
    .ready_i        (ready_i),
    .refuse_i       (refuse_i),
    .refusal_i      (refusal_i),
    .r_valid_i      (r_valid_i),
    .r_i            (r_i),
    .req_offset_o   (req_offset),
    .item_valid_o   (item_valid),
    .item_ready_i   (item_ready),
    .item_cmd_o     (item_cmd),
    .item_offset_o  (item_offset),
    .item_last_o    (item_last),
    .item_failed_o  (item_failed),
    .item_failure_o (item_failure),
    .busy_o         (call_busy)
  );

  logic       load_valid, load_ready, load_empty, load_busy;
  logic       store_valid, store_ready, store_empty, store_busy;
  logic       compute_valid, compute_ready, compute_empty, compute_busy;
  logic       refused;
  failure_t   refused_failure;
  logic [7:0] refused_opcode;

  kestrel_dispatch u_dispatch (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .clear_i         (clear_i),
    .item_valid_i    (item_valid),
    .item_ready_o    (item_ready),
    .item_cmd_i      (item_cmd),
    .item_last_i     (item_last),
    .item_failed_i   (item_failed),
    .item_failure_i  (item_failure),
    .load_valid_o    (load_valid),
    .load_ready_i    (load_ready),
    .store_valid_o   (store_valid),
    .store_ready_i   (store_ready),
    .compute_valid_o (compute_valid),
    .compute_ready_i (compute_ready),
    .all_empty_i     (load_empty && store_empty && compute_empty),
    .done_o          (done_o),
    .failed_o        (refused),
    .failure_o       (refused_failure),
    .opcode_o        (refused_opcode),
    .command_o       (command_o),
    .busy_o          (dispatch_busy)
  );

  ////////////
  // Tokens //
  ////////////

  localparam int unsigned LoadToCompute  = 0;
  localparam int unsigned ComputeToLoad  = 1;
  localparam int unsigned ComputeToStore = 2;
  localparam int unsigned StoreToCompute = 3;

  logic [3:0] put, take, any, room;

  kestrel_tokens u_tokens (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_i || start_i),
    .put_i   (put),
    .take_i  (take),
    .any_o   (any),
    .room_o  (room)
  );

  /////////////
  // Engines //
  /////////////

  logic [511:0] load_cmd, store_cmd;
  logic [31:0]  load_offset, store_offset, compute_offset;
  logic         unused_load_take, unused_load_put, unused_store_take, unused_store_put;

  kestrel_issue u_load (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .wr_valid_i   (load_valid),
    .wr_ready_o   (load_ready),
    .wr_cmd_i     (item_cmd),
    .wr_offset_i  (item_offset),
    .prev_any_i   (1'b1),
    .prev_take_o  (unused_load_take),
    .prev_room_i  (1'b1),
    .prev_put_o   (unused_load_put),
    .next_any_i   (any[ComputeToLoad]),
    .next_take_o  (take[ComputeToLoad]),
    .next_room_i  (room[LoadToCompute]),
    .next_put_o   (put[LoadToCompute]),
    .start_o      (load_start_o),
    .cmd_o        (load_cmd),
    .offset_o     (load_offset),
    .done_i       (load_done_i),
    .token_wait_o (load_token_o),
    .empty_o      (load_empty),
    .busy_o       (load_busy)
  );

  kestrel_issue u_compute (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .wr_valid_i   (compute_valid),
    .wr_ready_o   (compute_ready),
    .wr_cmd_i     (item_cmd),
    .wr_offset_i  (item_offset),
    .prev_any_i   (any[LoadToCompute]),
    .prev_take_o  (take[LoadToCompute]),
    .prev_room_i  (room[ComputeToLoad]),
    .prev_put_o   (put[ComputeToLoad]),
    .next_any_i   (any[StoreToCompute]),
    .next_take_o  (take[StoreToCompute]),
    .next_room_i  (room[ComputeToStore]),
    .next_put_o   (put[ComputeToStore]),
    .start_o      (compute_start_o),
    .cmd_o        (compute_cmd_o),
    .offset_o     (compute_offset),
    .done_i       (compute_done_i),
    .token_wait_o (compute_token_o),
    .empty_o      (compute_empty),
    .busy_o       (compute_busy)
  );

  kestrel_issue u_store (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .wr_valid_i   (store_valid),
    .wr_ready_o   (store_ready),
    .wr_cmd_i     (item_cmd),
    .wr_offset_i  (item_offset),
    .prev_any_i   (any[ComputeToStore]),
    .prev_take_o  (take[ComputeToStore]),
    .prev_room_i  (room[StoreToCompute]),
    .prev_put_o   (put[StoreToCompute]),
    .next_any_i   (1'b1),
    .next_take_o  (unused_store_take),
    .next_room_i  (1'b1),
    .next_put_o   (unused_store_put),
    .start_o      (store_start_o),
    .cmd_o        (store_cmd),
    .offset_o     (store_offset),
    .done_i       (store_done_i),
    .token_wait_o (store_token_o),
    .empty_o      (store_empty),
    .busy_o       (store_busy)
  );

  assign load_cmd_o  = transfer_t'(load_cmd);
  assign store_cmd_o = transfer_t'(store_cmd);

  //////////////
  // Failures //
  //////////////

  // A command that was refused comes after everything that was given to an engine; it is told only
  // when all of that has completed, so it never meets another failure.
  assign failed_o = load_failed_i || store_failed_i || compute_failed_i || refused;

  always_comb begin
    failure_o = '0;
    opcode_o  = '0;
    offset_o  = '0;
    if (refused) begin
      failure_o = refused_failure;
      opcode_o  = refused_opcode;
      offset_o  = item_offset;
    end
    if (load_failed_i) begin
      failure_o = load_failure_i;
      opcode_o  = load_cmd[7:0];
      offset_o  = load_offset;
    end
    if (compute_failed_i && !(load_failed_i && load_offset < compute_offset)) begin
      failure_o = compute_failure_i;
      opcode_o  = compute_cmd_o[7:0];
      offset_o  = compute_offset;
    end
    if (store_failed_i && !(load_failed_i && load_offset < store_offset) &&
        !(compute_failed_i && compute_offset < store_offset)) begin
      failure_o = store_failure_i;
      opcode_o  = store_cmd[7:0];
      offset_o  = store_offset;
    end
  end

  always_comb begin
    unique case (stalled_access_i)
      AccessLoad: begin
        stalled_opcode_o = load_cmd[7:0];
        stalled_offset_o = load_offset;
      end
      AccessStore: begin
        stalled_opcode_o = store_cmd[7:0];
        stalled_offset_o = store_offset;
      end
      default: begin
        stalled_opcode_o = '0;
        stalled_offset_o = req_offset;
      end
    endcase
  end

  assign busy_o = call_busy || dispatch_busy || load_busy || store_busy || compute_busy;

endmodule : kestrel_commands
