// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// The global registers: identification and capabilities, status, time, interrupts, and what starts
/// a reset, an invalidation, a snapshot, a parity test.
///
/// RESET.ENGINE clears INVALIDATE*, PARITY* and COUNTER_SNAPSHOT, and keeps them clear while the
/// front end is resetting: a write to one of them in that time is lost. SCRATCH, ERROR_VECTOR and
/// the interrupt registers are left alone.
module kestrel_globals
  import kestrel_pkg::*;
  import kestrel_reg_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,

  /// Always-on time, nanoseconds.
  input  logic [63:0]           time_ns_i,

  /// A register is written or read: one cycle, never both.
  input  logic                  write_i,
  input  logic                  read_i,
  input  logic [AxilAddrW-1:0]  addr_i,
  input  logic [31:0]           wdata_i,
  /// What was read, in the cycle after `read_i`, until the next `read_i`; 0 where no global
  /// register is.
  output logic [31:0]           rdata_o,

  /// RESET.ENGINE was written; one cycle.
  output logic                  engine_reset_o,
  /// High from then until the front end is done.
  output logic                  engine_clear_o,
  /// For STATUS; `resetting_i` must be high not later than two cycles after `engine_reset_o`.
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
  /// For kestrel_irq: events with those of IRQ_FORCE, and the registers.
  output logic [NumVectors-1:0] irq_event_o,
  output logic [NumVectors-1:0] irq_status_o,
  output logic [NumVectors-1:0] irq_enable_o,

  /// INVALIDATE.GO was written; one cycle. What is to be forgotten is stable from then on while
  /// `inv_busy_i` is high, which it must be from the next cycle until all is done.
  output logic                  inv_start_o,
  output logic                  inv_all_spaces_o,
  output logic                  inv_range_o,
  output logic [SpaceW-1:0]     inv_space_o,
  output logic [35:0]           inv_first_o,
  output logic [35:0]           inv_last_o,
  input  logic                  inv_busy_i,

  /// PARITY_FLIP.GO was written, with PARITY_PLACE in the scratchpad or in the accumulators; one
  /// cycle. Place and bit are stable until the next write of PARITY_*.
  output logic                  flip_spad_arm_o,
  output logic                  flip_acc_arm_o,
  output logic [13:0]           flip_addr_o,
  output logic [8:0]            flip_bit_o,

  /// COUNTER_SNAPSHOT.GO was written; one cycle.
  output logic                  snapshot_o,
  output logic [QueueW:0]       snapshot_index_o,
  input  logic                  snapshot_busy_i,

  /// The clock is needed.
  output logic                  busy_o
);

  //////////////////
  // Engine reset //
  //////////////////

  // From the write of RESET until the front end is done; it is given three cycles to begin.
  localparam int unsigned ResetCycles = 3;

  logic                   engine_reset_q;
  logic                   engine_clear_q;
  logic [ResetCycles-1:0] engine_wait_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      engine_reset_q <= 1'b0;
      engine_clear_q <= 1'b0;
      engine_wait_q  <= '0;
    end else if (write_i || engine_clear_q) begin
      engine_reset_q <= 1'b0;
      engine_wait_q  <= engine_wait_q << 1;
      if (write_i && addr_i == RegReset && wdata_i[0]) begin
        engine_reset_q <= 1'b1;
        engine_clear_q <= 1'b1;
        engine_wait_q  <= '1;
      end else if (engine_wait_q == '0 && !resetting_i) begin
        engine_clear_q <= 1'b0;
      end
    end
  end

  assign engine_reset_o = engine_reset_q;
  assign engine_clear_o = engine_clear_q;

  ///////////////
  // Registers //
  ///////////////

  reg_scratch_t          scratch_q;
  reg_error_vector_t     error_vector_q;
  reg_irq_status_t       irq_status_q;
  reg_irq_enable_t       irq_enable_q;
  logic [NumVectors-1:0] irq_force_q;
  logic [31:0]           time_hi_q;

  logic [35:0]           first_q, last_q;
  reg_invalidate_t       invalidate_q;
  logic                  inv_start_q;
  logic [35:0]           inv_first_q, inv_last_q;  // As of the start.
  reg_parity_place_t     parity_place_q;
  reg_parity_flip_t      parity_flip_q;
  logic                  flip_spad_arm_q, flip_acc_arm_q;
  reg_counter_snapshot_t snapshot_q;
  logic                  snapshot_start_q;

  // Those that RESET.ENGINE leaves alone.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      scratch_q      <= '0;
      error_vector_q <= '{vector_number: 5'(NumQueues), default: '0};
      irq_enable_q   <= '0;
    end else if (write_i) begin
      unique case (addr_i)
        RegScratch:     scratch_q                    <= wdata_i;
        RegErrorVector: error_vector_q.vector_number <= wdata_i[4:0];
        RegIrqEnable:   irq_enable_q.vectors         <= wdata_i[NumVectors-1:0];
        default: ;
      endcase
    end
  end

  // IRQ_STATUS: an event wins over a write of 1 in the same cycle; IRQ_FORCE is an event, a cycle
  // after its write.
  logic [NumVectors-1:0] irq_event;
  logic                  irq_clear;

  assign irq_event = irq_event_i | irq_force_q;
  assign irq_clear = write_i && addr_i == RegIrqStatus;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      irq_status_q <= '0;
      irq_force_q  <= '0;
    end else if (write_i || irq_event != '0) begin
      irq_status_q.vectors <= (irq_status_q.vectors & ~(irq_clear ? wdata_i[NumVectors-1:0] : '0)) |
                              irq_event;
      irq_force_q          <= write_i && addr_i == RegIrqForce ? wdata_i[NumVectors-1:0] : '0;
    end
  end

  // Those that RESET.ENGINE clears.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      first_q          <= '0;
      last_q           <= '0;
      invalidate_q     <= '0;
      inv_start_q      <= 1'b0;
      inv_first_q      <= '0;
      inv_last_q       <= '0;
      parity_place_q   <= '0;
      parity_flip_q    <= '0;
      flip_spad_arm_q  <= 1'b0;
      flip_acc_arm_q   <= 1'b0;
      snapshot_q       <= '0;
      snapshot_start_q <= 1'b0;
    end else if (engine_clear_q) begin
      first_q          <= '0;
      last_q           <= '0;
      invalidate_q     <= '0;
      inv_start_q      <= 1'b0;
      inv_first_q      <= '0;
      inv_last_q       <= '0;
      parity_place_q   <= '0;
      parity_flip_q    <= '0;
      flip_spad_arm_q  <= 1'b0;
      flip_acc_arm_q   <= 1'b0;
      snapshot_q       <= '0;
      snapshot_start_q <= 1'b0;
    end else if (write_i || inv_start_q || flip_spad_arm_q || flip_acc_arm_q ||
                 snapshot_start_q) begin
      inv_start_q      <= 1'b0;
      flip_spad_arm_q  <= 1'b0;
      flip_acc_arm_q   <= 1'b0;
      snapshot_start_q <= 1'b0;
      if (write_i) begin
        unique case (addr_i)
          RegInvalidateFirstLo: first_q[19:0]  <= wdata_i[31:12];
          RegInvalidateFirstHi: first_q[35:20] <= wdata_i[15:0];
          RegInvalidateLastLo:  last_q[19:0]   <= wdata_i[31:12];
          RegInvalidateLastHi:  last_q[35:20]  <= wdata_i[15:0];
          RegInvalidate: begin
            if (!inv_busy_i && !inv_start_q) begin
              {invalidate_q.all_spaces, invalidate_q.range, invalidate_q.space} <= wdata_i[5:0];
              inv_start_q <= wdata_i[31];
              if (wdata_i[31]) begin
                inv_first_q <= first_q;
                inv_last_q  <= last_q;
              end
            end
          end
          RegCounterSnapshot: begin
            if (!snapshot_busy_i && !snapshot_start_q) begin
              snapshot_q.index <= wdata_i[4:0];
              snapshot_start_q <= wdata_i[31];
            end
          end
          RegParityPlace: begin
            parity_place_q.accumulators <= wdata_i[31];
            parity_place_q.addr         <= wdata_i[13:0];
          end
          RegParityFlip: begin
            parity_flip_q.index <= wdata_i[8:0];
            flip_spad_arm_q     <= wdata_i[31] && !parity_place_q.accumulators;
            flip_acc_arm_q      <= wdata_i[31] && parity_place_q.accumulators;
          end
          default: ;
        endcase
      end
    end
  end

  //////////
  // Read //
  //////////

  localparam reg_caps0_t Caps0 = '{
    data_bytes_log2: 8'($clog2(AxiStrbW)),
    addr_bits:       8'(AxiAddrW),
    vectors:         8'(NumVectors),
    ring_log2_max:   5'(RingLog2Max),
    default:         '0
  };
  localparam reg_caps1_t Caps1 = '{
    spaces:    8'(NumSpaces),
    queues:    8'(NumQueues),
    clock_mhz: 16'(ClockMHz)
  };
  localparam reg_caps2_t Caps2 = '{
    engine_commands: 8'(EngineCommands),
    rows_per_stage:  8'(RowsPerStage),
    array_columns:   8'(ArrayCols),
    array_rows:      8'(ArrayRows)
  };
  localparam reg_caps3_t Caps3 = '{
    accumulator_rows: 16'(AccRows),
    scratchpad_kib:   16'(SpadWords * SpadWordW / 8 / 1024)
  };
  localparam reg_caps4_t Caps4 = '{
    read_ahead_log2: 5'($clog2(ReadAheadBeats * AxiStrbW)),
    va_bits:         8'(VaW),
    tlb_lines:       8'(TlbLines),
    default:         '0
  };

  reg_status_t       status;
  reg_active_t       active;
  reg_error_queues_t error_queues;
  logic [31:0]       rdata_q;

  always_comb begin
    status               = '0;
    status.idle          = idle_i && !engine_clear_q;
    status.resetting     = resetting_i || engine_clear_q;
    status.reset_stuck   = reset_stuck_i;
    status.invalidating  = inv_busy_i || inv_start_q;
    status.snapshot_busy = snapshot_busy_i || snapshot_start_q;

    active       = '0;
    active.valid = active_valid_i;
    active.queue = 5'(active_queue_i);

    error_queues        = '0;
    error_queues.queues = error_queues_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rdata_q   <= '0;
      time_hi_q <= '0;
    end else if (read_i) begin
      rdata_q <= '0;
      unique case (addr_i)
        RegId:                rdata_q <= 32'h4b53_5452;
        RegVersion:           rdata_q <= {16'd2, 16'd0};
        RegCaps0:             rdata_q <= Caps0;
        RegCaps1:             rdata_q <= Caps1;
        RegCaps2:             rdata_q <= Caps2;
        RegCaps3:             rdata_q <= Caps3;
        RegCaps4:             rdata_q <= Caps4;
        RegScratch:           rdata_q <= scratch_q;
        RegStatus:            rdata_q <= status;
        RegTimeLo: begin
          rdata_q   <= time_ns_i[31:0];
          time_hi_q <= time_ns_i[63:32];
        end
        RegTimeHi:            rdata_q <= time_hi_q;
        RegIrqStatus:         rdata_q <= irq_status_q;
        RegIrqEnable:         rdata_q <= irq_enable_q;
        RegErrorVector:       rdata_q <= error_vector_q;
        RegErrorQueues:       rdata_q <= error_queues;
        RegActive:            rdata_q <= active;
        RegInvalidateFirstLo: rdata_q <= {first_q[19:0], 12'd0};
        RegInvalidateFirstHi: rdata_q <= {16'd0, first_q[35:20]};
        RegInvalidateLastLo:  rdata_q <= {last_q[19:0], 12'd0};
        RegInvalidateLastHi:  rdata_q <= {16'd0, last_q[35:20]};
        RegInvalidate:        rdata_q <= invalidate_q;
        RegCounterSnapshot:   rdata_q <= snapshot_q;
        RegParityPlace:       rdata_q <= parity_place_q;
        RegParityFlip:        rdata_q <= parity_flip_q;
        default: ;
      endcase
    end
  end

  /////////////
  // Outputs //
  /////////////

  assign rdata_o          = rdata_q;
  assign error_vector_o   = error_vector_q.vector_number;
  assign irq_event_o      = irq_event;
  assign irq_status_o     = irq_status_q.vectors;
  assign irq_enable_o     = irq_enable_q.vectors;
  assign inv_start_o      = inv_start_q;
  assign inv_all_spaces_o = invalidate_q.all_spaces;
  assign inv_range_o      = invalidate_q.range;
  assign inv_space_o      = invalidate_q.space;
  assign inv_first_o      = inv_first_q;
  assign inv_last_o       = inv_last_q;
  assign flip_spad_arm_o  = flip_spad_arm_q;
  assign flip_acc_arm_o   = flip_acc_arm_q;
  assign flip_addr_o      = parity_place_q.addr;
  assign flip_bit_o       = parity_flip_q.index;
  assign snapshot_o       = snapshot_start_q;
  assign snapshot_index_o = snapshot_q.index;

  // Writes leave something to do for one more cycle.
  assign busy_o = inv_start_q || flip_spad_arm_q || flip_acc_arm_q || snapshot_start_q ||
                  irq_force_q != '0 ||
                  (engine_clear_q && (engine_wait_q != '0 || !resetting_i));

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(IndexFits, QueueW + 1 == $bits(snapshot_q.index),
                     "COUNTER_SNAPSHOT.INDEX does not fit the number of queues")

endmodule : kestrel_globals
