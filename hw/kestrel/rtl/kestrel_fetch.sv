// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Fetches commands from the ring, in order, a few ahead of the one in execution.
///
/// An entry is fetched only when the doorbell says that software has written it. A fetch that
/// fails, and a ring that is set up wrongly, come out as an entry with a cause, in their turn:
/// everything before them is executed first.
///
/// When `config_i.enable` falls, entries that were fetched but not taken are dropped, and after it
/// has risen they are fetched again: software may change the ring meanwhile.
module kestrel_fetch
  import kestrel_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  /// Forget everything; bus accesses are ended by the isolator.
  input  logic        clear_i,

  /// Registers.
  input  config_t     config_i,
  /// Ring index of the next command to complete.
  input  logic [31:0] head_i,
  /// A command that was taken is in execution: it has index `head_i`.
  input  logic        executing_i,

  /// Read requests.
  output logic        ar_valid_o,
  input  logic        ar_ready_i,
  output axi_ax_t     ar_o,
  /// Read data of IdFetch; always taken.
  input  logic        r_valid_i,
  input  r_beat_t     r_i,

  /// Commands in ring order.
  output logic        command_valid_o,
  input  logic        command_ready_i,
  output fetched_t    command_o,
  /// Bus address of the command.
  output logic [63:0] command_addr_o,

  /// Something is to be fetched, or being fetched.
  output logic        busy_o
);

  import kestrel_cmd_pkg::*;

  localparam int unsigned CountW = $clog2(FetchDepth) + 1;

  logic [31:0]       next_d, next_q;        // Index to fetch next.
  logic [CountW-1:0] pending_d, pending_q;  // Requested, not complete.
  logic [CountW-1:0] held_d, held_q;        // Complete, not taken.
  logic              stale_d, stale_q;      // Pending entries are to be dropped.

  logic run, request, complete, take;

  assign run = config_i.enable && !stale_q;

  ///////////////////////
  // Check and request //
  ///////////////////////

  logic        wanted, size_bad, overrun;
  logic [31:0] entries, mask;

  assign entries = 32'd1 << config_i.ring_log2;
  assign mask    = entries - 1'b1;

  assign wanted   = run && next_q != config_i.doorbell;
  assign size_bad = config_i.ring_log2 == '0 || config_i.ring_log2 > 5'(RingLog2Max);
  assign overrun  = (config_i.doorbell - head_i) > entries;

  assign ar_valid_o = wanted && !size_bad && !overrun &&
                      (pending_q + held_q) < CountW'(FetchDepth);
  assign ar_o.id    = IdFetch;
  assign ar_o.addr  = config_i.ring_base + {26'd0, next_q & mask, 6'd0};
  assign ar_o.len   = 8'(CommandBytes / AxiStrbW - 1);

  assign request = ar_valid_o && ar_ready_i;

  //////////////
  // Assembly //
  //////////////

  // The four beats of an entry: the first two carry the named words, the others must be zero.
  logic [1:0]          beat_d, beat_q;
  logic [1:0]          resp_d, resp_q;
  logic                reserved_set_d, reserved_set_q;
  logic [AxiDataW-1:0] low_q, high_q;
  fetched_t            entry;
  logic [1:0]          resp;

  assign complete = r_valid_i && r_i.last;
  assign resp     = resp_q[1] ? resp_q : r_i.resp;

  always_comb begin
    beat_d         = beat_q;
    resp_d         = resp_q;
    reserved_set_d = reserved_set_q;

    if (r_valid_i) begin
      beat_d         = beat_q + 1'b1;
      resp_d         = resp;
      reserved_set_d = reserved_set_q || (beat_q[1] && r_i.data != '0);
    end
    if (complete || clear_i) begin
      beat_d         = '0;
      resp_d         = '0;
      reserved_set_d = 1'b0;
    end
  end

  always_comb begin
    {entry.value_hi, entry.value_lo, entry.dst_hi, entry.dst_lo} = high_q;
    {entry.src_hi, entry.src_lo, entry.length, entry.header_reserved, entry.opcode} = low_q;
    entry.reserved_set = reserved_set_q || r_i.data != '0;
    entry.cause        = resp[1] ? CauseFetchError : CauseNone;
    entry.resp         = resp[1] ? resp : '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q         <= '0;
      resp_q         <= '0;
      reserved_set_q <= 1'b0;
    end else begin
      beat_q         <= beat_d;
      resp_q         <= resp_d;
      reserved_set_q <= reserved_set_d;
    end
  end

  // Written before an entry is complete, so no reset.
  always_ff @(posedge clk_i) begin
    if (r_valid_i && beat_q == 2'd0) low_q  <= r_i.data;
    if (r_valid_i && beat_q == 2'd1) high_q <= r_i.data;
  end

  fetched_t fifo_command;
  logic     fifo_valid, fifo_ready;

  prim_fifo #(
    .data_t (fetched_t),
    .Depth  (FetchDepth)
  ) u_fifo (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .clear_i    (clear_i || !run),
    .wr_valid_i (complete),
    .wr_ready_o (fifo_ready),
    .wr_data_i  (entry),
    .rd_valid_o (fifo_valid),
    .rd_ready_i (take),
    .rd_data_o  (fifo_command)
  );

  ////////////
  // Output //
  ////////////

  // A wrong set-up comes out as a command of its own, once all that was fetched before is done.
  logic setup_error;

  assign setup_error = wanted && (size_bad || overrun) && pending_q == '0 && held_q == '0 &&
                       !executing_i;

  assign command_valid_o = run && (fifo_valid || setup_error);
  assign command_addr_o  = config_i.ring_base + {26'd0, head_i & mask, 6'd0};
  assign take            = command_ready_i && command_valid_o && fifo_valid;

  always_comb begin
    command_o = fifo_command;
    if (!fifo_valid) begin
      command_o       = '0;
      command_o.cause = size_bad ? CauseRingConfig : CauseRingOverrun;
    end
  end

  ////////////
  // Counts //
  ////////////

  always_comb begin
    next_d    = next_q + 32'(request);
    pending_d = pending_q + CountW'(request) - CountW'(complete);
    held_d    = held_q + CountW'(complete) - CountW'(take);
    stale_d   = stale_q;

    if (!run) begin
      // What is pending is dropped when it comes. Fetching resumes behind the command in execution.
      next_d  = head_i + 32'(executing_i);
      held_d  = '0;
      stale_d = pending_d != '0;
    end
    if (clear_i) begin
      pending_d = '0;
      held_d    = '0;
      stale_d   = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_q    <= '0;
      pending_q <= '0;
      held_q    <= '0;
      stale_q   <= 1'b0;
    end else begin
      next_q    <= next_d;
      pending_q <= pending_d;
      held_q    <= held_d;
      stale_q   <= stale_d;
    end
  end

  assign busy_o = wanted || command_valid_o || pending_q != '0 || held_q != '0;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(EntryHasPlace, !(complete && !clear_i && run && !fifo_ready),
               "a fetched command found no place")
  `PRIM_ASSERT(LastInPlace, !r_valid_i || r_i.last == (beat_q == 2'd3),
               "a fetched command does not have four beats")

endmodule : kestrel_fetch
