// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Registers behind the AXI4-Lite port, counters and interrupts.
///
/// The registers of queues and the doorbells lie in the front end, behind a register bus. All
/// others are here; what is not a register reads 0 and ignores writes.
///
/// RESET.ENGINE clears the address spaces, INVALIDATE*, PARITY*, COUNTER_SNAPSHOT and all counters,
/// and keeps them clear while the front end is resetting: a write to one of them in that time is
/// lost. SCRATCH, ERROR_VECTOR and the interrupt registers are left alone.
module kestrel_csr
  import kestrel_pkg::*;
  import kestrel_reg_pkg::*;
(
  /// Clock, that of what counts in each cycle, see kestrel_counters, and that of whoever asks for
  /// address spaces.
  input  logic                  clk_i,
  input  logic                  clk_count_i,
  input  logic                  clk_space_i,
  input  logic                  rst_ni,

  /// Always-on time, nanoseconds.
  input  logic [63:0]           time_ns_i,

  /// AXI4-Lite, see kestrel_axil. AxPROT is of no interest here.
  input  logic [AxilAddrW-1:0]  s_axil_awaddr_i,
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
  input  logic                  s_axil_arvalid_i,
  output logic                  s_axil_arready_o,
  output logic [31:0]           s_axil_rdata_o,
  output logic [1:0]            s_axil_rresp_o,
  output logic                  s_axil_rvalid_o,
  input  logic                  s_axil_rready_i,

  /// Register bus to the front end: QUEUE registers (their first 64 bytes of each 128) and
  /// doorbells. One-cycle strobes, never both; address from the start of the BAR, a multiple of 4.
  output logic                  reg_write_o,
  output logic                  reg_read_o,
  output logic [AxilAddrW-1:0]  reg_addr_o,
  output logic [31:0]           reg_wdata_o,
  /// What was read, in the cycle after `reg_read_o`.
  input  logic [31:0]           reg_rdata_i,

  /// RESET.ENGINE was written; one cycle.
  output logic                  engine_reset_o,
  /// For STATUS. `resetting_i` must be high not later than two cycles after `engine_reset_o`, until
  /// that reset is complete.
  input  logic                  idle_i,
  input  logic                  resetting_i,
  input  logic                  reset_stuck_i,
  /// For ERROR_QUEUES and ACTIVE.
  input  logic [NumQueues-1:0]  error_queues_i,
  input  logic                  active_valid_i,
  input  logic [QueueW-1:0]     active_queue_i,
  /// ERROR_VECTOR.
  output logic [4:0]            error_vector_o,

  /// Vectors to raise; one cycle an event.
  input  logic [NumVectors-1:0] irq_event_i,
  /// Interrupt pulses, one cycle after their reason.
  output logic [NumVectors-1:0] irq_o,

  /// Address space wanted, and what it is, one cycle later.
  input  logic [SpaceW-1:0]     space_i,
  output space_t                space_o,

  /// INVALIDATE.GO was written; one cycle. What is to be forgotten is stable from then on while
  /// `inv_busy_i` is high, which it must be from the next cycle until all is done.
  output logic                  inv_start_o,
  output logic                  inv_all_spaces_o,
  output logic                  inv_range_o,
  output logic [SpaceW-1:0]     inv_space_o,
  /// First and last page number; of use with `inv_range_o`.
  output logic [35:0]           inv_first_o,
  output logic [35:0]           inv_last_o,
  input  logic                  inv_busy_i,

  /// PARITY_FLIP.GO was written: one cycle, to the scratchpad or to the accumulators. Place and bit
  /// are stable from then until the next write of PARITY_*.
  output logic                  flip_spad_arm_o,
  output logic                  flip_acc_arm_o,
  output logic [13:0]           flip_addr_o,
  output logic [8:0]            flip_bit_o,
  /// Forget a flip that was armed; high while the engine is reset.
  output logic                  flip_forget_o,

  /// What is counted, see kestrel_counters.
  input  logic                  record_begin_i,
  input  logic                  record_end_i,
  input  logic [QueueW-1:0]     queue_i,
  input  logic                  record_done_i,
  input  logic                  call_i,
  input  count_events_t         events_i,
  input  compute_events_t       compute_events_i,
  input  logic                  clear_queue_i,
  input  logic [QueueW-1:0]     clear_number_i,
  /// Counts are being added: no record may begin.
  output logic                  counters_busy_o,

  /// The clock is needed.
  output logic                  busy_o
);

  ////////////
  // Access //
  ////////////

  logic                 write, read;
  logic [AxilAddrW-1:0] addr;
  logic [31:0]          wdata, rdata;
  logic                 axil_busy;

  kestrel_axil #(
    .AddrW (AxilAddrW)
  ) u_axil (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
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
    .write_o          (write),
    .read_o           (read),
    .addr_o           (addr),
    .wdata_o          (wdata),
    .rdata_i          (rdata),
    .busy_o           (axil_busy)
  );

  // Whose register it is.
  logic to_front, to_space, to_count;

  always_comb begin
    to_front = 1'b0;
    to_space = 1'b0;
    to_count = 1'b0;
    if (write || read) begin
      if (addr[20]) begin
        to_front = addr[15:0] == '0;
      end else if (addr >= AxilAddrW'(QueueBase)) begin
        // The part of a queue's 128 bytes that holds registers.
        to_front = addr < AxilAddrW'(QueueBase + QueueStride * QueueCount) && !addr[6];
      end else begin
        to_space = addr[20:8] == 13'(SpaceBase >> 8);
        to_count = addr[20:7] == RegCountRecordsLo[20:7];
      end
    end
  end

  // Whoever it is keeps what was read until the next access, but for the front end.
  logic [31:0] space_rdata, count_rdata, global_rdata;
  logic        front_q, space_q, count_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      front_q <= 1'b0;
      space_q <= 1'b0;
      count_q <= 1'b0;
    end else if (read) begin
      front_q <= to_front;
      space_q <= to_space;
      count_q <= to_count;
    end
  end

  always_comb begin
    rdata = global_rdata;
    if (front_q) rdata = reg_rdata_i;
    if (space_q) rdata = space_rdata;
    if (count_q) rdata = count_rdata;
  end

  assign reg_write_o = write && to_front;
  assign reg_read_o  = read && to_front;
  assign reg_addr_o  = addr;
  assign reg_wdata_o = wdata;

  ////////////////////////////
  // Registers and counters //
  ////////////////////////////

  logic                  engine_clear;
  logic [NumVectors-1:0] irq_event, irq_status, irq_enable;
  logic                  snapshot, snapshot_busy;
  logic [QueueW:0]       snapshot_index;
  logic                  globals_busy, irq_busy;

  kestrel_globals u_globals (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
    .time_ns_i        (time_ns_i),
    .write_i          (write),
    .read_i           (read),
    .addr_i           (addr),
    .wdata_i          (wdata),
    .rdata_o          (global_rdata),
    .engine_reset_o   (engine_reset_o),
    .engine_clear_o   (engine_clear),
    .idle_i           (idle_i),
    .resetting_i      (resetting_i),
    .reset_stuck_i    (reset_stuck_i),
    .error_queues_i   (error_queues_i),
    .active_valid_i   (active_valid_i),
    .active_queue_i   (active_queue_i),
    .error_vector_o   (error_vector_o),
    .irq_event_i      (irq_event_i),
    .irq_event_o      (irq_event),
    .irq_status_o     (irq_status),
    .irq_enable_o     (irq_enable),
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
    .snapshot_o       (snapshot),
    .snapshot_index_o (snapshot_index),
    .snapshot_busy_i  (snapshot_busy),
    .busy_o           (globals_busy)
  );

  assign flip_forget_o = engine_clear;

  kestrel_spaces u_spaces (
    .clk_i       (clk_i),
    .clk_space_i (clk_space_i),
    .rst_ni      (rst_ni),
    .clear_i     (engine_clear),
    .write_i     (write && to_space),
    .read_i      (read && to_space),
    .addr_i      (addr[7:0]),
    .wdata_i     (wdata),
    .rdata_o     (space_rdata),
    .space_i     (space_i),
    .space_o     (space_o)
  );

  kestrel_counters u_counters (
    .clk_i            (clk_i),
    .clk_count_i      (clk_count_i),
    .rst_ni           (rst_ni),
    .clear_i          (engine_clear),
    .time_ns_i        (time_ns_i),
    .record_begin_i   (record_begin_i),
    .record_end_i     (record_end_i),
    .queue_i          (queue_i),
    .record_done_i    (record_done_i),
    .call_i           (call_i),
    .events_i         (events_i),
    .compute_events_i (compute_events_i),
    .clear_queue_i    (clear_queue_i),
    .clear_number_i   (clear_number_i),
    .snapshot_i       (snapshot),
    .snapshot_index_i (snapshot_index),
    .snapshot_busy_o  (snapshot_busy),
    .read_i           (read && to_count),
    .read_index_i     (addr[6:2]),
    .rdata_o          (count_rdata),
    .busy_o           (counters_busy_o)
  );

  kestrel_irq #(
    .NumVectors (NumVectors)
  ) u_irq (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .event_i  (irq_event),
    .status_i (irq_status),
    .enable_i (irq_enable),
    .irq_o    (irq_o),
    .busy_o   (irq_busy)
  );

  assign busy_o = axil_busy || globals_busy || counters_busy_o || snapshot_busy || irq_busy;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(SpacesAligned, SpaceBase % 256 == 0 && SpaceStride * SpaceCount == 256,
                     "the array SPACE is not what the decoder takes it for")
  `PRIM_ASSERT_PARAM(QueuesAligned, QueueBase % 2048 == 0 && QueueStride == 128 &&
                     QueueCount == NumQueues,
                     "the array QUEUE is not what the decoder takes it for")
  `PRIM_ASSERT_PARAM(DoorbellsAligned, DoorbellBase == 2 ** 20 && DoorbellStride == 2 ** 16 &&
                     DoorbellCount == NumQueues,
                     "the array DOORBELL is not what the decoder takes it for")

endmodule : kestrel_csr
