// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// The three engines, the memories on chip, and the way to the bus: all that a record in execution
/// uses. Which record that is, and of whom, only the front end knows.
module kestrel_core
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  /// Clock that does not rest, and that of everything but the compute engine and the scratchpad,
  /// with its `running_o`; see prim_clock_domain. The front end's clock may rest while that runs.
  input  logic              clk_main_i,
  input  logic              clk_i,
  input  logic              running_i,
  input  logic              rst_ni,

  /// Forget everything under way, and cut off the bus until nothing is outstanding.
  input  logic              clear_i,
  input  logic              isolate_i,
  output logic              isolated_o,
  /// Empty the memories on chip.
  input  logic              wipe_i,
  output logic              wiping_o,

  /// Address space of load and store.
  input  logic [SpaceW-1:0] space_i,

  /// Engines: a command from its start to its end or `clear_i`.
  input  logic              load_start_i,
  input  transfer_t         load_cmd_i,
  output logic              load_done_o,
  output logic              load_failed_o,
  output failure_t          load_failure_o,
  input  logic              store_start_i,
  input  transfer_t         store_cmd_i,
  output logic              store_done_o,
  output logic              store_failed_o,
  output failure_t          store_failure_o,
  input  logic              compute_start_i,
  input  logic [511:0]      compute_cmd_i,
  output logic              compute_done_o,
  output logic              compute_failed_o,
  output failure_t          compute_failure_o,

  /// The front end on the bus: reads, writes.
  input  logic              fetch_valid_i,
  input  bus_req_t          fetch_req_i,
  output logic              fetch_ready_o,
  output logic              fetch_refuse_o,
  output refusal_t          read_refusal_o,
  output logic              fetch_r_valid_o,
  output r_beat_t           fetch_r_o,
  input  logic              write_valid_i,
  input  bus_req_t          write_req_i,
  output logic              write_ready_o,
  output logic              write_refuse_o,
  output refusal_t          write_refusal_o,
  input  logic              write_w_valid_i,
  input  axi_w_t            write_w_i,
  output logic              write_w_ready_o,
  output logic              write_b_valid_o,
  output logic [1:0]        write_b_resp_o,

  /// Translation faults that stall.
  input  logic              stall_faults_i,
  output logic              stalled_o,
  output refusal_t          stalled_refusal_o,
  output logic [63:0]       stalled_addr_o,
  output access_e           stalled_access_o,
  input  logic              fault_retry_i,
  input  logic              fault_abort_i,

  /// Table of address spaces: asked, and answered a cycle later.
  output logic [SpaceW-1:0] space_number_o,
  input  space_t            space_entry_i,

  /// Invalidation of translations.
  input  logic              inv_start_i,
  input  logic              inv_all_spaces_i,
  input  logic              inv_range_i,
  input  logic [SpaceW-1:0] inv_space_i,
  input  logic [35:0]       inv_first_i,
  input  logic [35:0]       inv_last_i,
  output logic              inv_busy_o,

  /// Parity test: one wrong bit with the next write to a place.
  input  logic              flip_spad_arm_i,
  input  logic              flip_acc_arm_i,
  input  logic              flip_forget_i,
  input  logic [13:0]       flip_addr_i,
  input  logic [8:0]        flip_bit_i,

  /// What is counted, but for what the front end knows.
  output count_events_t     events_o,
  output compute_events_t   compute_events_o,

  /// `clk_i` is needed, besides for answers that the bus offers: by what it clocks, and by what the
  /// compute engine and the scratchpad have to say.
  output logic              busy_o,
  output logic              wake_o,
  /// The front end's clock is needed: it is told something with the next edge.
  output logic              front_wake_o,
  /// The compute engine's clock runs.
  output logic              compute_running_o,

  /// AXI4.
  output logic              aw_valid_o,
  input  logic              aw_ready_i,
  output axi_ax_t           aw_o,
  output logic              w_valid_o,
  input  logic              w_ready_i,
  output axi_w_t            w_o,
  input  logic              b_valid_i,
  output logic              b_ready_o,
  input  axi_b_t            b_i,
  output logic              ar_valid_o,
  input  logic              ar_ready_i,
  output axi_ax_t           ar_o,
  input  logic              r_valid_i,
  output logic              r_ready_o,
  input  axi_r_t            r_i
);

  logic load_busy, store_busy, compute_busy, output_busy, scratchpad_busy, bus_busy;
  logic wiping;

  ////////////
  // Clocks //
  ////////////

  // The compute engine and the scratchpad, and within them what only OUTPUT needs.
  logic clk_compute, clk_output, unused_output_running;

  prim_clock_domain u_compute_clock (
    .clk_i     (clk_main_i),
    .rst_ni    (rst_ni),
    .busy_i    (compute_busy || scratchpad_busy),
    .wake_i    (1'b0),
    .with_i    (running_i),
    .running_o (compute_running_o),
    .clk_o     (clk_compute)
  );

  prim_clock_domain u_output_clock (
    .clk_i     (clk_main_i),
    .rst_ni    (rst_ni),
    .busy_i    (output_busy),
    .wake_i    (1'b0),
    .with_i    (1'b0),
    .running_o (unused_output_running),
    .clk_o     (clk_output)
  );

  ////////////////
  // Scratchpad //
  ////////////////

  logic                 ra_valid, ra_ready, ra_error, rb_valid, rb_ready, rb_error;
  logic                 rs_valid, rs_ready, rs_error;
  logic [SpadAddrW-1:0] ra_addr, rb_addr, rs_addr, wv_addr, wl_addr;
  logic [SpadWordW-1:0] ra_data, rb_data, rs_data, wv_data, wl_data;
  logic                 wv_valid, wv_ready, wl_valid, wl_ready;
  logic [15:0]          wv_strb, wl_strb;
  logic                 scratchpad_wiping, accumulators_wiping;

  kestrel_scratchpad u_scratchpad (
    .clk_i         (clk_compute),
    .rst_ni        (rst_ni),
    .wipe_i        (wipe_i),
    .wiping_o      (scratchpad_wiping),
    .ra_valid_i    (ra_valid),
    .ra_addr_i     (ra_addr),
    .ra_ready_o    (ra_ready),
    .ra_data_o     (ra_data),
    .ra_error_o    (ra_error),
    .rb_valid_i    (rb_valid),
    .rb_addr_i     (rb_addr),
    .rb_ready_o    (rb_ready),
    .rb_data_o     (rb_data),
    .rb_error_o    (rb_error),
    .rs_valid_i    (rs_valid),
    .rs_addr_i     (rs_addr),
    .rs_ready_o    (rs_ready),
    .rs_data_o     (rs_data),
    .rs_error_o    (rs_error),
    .wv_valid_i    (wv_valid),
    .wv_addr_i     (wv_addr),
    .wv_strb_i     (wv_strb),
    .wv_data_i     (wv_data),
    .wv_ready_o    (wv_ready),
    .wl_valid_i    (wl_valid),
    .wl_addr_i     (wl_addr),
    .wl_strb_i     (wl_strb),
    .wl_data_i     (wl_data),
    .wl_ready_o    (wl_ready),
    .flip_arm_i    (flip_spad_arm_i),
    .flip_forget_i (flip_forget_i),
    .flip_addr_i   (flip_addr_i),
    .flip_bit_i    (flip_bit_i[6:0]),
    .busy_o        (scratchpad_busy)
  );

  // From the cycle after `wipe_i` on, as the memories, but a cycle longer.
  logic wiping_q;

  assign wiping = scratchpad_wiping || accumulators_wiping;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) wiping_q <= 1'b1;
    else         wiping_q <= wiping || wipe_i;
  end

  assign wiping_o = wiping_q;

  /////////////
  // Engines //
  /////////////

  logic       load_valid, load_ready, load_refuse, load_r_valid, load_active;
  logic [1:0] b_resp;
  bus_req_t   load_req;
  logic [4:0] read_beats, write_beats;
  logic       store_valid, store_ready, store_refuse, store_active;
  bus_req_t   store_req;
  logic       store_w_valid, store_w_ready, store_b_valid;
  axi_w_t     store_w;
  logic       compute_active, output_active, array_busy;
  logic [4:0] macs16;

  kestrel_load u_load (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .start_i      (load_start_i),
    .cmd_i        (load_cmd_i),
    .space_i      (space_i),
    .done_o       (load_done),
    .failed_o     (load_failed),
    .failure_o    (load_failure),
    .busy_o       (load_busy),
    .active_o     (load_active),
    .read_beats_o (read_beats),
    .req_valid_o  (load_valid),
    .req_o        (load_req),
    .req_ready_i  (load_ready),
    .refuse_i     (load_refuse),
    .refusal_i    (read_refusal_o),
    .r_valid_i    (load_r_valid),
    .r_i          (r_beat),
    .wl_valid_o   (wl_valid),
    .wl_addr_o    (wl_addr),
    .wl_strb_o    (wl_strb),
    .wl_data_o    (wl_data),
    .wl_ready_i   (wl_ready)
  );

  kestrel_store u_store (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .clear_i       (clear_i),
    .start_i       (store_start_i),
    .cmd_i         (store_cmd_i),
    .space_i       (space_i),
    .done_o        (store_done),
    .failed_o      (store_failed),
    .failure_o     (store_failure),
    .busy_o        (store_busy),
    .active_o      (store_active),
    .write_beats_o (write_beats),
    .req_valid_o   (store_valid),
    .req_o         (store_req),
    .req_ready_i   (store_ready),
    .refuse_i      (store_refuse),
    .refusal_i     (write_refusal_o),
    .w_valid_o     (store_w_valid),
    .w_o           (store_w),
    .w_ready_i     (store_w_ready),
    .b_valid_i     (store_b_valid),
    .b_resp_i      (b_resp),
    .rs_valid_o    (rs_valid),
    .rs_addr_o     (rs_addr),
    .rs_ready_i    (rs_ready),
    .rs_data_i     (rs_data),
    .rs_error_i    (rs_error)
  );

  logic     load_done, load_failed, store_done, store_failed;
  logic     compute_ends, compute_done, compute_failed;
  failure_t load_failure, store_failure, compute_failure;

  kestrel_compute u_compute (
    .clk_i           (clk_compute),
    .clk_output_i    (clk_output),
    .rst_ni          (rst_ni),
    .clear_i         (clear_i),
    .start_i         (compute_start_i),
    .cmd_i           (compute_cmd_i),
    .done_o          (compute_done),
    .failed_o        (compute_failed),
    .failure_o       (compute_failure),
    .busy_o          (compute_busy),
    .output_busy_o   (output_busy),
    .ends_o          (compute_ends),
    .active_o        (compute_active),
    .compute_busy_o  (array_busy),
    .macs16_o        (macs16),
    .output_active_o (output_active),
    .wipe_i          (wipe_i),
    .wiping_o        (accumulators_wiping),
    .flip_arm_i      (flip_acc_arm_i),
    .flip_forget_i   (flip_forget_i),
    .flip_addr_i     (flip_addr_i[AccAddrW-1:0]),
    .flip_bit_i      (flip_bit_i),
    .ra_valid_o      (ra_valid),
    .ra_addr_o       (ra_addr),
    .ra_ready_i      (ra_ready),
    .ra_data_i       (ra_data),
    .ra_error_i      (ra_error),
    .rb_valid_o      (rb_valid),
    .rb_addr_o       (rb_addr),
    .rb_ready_i      (rb_ready),
    .rb_data_i       (rb_data),
    .rb_error_i      (rb_error),
    .wv_valid_o      (wv_valid),
    .wv_addr_o       (wv_addr),
    .wv_strb_o       (wv_strb),
    .wv_data_o       (wv_data),
    .wv_ready_i      (wv_ready)
  );

  /////////
  // Bus //
  /////////

  bus_req_t rd_req [2];
  bus_req_t wr_req [2];
  axi_w_t   wr_w [2];
  logic     tlb_miss, waiting, bus_idle, port_busy;
  logic     fetch_r_valid, write_b_valid;
  r_beat_t  r_beat;
  logic     up_aw_valid, up_aw_ready, up_w_valid, up_w_ready, up_b_valid, up_b_ready;
  logic     up_ar_valid, up_ar_ready, up_r_valid, up_r_ready;
  axi_ax_t  up_aw, up_ar;
  axi_w_t   up_w;
  axi_b_t   up_b;
  axi_r_t   up_r;

  assign rd_req[0] = fetch_req_i;
  assign rd_req[1] = load_req;
  assign wr_req[0] = store_req;
  assign wr_req[1] = write_req_i;
  assign wr_w[0]   = store_w;
  assign wr_w[1]   = write_w_i;

  kestrel_bus u_bus (
    .clk_i             (clk_i),
    .rst_ni            (rst_ni),
    .clear_i           (clear_i),
    .rd_valid_i        ({load_valid, fetch_valid_i}),
    .rd_ready_o        ({load_ready, fetch_ready_o}),
    .rd_refuse_o       ({load_refuse, fetch_refuse_o}),
    .rd_req_i          (rd_req),
    .rd_refusal_o      (read_refusal_o),
    .r_valid_o         ({load_r_valid, fetch_r_valid}),
    .r_o               (r_beat),
    .wr_valid_i        ({write_valid_i, store_valid}),
    .wr_ready_o        ({write_ready_o, store_ready}),
    .wr_refuse_o       ({write_refuse_o, store_refuse}),
    .wr_req_i          (wr_req),
    .wr_refusal_o      (write_refusal_o),
    .w_valid_i         ({write_w_valid_i, store_w_valid}),
    .w_ready_o         ({write_w_ready_o, store_w_ready}),
    .w_i               (wr_w),
    .b_valid_o         ({write_b_valid, store_b_valid}),
    .b_resp_o          (b_resp),
    .space_o           (space_number_o),
    .space_i           (space_entry_i),
    .inv_start_i       (inv_start_i),
    .inv_all_spaces_i  (inv_all_spaces_i),
    .inv_range_i       (inv_range_i),
    .inv_space_i       (inv_space_i),
    .inv_first_i       (inv_first_i),
    .inv_last_i        (inv_last_i),
    .inv_busy_o        (inv_busy_o),
    .stall_faults_i    (stall_faults_i),
    .stalled_o         (stalled_o),
    .stalled_refusal_o (stalled_refusal_o),
    .stalled_addr_o    (stalled_addr_o),
    .stalled_access_o  (stalled_access_o),
    .retry_i           (fault_retry_i),
    .abort_i           (fault_abort_i),
    .aw_valid_o        (up_aw_valid),
    .aw_ready_i        (up_aw_ready),
    .aw_o              (up_aw),
    .w_valid_o         (up_w_valid),
    .w_ready_i         (up_w_ready),
    .w_o               (up_w),
    .b_valid_i         (up_b_valid),
    .b_ready_o         (up_b_ready),
    .b_i               (up_b),
    .ar_valid_o        (up_ar_valid),
    .ar_ready_i        (up_ar_ready),
    .ar_o              (up_ar),
    .r_valid_i         (up_r_valid),
    .r_ready_o         (up_r_ready),
    .r_i               (up_r),
    .bus_idle_i        (bus_idle),
    .tlb_miss_o        (tlb_miss),
    .waiting_o         (waiting),
    .busy_o            (bus_busy)
  );

  kestrel_port u_port (
    .clk_i         (clk_i),
    .running_i     (running_i),
    .rst_ni        (rst_ni),
    .isolate_i     (isolate_i),
    .isolated_o    (isolated_o),
    .idle_o        (bus_idle),
    .busy_o        (port_busy),
    .up_aw_valid_i (up_aw_valid),
    .up_aw_ready_o (up_aw_ready),
    .up_aw_i       (up_aw),
    .up_w_valid_i  (up_w_valid),
    .up_w_ready_o  (up_w_ready),
    .up_w_i        (up_w),
    .up_b_valid_o  (up_b_valid),
    .up_b_ready_i  (up_b_ready),
    .up_b_o        (up_b),
    .up_ar_valid_i (up_ar_valid),
    .up_ar_ready_o (up_ar_ready),
    .up_ar_i       (up_ar),
    .up_r_valid_o  (up_r_valid),
    .up_r_ready_i  (up_r_ready),
    .up_r_o        (up_r),
    .aw_valid_o    (aw_valid_o),
    .aw_ready_i    (aw_ready_i),
    .aw_o          (aw_o),
    .w_valid_o     (w_valid_o),
    .w_ready_i     (w_ready_i),
    .w_o           (w_o),
    .b_valid_i     (b_valid_i),
    .b_ready_o     (b_ready_o),
    .b_i           (b_i),
    .ar_valid_o    (ar_valid_o),
    .ar_ready_i    (ar_ready_i),
    .ar_o          (ar_o),
    .r_valid_i     (r_valid_i),
    .r_ready_o     (r_ready_o),
    .r_i           (r_i)
  );

  ////////////
  // Report //
  ////////////

  logic report_wake, report_busy;

  kestrel_report u_report (
    .clk_i             (clk_i),
    .rst_ni            (rst_ni),
    .clear_i           (clear_i),
    .load_done_i       (load_done),
    .load_failed_i     (load_failed),
    .load_failure_i    (load_failure),
    .store_done_i      (store_done),
    .store_failed_i    (store_failed),
    .store_failure_i   (store_failure),
    .compute_done_i    (compute_done),
    .compute_failed_i  (compute_failed),
    .compute_failure_i (compute_failure),
    .r_valid_i         (fetch_r_valid),
    .r_i               (r_beat),
    .b_valid_i         (write_b_valid),
    .b_resp_i          (b_resp),
    .levels_i          ({isolated_o, stalled_o, inv_busy_o}),
    .load_done_o       (load_done_o),
    .load_failed_o     (load_failed_o),
    .load_failure_o    (load_failure_o),
    .store_done_o      (store_done_o),
    .store_failed_o    (store_failed_o),
    .store_failure_o   (store_failure_o),
    .compute_done_o    (compute_done_o),
    .compute_failed_o  (compute_failed_o),
    .compute_failure_o (compute_failure_o),
    .r_valid_o         (fetch_r_valid_o),
    .r_o               (fetch_r_o),
    .b_valid_o         (write_b_valid_o),
    .b_resp_o          (write_b_resp_o),
    .wake_o            (report_wake),
    .busy_o            (report_busy)
  );

  /////////////
  // Outputs //
  /////////////

  always_comb begin
    events_o             = '0;
    events_o.tlb_miss    = tlb_miss;
    events_o.translation = waiting;
    events_o.read_beats  = read_beats;
    events_o.write_beats = write_beats;
    events_o.load_busy   = load_active;
    events_o.store_busy  = store_active;
  end

  assign compute_events_o = {macs16, output_active, array_busy};

  assign busy_o = load_busy || store_busy || bus_busy || port_busy || wiping_q || report_busy;
  // What comes out of the other domains: the end of a wipe and of a command.
  assign wake_o       = wiping || compute_ends || compute_done;
  assign front_wake_o = report_wake || wake_o || wiping_q;

  logic unused_active;
  assign unused_active = compute_active;

endmodule : kestrel_core
