// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Requests the bursts of an engine's runs, follows them to their answers, and finds the first that
/// fails.
///
/// A run's inner bytes are cut into requests at the ends of blocks of BurstBytes; a run without
/// them makes none. After a refusal or an error nothing further is requested (a request that stands
/// already stays, as the bus demands). A refusal counts once every earlier request is answered, for
/// one of those may fail yet, and then that is the first. A fault that the engine finds by itself
/// counts at once.
module kestrel_requests
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
  import kestrel_transfer_pkg::*;
#(
  /// What is reported of a failure.
  parameter  access_e      Access = AccessLoad,
  parameter  error_cause_e Cause  = CauseReadError,
  /// Beats that may be requested and not returned; 0: no limit. At least BurstBeats.
  parameter  int unsigned  Window = 0,
  /// Derived; do not override. Width of a count of bursts, in bits.
  localparam int unsigned  OpenW  = $clog2(MaxOutstanding) + 1,
  /// Derived; do not override. Width of a count of beats, in bits.
  localparam int unsigned  UsedW  = Window == 0 ? 1 : $clog2(Window) + 1
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  /// Forget everything.
  input  logic              clear_i,

  /// Address space of all requests; stable.
  input  logic [SpaceW-1:0] space_i,

  /// Runs, none of them bad.
  input  logic              valid_i,
  output logic              ready_o,
  input  logic [15:0]       inner_i,
  input  logic [63:0]       addr_i,

  /// Requests.
  output logic              req_valid_o,
  input  logic              req_ready_i,
  input  logic              refuse_i,
  input  refusal_t          refusal_i,
  output bus_req_t          req_o,
  /// Beats of the request that is taken in this cycle, else 0.
  output logic [4:0]        beats_o,

  /// Beats that make room in the window again, in this cycle.
  input  logic [1:0]        return_i,
  /// An answer: one beat read, or the response to a burst.
  input  logic              answer_i,
  /// It ends its burst.
  input  logic              answer_last_i,
  input  logic [1:0]        answer_resp_i,

  /// The engine found a fault of its own, one cycle, and its cause.
  input  logic              fault_i,
  input  error_cause_e      fault_cause_i,

  /// No run, no request and no burst is left.
  output logic              idle_o,
  /// Something failed, and it is the first. Level.
  output logic              failed_o,
  output failure_t          failure_o
);

  localparam int unsigned BeatW  = BurstBytesLog2 - BeatBytesLog2;
  localparam int unsigned PlaceW = $clog2(MaxOutstanding);

  logic [15:0]      left_q;       // Bytes of the run that are not requested; 0: no run.
  logic [63:0]      addr_q;       // The first of them.
  logic             req_valid_q;
  bus_req_t         req_q;
  logic [OpenW-1:0] open_q;       // Bursts without their last answer.
  // Their addresses; where the next goes, and where the oldest is. That is read when it fails.
  logic [63:0]       opened_addr_q [MaxOutstanding];
  logic [PlaceW-1:0] opened_q, answered_q;
  logic             refused_q, error_q;
  failure_t         failure_q;

  logic             accept, take, form, run_end, answer_end, error, refused, room;

  assign accept     = req_valid_q && req_ready_i;
  assign refused    = req_valid_q && refuse_i;
  assign answer_end = answer_i && answer_last_i;
  assign error      = answer_i && answer_resp_i[1] && !error_q;

  //////////
  // Runs //
  //////////

  // Beats - 1 of the bytes that lie in the block of the first.
  function automatic logic [BeatW-1:0] beats_less_1(input logic [15:0] left,
                                                    input logic [BurstBytesLog2-1:0] first);
    logic [16:0] last;  // Place of the last byte, counted from the block's begin.
    last = 17'(left) + 17'(first) - 17'd1;
    if (last >= 17'(BurstBytes)) last = 17'(BurstBytes - 1);
    return BeatW'(last >> BeatBytesLog2) - first[BurstBytesLog2-1:BeatBytesLog2];
  endfunction

  assign run_end = 17'(left_q) + 17'(addr_q[BurstBytesLog2-1:0]) <= 17'(BurstBytes);
  assign form    = left_q != '0 && (!req_valid_q || req_ready_i) && room && !refuse_i &&
                   !refused_q && !error_q && open_q < OpenW'(MaxOutstanding - 1);
  assign ready_o = left_q == '0 || (form && run_end);
  assign take    = valid_i && ready_o;

  always_ff @(posedge clk_i) begin
    if (form) begin
      req_q  <= '{addr: addr_q, len: 8'(beats_less_1(left_q, addr_q[BurstBytesLog2-1:0])),
                  space: space_i, privileged: 1'b0};
      addr_q <= {addr_q[63:BurstBytesLog2] + 1'b1, BurstBytesLog2'(0)};
    end
    if (take) addr_q <= addr_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q      <= '0;
      req_valid_q <= 1'b0;
      open_q      <= '0;
      opened_q    <= '0;
      answered_q  <= '0;
    end else if (clear_i) begin
      left_q      <= '0;
      req_valid_q <= 1'b0;
      open_q      <= '0;
      opened_q    <= '0;
      answered_q  <= '0;
    end else if (take || !idle_o) begin
      if (take) left_q <= inner_i;
      else if (form) begin
        left_q <= run_end ? '0 : left_q - (16'(BurstBytes) - 16'(addr_q[BurstBytesLog2-1:0]));
      end
      if (form) req_valid_q <= 1'b1;
      else if (req_ready_i || refuse_i) req_valid_q <= 1'b0;
      open_q     <= open_q + OpenW'(accept) - OpenW'(answer_end);
      opened_q   <= opened_q + PlaceW'(accept);
      answered_q <= answered_q + PlaceW'(answer_end);
    end
  end

  assign req_valid_o = req_valid_q;
  assign req_o       = req_q;
  assign beats_o     = accept ? req_q.len[4:0] + 1'b1 : '0;
  assign idle_o      = left_q == '0 && !req_valid_q && open_q == '0;

  ////////////
  // Window //
  ////////////

  if (Window != 0) begin : gen_window
    logic [UsedW-1:0] used_q;  // Beats requested and not returned.

    assign room = used_q <= UsedW'(Window - BurstBeats);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        used_q <= '0;
      end else if (clear_i) begin
        used_q <= '0;
      end else if (form || return_i != '0) begin
        automatic logic [UsedW-1:0] beats;
        beats = UsedW'(beats_less_1(left_q, addr_q[BurstBytesLog2-1:0])) + 1'b1;
        used_q <= used_q + (form ? beats : '0) - UsedW'(return_i);
      end
    end
  end else begin : gen_no_window
    logic unused_return;
    assign unused_return = ^return_i;
    assign room          = 1'b1;
  end

  //////////////
  // Failures //
  //////////////

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      refused_q <= 1'b0;
      error_q   <= 1'b0;
    end else if (clear_i) begin
      refused_q <= 1'b0;
      error_q   <= 1'b0;
    end else begin
      if (refused) refused_q <= 1'b1;
      if (error || fault_i) error_q <= 1'b1;
    end
  end

  // The memory belongs to this process, which reads before it writes: the blocking assignment
  // cannot be seen from outside.
  /* verilator lint_off BLKSEQ */
  always_ff @(posedge clk_i) begin
    if (error) begin
      failure_q <= '{cause: Cause, resp: answer_resp_i, fault: FaultNone, acc: Access,
                     addr: opened_addr_q[answered_q]};
    end else if (fault_i && !failed_o) begin
      failure_q <= '{cause: fault_cause_i, resp: '0, fault: FaultNone, acc: AccessFetch, addr: '0};
    end else if (refused && !error_q) begin
      failure_q <= '{cause: CauseTranslation, resp: refusal_i.resp, fault: refusal_i.fault,
                     acc: Access, addr: req_q.addr};
    end
    if (accept) opened_addr_q[opened_q] = req_q.addr;
  end
  /* verilator lint_on BLKSEQ */

  assign failed_o  = error_q || (refused_q && open_q == '0);
  assign failure_o = failure_q;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(WindowFits, Window == 0 || Window >= BurstBeats,
                     "the window does not hold a burst")
  `PRIM_ASSERT_PARAM(PlacesPowerOfTwo, (MaxOutstanding & (MaxOutstanding - 1)) == 0,
                     "the number of bursts that may be under way is not a power of two")
  `PRIM_ASSERT(AnswerHasRequest, !(answer_i && open_q == '0), "the bus answers what nobody asked")

endmodule : kestrel_requests
