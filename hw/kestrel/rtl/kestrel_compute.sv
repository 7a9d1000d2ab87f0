// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// The compute engine: executes ACCUMULATE, OUTPUT and SYNC, one at a time.
///
/// ACCUMULATE goes from the scratchpad through the array into the accumulators, OUTPUT from there,
/// or from the scratchpad, through the requantisation back to the scratchpad. Both share the ports.
///
/// After a failure nothing further is begun, and the engine waits for `clear_i`; what was written
/// until then stays written.
module kestrel_compute
  import kestrel_pkg::*;
(
  /// Clock, and that of OUTPUT, which may rest a few cycles after `output_busy_o` is low, and needs
  /// to run from the cycle after it is high.
  input  logic                 clk_i,
  input  logic                 clk_output_i,
  input  logic                 rst_ni,
  /// Forget the command; the accumulators stay.
  input  logic                 clear_i,

  /// Begin, one cycle. The command is legal and stays until `done_o`, or after a failure `clear_i`.
  input  logic                 start_i,
  input  logic [511:0]         cmd_i,
  /// The command is complete, one cycle.
  output logic                 done_o,
  /// The command failed, until `clear_i`; only the cause is ever set.
  output logic                 failed_o,
  output failure_t             failure_o,
  /// Needs the clock.
  output logic                 busy_o,
  output logic                 output_busy_o,
  /// `done_o` or `failed_o` will rise with the next edge.
  output logic                 ends_o,
  /// From start to done or failure.
  output logic                 active_o,

  /// Counters: a position enters the array; its multiplications and additions, / 16; an OUTPUT is
  /// in execution.
  output logic                 compute_busy_o,
  output logic [4:0]           macs16_o,
  output logic                 output_active_o,

  /// Begin to forget all rows of accumulators, one cycle; under way while `wiping_o`. Only at rest.
  input  logic                 wipe_i,
  output logic                 wiping_o,

  /// Parity test, one cycle: the next write to row `flip_addr_i` of accumulators stores bit
  /// `flip_bit_i` inverted; forget that again.
  input  logic                 flip_arm_i,
  input  logic [AccAddrW-1:0]  flip_addr_i,
  input  logic [8:0]           flip_bit_i,
  input  logic                 flip_forget_i,

  /// Scratchpad, activations, sources, residuals: data and parity in the cycle after the handshake.
  output logic                 ra_valid_o,
  output logic [SpadAddrW-1:0] ra_addr_o,
  input  logic                 ra_ready_i,
  input  logic [SpadWordW-1:0] ra_data_i,
  input  logic                 ra_error_i,
  /// Scratchpad, weights, biases and scales: the same.
  output logic                 rb_valid_o,
  output logic [SpadAddrW-1:0] rb_addr_o,
  input  logic                 rb_ready_i,
  input  logic [SpadWordW-1:0] rb_data_i,
  input  logic                 rb_error_i,
  /// Scratchpad, results.
  output logic                   wv_valid_o,
  output logic [SpadAddrW-1:0]   wv_addr_o,
  output logic [SpadWordW/8-1:0] wv_strb_o,
  output logic [SpadWordW-1:0]   wv_data_o,
  input  logic                   wv_ready_i
);

  import kestrel_cmd_pkg::*;
  import kestrel_compute_pkg::*;

  localparam int unsigned RowBits = ArrayCols * 32;

  accumulate_t cmd;
  assign cmd = accumulate_t'(cmd_i);

  logic start_accumulate, start_output;
  assign start_accumulate = start_i && cmd.opcode == OpcodeAccumulate;
  assign start_output     = start_i && cmd.opcode == OpcodeOutput;

  ////////////////
  // ACCUMULATE //
  ////////////////

  logic                         acc_done, acc_range, acc_parity;
  logic                         acc_ra_valid, acc_rb_valid;
  logic [SpadAddrW-1:0]         acc_ra_addr, acc_rb_addr;
  logic                         load, load_diagonal, load_identity, load_set;
  logic [$clog2(ArrayRows)-1:0] load_row;
  logic                         position, position_set;
  accumulate_tag_t              position_tag, ahead_tag;
  logic                         ahead_valid;
  logic [RowBits-1:0]           sums;

  kestrel_accumulate u_accumulate (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .clear_i         (clear_i || failed_o),
    .start_i         (start_accumulate),
    .cmd_i           (cmd),
    .done_o          (acc_done),
    .range_o         (acc_range),
    .parity_o        (acc_parity),
    .ra_valid_o      (acc_ra_valid),
    .ra_addr_o       (acc_ra_addr),
    .ra_ready_i      (ra_ready_i),
    .ra_error_i      (ra_error_i),
    .rb_valid_o      (acc_rb_valid),
    .rb_addr_o       (acc_rb_addr),
    .rb_ready_i      (rb_ready_i),
    .rb_error_i      (rb_error_i),
    .load_o          (load),
    .load_diagonal_o (load_diagonal),
    .load_identity_o (load_identity),
    .load_set_o      (load_set),
    .load_row_o      (load_row),
    .position_o      (position),
    .position_set_o  (position_set),
    .position_tag_o  (position_tag),
    .last_ahead_i    (ahead_valid && ahead_tag.last)
  );

  kestrel_array #(
    .Rows         (ArrayRows),
    .Cols         (ArrayCols),
    .RowsPerStage (RowsPerStage),
    .tag_t        (accumulate_tag_t)
  ) u_array (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .clear_i         (clear_i),
    .load_i          (load),
    .load_diagonal_i (load_diagonal),
    .load_identity_i (load_identity),
    .load_set_i      (load_set),
    .load_row_i      (load_row),
    .load_data_i     (rb_data_i),
    .valid_i         (position),
    .set_i           (position_set),
    .unsigned_i      (cmd.act_unsigned),
    .act_i           (ra_data_i),
    .tag_i           (position_tag),
    .ahead_valid_o   (ahead_valid),
    .ahead_tag_o     (ahead_tag),
    .sum_o           (sums)
  );

  assign compute_busy_o = position;
  assign macs16_o       = !position ? 5'd0 : cmd.mode == AccumulateModeMatmul ? 5'd16 : 5'd1;

  //////////////////
  // Accumulators //
  //////////////////

  logic                row_read, row_error, update_q;
  logic [AccAddrW-1:0] row_addr;
  logic [RowBits-1:0]  row;

  kestrel_accumulators u_accumulators (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .clear_i       (clear_i),
    .wipe_i        (wipe_i),
    .wiping_o      (wiping_o),
    .flip_arm_i    (flip_arm_i),
    .flip_addr_i   (flip_addr_i),
    .flip_bit_i    (flip_bit_i),
    .flip_forget_i (flip_forget_i),
    .read_i        (ahead_valid || row_read),
    .row_i         (ahead_valid ? ahead_tag.row : row_addr),
    .update_i      (ahead_valid),
    .replace_i     (ahead_tag.replace),
    .max_i         (ahead_tag.is_max),
    .sum_i         (sums),
    .row_o         (row),
    .error_o       (row_error)
  );

  // The row that is checked now belongs to ACCUMULATE.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      update_q <= 1'b0;
    end else begin
      update_q <= ahead_valid;
    end
  end

  ////////////
  // OUTPUT //
  ////////////

  logic                 out_done, out_range, out_parity;
  logic                 out_ra_valid, out_rb_valid;
  logic [SpadAddrW-1:0] out_ra_addr, out_rb_addr;

  kestrel_output u_output (
    .clk_i       (clk_output_i),
    .rst_ni      (rst_ni),
    .clear_i     (clear_i || failed_o),
    .start_i     (output_start_q),
    .cmd_i       (cmd_i),
    .done_o      (out_done),
    .range_o     (out_range),
    .parity_o    (out_parity),
    .row_read_o  (row_read),
    .row_addr_o  (row_addr),
    .row_i       (row),
    .row_error_i (row_error),
    .ra_valid_o  (out_ra_valid),
    .ra_addr_o   (out_ra_addr),
    .ra_ready_i  (ra_ready_i),
    .ra_data_i   (ra_data_i),
    .ra_error_i  (ra_error_i),
    .rb_valid_o  (out_rb_valid),
    .rb_addr_o   (out_rb_addr),
    .rb_ready_i  (rb_ready_i),
    .rb_data_i   (rb_data_i),
    .rb_error_i  (rb_error_i),
    .wv_valid_o  (wv_valid_o),
    .wv_addr_o   (wv_addr_o),
    .wv_data_o   (wv_data_o),
    .wv_ready_i  (wv_ready_i)
  );

  assign wv_strb_o = '1;

  // Only one of the two is at work.
  assign ra_valid_o = acc_ra_valid || out_ra_valid;
  assign ra_addr_o  = acc_ra_valid ? acc_ra_addr : out_ra_addr;
  assign rb_valid_o = acc_rb_valid || out_rb_valid;
  assign rb_addr_o  = acc_rb_valid ? acc_rb_addr : out_rb_addr;

  ///////////
  // State //
  ///////////

  logic         active_d, active_q, output_q, output_start_q, done_d, done_q;
  error_cause_e cause_d, cause_q;
  logic         fail_parity, fail_range;

  assign fail_parity = active_q && (acc_parity || out_parity || (update_q && row_error));
  assign fail_range  = active_q && (acc_range || out_range);

  always_comb begin
    active_d = active_q;
    cause_d  = cause_q;
    done_d   = 1'b0;
    if (clear_i) begin
      active_d = 1'b0;
      cause_d  = CauseNone;
    end else if (start_i) begin
      active_d = start_accumulate || start_output;
      done_d   = !active_d;
    end else if (active_q) begin
      // What was read before comes before what would be read next.
      if (fail_parity || fail_range) begin
        active_d = 1'b0;
        cause_d  = fail_parity ? CauseParity : CauseOperandRange;
      end else if (acc_done || out_done) begin
        active_d = 1'b0;
        done_d   = 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q       <= 1'b0;
      output_start_q <= 1'b0;
      output_q       <= 1'b0;
      done_q         <= 1'b0;
      cause_q        <= CauseNone;
    end else begin
      active_q       <= active_d;
      output_start_q <= start_output && !clear_i;
      output_q       <= start_i ? start_output : output_q && active_d;
      done_q         <= done_d;
      cause_q        <= cause_d;
    end
  end

  assign done_o          = done_q;
  assign failed_o        = cause_q != CauseNone;
  assign active_o        = active_q || done_q;
  assign ends_o          = done_d || (cause_d != CauseNone && !failed_o);
  assign output_active_o = output_q;
  assign output_busy_o   = start_output || output_q;
  assign busy_o          = active_q || done_q || wiping_o;

  assign failure_o.cause = cause_q;
  assign failure_o.resp  = '0;
  assign failure_o.fault = FaultNone;
  assign failure_o.acc   = AccessFetch;
  assign failure_o.addr  = '0;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(StartsAtRest, !(start_i && (active_q || wiping_o || failed_o)),
               "a command begins while the compute engine is at work")
  `PRIM_ASSERT(OneReads, !((acc_ra_valid && out_ra_valid) || (ahead_valid && row_read)),
               "ACCUMULATE and OUTPUT are at work together")

endmodule : kestrel_compute
