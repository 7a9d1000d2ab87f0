// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// kestrel: an int8 neural-network accelerator behind the shell that every accelerator of this
/// family has.
///
/// Software puts 64-byte records into rings in memory and writes doorbells; command buffers that
/// the records call run on three engines, through the address space of their owner; fences in
/// memory and interrupts report.
/// Source: docs/programmers_guide.md for software, hw/kestrel/docs/theory_of_operation.md for the
/// inside.
module kestrel
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  /// Main clock, rising edge; may be stopped as agreed by the clock request.
  input  logic                  clk_i,
  /// Asynchronous reset, active low.
  input  logic                  rst_ni,

  /// Clock request, see prim_clock_request.
  input  logic                  qreqn_i,
  output logic                  qacceptn_o,
  output logic                  qdeny_o,
  output logic                  qactive_o,

  /// Always-on time, nanoseconds; runs while the main clock is stopped.
  input  logic [63:0]           time_ns_i,
  /// The clock is wanted when `time_ns_i` has come to this, stopped or not. All ones: never.
  output logic [63:0]           wake_ns_o,

  /// One-cycle pulses, one per MSI-X vector.
  output logic [NumVectors-1:0] irq_o,

  /// Registers, AXI4-Lite.
  input  logic [AxilAddrW-1:0]  s_axil_awaddr_i,
  input  logic [2:0]            s_axil_awprot_i,
  input  logic                  s_axil_awvalid_i,
  output logic                  s_axil_awready_o,
  input  logic [31:0]           s_axil_wdata_i,
  input  logic [3:0]            s_axil_wstrb_i,
  input  logic                  s_axil_wvalid_i,
  output logic                  s_axil_wready_o,
  output logic [1:0]            s_axil_bresp_o,
  output logic                  s_axil_bvalid_o,
  input  logic                  s_axil_bready_i,
  input  logic [AxilAddrW-1:0]  s_axil_araddr_i,
  input  logic [2:0]            s_axil_arprot_i,
  input  logic                  s_axil_arvalid_i,
  output logic                  s_axil_arready_o,
  output logic [31:0]           s_axil_rdata_o,
  output logic [1:0]            s_axil_rresp_o,
  output logic                  s_axil_rvalid_o,
  input  logic                  s_axil_rready_i,

  /// Memory, AXI4. AxUSER: bits 19:0 PASID, 20 PASID valid, 21 privileged.
  output logic [AxiIdW-1:0]     m_axi_awid_o,
  output logic [AxiAddrW-1:0]   m_axi_awaddr_o,
  output logic [7:0]            m_axi_awlen_o,
  output logic [2:0]            m_axi_awsize_o,
  output logic [1:0]            m_axi_awburst_o,
  output logic [3:0]            m_axi_awcache_o,
  output logic [2:0]            m_axi_awprot_o,
  output logic [AxiUserW-1:0]   m_axi_awuser_o,
  output logic                  m_axi_awvalid_o,
  input  logic                  m_axi_awready_i,
  output logic [AxiDataW-1:0]   m_axi_wdata_o,
  output logic [AxiStrbW-1:0]   m_axi_wstrb_o,
  output logic                  m_axi_wlast_o,
  output logic                  m_axi_wvalid_o,
  input  logic                  m_axi_wready_i,
  input  logic [AxiIdW-1:0]     m_axi_bid_i,
  input  logic [1:0]            m_axi_bresp_i,
  input  logic                  m_axi_bvalid_i,
  output logic                  m_axi_bready_o,
  output logic [AxiIdW-1:0]     m_axi_arid_o,
  output logic [AxiAddrW-1:0]   m_axi_araddr_o,
  output logic [7:0]            m_axi_arlen_o,
  output logic [2:0]            m_axi_arsize_o,
  output logic [1:0]            m_axi_arburst_o,
  output logic [3:0]            m_axi_arcache_o,
  output logic [2:0]            m_axi_arprot_o,
  output logic [AxiUserW-1:0]   m_axi_aruser_o,
  output logic                  m_axi_arvalid_o,
  input  logic                  m_axi_arready_i,
  input  logic [AxiIdW-1:0]     m_axi_rid_i,
  input  logic [AxiDataW-1:0]   m_axi_rdata_i,
  input  logic [1:0]            m_axi_rresp_i,
  input  logic                  m_axi_rlast_i,
  input  logic                  m_axi_rvalid_i,
  output logic                  m_axi_rready_o
);

  ///////////////
  // Registers //
  ///////////////

  logic                  reg_write, reg_read;
  logic [AxilAddrW-1:0]  reg_addr;
  logic [31:0]           reg_wdata, reg_rdata;
  logic                  engine_reset, idle, resetting, reset_stuck, active_valid;
  logic [NumQueues-1:0]  error_queues;
  logic [QueueW-1:0]     active_queue, clear_number;
  logic [4:0]            error_vector;
  logic [NumVectors-1:0] irq_event;
  logic [SpaceW-1:0]     space_number;
  space_t                space_entry;
  logic                  inv_start, inv_all_spaces, inv_range, inv_busy;
  logic [SpaceW-1:0]     inv_space;
  logic [35:0]           inv_first, inv_last;
  logic                  flip_spad_arm, flip_acc_arm, flip_forget;
  logic [13:0]           flip_addr;
  logic [8:0]            flip_bit;
  logic                  record_begin, record_end, record_done, call, command, clear_queue;
  logic                  load_token, compute_token, store_token, counters_busy;
  count_events_t         core_events, events;
  compute_events_t       compute_events;
  logic                  csr_busy, front_busy, core_busy, core_wake, front_wake;

  ///////////
  // Clock //
  ///////////

  // Registers and front end rest while they have nothing to do; engines and bus as well, but they
  // run with those. Within the core there are more domains.
  logic clk_control, control_running, control_busy_q;
  logic clk_memory, memory_running, memory_busy_q;
  logic compute_running;
  logic access_offered, answer_offered, time_has_come;

  assign access_offered = s_axil_awvalid_i || s_axil_wvalid_i || s_axil_arvalid_i;
  assign answer_offered = m_axi_bvalid_i || m_axi_rvalid_i;
  assign time_has_come  = time_ns_i >= wake_ns_o;

  // In the domain itself, so that nobody looks while it rests.
  always_ff @(posedge clk_control or negedge rst_ni) begin
    if (!rst_ni) control_busy_q <= 1'b1;
    else         control_busy_q <= csr_busy || front_busy;
  end

  always_ff @(posedge clk_memory or negedge rst_ni) begin
    if (!rst_ni) memory_busy_q <= 1'b1;
    else         memory_busy_q <= core_busy;
  end

  prim_clock_domain u_control_clock (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .busy_i    (control_busy_q || front_wake),
    .wake_i    (access_offered || time_has_come),
    .with_i    (1'b0),
    .running_o (control_running),
    .clk_o     (clk_control)
  );

  prim_clock_domain u_memory_clock (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .busy_i    (memory_busy_q || core_wake),
    .wake_i    (answer_offered),
    .with_i    (control_running),
    .running_o (memory_running),
    .clk_o     (clk_memory)
  );

  kestrel_csr u_csr (
    .clk_i            (clk_control),
    .clk_count_i      (clk_i),
    .clk_space_i      (clk_memory),
    .rst_ni           (rst_ni),
    .time_ns_i        (time_ns_i),
    .s_axil_awaddr_i  (s_axil_awaddr_i),
    .s_axil_awvalid_i (s_axil_awvalid_i),
    .s_axil_awready_o (s_axil_awready_o),
    .s_axil_wdata_i   (s_axil_wdata_i),
    .s_axil_wstrb_i   (s_axil_wstrb_i),
    .s_axil_wvalid_i  (s_axil_wvalid_i),
    .s_axil_wready_o  (s_axil_wready_o),
    .s_axil_bresp_o   (s_axil_bresp_o),
    .s_axil_bvalid_o  (s_axil_bvalid_o),
    .s_axil_bready_i  (s_axil_bready_i),
    .s_axil_araddr_i  (s_axil_araddr_i),
    .s_axil_arvalid_i (s_axil_arvalid_i),
    .s_axil_arready_o (s_axil_arready_o),
    .s_axil_rdata_o   (s_axil_rdata_o),
    .s_axil_rresp_o   (s_axil_rresp_o),
    .s_axil_rvalid_o  (s_axil_rvalid_o),
    .s_axil_rready_i  (s_axil_rready_i),
    .reg_write_o      (reg_write),
    .reg_read_o       (reg_read),
    .reg_addr_o       (reg_addr),
    .reg_wdata_o      (reg_wdata),
    .reg_rdata_i      (reg_rdata),
    .engine_reset_o   (engine_reset),
    .idle_i           (idle),
    .resetting_i      (resetting),
    .reset_stuck_i    (reset_stuck),
    .error_queues_i   (error_queues),
    .active_valid_i   (active_valid),
    .active_queue_i   (active_queue),
    .error_vector_o   (error_vector),
    .irq_event_i      (irq_event),
    .irq_o            (irq_o),
    .space_i          (space_number),
    .space_o          (space_entry),
    .inv_start_o      (inv_start),
    .inv_all_spaces_o (inv_all_spaces),
    .inv_range_o      (inv_range),
    .inv_space_o      (inv_space),
    .inv_first_o      (inv_first),
    .inv_last_o       (inv_last),
    .inv_busy_i       (inv_busy),
    .flip_spad_arm_o  (flip_spad_arm),
    .flip_acc_arm_o   (flip_acc_arm),
    .flip_addr_o      (flip_addr),
    .flip_bit_o       (flip_bit),
    .flip_forget_o    (flip_forget),
    .record_begin_i   (record_begin),
    .record_end_i     (record_end),
    .queue_i          (active_queue),
    .record_done_i    (record_done),
    .call_i           (call),
    .events_i         (events),
    .compute_events_i (compute_events),
    .clear_queue_i    (clear_queue),
    .clear_number_i   (clear_number),
    .counters_busy_o  (counters_busy),
    .busy_o           (csr_busy)
  );

  always_comb begin
    events               = core_events;
    events.command       = command;
    events.load_token    = load_token;
    events.compute_token = compute_token;
    events.store_token   = store_token;
  end

  // No register is more privileged than another: whoever maps the BAR may reach all of it.
  logic [5:0] unused_prot;
  assign unused_prot = {s_axil_awprot_i, s_axil_arprot_i};

  ///////////////
  // Front end //
  ///////////////

  logic              clear, isolate, isolated, wipe, wiping;
  logic [SpaceW-1:0] job_space;
  logic              load_start, load_done, load_failed;
  logic              store_start, store_done, store_failed;
  logic              compute_start, compute_done, compute_failed;
  transfer_t         load_cmd, store_cmd;
  logic [511:0]      compute_cmd;
  failure_t          load_failure, store_failure, compute_failure;
  logic              fetch_valid, fetch_ready, fetch_refuse, fetch_r_valid;
  bus_req_t          fetch_req, write_req;
  refusal_t          read_refusal, write_refusal, stalled_refusal;
  r_beat_t           fetch_r;
  logic              write_valid, write_ready, write_refuse;
  logic              write_w_valid, write_w_ready, write_b_valid;
  axi_w_t            write_w;
  logic [1:0]        b_resp;
  logic              stall_faults, stalled, fault_retry, fault_abort;
  logic [63:0]       stalled_addr;
  access_e           stalled_access;

  kestrel_front u_front (
    .clk_i             (clk_control),
    .rst_ni            (rst_ni),
    .reg_write_i       (reg_write),
    .reg_read_i        (reg_read),
    .reg_addr_i        (reg_addr),
    .reg_wdata_i       (reg_wdata),
    .reg_rdata_o       (reg_rdata),
    .engine_reset_i    (engine_reset),
    .error_vector_i    (error_vector),
    .idle_o            (idle),
    .resetting_o       (resetting),
    .reset_stuck_o     (reset_stuck),
    .error_queues_o    (error_queues),
    .active_valid_o    (active_valid),
    .active_queue_o    (active_queue),
    .irq_event_o       (irq_event),
    .time_ns_i         (time_ns_i),
    .wake_ns_o         (wake_ns_o),
    .record_begin_o    (record_begin),
    .record_end_o      (record_end),
    .record_done_o     (record_done),
    .call_o            (call),
    .command_o         (command),
    .load_token_o      (load_token),
    .compute_token_o   (compute_token),
    .store_token_o     (store_token),
    .clear_queue_o     (clear_queue),
    .clear_number_o    (clear_number),
    .counters_busy_i   (counters_busy),
    .fetch_valid_o     (fetch_valid),
    .fetch_req_o       (fetch_req),
    .fetch_ready_i     (fetch_ready),
    .fetch_refuse_i    (fetch_refuse),
    .fetch_refusal_i   (read_refusal),
    .fetch_r_valid_i   (fetch_r_valid),
    .fetch_r_i         (fetch_r),
    .write_valid_o     (write_valid),
    .write_req_o       (write_req),
    .write_ready_i     (write_ready),
    .write_refuse_i    (write_refuse),
    .write_refusal_i   (write_refusal),
    .write_w_valid_o   (write_w_valid),
    .write_w_o         (write_w),
    .write_w_ready_i   (write_w_ready),
    .write_b_valid_i   (write_b_valid),
    .write_b_resp_i    (b_resp),
    .disown_i          (inv_start && !inv_range),
    .stall_faults_o    (stall_faults),
    .stalled_i         (stalled),
    .stalled_refusal_i (stalled_refusal),
    .stalled_addr_i    (stalled_addr),
    .stalled_access_i  (stalled_access),
    .fault_retry_o     (fault_retry),
    .fault_abort_o     (fault_abort),
    .engine_clear_o    (clear),
    .isolate_o         (isolate),
    .isolated_i        (isolated),
    .wipe_o            (wipe),
    .wiping_i          (wiping),
    .job_space_o       (job_space),
    .load_start_o      (load_start),
    .load_cmd_o        (load_cmd),
    .load_done_i       (load_done),
    .load_failed_i     (load_failed),
    .load_failure_i    (load_failure),
    .store_start_o     (store_start),
    .store_cmd_o       (store_cmd),
    .store_done_i      (store_done),
    .store_failed_i    (store_failed),
    .store_failure_i   (store_failure),
    .compute_start_o   (compute_start),
    .compute_cmd_o     (compute_cmd),
    .compute_done_i    (compute_done),
    .compute_failed_i  (compute_failed),
    .compute_failure_i (compute_failure),
    .busy_o            (front_busy)
  );

  //////////
  // Core //
  //////////

  axi_ax_t aw, ar;
  axi_w_t  w;
  axi_b_t  b;
  axi_r_t  r;

  // Only with an answer, for the speed of simulation.
  always_comb begin
    b = '0;
    if (m_axi_bvalid_i) b = '{id: m_axi_bid_i, resp: m_axi_bresp_i};
  end

  always_comb begin
    r = '0;
    if (m_axi_rvalid_i) begin
      r = '{id: m_axi_rid_i, resp: m_axi_rresp_i, last: m_axi_rlast_i, data: m_axi_rdata_i};
    end
  end

  kestrel_core u_core (
    .clk_main_i        (clk_i),
    .clk_i             (clk_memory),
    .running_i         (memory_running),
    .rst_ni            (rst_ni),
    .clear_i           (clear),
    .isolate_i         (isolate),
    .isolated_o        (isolated),
    .wipe_i            (wipe),
    .wiping_o          (wiping),
    .space_i           (job_space),
    .load_start_i      (load_start),
    .load_cmd_i        (load_cmd),
    .load_done_o       (load_done),
    .load_failed_o     (load_failed),
    .load_failure_o    (load_failure),
    .store_start_i     (store_start),
    .store_cmd_i       (store_cmd),
    .store_done_o      (store_done),
    .store_failed_o    (store_failed),
    .store_failure_o   (store_failure),
    .compute_start_i   (compute_start),
    .compute_cmd_i     (compute_cmd),
    .compute_done_o    (compute_done),
    .compute_failed_o  (compute_failed),
    .compute_failure_o (compute_failure),
    .fetch_valid_i     (fetch_valid),
    .fetch_req_i       (fetch_req),
    .fetch_ready_o     (fetch_ready),
    .fetch_refuse_o    (fetch_refuse),
    .read_refusal_o    (read_refusal),
    .fetch_r_valid_o   (fetch_r_valid),
    .fetch_r_o         (fetch_r),
    .write_valid_i     (write_valid),
    .write_req_i       (write_req),
    .write_ready_o     (write_ready),
    .write_refuse_o    (write_refuse),
    .write_refusal_o   (write_refusal),
    .write_w_valid_i   (write_w_valid),
    .write_w_i         (write_w),
    .write_w_ready_o   (write_w_ready),
    .write_b_valid_o   (write_b_valid),
    .write_b_resp_o    (b_resp),
    .stall_faults_i    (stall_faults),
    .stalled_o         (stalled),
    .stalled_refusal_o (stalled_refusal),
    .stalled_addr_o    (stalled_addr),
    .stalled_access_o  (stalled_access),
    .fault_retry_i     (fault_retry),
    .fault_abort_i     (fault_abort),
    .space_number_o    (space_number),
    .space_entry_i     (space_entry),
    .inv_start_i       (inv_start),
    .inv_all_spaces_i  (inv_all_spaces),
    .inv_range_i       (inv_range),
    .inv_space_i       (inv_space),
    .inv_first_i       (inv_first),
    .inv_last_i        (inv_last),
    .inv_busy_o        (inv_busy),
    .flip_spad_arm_i   (flip_spad_arm),
    .flip_acc_arm_i    (flip_acc_arm),
    .flip_forget_i     (flip_forget),
    .flip_addr_i       (flip_addr),
    .flip_bit_i        (flip_bit),
    .events_o          (core_events),
    .compute_events_o  (compute_events),
    .busy_o            (core_busy),
    .wake_o            (core_wake),
    .front_wake_o      (front_wake),
    .compute_running_o (compute_running),
    .aw_valid_o        (m_axi_awvalid_o),
    .aw_ready_i        (m_axi_awready_i),
    .aw_o              (aw),
    .w_valid_o         (m_axi_wvalid_o),
    .w_ready_i         (m_axi_wready_i),
    .w_o               (w),
    .b_valid_i         (m_axi_bvalid_i),
    .b_ready_o         (m_axi_bready_o),
    .b_i               (b),
    .ar_valid_o        (m_axi_arvalid_o),
    .ar_ready_i        (m_axi_arready_i),
    .ar_o              (ar),
    .r_valid_i         (m_axi_rvalid_i),
    .r_ready_o         (m_axi_rready_o),
    .r_i               (r)
  );

  // What all accesses share: full-width beats, incrementing; normal memory, not cacheable by others
  // than its owner, bufferable; AxPROT says data, secure, unprivileged: privilege is in AxUSER.
  localparam logic [2:0] AxSize      = 3'(BeatBytesLog2);
  localparam logic [1:0] AxBurstIncr = 2'b01;
  localparam logic [3:0] AxCache     = 4'b0011;

  assign m_axi_awid_o    = aw.id;
  assign m_axi_awaddr_o  = aw.addr;
  assign m_axi_awlen_o   = aw.len;
  assign m_axi_awsize_o  = AxSize;
  assign m_axi_awburst_o = AxBurstIncr;
  assign m_axi_awcache_o = AxCache;
  assign m_axi_awprot_o  = '0;
  assign m_axi_awuser_o  = aw.user;
  assign m_axi_wdata_o   = w.data;
  assign m_axi_wstrb_o   = w.strb;
  assign m_axi_wlast_o   = w.last;
  assign m_axi_arid_o    = ar.id;
  assign m_axi_araddr_o  = ar.addr;
  assign m_axi_arlen_o   = ar.len;
  assign m_axi_arsize_o  = AxSize;
  assign m_axi_arburst_o = AxBurstIncr;
  assign m_axi_arcache_o = AxCache;
  assign m_axi_arprot_o  = '0;
  assign m_axi_aruser_o  = ar.user;

  ///////////////////
  // Clock request //
  ///////////////////

  prim_clock_request u_clock_request (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .busy_i     (memory_running || compute_running || access_offered || answer_offered),
    .wake_i     (time_has_come),
    .qreqn_i    (qreqn_i),
    .qacceptn_o (qacceptn_o),
    .qdeny_o    (qdeny_o),
    .qactive_o  (qactive_o)
  );

endmodule : kestrel
