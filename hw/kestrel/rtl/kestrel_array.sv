// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Weight-stationary array of Rows x Cols multipliers: every cycle one vector of Rows activations
/// times a matrix of Rows x Cols weights, exact.
///
/// The sums go through stages of `RowsPerStage` rows: a stage adds the products of its rows to what
/// the stage before it found. Latency 1 + Rows / RowsPerStage cycles, throughput one vector a
/// cycle, nothing ever waits. A tag goes along with each vector.
///
/// There are two sets of weights, so that one is loaded while the other works. A load goes through
/// the stages in step with the vectors: a vector sees the loads that enter before it or with it,
/// and none that enters later, however many stages there are.
module kestrel_array #(
  /// Products that are summed into one result.
  parameter  int unsigned Rows         = 16,
  /// Results.
  parameter  int unsigned Cols         = 16,
  /// Rows that are summed in one stage; divides Rows.
  parameter  int unsigned RowsPerStage = 16,
  /// What goes along with a vector.
  parameter  type         tag_t        = logic,
  /// Derived; do not override. Width of a row's number.
  localparam int unsigned RowW         = $clog2(Rows)
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  /// Forget the vectors under way; the weights stay.
  input  logic                clear_i,

  /// Load weights, int8: a row, or with `load_diagonal_i` the diagonal (row c of column c) and
  /// zeros everywhere else, or with `load_identity_i` ones in the diagonal.
  input  logic                load_i,
  input  logic                load_diagonal_i,
  input  logic                load_identity_i,
  /// Into which set.
  input  logic                load_set_i,
  input  logic [RowW-1:0]     load_row_i,
  input  logic [Cols*8-1:0]   load_data_i,

  /// A vector, for which set of weights; uint8 or int8.
  input  logic                valid_i,
  input  logic                set_i,
  input  logic                unsigned_i,
  input  logic [Rows*8-1:0]   act_i,
  input  tag_t                tag_i,

  /// In the next cycle `sum_o` holds the sums of the vector with this tag.
  output logic                ahead_valid_o,
  output tag_t                ahead_tag_o,
  /// Sums, sign-extended to 32 bits. They stay until those of the next vector.
  output logic [Cols*32-1:0]  sum_o
);

  localparam int unsigned Stages = Rows / RowsPerStage;

  // Vectors: [s] is in front of stage s.
  logic              valid_q    [Stages];
  logic              set_q      [Stages];
  logic              unsigned_q [Stages];
  tag_t              tag_q      [Stages];
  logic [Rows*8-1:0] act_q      [Stages];

  // Loads: [s] is for the rows of stage s.
  logic              load          [Stages];
  logic              load_diagonal [Stages];
  logic              load_identity [Stages];
  logic              load_set      [Stages];
  logic [RowW-1:0]   load_row      [Stages];
  logic [Cols*8-1:0] load_data     [Stages];

  // Sums: [s] is what comes into stage s.
  logic [Cols*32-1:0] sum [Stages+1];

  assign load[0]          = load_i;
  assign load_diagonal[0] = load_diagonal_i;
  assign load_identity[0] = load_identity_i;
  assign load_set[0]      = load_set_i;
  assign load_row[0]      = load_row_i;
  assign load_data[0]     = load_data_i;
  assign sum[0]           = '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q[0] <= 1'b0;
    end else begin
      valid_q[0] <= valid_i && !clear_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      set_q[0]      <= set_i;
      unsigned_q[0] <= unsigned_i;
      tag_q[0]      <= tag_i;
      act_q[0]      <= act_i;
    end
  end

  for (genvar s = 0; s < Stages; s++) begin : gen_stage
    localparam int unsigned First = s * RowsPerStage;

    // Weights with their sign bit inverted: w + 128 is never negative, so that the cells multiply
    // by unsigned numbers; the 128 times the activations that this is too much is the same in all
    // columns and taken off once.
    logic [7:0] weight_q [2][RowsPerStage][Cols];

    always_ff @(posedge clk_i) begin
      if (load[s] && (load_diagonal[s] || load_identity[s])) begin
        for (int unsigned r = 0; r < RowsPerStage; r++) begin
          for (int unsigned c = 0; c < Cols; c++) begin
            if (First + r == c) begin
              weight_q[load_set[s]][r][c] <=
                  load_identity[s] ? 8'h81 : load_data[s][8*c+:8] ^ 8'h80;
            end else begin
              weight_q[load_set[s]][r][c] <= 8'h80;
            end
          end
        end
      end else if (load[s] && (Stages == 1 || 32'(load_row[s]) / RowsPerStage == s)) begin
        for (int unsigned c = 0; c < Cols; c++) begin
          weight_q[load_set[s]][32'(load_row[s]) % RowsPerStage][c] <=
              load_data[s][8*c+:8] ^ 8'h80;
        end
      end
    end

    // With everything local to a function, loops that Verilator can unroll, and bytes that need no
    // sign extension, compilers make vectors of the columns: in the Verilated model this is several
    // times faster than a module for each cell.
    function automatic logic [Cols*32-1:0] add_rows(logic [Cols*32-1:0] carry,
                                                    logic [Rows*8-1:0] act,
                                                    logic is_unsigned, logic which);
      int unsigned        a     [RowsPerStage];
      int unsigned        offset;
      logic [Cols*32-1:0] result;
      for (int unsigned r = 0; r < RowsPerStage; r++) begin
        a[r] = is_unsigned ? {24'd0, act[8*(First+r)+:8]}
                           : {{24{act[8*(First+r)+7]}}, act[8*(First+r)+:8]};
      end
      offset = '0;
      for (int unsigned r = 0; r < RowsPerStage; r++) offset += a[r];
      offset = offset << 7;
      for (int unsigned c = 0; c < Cols; c++) begin
        int unsigned total;
        total = carry[32*c+:32] - offset;
        for (int unsigned r = 0; r < RowsPerStage; r++) begin
          total += a[r] * {24'd0, weight_q[which][r][c]};
        end
        result[32*c+:32] = total;
      end
      return result;
    endfunction

    logic [Cols*32-1:0] sum_q;
    assign sum[s+1] = sum_q;

    always_ff @(posedge clk_i) begin
      if (valid_q[s]) sum_q <= add_rows(sum[s], act_q[s], unsigned_q[s], set_q[s]);
    end

    if (s + 1 < Stages) begin : gen_next
      logic              load_q, load_diagonal_q, load_identity_q, load_set_q;
      logic [RowW-1:0]   load_row_q;
      logic [Cols*8-1:0] load_data_q;

      assign load[s+1]          = load_q;
      assign load_diagonal[s+1] = load_diagonal_q;
      assign load_identity[s+1] = load_identity_q;
      assign load_set[s+1]      = load_set_q;
      assign load_row[s+1]      = load_row_q;
      assign load_data[s+1]     = load_data_q;

      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) begin
          load_q       <= 1'b0;
          valid_q[s+1] <= 1'b0;
        end else begin
          load_q       <= load[s];
          valid_q[s+1] <= valid_q[s] && !clear_i;
        end
      end

      always_ff @(posedge clk_i) begin
        if (load[s]) begin
          load_diagonal_q <= load_diagonal[s];
          load_identity_q <= load_identity[s];
          load_set_q      <= load_set[s];
          load_row_q      <= load_row[s];
          load_data_q     <= load_data[s];
        end
        if (valid_q[s]) begin
          set_q[s+1]      <= set_q[s];
          unsigned_q[s+1] <= unsigned_q[s];
          tag_q[s+1]      <= tag_q[s];
          act_q[s+1]      <= act_q[s];
        end
      end
    end
  end

  assign ahead_valid_o = valid_q[Stages-1];
  assign ahead_tag_o   = tag_q[Stages-1];
  assign sum_o         = sum[Stages];

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(RowsSplit, RowsPerStage > 0 && Rows % RowsPerStage == 0,
                     "the rows of the array do not split into stages")

endmodule : kestrel_array
