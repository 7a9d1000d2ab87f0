// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Reads the scratchpad words that hold the inner bytes of a STORE's runs, a word a cycle, as long
/// as there is room for them. A word of which two runs have bytes is read for each.
module kestrel_words
  import kestrel_pkg::*;
  import kestrel_transfer_pkg::*;
#(
  /// Words that there is room for.
  parameter int unsigned Room = 8
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  /// Forget everything.
  input  logic                 clear_i,

  /// Runs, none of them bad.
  input  logic                 valid_i,
  output logic                 ready_o,
  // The flags belong to whoever gives the runs.
  /* verilator lint_off UNUSEDSIGNAL */
  input  run_t                 run_i,
  /* verilator lint_on UNUSEDSIGNAL */

  /// Reads. The word comes in the cycle after the handshake.
  output logic                 rs_valid_o,
  input  logic                 rs_ready_i,
  output logic [SpadAddrW-1:0] rs_addr_o,
  /// A word comes in this cycle.
  output logic                 comes_o,
  /// Words whose room is free again, in this cycle.
  input  logic [1:0]           return_i
);

  localparam int unsigned RoomW = $clog2(Room + 1);

  // The run that is read, and one behind it, so that whether the scratchpad grants a read, which
  // comes late, decides nothing in the same cycle.
  logic [12:0]          left_q;  // Words of the run to read; 0: no run. At most 4097.
  logic [SpadAddrW-1:0] addr_q;
  logic                 next_valid_q;
  logic [12:0]          next_left_q;
  logic [SpadAddrW-1:0] next_addr_q;
  logic [RoomW-1:0]     room_q;
  logic                 comes_q;
  logic                 read, take;

  assign rs_valid_o = left_q != '0 && room_q != '0;
  assign rs_addr_o  = addr_q;
  assign read       = rs_valid_o && rs_ready_i;
  assign ready_o    = !next_valid_q;
  assign take       = valid_i && ready_o;
  assign comes_o    = comes_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q       <= '0;
      addr_q       <= '0;
      next_valid_q <= 1'b0;
      next_left_q  <= '0;
      next_addr_q  <= '0;
      room_q       <= RoomW'(Room);
      comes_q      <= 1'b0;
    end else if (clear_i) begin
      left_q       <= '0;
      next_valid_q <= 1'b0;
      room_q       <= RoomW'(Room);
      comes_q      <= 1'b0;
    end else begin
      automatic logic                 free;   // For the next run, from the next cycle on.
      automatic logic [SpadByteW-1:0] first;
      automatic logic [16:0]          bytes;  // From the first word's begin.
      automatic logic [12:0]          words;
      free  = left_q == '0 || (read && left_q == 13'd1);
      first = run_i.spad + SpadByteW'(run_i.lead);
      bytes = 17'(run_i.inner) + 17'(first[BeatBytesLog2-1:0]);
      words = run_i.inner == '0 ? '0 : 13'((bytes + 17'd15) >> BeatBytesLog2);

      if (free && (next_valid_q || take)) begin
        addr_q       <= next_valid_q ? next_addr_q : first[SpadByteW-1:BeatBytesLog2];
        left_q       <= next_valid_q ? next_left_q : words;
        next_valid_q <= 1'b0;
      end else begin
        if (take) begin
          next_addr_q  <= first[SpadByteW-1:BeatBytesLog2];
          next_left_q  <= words;
          next_valid_q <= 1'b1;
        end
        if (read) begin
          addr_q <= addr_q + 1'b1;
          left_q <= left_q - 1'b1;
        end
      end
      if (read || return_i != '0) room_q <= room_q + RoomW'(return_i) - RoomW'(read);
      comes_q <= read;
    end
  end

endmodule : kestrel_words
