// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Walks the four loops of a LOAD or STORE and gives its runs, one a cycle.
///
/// The arithmetic is the record's (kestrel.rdl): y, x and s modulo 2^32, the address modulo 2^64,
/// x + b not wrapped. Each loop keeps the place where its current turn began; a loop that goes on
/// adds its step to that, and the loops inside of it begin there. Then two stages: clipping and the
/// product of row and pitch; the sum of the address.
///
/// After the run with `last` nothing is given until the next start.
module kestrel_runs
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
  import kestrel_transfer_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  /// Forget the command.
  input  logic        clear_i,

  /// Begin, one cycle, while no run of another command is left.
  input  logic        start_i,
  /// The command, from then until its last run.
  // Whoever starts the engine looks at the rest.
  /* verilator lint_off UNUSEDSIGNAL */
  input  transfer_t   cmd_i,
  /* verilator lint_on UNUSEDSIGNAL */

  /// Runs.
  output logic        valid_o,
  input  logic        ready_i,
  output run_t        run_o,
  /// Memory address of the run's first inner byte; arbitrary if it has none.
  output logic [63:0] addr_o
);

  logic running_q;                   // The loops are not at their end.
  logic clipped_valid_q, valid_q;    // Of the two stages behind them.
  logic clipped_ready, walk, finish;

  assign clipped_ready = !clipped_valid_q || !valid_q || ready_i;
  assign walk          = running_q && clipped_ready;
  assign finish        = clipped_valid_q && (!valid_q || ready_i);

  ///////////
  // Loops //
  ///////////

  // Of each loop: turns left after this one, and the place at the begin of this one. That of loop 1
  // is the place of the current run.
  logic [15:0] left1_q, left2_q, left3_q, left4_q;
  logic [31:0] x1_q, x2_q, x3_q, x4_q;
  logic [31:0] y1_q, y2_q, y3_q, y4_q;
  logic [31:0] s1_q, s2_q, s3_q, s4_q;
  logic        last;

  assign last = (left1_q | left2_q | left3_q | left4_q) == '0;

  always_ff @(posedge clk_i) begin
    if (start_i || walk) begin
      automatic logic [31:0] x, y, s;
      automatic logic        begin4, begin3, begin2;  // A turn of that loop begins.
      begin4 = start_i || (left1_q == '0 && left2_q == '0 && left3_q == '0);
      begin3 = begin4 || (left1_q == '0 && left2_q == '0);
      begin2 = begin3 || left1_q == '0;
      if (start_i) begin
        x = 32'(signed'(cmd_i.x0));
        y = 32'(signed'(cmd_i.y0));
        s = 32'(cmd_i.scratchpad);
        left4_q <= cmd_i.count4 - 1'b1;
      end else if (begin4) begin
        x = x4_q + 32'(signed'(cmd_i.xs4));
        y = y4_q + 32'(signed'(cmd_i.ys4));
        s = s4_q + 32'(signed'(cmd_i.ss4));
        left4_q <= left4_q - 1'b1;
      end else if (begin3) begin
        x = x3_q + 32'(signed'(cmd_i.xs3));
        y = y3_q + 32'(signed'(cmd_i.ys3));
        s = s3_q + 32'(signed'(cmd_i.ss3));
      end else if (begin2) begin
        x = x2_q + 32'(signed'(cmd_i.xs2));
        y = y2_q + 32'(signed'(cmd_i.ys2));
        s = s2_q + 32'(signed'(cmd_i.ss2));
      end else begin
        x = x1_q + 32'(signed'(cmd_i.xs1));
        y = y1_q + 32'(signed'(cmd_i.ys1));
        s = s1_q + 32'(signed'(cmd_i.ss1));
      end
      if (begin4) begin
        x4_q <= x;
        y4_q <= y;
        s4_q <= s;
      end
      if (begin3) begin
        left3_q <= begin4 ? cmd_i.n3 - 1'b1 : left3_q - 1'b1;
        x3_q <= x;
        y3_q <= y;
        s3_q <= s;
      end
      if (begin2) begin
        left2_q <= begin3 ? cmd_i.n2 - 1'b1 : left2_q - 1'b1;
        x2_q <= x;
        y2_q <= y;
        s2_q <= s;
      end
      left1_q <= begin2 ? cmd_i.n1 - 1'b1 : left1_q - 1'b1;
      x1_q <= x;
      y1_q <= y;
      s1_q <= s;
    end
  end

  //////////////
  // Clipping //
  //////////////

  run_t        clipped_q;
  logic [63:0] row_q;     // Row times pitch.
  logic [15:0] column_q;  // Of the first inner byte.

  always_ff @(posedge clk_i) begin
    if (walk) begin
      automatic logic signed [33:0] x, first, past;  // x, and the inner bytes of the run.
      automatic logic outside;
      x       = 34'(signed'(x1_q));
      first   = x < 0 ? -x : 34'sd0;
      past    = signed'(34'(cmd_i.width)) - x;
      if (past > signed'(34'(cmd_i.n0))) past = signed'(34'(cmd_i.n0));
      // A negative y is a large one here.
      outside = y1_q >= 32'(cmd_i.height) || first >= past;

      clipped_q.last  <= last;
      clipped_q.bad   <= s1_q > 32'(SpadBytes) - 32'(cmd_i.n0);
      clipped_q.spad  <= s1_q[SpadByteW-1:0];
      clipped_q.lead  <= outside ? cmd_i.n0 : 16'(first);
      clipped_q.inner <= outside ? '0 : 16'(past - first);
      // Row and column are used only when they are inside: 16 bits each.
      row_q    <= {48'd0, y1_q[15:0]} * 64'(signed'(cmd_i.pitch));
      column_q <= 16'(x + first);
    end
  end

  /////////////
  // Address //
  /////////////

  run_t        run_q;
  logic [63:0] addr_q;

  always_ff @(posedge clk_i) begin
    if (finish) begin
      run_q  <= clipped_q;
      addr_q <= {cmd_i.addr_hi, cmd_i.addr_lo} + row_q + 64'(column_q);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      running_q       <= 1'b0;
      clipped_valid_q <= 1'b0;
      valid_q         <= 1'b0;
    end else if (clear_i) begin
      running_q       <= 1'b0;
      clipped_valid_q <= 1'b0;
      valid_q         <= 1'b0;
    end else if (start_i) begin
      running_q       <= 1'b1;
    end else if (running_q || clipped_valid_q || valid_q) begin
      if (walk && last) running_q <= 1'b0;
      if (clipped_ready) clipped_valid_q <= running_q;
      if (!valid_q || ready_i) valid_q <= clipped_valid_q;
    end
  end

  assign valid_o = valid_q;
  assign run_o   = run_q;
  assign addr_o  = addr_q;

endmodule : kestrel_runs
