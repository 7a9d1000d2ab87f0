// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Counters: events of a record are counted in registers of its own, and added to its queue's row
/// and to the sum of all when it ends. A snapshot copies a row to where software reads it.
///
/// The rows lie in a memory of which one word is read and one written in a cycle; an addition takes
/// 34 cycles, a snapshot 18, and one waits for the other: so a snapshot shows a moment between two
/// records. A valid bit tells a row that was counted to from an empty one, so that clearing takes
/// one cycle. An event that comes while no record is open is not lost: it is counted for the record
/// that just ended or for the next one.
///
/// The words of a row are 64 bits wide and wrap; a record's own counters are RecordW bits wide,
/// which takes a record hours to fill.
module kestrel_counters
  import kestrel_pkg::*;
#(
  /// Width of the counters of one record, bits.
  parameter int unsigned RecordW = 48
) (
  /// Clock of everything but the counts of a record, and theirs: the first may rest while there is
  /// nothing to do but to count.
  input  logic              clk_i,
  input  logic              clk_count_i,
  input  logic              rst_ni,
  /// Forgets everything, the snapshot too, and counts nothing while high.
  input  logic              clear_i,

  /// Always-on time, nanoseconds.
  input  logic [63:0]       time_ns_i,

  /// A record begins; one cycle. Only while neither a record is open nor `busy_o` is high.
  input  logic              record_begin_i,
  /// The record ends, completed or not; one cycle, after its begin.
  input  logic              record_end_i,
  /// The record's queue; stable from begin to end.
  input  logic [QueueW-1:0] queue_i,
  /// The record is completed; one cycle, not later than its end.
  input  logic              record_done_i,
  /// A CALL begins; one cycle, within its record.
  input  logic              call_i,
  /// What else happens in this cycle.
  input  count_events_t     events_i,
  input  compute_events_t   compute_events_i,

  /// Clears a queue's row; one cycle. The sum stays. With or after the end of the queue's last
  /// record, what that record counted goes as well.
  input  logic              clear_queue_i,
  input  logic [QueueW-1:0] clear_number_i,

  /// Copies a row: a queue's, or the sum if the index is NumQueues; any greater index gives zeros.
  /// One cycle, only while `snapshot_busy_o` is low.
  input  logic              snapshot_i,
  input  logic [QueueW:0]   snapshot_index_i,
  output logic              snapshot_busy_o,

  /// Reads a half of a counter of the snapshot; one cycle.
  input  logic              read_i,
  /// Bits 4:1 the counter, as the COUNT_* registers are ordered; bit 0 its upper half.
  input  logic [4:0]        read_index_i,
  /// What was read, in the cycle after `read_i`, until the next `read_i`; 0 before a snapshot.
  output logic [31:0]       rdata_o,

  /// An addition is under way: no record may begin. The clock is needed while this or
  /// `snapshot_busy_o` is high.
  output logic              busy_o
);

  localparam int unsigned NumCounters = 16;
  localparam int unsigned NumRows     = NumQueues + 1;
  localparam int unsigned RowW        = $clog2(NumRows);
  localparam logic [RowW-1:0] RowSum  = RowW'(NumQueues);

  // Order of the COUNT_* registers.
  localparam logic [3:0] Records      = 4'd0;
  localparam logic [3:0] Calls        = 4'd1;
  localparam logic [3:0] Commands     = 4'd2;
  localparam logic [3:0] BusyNs       = 4'd3;
  localparam logic [3:0] ComputeBusy  = 4'd4;
  localparam logic [3:0] OutputBusy   = 4'd5;
  localparam logic [3:0] LoadBusy     = 4'd6;
  localparam logic [3:0] StoreBusy    = 4'd7;
  localparam logic [3:0] ComputeToken = 4'd8;
  localparam logic [3:0] LoadToken    = 4'd9;
  localparam logic [3:0] StoreToken   = 4'd10;
  localparam logic [3:0] Translation  = 4'd11;
  localparam logic [3:0] ReadBytes    = 4'd12;
  localparam logic [3:0] WriteBytes   = 4'd13;
  localparam logic [3:0] Macs         = 4'd14;
  localparam logic [3:0] TlbMisses    = 4'd15;

  //////////////
  // Sequence //
  //////////////

  // In StAdd a step is the read of one word: bits 4:1 the counter, bit 0 whether of the sum's row.
  // In StCopy bits 3:0 are the counter.
  typedef enum logic [1:0] {StIdle, StAdd, StCopy} state_e;

  state_e             state_q;
  logic [4:0]         step_q;
  logic               add_q;         // A record's counts are to be added,
  logic [QueueW-1:0]  add_queue_q;   // to this queue's row,
  logic               add_drop_q;    // which was cleared meanwhile.
  logic               copy_q;        // A snapshot is to be made,
  logic [RowW-1:0]    copy_row_q;    // of this row,
  logic               copy_none_q;   // which does not exist, or is empty.
  logic               copied_q;      // There is a snapshot.
  logic [NumRows-1:0] filled_q;      // Rows that were counted to since they were cleared.

  // Second stage: the word that was read is there.
  logic               back_add_q;    // Back to its row, with what is added to it.
  logic               back_copy_q;   // To the snapshot.
  logic               back_empty_q;  // It is 0, whatever the memory holds.
  logic [RowW-1:0]    back_row_q;
  logic [3:0]         back_counter_q;

  logic            working;
  logic            adding;
  logic [RowW-1:0] row;
  logic [3:0]      counter;

  assign working = state_q != StIdle || add_q || copy_q || back_add_q || back_copy_q;
  assign adding  = state_q == StAdd;

  always_comb begin
    row     = copy_row_q;
    counter = step_q[3:0];
    if (adding) begin
      row     = step_q[0] ? RowSum : {1'b0, add_queue_q};
      counter = step_q[4:1];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= StIdle;
      step_q         <= '0;
      add_q          <= 1'b0;
      add_queue_q    <= '0;
      add_drop_q     <= 1'b0;
      copy_q         <= 1'b0;
      copy_row_q     <= '0;
      copy_none_q    <= 1'b0;
      copied_q       <= 1'b0;
      filled_q       <= '0;
      back_add_q     <= 1'b0;
      back_copy_q    <= 1'b0;
      back_empty_q   <= 1'b0;
      back_row_q     <= '0;
      back_counter_q <= '0;
    end else if (clear_i) begin
      state_q     <= StIdle;
      add_q       <= 1'b0;
      add_drop_q  <= 1'b0;
      copy_q      <= 1'b0;
      copied_q    <= 1'b0;
      filled_q    <= '0;
      back_add_q  <= 1'b0;
      back_copy_q <= 1'b0;
    end else if (working || record_end_i || clear_queue_i || snapshot_i) begin
      unique case (state_q)
        StIdle: begin
          step_q <= '0;
          if (add_q) begin
            state_q <= StAdd;
          end else if (copy_q) begin
            state_q     <= StCopy;
            // A row that is cleared from now on is copied as it was.
            copy_none_q <= copy_none_q || !filled_q[copy_row_q];
          end
        end
        StAdd: begin
          step_q <= step_q + 1'b1;
          if (step_q == 5'd31) begin
            state_q                       <= StIdle;
            add_q                         <= 1'b0;
            add_drop_q                    <= 1'b0;
            filled_q[RowSum]              <= 1'b1;
            filled_q[{1'b0, add_queue_q}] <= !add_drop_q;
          end
        end
        StCopy: begin
          step_q <= step_q + 1'b1;
          if (step_q == 5'd15) begin
            state_q  <= StIdle;
            copy_q   <= 1'b0;
            copied_q <= 1'b1;
          end
        end
        default: state_q <= StIdle;
      endcase

      back_add_q     <= adding;
      back_copy_q    <= state_q == StCopy;
      back_empty_q   <= adding ? !filled_q[row] : copy_none_q;
      back_row_q     <= row;
      back_counter_q <= counter;

      if (record_end_i) begin
        add_q       <= 1'b1;
        add_queue_q <= queue_i;
      end
      if (snapshot_i) begin
        copy_q      <= 1'b1;
        copy_none_q <= snapshot_index_i > RowSum;
        copy_row_q  <= snapshot_index_i > RowSum ? RowSum : snapshot_index_i;
      end
      // A row that is being added to, or is about to be, would be filled again in the end.
      if (clear_queue_i) begin
        filled_q[{1'b0, clear_number_i}] <= 1'b0;
        if (record_end_i) begin
          add_drop_q <= clear_number_i == queue_i;
        end else if (add_q && !(adding && step_q == 5'd31) && clear_number_i == add_queue_q) begin
          add_drop_q <= 1'b1;
        end
      end
    end
  end

  assign snapshot_busy_o = copy_q || back_copy_q;
  assign busy_o          = add_q || back_add_q;

  ////////////////////////
  // Counts of a record //
  ////////////////////////

  // Only the process below knows the counts. It assigns them at once, not in the end: in a busy
  // cycle many of them change, and each delayed assignment to a word of an array costs a simulator
  // several times the addition. They are registers all the same.
  logic [RecordW-1:0] count [NumCounters];
  logic [63:0]        begin_ns_q;
  logic [63:0]        amount_q;

  // A counter is taken when its queue's word is read, and added to that and to the sum's.
  logic take;
  assign take = adding && !step_q[0];

  // verilator lint_off BLKSEQ
  always_ff @(posedge clk_count_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int unsigned i = 0; i < NumCounters; i++) count[i] = '0;
      amount_q <= '0;
    end else if (clear_i) begin
      for (int unsigned i = 0; i < NumCounters; i++) count[i] = '0;
    end else begin
      if (take) begin
        // Beats and multiply-accumulates are counted by 16.
        amount_q <= counter inside {ReadBytes, WriteBytes, Macs} ? 64'(count[counter]) << 4
                                                                 : 64'(count[counter]);
        count[counter] = '0;
      end

      if (record_done_i) count[Records] = count[Records] + 1'b1;
      if (call_i)        count[Calls]   = count[Calls] + 1'b1;
      if (record_end_i)  count[BusyNs]  = count[BusyNs] + RecordW'(time_ns_i - begin_ns_q);

      if (compute_events_i != '0) begin
        if (compute_events_i.compute_busy) count[ComputeBusy] = count[ComputeBusy] + 1'b1;
        if (compute_events_i.output_busy)  count[OutputBusy]  = count[OutputBusy] + 1'b1;
        count[Macs] = count[Macs] + RecordW'(compute_events_i.macs16);
      end

      if (events_i != '0) begin
        if (events_i.command)       count[Commands]     = count[Commands] + 1'b1;
        if (events_i.load_busy)     count[LoadBusy]     = count[LoadBusy] + 1'b1;
        if (events_i.store_busy)    count[StoreBusy]    = count[StoreBusy] + 1'b1;
        if (events_i.compute_token) count[ComputeToken] = count[ComputeToken] + 1'b1;
        if (events_i.load_token)    count[LoadToken]    = count[LoadToken] + 1'b1;
        if (events_i.store_token)   count[StoreToken]   = count[StoreToken] + 1'b1;
        if (events_i.translation)   count[Translation]  = count[Translation] + 1'b1;
        if (events_i.tlb_miss)      count[TlbMisses]    = count[TlbMisses] + 1'b1;
        count[ReadBytes]  = count[ReadBytes] + RecordW'(events_i.read_beats);
        count[WriteBytes] = count[WriteBytes] + RecordW'(events_i.write_beats);
      end
    end
  end
  // verilator lint_on BLKSEQ

  always_ff @(posedge clk_i) begin
    if (record_begin_i) begin_ns_q <= time_ns_i;
  end

  ///////////////////////
  // Rows and snapshot //
  ///////////////////////

  logic [63:0] rows_q [NumRows * NumCounters];
  logic [63:0] snapshot_q [NumCounters];
  logic [63:0] word_q;
  logic [31:0] rdata_q;

  // No reset: `filled_q` and `copied_q` say what is valid.
  always_ff @(posedge clk_i) begin
    if (working) begin
      automatic logic [63:0] word = back_empty_q ? '0 : word_q;

      word_q <= rows_q[{row, counter}];
      if (back_add_q)  rows_q[{back_row_q, back_counter_q}] <= word + amount_q;
      if (back_copy_q) snapshot_q[back_counter_q]           <= word;
    end

    if (read_i) begin
      if (!copied_q)            rdata_q <= '0;
      else if (read_index_i[0]) rdata_q <= snapshot_q[read_index_i[4:1]][63:32];
      else                      rdata_q <= snapshot_q[read_index_i[4:1]][31:0];
    end
  end

  assign rdata_o = rdata_q;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(RecordFits, RecordW >= 32 && RecordW <= 60,
                     "a record's counters are not 32 to 60 bits wide")

  // Rare events are checked where they happen, so that the check costs nothing else.
  logic open_q;  // A record is open.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q <= 1'b0;
    end else if (clear_i) begin
      open_q <= 1'b0;
    end else if (record_begin_i || record_end_i || record_done_i || call_i || snapshot_i) begin
      open_q <= record_begin_i || (open_q && !record_end_i);

      BeginIsFree: assert (!(record_begin_i && (open_q || busy_o)))
        else $error("a record begins before the one before it is counted");
      EndHasBegin: assert (!record_end_i || open_q)
        else $error("a record ends that has not begun");
      DoneInRecord: assert (!(record_done_i || call_i) || open_q || record_begin_i)
        else $error("a record is completed, or a CALL begins, outside of a record");
      SnapshotIsFree: assert (!(snapshot_i && snapshot_busy_o))
        else $error("a snapshot is asked for while one is under way");
    end
  end

endmodule : kestrel_counters
