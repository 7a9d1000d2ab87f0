// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Controls an ACCUMULATE: reads activations and weights from the scratchpad and sends them, with
/// the row of accumulators that each position belongs to, through the array.
///
/// A pass is one k, over all positions. Weights of the next pass are loaded while this one is at
/// work, so that a pass of MATMUL takes as many cycles as it has positions, but not less than the
/// 16 that its weights take. DEPTHWISE loads its word of weights into the diagonal of the array;
/// SUM and MAX have ones there.
///
/// All state that a cycle changes lies under `run_q`: at rest the block does nothing.
module kestrel_accumulate
  import kestrel_pkg::*;
(
  input  logic                        clk_i,
  input  logic                        rst_ni,
  /// Forget the command.
  input  logic                        clear_i,

  /// Begin, one cycle. The command is legal and stays until `done_o` or `clear_i`.
  input  logic                        start_i,
  input  kestrel_cmd_pkg::accumulate_t cmd_i,
  /// All rows are written, one cycle.
  output logic                        done_o,
  /// A word or row outside of the memories was to be used; a word read had the wrong parity. One
  /// cycle; nothing is begun after it.
  output logic                        range_o,
  output logic                        parity_o,

  /// Scratchpad, activations: data in the cycle after the handshake.
  output logic                        ra_valid_o,
  output logic [SpadAddrW-1:0]        ra_addr_o,
  input  logic                        ra_ready_i,
  input  logic                        ra_error_i,
  /// Scratchpad, weights.
  output logic                        rb_valid_o,
  output logic [SpadAddrW-1:0]        rb_addr_o,
  input  logic                        rb_ready_i,
  input  logic                        rb_error_i,

  /// To the array: weights, whose data is on the scratchpad's port; or ones in the diagonal.
  output logic                        load_o,
  output logic                        load_diagonal_o,
  output logic                        load_identity_o,
  output logic                        load_set_o,
  output logic [$clog2(ArrayRows)-1:0] load_row_o,
  /// To the array: a position, whose data is on the scratchpad's port.
  output logic                        position_o,
  output logic                        position_set_o,
  output kestrel_compute_pkg::accumulate_tag_t position_tag_o,
  /// From the array: the last position of the command will update its row next.
  input  logic                        last_ahead_i
);

  import kestrel_cmd_pkg::*;

  localparam int unsigned RowW = $clog2(ArrayRows);

  // Of the command.
  logic matmul, weighted, one_position;
  assign matmul       = cmd_i.mode == AccumulateModeMatmul;
  assign weighted     = matmul || cmd_i.mode == AccumulateModeDepthwise;
  assign one_position = cmd_i.n0 == 16'd1 && cmd_i.n1 == 16'd1;

  function automatic logic [31:0] step(logic [31:0] word, logic [15:0] stride);
    return word + {{16{stride[15]}}, stride};
  endfunction

  ///////////////
  // Positions //
  ///////////////

  logic        run_q;      // A command is in execution.
  logic        issue_q;    // There are positions left to read.
  logic        first_q;    // They are of k = 0.
  logic        gap_q;      // A row that was just read must be written before it is read again.
  logic        set_q;      // Weights of this pass.
  logic [1:0]  ready_q;    // Sets that are loaded, this pass's included.
  logic [15:0] n0_q, n1_q, r0_q, r1_q, r2_q;  // Left, this one included.
  logic [31:0] word_q;     // Of the next position.
  logic [31:0] line_q;     // Of n0 = 0.
  logic [31:0] base0_q, base1_q, base2_q;     // Of n1 = 0: also of r0 = 0, of r1 = 0.
  logic [16:0] row_q;

  logic last_n, last_r, ready, in_range, issue, pass_ends;
  assign last_n    = n0_q == 16'd1 && n1_q == 16'd1;
  assign last_r    = r0_q == 16'd1 && r1_q == 16'd1 && r2_q == 16'd1;
  assign ready     = issue_q && ready_q != 2'd0 && !gap_q;
  assign in_range  = word_q < 32'(SpadWords) && row_q < 17'(AccRows);
  assign issue     = ra_valid_o && ra_ready_i;
  assign pass_ends = issue && last_n;

  assign ra_valid_o = ready && in_range;
  assign ra_addr_o  = word_q[SpadAddrW-1:0];

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      first_q <= 1'b1;
      n0_q    <= cmd_i.n0;
      n1_q    <= cmd_i.n1;
      r0_q    <= cmd_i.r0;
      r1_q    <= cmd_i.r1;
      r2_q    <= cmd_i.count_r2;
      word_q  <= 32'(cmd_i.act);
      line_q  <= 32'(cmd_i.act);
      base0_q <= 32'(cmd_i.act);
      base1_q <= 32'(cmd_i.act);
      base2_q <= 32'(cmd_i.act);
      row_q   <= 17'(cmd_i.rows);
      set_q   <= 1'b0;
    end else if (issue) begin
      row_q <= row_q + 1'b1;
      if (n0_q != 16'd1) begin
        n0_q   <= n0_q - 1'b1;
        word_q <= step(word_q, cmd_i.s0);
      end else if (n1_q != 16'd1) begin
        n0_q   <= cmd_i.n0;
        n1_q   <= n1_q - 1'b1;
        word_q <= step(line_q, cmd_i.s1);
        line_q <= step(line_q, cmd_i.s1);
      end else begin
        automatic logic [31:0] base;
        first_q <= 1'b0;
        n0_q    <= cmd_i.n0;
        n1_q    <= cmd_i.n1;
        row_q   <= 17'(cmd_i.rows);
        if (weighted) set_q <= !set_q;
        if (r0_q != 16'd1) begin
          r0_q <= r0_q - 1'b1;
          base = step(base0_q, cmd_i.t0);
        end else begin
          r0_q <= cmd_i.r0;
          if (r1_q != 16'd1) begin
            r1_q <= r1_q - 1'b1;
            base = step(base1_q, cmd_i.t1);
          end else begin
            r1_q    <= cmd_i.r1;
            r2_q    <= r2_q - 1'b1;
            base    = step(base2_q, cmd_i.stride_t2);
            base2_q <= base;
          end
          base1_q <= base;
        end
        base0_q <= base;
        line_q  <= base;
        word_q  <= base;
      end
    end
  end

  // A position on its way from the scratchpad to the array.
  always_ff @(posedge clk_i) begin
    if (issue) begin
      position_set_o         <= set_q;
      position_tag_o.row     <= row_q[AccAddrW-1:0];
      position_tag_o.replace <= first_q && !cmd_i.keep;
      position_tag_o.is_max  <= cmd_i.mode == AccumulateModeMax;
      position_tag_o.last    <= last_n && last_r;
    end
  end

  /////////////
  // Weights //
  /////////////

  logic            identity_q;      // The ones are to be loaded.
  logic            load_set_q;      // Set that is filled now.
  logic [RowW-1:0] load_row_q;
  logic [SpadAddrW:0] weight_q;     // Next word; does not go further than one beyond the last.
  logic            wanted, weight_in_range, fetch, set_loaded;

  // One set ahead of the positions, and only for a pass that there is.
  assign wanted = run_q && issue_q && weighted &&
                  (ready_q == 2'd0 || (ready_q == 2'd1 && !last_r));
  assign weight_in_range = weight_q < (SpadAddrW+1)'(SpadWords);
  assign fetch      = rb_valid_o && rb_ready_i;
  assign set_loaded = fetch && (!matmul || load_row_q == RowW'(ArrayRows - 1));

  assign rb_valid_o = wanted && weight_in_range;
  assign rb_addr_o  = weight_q[SpadAddrW-1:0];

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      load_set_q <= 1'b0;
      load_row_q <= '0;
      // A first word that lies far beyond is as good as one just beyond.
      weight_q   <= cmd_i.weight < 16'(SpadWords) ? (SpadAddrW+1)'(cmd_i.weight)
                                                  : (SpadAddrW+1)'(SpadWords);
    end else if (fetch) begin
      weight_q   <= weight_q + 1'b1;
      load_row_q <= matmul ? load_row_q + 1'b1 : '0;
      if (set_loaded) load_set_q <= !load_set_q;
    end
  end

  // A word of weights on its way from the scratchpad to the array.
  always_ff @(posedge clk_i) begin
    if (fetch || identity_q) begin
      load_set_o      <= identity_q ? 1'b0 : load_set_q;
      load_row_o      <= load_row_q;
      load_diagonal_o <= !matmul;
      load_identity_o <= identity_q;
    end
  end

  ///////////
  // State //
  ///////////

  logic position_q, load_q, last_q;

  assign position_o = position_q;
  assign load_o     = load_q;

  // A word that is out of range is found when its turn has come.
  assign range_o  = run_q && ((ready && !in_range) || (wanted && !weight_in_range));
  assign parity_o = run_q && ((position_q && ra_error_i) ||
                              (load_q && !load_identity_o && rb_error_i));
  assign done_o   = last_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q      <= 1'b0;
      issue_q    <= 1'b0;
      gap_q      <= 1'b0;
      ready_q    <= 2'd0;
      identity_q <= 1'b0;
      position_q <= 1'b0;
      load_q     <= 1'b0;
      last_q     <= 1'b0;
    end else if (clear_i || range_o || parity_o) begin
      run_q      <= 1'b0;
      issue_q    <= 1'b0;
      gap_q      <= 1'b0;
      ready_q    <= 2'd0;
      identity_q <= 1'b0;
      position_q <= 1'b0;
      load_q     <= 1'b0;
      last_q     <= 1'b0;
    end else if (start_i) begin
      run_q      <= 1'b1;
      issue_q    <= 1'b1;
      ready_q    <= 2'd0;
      identity_q <= !weighted;
    end else if (run_q) begin
      if (pass_ends && last_r) issue_q <= 1'b0;
      gap_q      <= issue && one_position;
      ready_q    <= ready_q + 2'(set_loaded || identity_q) - 2'(pass_ends && weighted);
      identity_q <= 1'b0;
      position_q <= issue;
      load_q     <= fetch || identity_q;
      last_q     <= last_ahead_i;
      if (last_q) run_q <= 1'b0;
    end else begin
      last_q <= 1'b0;
    end
  end

  logic unused_cmd;
  assign unused_cmd = ^cmd_i;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(SetsCounted, ready_q <= 2'd2, "a set of weights is loaded over one in use")

endmodule : kestrel_accumulate
