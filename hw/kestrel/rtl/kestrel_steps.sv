// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Cuts runs into the units of 16 bytes of their destination, one a cycle, without a gap between
/// runs, and says for each what of the source it takes.
///
/// Into the scratchpad all bytes of a run go, padding before and after the inner ones. Into memory
/// only the inner bytes go, and a run without them gives no step.
module kestrel_steps
  import kestrel_pkg::*;
  import kestrel_transfer_pkg::*;
#(
  /// The destination is memory, else the scratchpad.
  parameter bit ToMemory = 1'b0
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  /// Forget everything.
  input  logic                      clear_i,

  /// Bytes of a run; stable.
  input  logic [15:0]               n0_i,
  /// Runs, none of them bad.
  input  logic                      valid_i,
  output logic                      ready_o,
  // The flags belong to whoever gives the runs.
  /* verilator lint_off UNUSEDSIGNAL */
  input  run_t                      run_i,
  /* verilator lint_on UNUSEDSIGNAL */
  /// Low bits of the memory address of the first inner byte.
  input  logic [BurstBytesLog2-1:0] addr_i,

  /// Steps.
  output logic                      step_valid_o,
  input  logic                      step_ready_i,
  output step_t                     step_o,
  /// No run and no step is left.
  output logic                      idle_o
);

  localparam int unsigned OffsetW = BeatBytesLog2;

  // What is left of the run.
  logic                 have_q;
  logic                 last_q;   // It is the last run.
  logic [15:0]          total_q;  // Bytes, all.
  logic [15:0]          lead_q;   // Padding before the inner ones.
  logic [15:0]          inner_q;
  logic [SpadByteW-1:0] to_q;     // Next byte of the destination.
  logic [OffsetW-1:0]   from_q;   // Offset of the next source byte in its unit.

  logic                 step_valid_q;
  step_t                step_q;
  logic                 take, fill, emit, run_end;

  assign run_end = total_q <= 16'd16 - 16'(to_q[OffsetW-1:0]);
  assign emit    = have_q && (!step_valid_q || step_ready_i);
  assign ready_o = !have_q || (emit && run_end);
  assign take    = valid_i && ready_o;
  assign fill    = take && !(ToMemory && run_i.inner == '0);

  always_ff @(posedge clk_i) begin
    if (emit) begin
      automatic logic [4:0] place, room, bytes, pad, data;  // In this unit.
      automatic logic [4:0] data_begin, data_end, span;
      place      = 5'(to_q[OffsetW-1:0]);
      room       = 5'd16 - place;
      bytes      = total_q < 16'(room) ? total_q[4:0] : room;
      pad        = lead_q < 16'(bytes) ? lead_q[4:0] : bytes;
      data       = bytes - pad;
      if (inner_q < 16'(data)) data = inner_q[4:0];
      data_begin = place + pad;
      data_end   = data_begin + data;
      span       = 5'(from_q) + data;  // Of source units from the begin of the first, bytes: <= 31.

      step_q.last      <= last_q && run_end;
      step_q.burst_end <= run_end || &to_q[BurstBytesLog2-1:OffsetW];
      step_q.unit      <= to_q[SpadByteW-1:OffsetW];
      step_q.strb      <= 16'(17'h1ffff << place) & ~16'(17'h1ffff << (place + bytes));
      step_q.data      <= 16'(17'h1ffff << data_begin) & ~16'(17'h1ffff << data_end);
      step_q.need      <= data == '0 ? 2'd0 : 2'((6'(span) + 6'd15) >> OffsetW);
      if (data == '0) step_q.consume <= 2'd0;
      else if (inner_q == 16'(data)) step_q.consume <= 2'((6'(span) + 6'd15) >> OffsetW);
      else step_q.consume <= 2'(span >> OffsetW);
      step_q.back      <= 5'(from_q) < data_begin;
      step_q.shift     <= from_q - data_begin[OffsetW-1:0];

      total_q <= total_q - 16'(bytes);
      lead_q  <= lead_q - 16'(pad);
      inner_q <= inner_q - 16'(data);
      to_q    <= to_q + SpadByteW'(bytes);
      from_q  <= span[OffsetW-1:0];
    end
    if (fill) begin
      last_q  <= run_i.last;
      inner_q <= run_i.inner;
      if (ToMemory) begin
        total_q <= run_i.inner;
        lead_q  <= '0;
        to_q    <= SpadByteW'(addr_i);
        from_q  <= run_i.spad[OffsetW-1:0] + run_i.lead[OffsetW-1:0];
      end else begin
        total_q <= n0_i;
        lead_q  <= run_i.lead;
        to_q    <= run_i.spad;
        from_q  <= addr_i[OffsetW-1:0];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      have_q       <= 1'b0;
      step_valid_q <= 1'b0;
    end else if (clear_i) begin
      have_q       <= 1'b0;
      step_valid_q <= 1'b0;
    end else begin
      if (ready_o) have_q <= fill;
      if (!step_valid_q || step_ready_i) step_valid_q <= have_q;
    end
  end

  assign step_valid_o = step_valid_q;
  assign step_o       = step_q;
  assign idle_o       = !have_q && !step_valid_q;

  // Into memory nothing but inner bytes goes.
  if (ToMemory) begin : gen_to_memory
    logic unused_n0;
    assign unused_n0 = ^n0_i;
  end else begin : gen_to_scratchpad
    logic unused_addr;
    assign unused_addr = ^addr_i;
  end

endmodule : kestrel_steps
