// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Fetches the commands of a command buffer, in order, some ahead of the one that is dispatched.
///
/// A fetch that fails comes out as a command that failed, in its turn.
module kestrel_call
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              clear_i,

  /// Begin; one cycle, only while no command is left. Address and size are multiples of 64, the
  /// size is not zero.
  input  logic              start_i,
  input  logic [63:0]       addr_i,
  input  logic [31:0]       size_i,
  /// Address space; stable.
  input  logic [SpaceW-1:0] space_i,

  /// Bus; see kestrel_front.
  output logic              valid_o,
  output bus_req_t          req_o,
  input  logic              ready_i,
  input  logic              refuse_i,
  input  refusal_t          refusal_i,
  input  logic              r_valid_i,
  input  r_beat_t           r_i,
  /// Offset of the first command that `req_o` asks for.
  output logic [31:0]       req_offset_o,

  /// Commands. One that failed is the last that comes.
  output logic              item_valid_o,
  input  logic              item_ready_i,
  output logic [511:0]      item_cmd_o,
  output logic [31:0]       item_offset_o,
  output logic              item_last_o,
  output logic              item_failed_o,
  output failure_t          item_failure_o,

  /// See kestrel_front.
  output logic              busy_o
);

  // Two requests of the largest size: one is consumed while the other comes.
  localparam int unsigned Slots        = 8;
  localparam int unsigned SlotW        = $clog2(Slots);
  localparam int unsigned BlockRecords = BurstBytes / RecordBytes;
  localparam int unsigned RecordLog2   = $clog2(RecordBytes);

  ///////////////
  // Requests //
  ///////////////

  logic [63:0]    base_q;      // Of the command buffer.
  logic [31:0]    size_q;
  logic [31:0]    asked_q;     // Bytes requested.
  logic           refused_q;   // A request was refused: none follows.
  refusal_t       refusal_q;
  logic [SlotW:0] reserved_q;  // Records requested and not yet taken out of their slots.

  logic [63:0]    next_addr;
  logic [25:0]    left;     // Records not yet requested.
  logic [2:0]     in_block;
  logic [2:0]     records;  // Of the request: 1 to 4, up to the end of the block or the buffer.
  logic           request;
  logic           load, load_failed;

  assign valid_o = asked_q != size_q && !refused_q &&
                   reserved_q <= (SlotW + 1)'(Slots - BlockRecords);
  assign request = valid_o && ready_i;

  // Only with a request, for the speed of simulation.
  always_comb begin
    next_addr = '0;
    left      = '0;
    in_block  = '0;
    records   = '0;
    req_o     = '0;
    if (valid_o) begin
      next_addr = base_q + 64'(asked_q);
      left      = size_q[31:RecordLog2] - asked_q[31:RecordLog2];
      in_block  = 3'(BlockRecords) - {1'b0, next_addr[BurstBytesLog2-1:RecordLog2]};
      records   = left < 26'(in_block) ? left[2:0] : in_block;
      req_o     = '{addr: next_addr, len: {3'd0, records, 2'd0} - 8'd1, space: space_i,
                    privileged: 1'b0};
    end
  end

  assign req_offset_o = asked_q;

  ///////////
  // Slots //
  ///////////

  logic [511:0]            slot_q [Slots];
  logic [Slots-1:0][1:0]   resp_q;      // The first bad response of the record's beats, or 0.
  logic [SlotW-1:0]        fill_q;      // Slot that is being filled, and with which beat.
  logic [1:0]              beat_q;
  logic [SlotW-1:0]        head_q;      // Slot to take next.
  logic [SlotW:0]          complete_q;  // Records that are there.
  logic                    filled;

  assign filled = r_valid_i && beat_q == 2'd3;

  always_ff @(posedge clk_i) begin
    if (r_valid_i) slot_q[fill_q][{beat_q, 7'd0}+:AxiDataW] <= r_i.data;
  end

  //////////////////
  // Next command //
  //////////////////

  logic         item_valid_q;
  logic [511:0] item_cmd_q;
  logic [31:0]  item_offset_q;
  logic         item_last_q;
  logic         item_failed_q;
  failure_t     item_failure_q;
  logic [31:0]  taken_q;  // Offset of the command in the head slot.

  assign load        = complete_q != '0 && !item_valid_q;
  assign load_failed = refused_q && reserved_q == '0 && !item_valid_q && !item_failed_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      base_q        <= '0;
      size_q        <= '0;
      asked_q       <= '0;
      refused_q     <= 1'b0;
      reserved_q    <= '0;
      resp_q        <= '0;
      fill_q        <= '0;
      beat_q        <= '0;
      head_q        <= '0;
      complete_q    <= '0;
      taken_q       <= '0;
      item_valid_q  <= 1'b0;
      item_failed_q <= 1'b0;
    end else if (clear_i || start_i) begin
      base_q        <= addr_i;
      size_q        <= clear_i ? '0 : size_i;
      asked_q       <= '0;
      refused_q     <= 1'b0;
      reserved_q    <= '0;
      fill_q        <= '0;
      beat_q        <= '0;
      head_q        <= '0;
      complete_q    <= '0;
      taken_q       <= '0;
      item_valid_q  <= 1'b0;
      item_failed_q <= 1'b0;
    end else if (size_q != '0) begin
      if (request) asked_q <= asked_q + {23'd0, records, 6'd0};
      if (valid_o && refuse_i) refused_q <= 1'b1;
      reserved_q <= reserved_q + (request ? (SlotW + 1)'(records) : '0) - (SlotW + 1)'(load);
      complete_q <= complete_q + (SlotW + 1)'(filled) - (SlotW + 1)'(load);

      if (r_valid_i) begin
        beat_q <= beat_q + 1'b1;
        if (filled) fill_q <= fill_q + 1'b1;
        if (beat_q == '0 || !resp_q[fill_q][1]) resp_q[fill_q] <= r_i.resp[1] ? r_i.resp : '0;
      end

      if (item_valid_q && item_ready_i) item_valid_q <= 1'b0;
      if (load) begin
        head_q        <= head_q + 1'b1;
        taken_q       <= taken_q + 32'(RecordBytes);
        item_valid_q  <= 1'b1;
        item_failed_q <= resp_q[head_q][1];
      end
      if (load_failed) begin
        item_valid_q  <= 1'b1;
        item_failed_q <= 1'b1;
      end
    end
  end

  // Used only with a valid command, so no reset.
  always_ff @(posedge clk_i) begin
    if (valid_o && refuse_i) refusal_q <= refusal_i;
    if (load) begin
      // Of the request that fetched it: where its block, or the buffer, begins.
      automatic logic [63:0] addr  = base_q + 64'(taken_q);
      automatic logic [63:0] block = {addr[63:BurstBytesLog2], BurstBytesLog2'(0)};

      item_cmd_q     <= slot_q[head_q];
      item_offset_q  <= taken_q;
      item_last_q    <= taken_q + 32'(RecordBytes) == size_q;
      item_failure_q <= '{cause: CauseFetchError,
                          resp:  resp_q[head_q],
                          fault: FaultNone,
                          acc:   AccessFetch,
                          addr:  taken_q < 32'(addr - block) ? base_q : block};
    end
    if (load_failed) begin
      item_offset_q  <= asked_q;
      item_last_q    <= 1'b1;
      item_failure_q <= '{cause: CauseTranslation,
                          resp:  refusal_q.resp,
                          fault: refusal_q.fault,
                          acc:   AccessFetch,
                          addr:  base_q + 64'(asked_q)};
    end
  end

  // The number of beats says it already.
  logic unused_last;
  assign unused_last = r_i.last;

  assign item_valid_o   = item_valid_q;
  assign item_cmd_o     = item_cmd_q;
  assign item_offset_o  = item_offset_q;
  assign item_last_o    = item_last_q;
  assign item_failed_o  = item_failed_q;
  assign item_failure_o = item_failure_q;

  assign busy_o = load || load_failed;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(BeatHasPlace, !r_valid_i || clear_i || complete_q < reserved_q,
               "a command was read that was not asked for")

endmodule : kestrel_call
