// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// The accumulators: AccRows rows of ArrayCols numbers of 32 bits, with parity, and the adders in
/// front of them.
///
/// A row is read in one cycle and, if that was to update it, written in the next, with the sums
/// that come then. The memory is synchronous, with a read and a write port: a row must not be read
/// in the very cycle in which it is written.
///
/// A row that was not written since the last wipe reads as zero. Sixteen parity bits a row, one for
/// each number as it were: parity bit i guards bits i and i + 16 of all numbers of the row, so that
/// neighbours in the memory have different parity bits.
module kestrel_accumulators
  import kestrel_pkg::*;
#(
  /// Derived; do not override. Width of a row.
  localparam int unsigned RowBits = ArrayCols * 32
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  /// Forget an update under way; rows and their valid bits stay.
  input  logic                 clear_i,

  /// Begin to forget all rows, one cycle; under way while `wiping_o`. Nothing may be read then.
  input  logic                 wipe_i,
  output logic                 wiping_o,

  /// Parity test, one cycle: the next write to row `flip_addr_i` stores bit `flip_bit_i` inverted.
  input  logic                 flip_arm_i,
  input  logic [AccAddrW-1:0]  flip_addr_i,
  input  logic [8:0]           flip_bit_i,
  /// Forget that again.
  input  logic                 flip_forget_i,

  /// Read a row; with `update_i` it will be written in the next cycle.
  input  logic                 read_i,
  input  logic [AccAddrW-1:0]  row_i,
  input  logic                 update_i,
  /// Of an update: the row becomes the sums; what it held is not looked at.
  input  logic                 replace_i,
  /// Of an update: the row becomes the greater of itself and the sums, else their sum.
  input  logic                 max_i,

  /// In the cycle after: the sums for an update.
  input  logic [RowBits-1:0]   sum_i,
  /// In the cycle after: the row as it was, unless it was to be replaced; wrong parity.
  output logic [RowBits-1:0]   row_o,
  output logic                 error_o
);

  localparam int unsigned ParityW    = 16;
  localparam int unsigned ValidW     = 32;
  localparam int unsigned ValidWords = AccRows / ValidW;
  localparam int unsigned WordW      = $clog2(ValidWords);

  logic [RowBits-1:0] mem_q    [AccRows];
  logic [ParityW-1:0] parity_q [AccRows];
  logic [ValidW-1:0]  valid_q  [ValidWords];

  // The row that was read.
  logic                check_q, update_q, replace_q, max_q;
  logic [AccAddrW-1:0] row_q;
  logic [RowBits-1:0]  data_q;
  logic [ParityW-1:0]  data_parity_q;

  logic                 wiping_q;
  logic [WordW-1:0]     wipe_word_q;
  logic                 flip_armed_q;
  logic [AccAddrW-1:0]  flip_addr_q;
  logic [8:0]           flip_bit_q;

  function automatic logic [ParityW-1:0] parity(logic [RowBits-1:0] row);
    logic [31:0] folded;
    folded = '0;
    for (int unsigned c = 0; c < ArrayCols; c++) folded ^= row[32*c+:32];
    return folded[31:16] ^ folded[15:0];
  endfunction

  function automatic logic [RowBits-1:0] updated(logic [RowBits-1:0] row,
                                                 logic [RowBits-1:0] sums,
                                                 logic replace, logic is_max);
    logic [RowBits-1:0] result;
    if (replace) begin
      result = sums;
    end else if (is_max) begin
      for (int unsigned c = 0; c < ArrayCols; c++) begin
        result[32*c+:32] = $signed(row[32*c+:32]) > $signed(sums[32*c+:32]) ? row[32*c+:32]
                                                                            : sums[32*c+:32];
      end
    end else begin
      for (int unsigned c = 0; c < ArrayCols; c++) begin
        result[32*c+:32] = row[32*c+:32] + sums[32*c+:32];
      end
    end
    return result;
  endfunction

  //////////
  // Read //
  //////////

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      check_q  <= 1'b0;
      update_q <= 1'b0;
    end else begin
      check_q  <= read_i && !(update_i && replace_i) && !clear_i;
      update_q <= read_i && update_i && !clear_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (read_i) begin
      row_q     <= row_i;
      replace_q <= replace_i;
      max_q     <= max_i;
      if (!(update_i && replace_i)) begin
        if (valid_q[row_i[AccAddrW-1:5]][row_i[4:0]]) begin
          data_q        <= mem_q[row_i];
          data_parity_q <= parity_q[row_i];
        end else begin
          data_q        <= '0;
          data_parity_q <= '0;
        end
      end
    end
  end

  assign row_o = data_q;

  always_comb begin
    error_o = 1'b0;
    if (check_q) error_o = parity(data_q) != data_parity_q;
  end

  ///////////
  // Write //
  ///////////

  always_ff @(posedge clk_i) begin
    if (update_q) begin
      automatic logic [RowBits-1:0] result = updated(data_q, sum_i, replace_q, max_q);
      parity_q[row_q] <= parity(result);
      if (flip_armed_q && flip_addr_q == row_q) result[flip_bit_q] ^= 1'b1;
      mem_q[row_q] <= result;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int unsigned i = 0; i < ValidWords; i++) valid_q[i] <= '0;
      wiping_q    <= 1'b0;
      wipe_word_q <= '0;
    end else if (wipe_i || wiping_q) begin
      // A word of valid bits a cycle.
      wiping_q <= 1'b1;
      if (wiping_q) begin
        valid_q[wipe_word_q] <= '0;
        wipe_word_q          <= wipe_word_q + 1'b1;
        wiping_q             <= wipe_word_q != '1;
      end
    end else if (update_q) begin
      valid_q[row_q[AccAddrW-1:5]][row_q[4:0]] <= 1'b1;
    end
  end

  assign wiping_o = wiping_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      flip_armed_q <= 1'b0;
      flip_addr_q  <= '0;
      flip_bit_q   <= '0;
    end else if (flip_forget_i) begin
      flip_armed_q <= 1'b0;
    end else if (flip_arm_i) begin
      flip_armed_q <= 1'b1;
      flip_addr_q  <= flip_addr_i;
      flip_bit_q   <= flip_bit_i;
    end else if (update_q && flip_addr_q == row_q) begin
      flip_armed_q <= 1'b0;
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(ReadsNotWhatIsWritten,
               !(read_i && !replace_i && update_q && row_i == row_q),
               "a row of accumulators is read in the cycle in which it is written")
  `PRIM_ASSERT(WipesAtRest, !(wiping_q && (read_i || update_q)),
               "accumulators are read or written while they are wiped")
  `PRIM_ASSERT_PARAM(RowSize, RowBits == 512 && AccRows % ValidW == 0,
                     "a bit of a row does not fit its number")

endmodule : kestrel_accumulators
