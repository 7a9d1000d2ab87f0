// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// First-in first-out buffer, valid/ready on both sides.
///
/// Throughput one word a cycle, latency two cycles. The storage is written and read synchronously,
/// so that a large FIFO maps to an SRAM; its read register is the FIFO's output and holds one word
/// more than `Depth`. Order is preserved, nothing is dropped, except by `clear_i`.
module prim_fifo #(
  /// Type of a word.
  parameter  type data_t = logic,
  /// Words in storage. A power of two, at least 2.
  parameter  int unsigned Depth = 4,
  /// Derived; do not override. Width of an index into the storage, in bits.
  localparam int unsigned IndexW = $clog2(Depth)
) (
  input  logic  clk_i,
  input  logic  rst_ni,
  /// Drop all words, in the next cycle; a word offered in this cycle is dropped too.
  input  logic  clear_i,

  /// Write side.
  input  logic  wr_valid_i,
  output logic  wr_ready_o,
  input  data_t wr_data_i,

  /// Read side. The word stays until it is taken.
  output logic  rd_valid_o,
  input  logic  rd_ready_i,
  output data_t rd_data_o
);

  // One bit more than an index: equal pointers mean empty, pointers `Depth` apart mean full.
  logic [IndexW:0] wr_ptr_q, rd_ptr_q;
  logic            out_valid_q;
  logic            load;

  data_t mem_q [Depth];
  data_t out_q;

  assign wr_ready_o = (wr_ptr_q ^ rd_ptr_q) != {1'b1, IndexW'(0)};
  assign rd_valid_o = out_valid_q;
  assign rd_data_o  = out_q;

  // The output register takes the next word as soon as it is free.
  assign load = (rd_ptr_q != wr_ptr_q) && (!out_valid_q || rd_ready_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wr_ptr_q    <= '0;
      rd_ptr_q    <= '0;
      out_valid_q <= 1'b0;
    end else if (clear_i) begin
      wr_ptr_q    <= '0;
      rd_ptr_q    <= '0;
      out_valid_q <= 1'b0;
    end else begin
      if (wr_valid_i && wr_ready_o) wr_ptr_q <= wr_ptr_q + 1'b1;
      if (load) begin
        rd_ptr_q    <= rd_ptr_q + 1'b1;
        out_valid_q <= 1'b1;
      end else if (rd_ready_i) begin
        out_valid_q <= 1'b0;
      end
    end
  end

  // Words need no reset: rd_valid_o gates every use. The storage belongs to this process, which
  // reads before it writes: the blocking assignment cannot be seen from outside, and a simulation
  // copies a word once instead of twice.
  /* verilator lint_off BLKSEQ */
  always_ff @(posedge clk_i) begin
    if (load) out_q <= mem_q[rd_ptr_q[IndexW-1:0]];
    if (wr_valid_i && wr_ready_o) mem_q[wr_ptr_q[IndexW-1:0]] = wr_data_i;
  end
  /* verilator lint_on BLKSEQ */

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(DepthPowerOfTwo, Depth >= 2 && (Depth & (Depth - 1)) == 0,
                     "the depth of a FIFO is not a power of two of at least 2")

endmodule : prim_fifo
