// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Table of address spaces: the SPACE registers, and a port through which the MMU reads them.
module kestrel_spaces
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
  import kestrel_reg_pkg::*;
(
  /// Clock of registers, and of whoever asks for spaces.
  input  logic              clk_i,
  input  logic              clk_space_i,
  input  logic              rst_ni,
  /// Turns all spaces off, and ignores writes.
  input  logic              clear_i,

  /// Register access within the array SPACE, one cycle; never both.
  input  logic              write_i,
  input  logic              read_i,
  /// Offset within the array.
  input  logic [7:0]        addr_i,
  input  logic [31:0]       wdata_i,
  /// What was read, in the cycle after `read_i`, until the next `read_i`.
  output logic [31:0]       rdata_o,

  /// Space wanted, and what it is, one cycle later. A write shows in the cycle after its own.
  input  logic [SpaceW-1:0] space_i,
  output space_t            space_o
);

  // Places of the registers in an element of the array.
  localparam logic [3:0] Config = RegSpaceConfig[3:0];
  localparam logic [3:0] RootLo = RegSpaceRootLo[3:0];
  localparam logic [3:0] RootHi = RegSpaceRootHi[3:0];

  space_t      spaces_q [NumSpaces];
  space_t      space_q;
  logic [31:0] rdata_q;

  logic [SpaceW-1:0] index;
  assign index = addr_i[7:4];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int unsigned i = 0; i < NumSpaces; i++) spaces_q[i] <= '0;
    end else if (clear_i) begin
      for (int unsigned i = 0; i < NumSpaces; i++) spaces_q[i] <= '0;
    end else if (write_i) begin
      unique case (addr_i[3:0])
        Config: begin
          spaces_q[index].mode  <= space_mode_e'(wdata_i[1:0]);
          spaces_q[index].pasid <= wdata_i[31:12];
        end
        RootLo:  spaces_q[index].root[19:0]  <= wdata_i[31:12];
        RootHi:  spaces_q[index].root[39:20] <= wdata_i[19:0];
        default: ;
      endcase
    end
  end

  // Data only: what is read in reset is read again before it is used.
  always_ff @(posedge clk_space_i) begin
    space_q <= spaces_q[space_i];
  end

  always_ff @(posedge clk_i) begin
    if (read_i) begin
      unique case (addr_i[3:0])
        Config:  rdata_q <= {spaces_q[index].pasid, 10'd0, spaces_q[index].mode};
        RootLo:  rdata_q <= {spaces_q[index].root[19:0], 12'd0};
        RootHi:  rdata_q <= {12'd0, spaces_q[index].root[39:20]};
        default: rdata_q <= '0;
      endcase
    end
  end

  assign space_o = space_q;
  assign rdata_o = rdata_q;

endmodule : kestrel_spaces
