// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Executes an OUTPUT: reads rows of accumulators or words of the scratchpad, has them requantised,
/// and writes the results to the scratchpad.
///
/// One position a cycle, or with a residual one every two cycles: first its residual is read, then
/// its source. Biases and scales, if they are in the scratchpad, are read before the first
/// position. A word is not read while the result of a position before is under way to it, so
/// positions may be thought of as done one after another.
module kestrel_output
  import kestrel_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,
  /// Forget the command.
  input  logic                    clear_i,

  /// Begin, one cycle. The command is legal and stays until `done_o` or `clear_i`.
  input  logic                    start_i,
  input  logic [511:0]            cmd_i,
  /// All results are in the scratchpad, one cycle.
  output logic                    done_o,
  /// A word or row outside of the memories was to be used; something read had the wrong parity. One
  /// cycle; nothing is begun after it.
  output logic                    range_o,
  output logic                    parity_o,

  /// Accumulators: the row is there in the cycle after.
  output logic                    row_read_o,
  output logic [AccAddrW-1:0]     row_addr_o,
  input  logic [ArrayCols*32-1:0] row_i,
  input  logic                    row_error_i,

  /// Scratchpad, source and residual: data in the cycle after the handshake.
  output logic                    ra_valid_o,
  output logic [SpadAddrW-1:0]    ra_addr_o,
  input  logic                    ra_ready_i,
  input  logic [SpadWordW-1:0]    ra_data_i,
  input  logic                    ra_error_i,
  /// Scratchpad, biases and scales.
  output logic                    rb_valid_o,
  output logic [SpadAddrW-1:0]    rb_addr_o,
  input  logic                    rb_ready_i,
  input  logic [SpadWordW-1:0]    rb_data_i,
  input  logic                    rb_error_i,
  /// Scratchpad, results.
  output logic                    wv_valid_o,
  output logic [SpadAddrW-1:0]    wv_addr_o,
  output logic [SpadWordW-1:0]    wv_data_o,
  input  logic                    wv_ready_i
);

  localparam int unsigned ParamWords = 2 * ArrayCols * 32 / SpadWordW;
  localparam int unsigned ParamW     = $clog2(ParamWords);

  kestrel_cmd_pkg::output_t cmd;
  assign cmd = kestrel_cmd_pkg::output_t'(cmd_i);

  function automatic logic [31:0] step(logic [31:0] word, logic [15:0] stride);
    return word + {{16{stride[15]}}, stride};
  endfunction

  /////////////////////
  // Bias and scales //
  /////////////////////

  logic                    params_q;       // They are being read.
  logic [ParamW-1:0]       param_q;        // Word of them to be read.
  logic                    param_read_q;   // A word of them is there.
  logic [ParamW-1:0]       param_there_q;  // Which.
  logic [16:0]             param_word;
  logic                    param_in_range, param_fetch;
  logic [ArrayCols*32-1:0] bias_q, scale_q;

  assign param_word     = 17'(cmd.param) + 17'(param_q);
  assign param_in_range = param_word < 17'(SpadWords);
  assign rb_valid_o     = params_q && param_in_range;
  assign rb_addr_o      = param_word[SpadAddrW-1:0];
  assign param_fetch    = rb_valid_o && rb_ready_i;

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      bias_q  <= {ArrayCols{cmd.bias}};
      scale_q <= {ArrayCols{cmd.scale}};
    end else if (param_read_q) begin
      if (param_there_q[ParamW-1]) begin
        scale_q[SpadWordW*param_there_q[ParamW-2:0] +: SpadWordW] <= rb_data_i;
      end else begin
        bias_q[SpadWordW*param_there_q[ParamW-2:0] +: SpadWordW] <= rb_data_i;
      end
    end
  end

  ///////////////
  // Positions //
  ///////////////

  logic        run_q;        // A command is in execution.
  logic        issue_q;      // There are positions left to begin.
  logic        second_q;     // The residual of the next position is read already.
  logic [15:0] n0_q, n1_q;   // Left, this one included.
  logic [31:0] src_q, dst_q, res_q;                 // Of the next position.
  logic [31:0] src_line_q, dst_line_q, res_line_q;  // Of n0 = 0.

  logic        residual, from_spad, ready, in_range, room, under_way, empty;
  logic        issue, issue_main;
  logic [SpadAddrW-1:0] word;

  assign residual  = cmd.res && !second_q;  // It is a residual's turn.
  assign from_spad = residual || cmd.src_scratchpad;
  assign word      = residual ? res_q[SpadAddrW-1:0] : src_q[SpadAddrW-1:0];
  assign in_range  = src_q < (cmd.src_scratchpad ? 32'(SpadWords) : 32'(AccRows)) &&
                     dst_q < 32'(SpadWords) &&
                     (!cmd.res || res_q < 32'(SpadWords));
  assign ready     = issue_q && !params_q && room;

  assign ra_valid_o = ready && in_range && from_spad && !under_way;
  assign ra_addr_o  = word;
  assign row_read_o = ready && in_range && !from_spad;
  assign row_addr_o = word[AccAddrW-1:0];

  assign issue      = row_read_o || (ra_valid_o && ra_ready_i);
  assign issue_main = issue && !residual;

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      n0_q       <= cmd.n0;
      n1_q       <= cmd.n1;
      src_q      <= 32'(cmd.src);
      dst_q      <= 32'(cmd.dst);
      res_q      <= 32'(cmd.more_words_res);
      src_line_q <= 32'(cmd.src);
      dst_line_q <= 32'(cmd.dst);
      res_line_q <= 32'(cmd.more_words_res);
    end else if (issue_main) begin
      if (n0_q != 16'd1) begin
        n0_q  <= n0_q - 1'b1;
        src_q <= step(src_q, cmd.ss0);
        dst_q <= step(dst_q, cmd.ds0);
        res_q <= step(res_q, cmd.rs0);
      end else begin
        n0_q       <= cmd.n0;
        n1_q       <= n1_q - 1'b1;
        src_q      <= step(src_line_q, cmd.ss1);
        dst_q      <= step(dst_line_q, cmd.ds1);
        res_q      <= step(res_line_q, cmd.rs1);
        src_line_q <= step(src_line_q, cmd.ss1);
        dst_line_q <= step(dst_line_q, cmd.ds1);
        res_line_q <= step(res_line_q, cmd.rs1);
      end
    end
  end

  // What was read and goes into the lanes now.
  logic              there_q, there_residual_q, there_bytes_q, there_unsigned_q;
  logic signed [8:0] there_zero_q;

  always_ff @(posedge clk_i) begin
    if (issue) begin
      there_residual_q <= residual;
      there_bytes_q    <= from_spad;
      there_unsigned_q <= residual ? cmd.res_unsigned : cmd.src_unsigned;
      there_zero_q     <= residual ? cmd.more_zero[8:0] : cmd.src_zero[8:0];
    end
  end

  ///////////
  // Lanes //
  ///////////

  kestrel_compute_pkg::requant_t requant;
  logic                          result_valid;
  logic [SpadWordW-1:0]          result;

  assign requant.residual  = cmd.res;
  assign requant.res_scale = cmd.res_scale;
  assign requant.out_zero  = cmd.out_zero[9:0];
  assign requant.min       = cmd.min[9:0];
  assign requant.max       = cmd.max[9:0];

  kestrel_requant u_requant (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .clear_i    (clear_i),
    .config_i   (requant),
    .bias_i     (bias_q),
    .scale_i    (scale_q),
    .valid_i    (there_q),
    .residual_i (there_residual_q),
    .bytes_i    (there_bytes_q),
    .unsigned_i (there_unsigned_q),
    .zero_i     (there_zero_q),
    .word_i     (ra_data_i),
    .row_i      (row_i),
    .valid_o    (result_valid),
    .result_o   (result)
  );

  kestrel_results u_results (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i || range_o || parity_o),
    .take_i       (issue_main),
    .take_addr_i  (dst_q[SpadAddrW-1:0]),
    .room_o       (room),
    .fill_i       (result_valid && run_q),
    .fill_data_i  (result),
    .empty_o      (empty),
    .query_i      (ready && from_spad),
    .query_addr_i (word),
    .under_way_o  (under_way),
    .wv_valid_o   (wv_valid_o),
    .wv_addr_o    (wv_addr_o),
    .wv_data_o    (wv_data_o),
    .wv_ready_i   (wv_ready_i)
  );

  ///////////
  // State //
  ///////////

  assign range_o  = (ready && !in_range) || (params_q && !param_in_range);
  assign parity_o = (there_q && (there_bytes_q ? ra_error_i : row_error_i)) ||
                    (param_read_q && rb_error_i);
  assign done_o   = run_q && !issue_q && empty;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q         <= 1'b0;
      issue_q       <= 1'b0;
      second_q      <= 1'b0;
      there_q       <= 1'b0;
      params_q      <= 1'b0;
      param_q       <= '0;
      param_read_q  <= 1'b0;
      param_there_q <= '0;
    end else if (clear_i || range_o || parity_o) begin
      run_q         <= 1'b0;
      issue_q       <= 1'b0;
      second_q      <= 1'b0;
      there_q       <= 1'b0;
      params_q      <= 1'b0;
      param_q       <= '0;
      param_read_q  <= 1'b0;
      param_there_q <= '0;
    end else if (start_i) begin
      run_q    <= 1'b1;
      issue_q  <= 1'b1;
      second_q <= 1'b0;
      params_q <= cmd.per_channel;
      param_q  <= '0;
    end else if (run_q) begin
      if (done_o) run_q <= 1'b0;
      if (issue_main && n0_q == 16'd1 && n1_q == 16'd1) issue_q <= 1'b0;
      if (issue) second_q <= residual;
      there_q      <= issue;
      param_read_q <= param_fetch;
      if (param_fetch) begin
        param_q       <= param_q + 1'b1;
        param_there_q <= param_q;
        if (param_q == ParamW'(ParamWords - 1)) params_q <= 1'b0;
      end
    end
  end

  logic unused_cmd;
  assign unused_cmd = ^cmd;

endmodule : kestrel_output
