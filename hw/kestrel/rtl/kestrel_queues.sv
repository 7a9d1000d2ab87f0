// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Registers and state of the queues.
///
/// What is wide lies in memories with a row for each queue; what every decision needs, and what a
/// reset must reach at once, are vectors with a bit for each. A word of a memory counts only once
/// it was written since the queue's reset, else it is zero: so a reset clears no memory.
module kestrel_queues
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
  import kestrel_reg_pkg::*;
(
  input  logic                      clk_i,
  input  logic                      rst_ni,

  /// Register bus; see kestrel_front.
  input  logic                      reg_write_i,
  input  logic                      reg_read_i,
  input  logic [AxilAddrW-1:0]      reg_addr_i,
  input  logic [31:0]               reg_wdata_i,
  output logic [31:0]               reg_rdata_o,

  /// CONTROL was written with these; one cycle. RETRY and ABORT only of a queue that is stalled.
  output logic [NumQueues-1:0]      reset_request_o,
  output logic                      retry_o,
  output logic                      abort_o,

  /// Queues whose next record may begin, but for resets.
  output logic [NumQueues-1:0]      ready_o,
  output logic [NumQueues-1:0][1:0] prio_o,
  output logic [NumQueues-1:0]      error_queues_o,

  /// The queue whose record is in execution.
  input  logic                      active_i,
  input  logic [QueueW-1:0]         active_queue_i,
  /// Its record begins, ends; one cycle each.
  input  logic                      begin_i,
  input  logic                      end_i,
  /// Read its row; `queue_o` from the next cycle on, until the next read.
  input  logic                      read_i,
  output queue_t                    queue_o,
  /// Its record completed: HEAD is this now.
  input  logic                      head_write_i,
  input  logic [31:0]               head_i,
  /// Its WAIT is not fulfilled. If its doorbell was written since `begin_i` it is not parked, since
  /// the word may have changed after it was read.
  input  logic                      park_i,
  /// A FENCE was written: nobody is parked.
  input  logic                      unpark_i,
  /// Its record failed, or waits for RETRY or ABORT: ERROR_* are these now.
  input  logic                      error_i,
  input  logic                      stalled_i,
  input  error_t                    error_info_i,

  /// Resets that are under way, for STATUS.
  input  logic [NumQueues-1:0]      resetting_i,
  /// Return to the state after reset; one cycle. Wins over a register write.
  input  logic [NumQueues-1:0]      reset_i
);

  ///////////////////
  // Register port //
  ///////////////////

  logic              queue_hit, doorbell_hit;
  logic [QueueW-1:0] reg_queue;
  logic [4:0]        reg_word;

  assign queue_hit    = reg_addr_i[20:11] == 10'(QueueBase >> 11);
  assign doorbell_hit = reg_addr_i[20] && reg_addr_i[15:0] == '0;
  assign reg_queue    = reg_addr_i[20] ? reg_addr_i[16+:QueueW] : reg_addr_i[7+:QueueW];
  assign reg_word     = reg_addr_i[6:2];

  // Words of a queue that are stored, by their place in the register map; TAIL by the doorbell.
  localparam logic [4:0] WordConfig   = 5'(RegQueueConfig >> 2);
  localparam logic [4:0] WordControl  = 5'(RegQueueControl >> 2);
  localparam logic [4:0] WordRingLo   = 5'(RegQueueRingBaseLo >> 2);
  localparam logic [4:0] WordRingHi   = 5'(RegQueueRingBaseHi >> 2);
  localparam logic [4:0] WordPageLo   = 5'(RegQueueStatusAddrLo >> 2);
  localparam logic [4:0] WordPageHi   = 5'(RegQueueStatusAddrHi >> 2);
  localparam logic [4:0] WordBudget   = 5'(RegQueueBudget >> 2);
  localparam logic [4:0] WordStatus   = 5'(RegQueueStatus >> 2);
  localparam logic [4:0] WordHead     = 5'(RegQueueHead >> 2);
  localparam logic [4:0] WordTail     = 5'(RegQueueTail >> 2);
  localparam logic [4:0] WordCause    = 5'(RegQueueErrorCause >> 2);
  localparam logic [4:0] WordIndex    = 5'(RegQueueErrorIndex >> 2);
  localparam logic [4:0] WordOffset   = 5'(RegQueueErrorOffset >> 2);
  localparam logic [4:0] WordAddrLo   = 5'(RegQueueErrorAddrLo >> 2);
  localparam logic [4:0] WordAddrHi   = 5'(RegQueueErrorAddrHi >> 2);

  logic write_queue, write_tail, write_control;

  assign write_queue   = reg_write_i && queue_hit;
  assign write_tail    = reg_write_i && doorbell_hit;
  assign write_control = write_queue && reg_word == WordControl;

  // Bits of CONTROL and CONFIG that act at once.
  logic       control_reset, control_suspend, control_resume, control_retry, control_abort;
  logic       config_enable;
  logic [1:0] config_prio;

  assign {control_abort, control_retry, control_resume, control_suspend, control_reset} =
      reg_wdata_i[4:0];
  assign config_enable = reg_wdata_i[0];
  assign config_prio   = reg_wdata_i[9:8];

  //////////////
  // Memories //
  //////////////

  reg_queue_config_t config_q [NumQueues];
  logic [31:0]       ring_lo_q [NumQueues];
  logic [31:0]       ring_hi_q [NumQueues];
  logic [31:0]       page_lo_q [NumQueues];
  logic [31:0]       page_hi_q [NumQueues];
  logic [31:0]       budget_q [NumQueues];
  logic [31:0]       head_q [NumQueues];
  logic [31:0]       tail_q [NumQueues];
  error_t            error_info_q [NumQueues];

  // Which of them were written since the queue's reset, by word.
  logic [NumQueues-1:0] config_set_q, ring_lo_set_q, ring_hi_set_q, page_lo_set_q, page_hi_set_q;
  logic [NumQueues-1:0] budget_set_q, head_set_q, tail_set_q;

  always_ff @(posedge clk_i) begin
    if (write_queue) begin
      case (reg_word)
        WordConfig: config_q[reg_queue]  <= reg_queue_config_t'(reg_wdata_i);
        WordRingLo: ring_lo_q[reg_queue] <= reg_wdata_i;
        WordRingHi: ring_hi_q[reg_queue] <= reg_wdata_i;
        WordPageLo: page_lo_q[reg_queue] <= {reg_wdata_i[31:3], 3'd0};
        WordPageHi: page_hi_q[reg_queue] <= reg_wdata_i;
        WordBudget: budget_q[reg_queue]  <= reg_wdata_i;
        default: ;
      endcase
    end
    if (write_tail) tail_q[reg_queue] <= reg_wdata_i;
    if (head_write_i) head_q[active_queue_i] <= head_i;
    if (error_i || stalled_i) error_info_q[active_queue_i] <= error_info_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      config_set_q  <= '0;
      ring_lo_set_q <= '0;
      ring_hi_set_q <= '0;
      page_lo_set_q <= '0;
      page_hi_set_q <= '0;
      budget_set_q  <= '0;
      head_set_q    <= '0;
      tail_set_q    <= '0;
    end else if (reg_write_i || head_write_i || reset_i != '0) begin
      if (write_queue) begin
        case (reg_word)
          WordConfig: config_set_q[reg_queue]  <= 1'b1;
          WordRingLo: ring_lo_set_q[reg_queue] <= 1'b1;
          WordRingHi: ring_hi_set_q[reg_queue] <= 1'b1;
          WordPageLo: page_lo_set_q[reg_queue] <= 1'b1;
          WordPageHi: page_hi_set_q[reg_queue] <= 1'b1;
          WordBudget: budget_set_q[reg_queue]  <= 1'b1;
          default: ;
        endcase
      end
      if (write_tail) tail_set_q[reg_queue] <= 1'b1;
      if (head_write_i) head_set_q[active_queue_i] <= 1'b1;
      for (int unsigned i = 0; i < NumQueues; i++) begin
        if (reset_i[i]) begin
          config_set_q[i]  <= 1'b0;
          ring_lo_set_q[i] <= 1'b0;
          ring_hi_set_q[i] <= 1'b0;
          page_lo_set_q[i] <= 1'b0;
          page_hi_set_q[i] <= 1'b0;
          budget_set_q[i]  <= 1'b0;
          head_set_q[i]    <= 1'b0;
          tail_set_q[i]    <= 1'b0;
        end
      end
    end
  end

  /////////////
  // Vectors //
  /////////////

  logic [NumQueues-1:0]      enabled_q, pending_q, parked_q, suspended_q, error_q, stalled_q;
  logic [NumQueues-1:0][1:0] prio_q;
  logic                      rung_q;  // The active queue's doorbell was written since it began.

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      enabled_q   <= '0;
      pending_q   <= '0;
      parked_q    <= '0;
      suspended_q <= '0;
      error_q     <= '0;
      stalled_q   <= '0;
      prio_q      <= '0;
      rung_q      <= 1'b0;
    end else if (reg_write_i || begin_i || head_write_i || park_i || unpark_i || error_i ||
                 stalled_i || end_i || reset_i != '0) begin
      automatic logic [31:0] reg_head    = head_set_q[reg_queue] ? head_q[reg_queue] : '0;
      automatic logic [31:0] active_tail = tail_set_q[active_queue_i] ? tail_q[active_queue_i] : '0;
      automatic logic        same        = reg_queue == active_queue_i;

      if (head_write_i) begin
        pending_q[active_queue_i] <= head_i != active_tail;
      end
      if (write_tail) begin
        pending_q[reg_queue] <= reg_wdata_i != (head_write_i && same ? head_i : reg_head);
      end

      if (unpark_i) parked_q <= '0;
      if (park_i && !rung_q) parked_q[active_queue_i] <= 1'b1;
      if (write_tail) parked_q[reg_queue] <= 1'b0;
      if (begin_i) rung_q <= 1'b0;
      if (active_i && write_tail && same) rung_q <= 1'b1;

      if (write_queue && reg_word == WordConfig) begin
        enabled_q[reg_queue] <= config_enable;
        prio_q[reg_queue]    <= config_prio;
      end
      if (write_control) begin
        if (control_suspend) suspended_q[reg_queue] <= 1'b1;
        if (control_resume) suspended_q[reg_queue] <= 1'b0;
      end

      if (error_i) error_q[active_queue_i] <= 1'b1;
      if (stalled_i) stalled_q[active_queue_i] <= 1'b1;
      if (retry_o || abort_o || end_i) stalled_q <= '0;

      for (int unsigned i = 0; i < NumQueues; i++) begin
        if (reset_i[i]) begin
          enabled_q[i]   <= 1'b0;
          pending_q[i]   <= 1'b0;
          parked_q[i]    <= 1'b0;
          suspended_q[i] <= 1'b0;
          error_q[i]     <= 1'b0;
          stalled_q[i]   <= 1'b0;
          prio_q[i]      <= '0;
        end
      end
    end
  end

  assign ready_o        = enabled_q & pending_q & ~parked_q & ~suspended_q & ~error_q;
  assign prio_o         = prio_q;
  assign error_queues_o = error_q | stalled_q;

  assign reset_request_o = write_control && control_reset ? NumQueues'(1) << reg_queue : '0;
  assign retry_o = write_control && control_retry && !control_abort && stalled_q[reg_queue];
  assign abort_o = write_control && control_abort && stalled_q[reg_queue];

  ///////////
  // Reads //
  ///////////

  always_ff @(posedge clk_i) begin
    if (reg_read_i) begin
      automatic logic              running = active_i && active_queue_i == reg_queue;
      automatic logic              failed  = error_q[reg_queue] || stalled_q[reg_queue];
      automatic error_t            info    = failed ? error_info_q[reg_queue] : '0;
      automatic reg_queue_config_t stored  = config_q[reg_queue];
      automatic reg_queue_status_t status  = '0;
      automatic reg_queue_error_cause_t cause = '0;

      // Bits that are none read zero.
      stored.reserved_10 = '0;
      stored.reserved_21 = '0;
      stored.reserved_29 = '0;

      status.pending       = pending_q[reg_queue];
      status.running       = running;
      status.parked        = parked_q[reg_queue];
      status.suspended     = suspended_q[reg_queue] && !running;
      status.error         = error_q[reg_queue];
      status.fault_stalled = stalled_q[reg_queue];
      status.resetting     = resetting_i[reg_queue];

      cause.cause   = info.failure.cause;
      cause.resp    = info.failure.resp;
      cause.fault   = info.failure.fault;
      cause.access  = info.failure.acc;
      cause.opcode  = info.opcode;
      cause.in_call = info.in_call;

      reg_rdata_o <= '0;
      if (queue_hit) begin
        case (reg_word)
          WordConfig: if (config_set_q[reg_queue]) reg_rdata_o <= 32'(stored);
          WordRingLo: if (ring_lo_set_q[reg_queue]) reg_rdata_o <= ring_lo_q[reg_queue];
          WordRingHi: if (ring_hi_set_q[reg_queue]) reg_rdata_o <= ring_hi_q[reg_queue];
          WordPageLo: if (page_lo_set_q[reg_queue]) reg_rdata_o <= page_lo_q[reg_queue];
          WordPageHi: if (page_hi_set_q[reg_queue]) reg_rdata_o <= page_hi_q[reg_queue];
          WordBudget: if (budget_set_q[reg_queue]) reg_rdata_o <= budget_q[reg_queue];
          WordStatus: reg_rdata_o <= 32'(status);
          WordHead:   if (head_set_q[reg_queue]) reg_rdata_o <= head_q[reg_queue];
          WordTail:   if (tail_set_q[reg_queue]) reg_rdata_o <= tail_q[reg_queue];
          WordCause:  reg_rdata_o <= 32'(cause);
          WordIndex:  reg_rdata_o <= info.index;
          WordOffset: reg_rdata_o <= info.offset;
          WordAddrLo: reg_rdata_o <= info.failure.addr[31:0];
          WordAddrHi: reg_rdata_o <= info.failure.addr[63:32];
          default: ;
        endcase
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (read_i) begin
      automatic logic [QueueW-1:0] q = active_queue_i;

      queue_o.user          <= config_set_q[q] && config_q[q].user[0];
      queue_o.stall_faults  <= config_set_q[q] && config_q[q].stall_faults[0];
      queue_o.write_status  <= config_set_q[q] && config_q[q].write_status[0];
      queue_o.space         <= config_set_q[q] ? config_q[q].space : '0;
      queue_o.vector_number <= config_set_q[q] ? config_q[q].vector_number : '0;
      queue_o.ring_log2     <= config_set_q[q] ? config_q[q].ring_log2 : '0;
      queue_o.ring_base     <= {ring_hi_set_q[q] ? ring_hi_q[q] : '0,
                                ring_lo_set_q[q] ? ring_lo_q[q] : '0};
      queue_o.status_addr   <= {page_hi_set_q[q] ? page_hi_q[q] : '0,
                                page_lo_set_q[q] ? page_lo_q[q] : '0};
      queue_o.budget        <= budget_set_q[q] ? budget_q[q] : '0;
      queue_o.head          <= head_set_q[q] ? head_q[q] : '0;
      queue_o.tail          <= tail_set_q[q] ? tail_q[q] : '0;
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(OneAccess, !(reg_write_i && reg_read_i), "a register was read and written at once")
  `PRIM_ASSERT(StalledIsActive, active_i || stalled_q == '0,
               "a queue is stalled although no record is in execution")

endmodule : kestrel_queues
