// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// kestrel_front with the members of its ports as pins.
module front_bench
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  reg_write_i,
  input  logic                  reg_read_i,
  input  logic [AxilAddrW-1:0]  reg_addr_i,
  input  logic [31:0]           reg_wdata_i,
  output logic [31:0]           reg_rdata_o,
  input  logic                  engine_reset_i,
  input  logic [4:0]            error_vector_i,
  output logic                  idle_o,
  output logic                  resetting_o,
  output logic                  reset_stuck_o,
  output logic [NumQueues-1:0]  error_queues_o,
  output logic                  active_valid_o,
  output logic [QueueW-1:0]     active_queue_o,
  output logic [NumVectors-1:0] irq_event_o,
  input  logic [63:0]           time_ns_i,
  output logic [63:0]           wake_ns_o,

  output logic                  record_begin_o,
  output logic                  record_end_o,
  output logic                  record_done_o,
  output logic                  call_o,
  output logic                  command_o,
  output logic                  load_token_o,
  output logic                  compute_token_o,
  output logic                  store_token_o,
  output logic                  clear_queue_o,
  output logic [QueueW-1:0]     clear_number_o,
  input  logic                  counters_busy_i,

  output logic                  fetch_valid_o,
  output logic [63:0]           fetch_addr_o,
  output logic [7:0]            fetch_len_o,
  output logic [SpaceW-1:0]     fetch_space_o,
  output logic                  fetch_privileged_o,
  input  logic                  fetch_ready_i,
  input  logic                  fetch_refuse_i,
  input  logic [2:0]            fetch_fault_i,
  input  logic [1:0]            fetch_fault_resp_i,
  input  logic                  fetch_r_valid_i,
  input  logic [1:0]            fetch_r_resp_i,
  input  logic                  fetch_r_last_i,
  input  logic [127:0]          fetch_r_data_i,

  output logic                  write_valid_o,
  output logic [63:0]           write_addr_o,
  output logic [7:0]            write_len_o,
  output logic [SpaceW-1:0]     write_space_o,
  output logic                  write_privileged_o,
  input  logic                  write_ready_i,
  input  logic                  write_refuse_i,
  input  logic [2:0]            write_fault_i,
  input  logic [1:0]            write_fault_resp_i,
  output logic                  write_w_valid_o,
  output logic [127:0]          write_w_data_o,
  output logic [15:0]           write_w_strb_o,
  output logic                  write_w_last_o,
  input  logic                  write_w_ready_i,
  input  logic                  write_b_valid_i,
  input  logic [1:0]            write_b_resp_i,

  output logic                  stall_faults_o,
  input  logic                  stalled_i,
  input  logic [2:0]            stalled_fault_i,
  input  logic [1:0]            stalled_resp_i,
  input  logic [63:0]           stalled_addr_i,
  input  logic [1:0]            stalled_access_i,
  output logic                  fault_retry_o,
  output logic                  fault_abort_o,

  output logic                  engine_clear_o,
  output logic                  isolate_o,
  input  logic                  isolated_i,
  output logic                  wipe_o,
  input  logic                  wiping_i,
  output logic [SpaceW-1:0]     job_space_o,

  output logic [2:0]            start_o,
  output logic [511:0]          load_cmd_o,
  output logic [511:0]          compute_cmd_o,
  output logic [511:0]          store_cmd_o,
  /// Bit 0 load, 1 compute, 2 store.
  input  logic [2:0]            done_i,
  input  logic [2:0]            failed_i,
  /// Of every engine that failed: cause, response, fault, access, address.
  input  logic [7:0]            failure_cause_i [3],
  input  logic [1:0]            failure_resp_i [3],
  input  logic [2:0]            failure_fault_i [3],
  input  logic [1:0]            failure_access_i [3],
  input  logic [63:0]           failure_addr_i [3],

  output logic                  busy_o
);

  bus_req_t  fetch_req, write_req;
  axi_w_t    w;
  failure_t  failure [3];
  transfer_t load_cmd, store_cmd;

  assign {fetch_addr_o, fetch_len_o, fetch_space_o, fetch_privileged_o} = fetch_req;
  assign {write_addr_o, write_len_o, write_space_o, write_privileged_o} = write_req;

  assign write_w_data_o = w.data;
  assign write_w_strb_o = w.strb;
  assign write_w_last_o = w.last;
  assign load_cmd_o     = load_cmd;
  assign store_cmd_o    = store_cmd;

  for (genvar i = 0; i < 3; i++) begin : gen_failure
    assign failure[i] = '{cause: error_cause_e'(failure_cause_i[i]),
                          resp:  failure_resp_i[i],
                          fault: fault_e'(failure_fault_i[i]),
                          acc:   access_e'(failure_access_i[i]),
                          addr:  failure_addr_i[i]};
  end

  kestrel_front u_front (
    .clk_i             (clk_i),
    .rst_ni            (rst_ni),
    .reg_write_i       (reg_write_i),
    .reg_read_i        (reg_read_i),
    .reg_addr_i        (reg_addr_i),
    .reg_wdata_i       (reg_wdata_i),
    .reg_rdata_o       (reg_rdata_o),
    .engine_reset_i    (engine_reset_i),
    .error_vector_i    (error_vector_i),
    .idle_o            (idle_o),
    .resetting_o       (resetting_o),
    .reset_stuck_o     (reset_stuck_o),
    .error_queues_o    (error_queues_o),
    .active_valid_o    (active_valid_o),
    .active_queue_o    (active_queue_o),
    .irq_event_o       (irq_event_o),
    .time_ns_i         (time_ns_i),
    .wake_ns_o         (wake_ns_o),
    .record_begin_o    (record_begin_o),
    .record_end_o      (record_end_o),
    .record_done_o     (record_done_o),
    .call_o            (call_o),
    .command_o         (command_o),
    .load_token_o      (load_token_o),
    .compute_token_o   (compute_token_o),
    .store_token_o     (store_token_o),
    .clear_queue_o     (clear_queue_o),
    .clear_number_o    (clear_number_o),
    .counters_busy_i   (counters_busy_i),
    .fetch_valid_o     (fetch_valid_o),
    .fetch_req_o       (fetch_req),
    .fetch_ready_i     (fetch_ready_i),
    .fetch_refuse_i    (fetch_refuse_i),
    .fetch_refusal_i   ('{fault: fault_e'(fetch_fault_i), resp: fetch_fault_resp_i}),
    .fetch_r_valid_i   (fetch_r_valid_i),
    .fetch_r_i         ('{resp: fetch_r_resp_i, last: fetch_r_last_i, data: fetch_r_data_i}),
    .write_valid_o     (write_valid_o),
    .write_req_o       (write_req),
    .write_ready_i     (write_ready_i),
    .write_refuse_i    (write_refuse_i),
    .write_refusal_i   ('{fault: fault_e'(write_fault_i), resp: write_fault_resp_i}),
    .write_w_valid_o   (write_w_valid_o),
    .write_w_o         (w),
    .write_w_ready_i   (write_w_ready_i),
    .write_b_valid_i   (write_b_valid_i),
    .write_b_resp_i    (write_b_resp_i),
    .disown_i          (1'b0),
    .stall_faults_o    (stall_faults_o),
    .stalled_i         (stalled_i),
    .stalled_refusal_i ('{fault: fault_e'(stalled_fault_i), resp: stalled_resp_i}),
    .stalled_addr_i    (stalled_addr_i),
    .stalled_access_i  (access_e'(stalled_access_i)),
    .fault_retry_o     (fault_retry_o),
    .fault_abort_o     (fault_abort_o),
    .engine_clear_o    (engine_clear_o),
    .isolate_o         (isolate_o),
    .isolated_i        (isolated_i),
    .wipe_o            (wipe_o),
    .wiping_i          (wiping_i),
    .job_space_o       (job_space_o),
    .load_start_o      (start_o[0]),
    .load_cmd_o        (load_cmd),
    .load_done_i       (done_i[0]),
    .load_failed_i     (failed_i[0]),
    .load_failure_i    (failure[0]),
    .store_start_o     (start_o[2]),
    .store_cmd_o       (store_cmd),
    .store_done_i      (done_i[2]),
    .store_failed_i    (failed_i[2]),
    .store_failure_i   (failure[2]),
    .compute_start_o   (start_o[1]),
    .compute_cmd_o     (compute_cmd_o),
    .compute_done_i    (done_i[1]),
    .compute_failed_i  (failed_i[1]),
    .compute_failure_i (failure[1]),
    .busy_o            (busy_o)
  );

endmodule : front_bench
