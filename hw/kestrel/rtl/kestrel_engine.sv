// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Fetch, execution and the AXI4 manager port: everything between the registers and the memory.
module kestrel_engine
  import kestrel_pkg::*;
(
  input  logic    clk_i,
  input  logic    rst_ni,

  /// Registers.
  input  config_t config_i,
  input  logic    soft_reset_i,
  output logic    enable_clear_o,
  output logic    state_clear_o,
  output status_t status_o,

  /// Events, one cycle each.
  output logic    fence_event_o,
  output logic    error_event_o,

  /// Work is under way or waiting; the clock is needed.
  output logic    busy_o,

  /// AXI4.
  output logic    aw_valid_o,
  input  logic    aw_ready_i,
  output axi_ax_t aw_o,
  output logic    w_valid_o,
  input  logic    w_ready_i,
  output axi_w_t  w_o,
  input  logic    b_valid_i,
  output logic    b_ready_o,
  input  axi_b_t  b_i,
  output logic    ar_valid_o,
  input  logic    ar_ready_i,
  output axi_ax_t ar_o,
  input  logic    r_valid_i,
  output logic    r_ready_o,
  input  axi_r_t  r_i
);

  logic stop, stopped, executing;
  logic fetch_busy, sequencer_busy, bus_busy;

  ///////////
  // Fetch //
  ///////////

  logic        command_valid, command_ready;
  fetched_t    command;
  logic [63:0] command_addr;
  logic        fetch_ar_valid, fetch_ar_ready, fetch_r_valid;
  axi_ax_t     fetch_ar;
  axi_r_t      r;
  r_beat_t     r_beat;

  kestrel_fetch u_fetch (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .clear_i         (stop),
    .config_i        (config_i),
    .head_i          (status_o.head),
    .executing_i     (executing),
    .ar_valid_o      (fetch_ar_valid),
    .ar_ready_i      (fetch_ar_ready),
    .ar_o            (fetch_ar),
    .r_valid_i       (fetch_r_valid),
    .r_i             (r_beat),
    .command_valid_o (command_valid),
    .command_ready_i (command_ready),
    .command_o       (command),
    .command_addr_o  (command_addr),
    .busy_o          (fetch_busy)
  );

  ///////////////
  // Sequencer //
  ///////////////

  logic       copy_start, copy_done, copy_error;
  bus_error_t copy_error_info;
  logic       fence_start, fence_done, fence_error;
  bus_error_t fence_error_info;

  kestrel_sequencer u_sequencer (
    .clk_i              (clk_i),
    .rst_ni             (rst_ni),
    .soft_reset_i       (soft_reset_i),
    .doorbell_i         (config_i.doorbell),
    .command_valid_i    (command_valid),
    .command_ready_o    (command_ready),
    .command_i          (command),
    .command_addr_i     (command_addr),
    .copy_start_o       (copy_start),
    .copy_done_i        (copy_done),
    .copy_error_i       (copy_error),
    .copy_error_info_i  (copy_error_info),
    .fence_start_o      (fence_start),
    .fence_done_i       (fence_done),
    .fence_error_i      (fence_error),
    .fence_error_info_i (fence_error_info),
    .stop_o             (stop),
    .stopped_i          (stopped),
    .enable_clear_o     (enable_clear_o),
    .state_clear_o      (state_clear_o),
    .status_o           (status_o),
    .fence_event_o      (fence_event_o),
    .error_event_o      (error_event_o),
    .executing_o        (executing),
    .busy_o             (sequencer_busy)
  );

  ////////////////////
  // COPY and FENCE //
  ////////////////////

  logic    copy_ar_valid, copy_ar_ready, copy_r_valid;
  axi_ax_t copy_ar;
  logic    copy_aw_valid, copy_w_valid;
  axi_ax_t copy_aw;
  axi_w_t  copy_w;
  logic    fence_active, fence_aw_valid, fence_w_valid;
  axi_ax_t fence_aw;
  axi_w_t  fence_w;
  logic    aw_ready, w_ready, b_valid;
  axi_b_t  b;

  kestrel_copy u_copy (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (stop),
    .start_i      (copy_start),
    .src_i        ({command.src_hi, command.src_lo}),
    .dst_i        ({command.dst_hi, command.dst_lo}),
    .length_i     (command.length),
    .ar_valid_o   (copy_ar_valid),
    .ar_ready_i   (copy_ar_ready),
    .ar_o         (copy_ar),
    .r_valid_i    (copy_r_valid),
    .r_i          (r_beat),
    .aw_valid_o   (copy_aw_valid),
    .aw_ready_i   (aw_ready && !fence_active),
    .aw_o         (copy_aw),
    .w_valid_o    (copy_w_valid),
    .w_ready_i    (w_ready && !fence_active),
    .w_o          (copy_w),
    .b_valid_i    (b_valid && !fence_active),
    .b_resp_i     (b.resp),
    .done_o       (copy_done),
    .error_o      (copy_error),
    .error_info_o (copy_error_info)
  );

  kestrel_fence u_fence (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (stop),
    .start_i      (fence_start),
    .addr_i       ({command.dst_hi, command.dst_lo}),
    .value_i      ({command.value_hi, command.value_lo}),
    .aw_valid_o   (fence_aw_valid),
    .aw_ready_i   (aw_ready),
    .aw_o         (fence_aw),
    .w_valid_o    (fence_w_valid),
    .w_ready_i    (w_ready),
    .w_o          (fence_w),
    .b_valid_i    (b_valid && fence_active),
    .b_resp_i     (b.resp),
    .active_o     (fence_active),
    .done_o       (fence_done),
    .error_o      (fence_error),
    .error_info_o (fence_error_info)
  );

  /////////////////
  // Bus sharing //
  /////////////////

  // Commands are rare and short, and keep the engine fed: they go before data. The write channels
  // need no arbiter, since one command executes at a time.
  logic r_valid, ar_ready;

  assign fetch_ar_ready = ar_ready;
  assign copy_ar_ready  = ar_ready && !fetch_ar_valid;
  assign fetch_r_valid  = r_valid && r.id == IdFetch;
  assign copy_r_valid   = r_valid && r.id == IdCopy;
  assign r_beat         = '{resp: r.resp, last: r.last, data: r.data};

  prim_axi_isolator #(
    .ax_t           (axi_ax_t),
    .w_t            (axi_w_t),
    .b_t            (axi_b_t),
    .r_t            (axi_r_t),
    .MaxOutstanding (MaxOutstanding),
    .MaxAhead       (4)
  ) u_isolator (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .isolate_i     (stop),
    .isolated_o    (stopped),
    .busy_o        (bus_busy),
    .up_aw_valid_i (fence_active ? fence_aw_valid : copy_aw_valid),
    .up_aw_ready_o (aw_ready),
    .up_aw_i       (fence_active ? fence_aw : copy_aw),
    .up_w_valid_i  (fence_active ? fence_w_valid : copy_w_valid),
    .up_w_ready_o  (w_ready),
    .up_w_i        (fence_active ? fence_w : copy_w),
    .up_b_valid_o  (b_valid),
    .up_b_ready_i  (1'b1),
    .up_b_o        (b),
    .up_ar_valid_i (fetch_ar_valid || copy_ar_valid),
    .up_ar_ready_o (ar_ready),
    .up_ar_i       (fetch_ar_valid ? fetch_ar : copy_ar),
    .up_r_valid_o  (r_valid),
    .up_r_ready_i  (1'b1),
    .up_r_o        (r),
    .dn_aw_valid_o (aw_valid_o),
    .dn_aw_ready_i (aw_ready_i),
    .dn_aw_o       (aw_o),
    .dn_w_valid_o  (w_valid_o),
    .dn_w_ready_i  (w_ready_i),
    .dn_w_o        (w_o),
    .dn_b_valid_i  (b_valid_i),
    .dn_b_ready_o  (b_ready_o),
    .dn_b_i        (b_i),
    .dn_ar_valid_o (ar_valid_o),
    .dn_ar_ready_i (ar_ready_i),
    .dn_ar_o       (ar_o),
    .dn_r_valid_i  (r_valid_i),
    .dn_r_ready_o  (r_ready_o),
    .dn_r_i        (r_i)
  );

  assign busy_o = fetch_busy || sequencer_busy || bus_busy;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(ReadIdKnown, !r_valid || r.id == IdFetch || r.id == IdCopy,
               "read data has an id that was not used")
  `PRIM_ASSERT(WriteIdKnown, !b_valid || b.id == (fence_active ? IdFence : IdCopy),
               "a write response has an id that is not in use")

endmodule : kestrel_engine
