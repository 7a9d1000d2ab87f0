// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// kestrel's registers and counters by themselves, with the rules of AXI4-Lite checked, and what is
/// a structure at their ports as pins.
module csr_bench
  import kestrel_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [63:0]           time_ns_i,

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

  output logic                  reg_write_o,
  output logic                  reg_read_o,
  output logic [AxilAddrW-1:0]  reg_addr_o,
  output logic [31:0]           reg_wdata_o,
  input  logic [31:0]           reg_rdata_i,

  output logic                  engine_reset_o,
  input  logic                  idle_i,
  input  logic                  resetting_i,
  input  logic                  reset_stuck_i,
  input  logic [NumQueues-1:0]  error_queues_i,
  input  logic                  active_valid_i,
  input  logic [QueueW-1:0]     active_queue_i,
  output logic [4:0]            error_vector_o,

  input  logic [NumVectors-1:0] irq_event_i,
  output logic [NumVectors-1:0] irq_o,

  input  logic [SpaceW-1:0]     space_i,
  output logic [1:0]            space_mode_o,
  output logic [19:0]           space_pasid_o,
  output logic [39:0]           space_root_o,

  output logic                  inv_start_o,
  output logic                  inv_all_spaces_o,
  output logic                  inv_range_o,
  output logic [SpaceW-1:0]     inv_space_o,
  output logic [35:0]           inv_first_o,
  output logic [35:0]           inv_last_o,
  input  logic                  inv_busy_i,

  output logic                  flip_spad_arm_o,
  output logic                  flip_acc_arm_o,
  output logic [13:0]           flip_addr_o,
  output logic [8:0]            flip_bit_o,
  output logic                  flip_forget_o,

  input  logic                  record_begin_i,
  input  logic                  record_end_i,
  input  logic [QueueW-1:0]     queue_i,
  input  logic                  record_done_i,
  input  logic                  call_i,
  input  logic                  clear_queue_i,
  input  logic [QueueW-1:0]     clear_number_i,
  output logic                  counters_busy_o,

  /// Members of count_events_t and of compute_events_t.
  input  logic                  command_i,
  input  logic                  compute_busy_i,
  input  logic                  output_busy_i,
  input  logic                  load_busy_i,
  input  logic                  store_busy_i,
  input  logic                  compute_token_i,
  input  logic                  load_token_i,
  input  logic                  store_token_i,
  input  logic                  translation_i,
  input  logic [4:0]            read_beats_i,
  input  logic [4:0]            write_beats_i,
  input  logic [4:0]            macs16_i,
  input  logic                  tlb_miss_i,

  output logic                  busy_o
);

  space_t        space;
  count_events_t events;

  assign space_mode_o  = space.mode;
  assign space_pasid_o = space.pasid;
  assign space_root_o  = space.root;

  assign events = '{
    command:       command_i,
    load_busy:     load_busy_i,
    store_busy:    store_busy_i,
    compute_token: compute_token_i,
    load_token:    load_token_i,
    store_token:   store_token_i,
    translation:   translation_i,
    read_beats:    read_beats_i,
    write_beats:   write_beats_i,
    tlb_miss:      tlb_miss_i
  };

  kestrel_csr u_csr (
    .clk_i            (clk_i),
    .clk_count_i      (clk_i),
    .clk_space_i      (clk_i),
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
    .reg_write_o      (reg_write_o),
    .reg_read_o       (reg_read_o),
    .reg_addr_o       (reg_addr_o),
    .reg_wdata_o      (reg_wdata_o),
    .reg_rdata_i      (reg_rdata_i),
    .engine_reset_o   (engine_reset_o),
    .idle_i           (idle_i),
    .resetting_i      (resetting_i),
    .reset_stuck_i    (reset_stuck_i),
    .error_queues_i   (error_queues_i),
    .active_valid_i   (active_valid_i),
    .active_queue_i   (active_queue_i),
    .error_vector_o   (error_vector_o),
    .irq_event_i      (irq_event_i),
    .irq_o            (irq_o),
    .space_i          (space_i),
    .space_o          (space),
    .inv_start_o      (inv_start_o),
    .inv_all_spaces_o (inv_all_spaces_o),
    .inv_range_o      (inv_range_o),
    .inv_space_o      (inv_space_o),
    .inv_first_o      (inv_first_o),
    .inv_last_o       (inv_last_o),
    .inv_busy_i       (inv_busy_i),
    .flip_spad_arm_o  (flip_spad_arm_o),
    .flip_acc_arm_o   (flip_acc_arm_o),
    .flip_addr_o      (flip_addr_o),
    .flip_bit_o       (flip_bit_o),
    .flip_forget_o    (flip_forget_o),
    .record_begin_i   (record_begin_i),
    .record_end_i     (record_end_i),
    .queue_i          (queue_i),
    .record_done_i    (record_done_i),
    .call_i           (call_i),
    .events_i         (events),
    .compute_events_i ({macs16_i, output_busy_i, compute_busy_i}),
    .clear_queue_i    (clear_queue_i),
    .clear_number_i   (clear_number_i),
    .counters_busy_o  (counters_busy_o),
    .busy_o           (busy_o)
  );

  prim_axil_checker #(
    .AddrW (AxilAddrW),
    .DataW (32)
  ) u_axil_checker (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .awaddr_i   (s_axil_awaddr_i),
    .awprot_i   (s_axil_awprot_i),
    .awvalid_i  (s_axil_awvalid_i),
    .awready_i  (s_axil_awready_o),
    .wdata_i    (s_axil_wdata_i),
    .wstrb_i    (s_axil_wstrb_i),
    .wvalid_i   (s_axil_wvalid_i),
    .wready_i   (s_axil_wready_o),
    .bresp_i    (s_axil_bresp_o),
    .bvalid_i   (s_axil_bvalid_o),
    .bready_i   (s_axil_bready_i),
    .araddr_i   (s_axil_araddr_i),
    .arprot_i   (s_axil_arprot_i),
    .arvalid_i  (s_axil_arvalid_i),
    .arready_i  (s_axil_arready_o),
    .rdata_i    (s_axil_rdata_o),
    .rresp_i    (s_axil_rresp_o),
    .rvalid_i   (s_axil_rvalid_o),
    .rready_i   (s_axil_rready_i),
    .qacceptn_i (1'b1)
  );

endmodule : csr_bench
