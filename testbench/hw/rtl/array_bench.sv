// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// kestrel's array in several sizes, side by side, with the same inputs. A smaller one takes the
/// lower part of the vectors, and of the loads those of rows that it has.
module array_bench (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         clear_i,

  input  logic         load_i,
  input  logic         load_diagonal_i,
  input  logic         load_identity_i,
  input  logic         load_set_i,
  input  logic [3:0]   load_row_i,
  input  logic [127:0] load_data_i,

  input  logic         valid_i,
  input  logic         set_i,
  input  logic         unsigned_i,
  input  logic [127:0] act_i,
  input  logic [7:0]   tag_i,

  /// Sizes: 16 x 16 in one stage, 16 x 16 in stages of 4, 8 x 8 in one, 8 x 16 in stages of 2.
  output logic [3:0]   ahead_valid_o,
  output logic [7:0]   ahead_tag_o [4],
  output logic [511:0] sum_o       [4]
);

  localparam int unsigned Sizes = 4;
  localparam int unsigned Rows         [Sizes] = '{16, 16, 8, 8};
  localparam int unsigned Cols         [Sizes] = '{16, 16, 8, 16};
  localparam int unsigned RowsPerStage [Sizes] = '{16, 4, 8, 2};

  for (genvar i = 0; i < Sizes; i++) begin : gen_size
    localparam int unsigned RowW = $clog2(Rows[i]);

    logic [Cols[i]*32-1:0] sum;

    kestrel_array #(
      .Rows         (Rows[i]),
      .Cols         (Cols[i]),
      .RowsPerStage (RowsPerStage[i]),
      .tag_t        (logic [7:0])
    ) u_array (
      .clk_i           (clk_i),
      .rst_ni          (rst_ni),
      .clear_i         (clear_i),
      .load_i          (load_i && (load_diagonal_i || load_identity_i ||
                                   32'(load_row_i) < Rows[i])),
      .load_diagonal_i (load_diagonal_i),
      .load_identity_i (load_identity_i),
      .load_set_i      (load_set_i),
      .load_row_i      (load_row_i[RowW-1:0]),
      .load_data_i     (load_data_i[Cols[i]*8-1:0]),
      .valid_i         (valid_i),
      .set_i           (set_i),
      .unsigned_i      (unsigned_i),
      .act_i           (act_i[Rows[i]*8-1:0]),
      .tag_i           (tag_i),
      .ahead_valid_o   (ahead_valid_o[i]),
      .ahead_tag_o     (ahead_tag_o[i]),
      .sum_o           (sum)
    );

    assign sum_o[i] = 512'(sum);
  end

endmodule : array_bench
