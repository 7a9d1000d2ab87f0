// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Cuts an AXI4 manager off its bus at any moment, and ends what it had begun as AXI demands.
///
/// While `isolate_i` is low the isolator passes everything on, through a register stage in AW, W
/// and AR (one cycle each). While it is high it takes nothing from the manager and
///   - keeps offering requests that it has accepted until the bus takes them,
///   - completes write bursts with beats that write nothing (strobes 0),
///   - takes read data and write responses, and drops them.
/// When no access is left it raises `isolated_o`. The manager may be reset while `isolate_i` is
/// high; it must be in its initial state when `isolate_i` falls, and `isolate_i` may fall only
/// while `isolated_o` is high.
///
/// The manager's side is lenient: a valid may be withdrawn. W beats are accepted only once the bus
/// has taken the burst's AW: no data goes ahead of its address.
module prim_axi_isolator #(
  /// Request; members `id`, `addr`, `len` as AXI4 has them (len: beats - 1).
  parameter  type ax_t = logic,
  /// Write data; members `data`, `strb`, `last`.
  parameter  type w_t  = logic,
  /// Write response.
  parameter  type b_t  = logic,
  /// Read data; member `last`.
  parameter  type r_t  = logic,
  /// Accesses of each direction that may be outstanding. At most 255.
  parameter  int unsigned MaxOutstanding = 32,
  /// Write bursts whose address may be ahead of their data. A power of two, at least 2.
  parameter  int unsigned MaxAhead = 4,
  /// Derived; do not override. Width of a count of accesses, in bits.
  localparam int unsigned CountW = 8
) (
  input  logic clk_i,
  input  logic rst_ni,

  /// Cut the manager off.
  input  logic isolate_i,
  /// Cut off, and nothing is outstanding.
  output logic isolated_o,
  /// Something is outstanding.
  output logic busy_o,

  /// Manager's side.
  input  logic up_aw_valid_i,
  output logic up_aw_ready_o,
  input  ax_t  up_aw_i,
  input  logic up_w_valid_i,
  output logic up_w_ready_o,
  input  w_t   up_w_i,
  output logic up_b_valid_o,
  input  logic up_b_ready_i,
  output b_t   up_b_o,
  input  logic up_ar_valid_i,
  output logic up_ar_ready_o,
  input  ax_t  up_ar_i,
  output logic up_r_valid_o,
  input  logic up_r_ready_i,
  output r_t   up_r_o,

  /// Bus side.
  output logic dn_aw_valid_o,
  input  logic dn_aw_ready_i,
  output ax_t  dn_aw_o,
  output logic dn_w_valid_o,
  input  logic dn_w_ready_i,
  output w_t   dn_w_o,
  input  logic dn_b_valid_i,
  output logic dn_b_ready_o,
  input  b_t   dn_b_i,
  output logic dn_ar_valid_o,
  input  logic dn_ar_ready_i,
  output ax_t  dn_ar_o,
  input  logic dn_r_valid_i,
  output logic dn_r_ready_o,
  input  r_t   dn_r_i
);

  logic [CountW-1:0] writes_d, writes_q;  // AW accepted from the manager, B not taken.
  logic [CountW-1:0] reads_d, reads_q;    // AR accepted from the manager, last R not taken.
  logic [CountW-1:0] owed_d, owed_q;      // AW accepted from the manager, last W not formed.

  logic aw_take, ar_take, b_done, r_done;

  ////////////////////
  // Write requests //
  ////////////////////

  logic aw_stage_ready;

  assign up_aw_ready_o = aw_stage_ready && !isolate_i && writes_q != CountW'(MaxOutstanding) &&
                         owed_q != CountW'(MaxAhead);
  assign aw_take       = up_aw_valid_i && up_aw_ready_o;

  prim_skid_buffer #(
    .data_t (ax_t)
  ) u_aw_stage (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .valid_i (aw_take),
    .ready_o (aw_stage_ready),
    .data_i  (up_aw_i),
    .valid_o (dn_aw_valid_o),
    .ready_i (dn_aw_ready_i),
    .data_o  (dn_aw_o)
  );

  ////////////////
  // Write data //
  ////////////////

  // Lengths of the bursts whose address the bus has taken, the one being formed at the head.
  logic       len_valid, len_push_ready;
  logic [7:0] len;
  logic [7:0] beat_d, beat_q;
  logic       w_stage_valid, w_stage_ready;
  logic       w_form, w_form_last;
  w_t         w_stage;

  prim_fifo #(
    .data_t (logic [7:0]),
    .Depth  (MaxAhead)
  ) u_lengths (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .clear_i    (1'b0),
    .wr_valid_i (dn_aw_valid_o && dn_aw_ready_i),
    .wr_ready_o (len_push_ready),
    .wr_data_i  (dn_aw_o.len),
    .rd_valid_o (len_valid),
    .rd_ready_i (w_form_last),
    .rd_data_o  (len)
  );

  assign up_w_ready_o  = len_valid && w_stage_ready && !isolate_i;
  assign w_stage_valid = len_valid && (up_w_valid_i || isolate_i);
  assign w_form        = w_stage_valid && w_stage_ready;
  assign w_form_last   = w_form && beat_q == len;

  always_comb begin
    w_stage      = up_w_i;
    w_stage.last = beat_q == len;
    // The manager is gone: its burst ends without writing anything.
    if (isolate_i) w_stage.strb = '0;

    beat_d = beat_q;
    if (w_form) beat_d = w_form_last ? '0 : beat_q + 1'b1;
  end

  prim_skid_buffer #(
    .data_t (w_t)
  ) u_w_stage (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .valid_i (w_stage_valid),
    .ready_o (w_stage_ready),
    .data_i  (w_stage),
    .valid_o (dn_w_valid_o),
    .ready_i (dn_w_ready_i),
    .data_o  (dn_w_o)
  );

  ///////////////////
  // Read requests //
  ///////////////////

  logic ar_stage_ready;

  assign up_ar_ready_o = ar_stage_ready && !isolate_i && reads_q != CountW'(MaxOutstanding);
  assign ar_take       = up_ar_valid_i && up_ar_ready_o;

  prim_skid_buffer #(
    .data_t (ax_t)
  ) u_ar_stage (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .valid_i (ar_take),
    .ready_o (ar_stage_ready),
    .data_i  (up_ar_i),
    .valid_o (dn_ar_valid_o),
    .ready_i (dn_ar_ready_i),
    .data_o  (dn_ar_o)
  );

  /////////////
  // Answers //
  /////////////

  assign up_b_valid_o = dn_b_valid_i && !isolate_i;
  assign up_b_o       = dn_b_i;
  assign dn_b_ready_o = up_b_ready_i || isolate_i;
  assign b_done       = dn_b_valid_i && dn_b_ready_o;

  assign up_r_valid_o = dn_r_valid_i && !isolate_i;
  assign up_r_o       = dn_r_i;
  assign dn_r_ready_o = up_r_ready_i || isolate_i;
  assign r_done       = dn_r_valid_i && dn_r_ready_o && dn_r_i.last;

  ////////////
  // Counts //
  ////////////

  always_comb begin
    writes_d = writes_q + CountW'(aw_take) - CountW'(b_done);
    reads_d  = reads_q + CountW'(ar_take) - CountW'(r_done);
    owed_d   = owed_q + CountW'(aw_take) - CountW'(w_form_last);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      writes_q <= '0;
      reads_q  <= '0;
      owed_q   <= '0;
      beat_q   <= '0;
    end else begin
      writes_q <= writes_d;
      reads_q  <= reads_d;
      owed_q   <= owed_d;
      beat_q   <= beat_d;
    end
  end

  assign busy_o     = writes_q != '0 || reads_q != '0;
  assign isolated_o = isolate_i && !busy_o;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(OutstandingFits, MaxOutstanding >= 1 && MaxOutstanding <= 255,
                     "the number of outstanding accesses is not in 1 .. 255")
  `PRIM_ASSERT(LengthHasPlace, !(dn_aw_valid_o && dn_aw_ready_i && !len_push_ready),
               "a write burst's length found no place")
  `PRIM_ASSERT(LastIsTrue, !(up_w_valid_i && up_w_ready_o) || up_w_i.last == (beat_q == len),
               "the manager's WLAST does not come with the last beat of its burst")
  `PRIM_ASSERT(ResponseHasWrite, !(dn_b_valid_i && writes_q == '0),
               "the bus answers a write that nobody asked for")
  `PRIM_ASSERT(DataHasRead, !(dn_r_valid_i && reads_q == '0),
               "the bus answers a read that nobody asked for")

endmodule : prim_axi_isolator
