// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Register stage for a valid/ready stream that cuts every combinational path.
///
/// Throughput one word a cycle, latency one cycle. Both outputs come from registers. When the
/// receiver stops, the word that is under way goes into a second register (the skid). A word that
/// was accepted will be offered until it is taken, whatever the sender does meanwhile: behind this
/// cell `valid` never falls without `ready`.
module prim_skid_buffer #(
  /// Type of a word.
  parameter type data_t = logic
) (
  input  logic  clk_i,
  input  logic  rst_ni,

  /// From the sender, which may withdraw a word that is not accepted.
  input  logic  valid_i,
  output logic  ready_o,
  input  data_t data_i,

  /// To the receiver.
  output logic  valid_o,
  input  logic  ready_i,
  output data_t data_o
);

  logic  valid_q, skid_valid_q;
  data_t data_q, skid_data_q;

  assign ready_o = !skid_valid_q;
  assign valid_o = valid_q;
  assign data_o  = data_q;

  // Nothing here is combinational: a simulation looks at the inputs once a cycle, and only while
  // there is a word.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q      <= 1'b0;
      skid_valid_q <= 1'b0;
    end else if (valid_i || valid_q) begin
      if (!valid_q || ready_i) begin
        valid_q      <= skid_valid_q || valid_i;
        skid_valid_q <= 1'b0;
      end else if (valid_i) begin
        skid_valid_q <= 1'b1;
      end
    end
  end

  // Words need no reset: the valid bits gate every use.
  always_ff @(posedge clk_i) begin
    if (valid_i || valid_q) begin
      if (!valid_q || ready_i) begin
        if (skid_valid_q) data_q <= skid_data_q;
        else if (valid_i) data_q <= data_i;
      end else if (valid_i && !skid_valid_q) begin
        skid_data_q <= data_i;
      end
    end
  end

endmodule : prim_skid_buffer
