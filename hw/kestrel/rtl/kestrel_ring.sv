// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Executes ring records, one after another: fetch, check, what the opcode says, status page.
///
/// A record that fails is told to the supervisor, which clears this block.
module kestrel_ring
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  clear_i,
  /// What is on chip is nobody's from now on; one cycle.
  input  logic                  disown_i,

  /// A record may begin; which one is decided by the scheduler in the cycle of `decide_o`.
  input  logic                  allow_i,
  output logic                  decide_o,
  /// Read the row of the queue that was picked; `queue_i` from the next cycle on.
  output logic                  read_o,
  input  queue_t                queue_i,
  /// `queue_i` has been read: the budget counts.
  output logic                  setup_o,

  /// The record completed; HEAD is to become `head_o`. The record ends, completed or parked. One
  /// cycle each, the end later.
  output logic                  done_o,
  output logic [31:0]           head_o,
  output logic                  park_o,
  output logic                  end_o,
  /// Nothing can stop the record any more.
  output logic                  closing_o,
  /// A FENCE was written.
  output logic                  unpark_o,
  /// Raise the queue's vector.
  output logic                  vector_o,
  /// The record failed; one cycle.
  output logic                  fail_o,
  output error_t                error_o,
  /// Opcode of the record; 0 before it was read.
  output logic [7:0]            opcode_o,

  /// A CALL is in execution.
  output logic                  in_call_o,
  /// Commands of a CALL; see kestrel_commands.
  output logic                  call_start_o,
  output logic [63:0]           call_addr_o,
  output logic [31:0]           call_size_o,
  input  logic                  call_done_i,
  input  logic                  call_failed_i,
  input  failure_t              call_failure_i,
  input  logic [7:0]            call_opcode_i,
  input  logic [31:0]           call_offset_i,
  /// Empty scratchpad and accumulators; see kestrel_front. `emptied_i`: the supervisor does.
  output logic                  wipe_o,
  input  logic                  wiping_i,
  input  logic                  emptied_i,

  /// Bus, reads; see kestrel_front.
  output logic                  valid_o,
  output bus_req_t              req_o,
  input  logic                  ready_i,
  input  logic                  refuse_i,
  input  refusal_t              refusal_i,
  input  logic                  r_valid_i,
  input  r_beat_t               r_i,

  /// Control writes; see kestrel_control_write.
  output logic                  write_start_o,
  output bus_req_t              write_req_o,
  output logic [63:0]           write_value_o,
  input  logic                  write_done_i,
  input  logic                  write_failed_i,
  input  failure_t              write_failure_i,
  input  logic [63:0]           time_ns_i,

  /// See kestrel_front.
  output logic                  busy_o
);

  typedef enum logic [4:0] {
    StIdle,
    StRead,       // The queue's row.
    StSetup,
    StFetch,      // The record.
    StRecord,
    StCheck,
    StExecute,
    StWipe,
    StWiping,
    StCall,
    StWrite,
    StLook,       // At the word of a WAIT.
    StWord,
    StStatus,
    StStatusWrite,
    StDone,
    StPark,
    StEnd,
    StFailed
  } state_e;

  state_e state_d, state_q;

  ////////////
  // Record //
  ////////////

  logic [7:0]   named_opcode;  // What the record names.
  logic [31:0]  named_size;
  logic [63:0]  named_addr, named_value;
  error_cause_e record_cause;
  logic [1:0]   record_resp;
  logic         record_last;

  kestrel_record u_record (
    .clk_i     (clk_i),
    .start_i   (state_q == StFetch),
    .r_valid_i (state_q == StRecord && r_valid_i),
    .r_i       (r_i),
    .last_o    (record_last),
    .resp_o    (record_resp),
    .check_i   (state_q == StCheck),
    .user_i    (queue_i.user),
    .opcode_o  (named_opcode),
    .size_o    (named_size),
    .addr_o    (named_addr),
    .value_o   (named_value),
    .cause_o   (record_cause)
  );

  ///////////////////////
  // Ring and overrun //
  ///////////////////////

  logic         config_bad, overrun;
  logic [16:0]  entries;
  logic [31:0]  head_index;
  logic [63:0]  record_addr;

  assign config_bad  = queue_i.ring_log2 == '0 || queue_i.ring_log2 > 5'(RingLog2Max) ||
                       queue_i.ring_base[5:0] != '0;
  assign entries     = 17'd1 << queue_i.ring_log2;
  assign overrun     = queue_i.tail - queue_i.head > 32'(entries);
  assign head_index  = queue_i.head & (32'(entries) - 1'b1);
  assign record_addr = queue_i.ring_base + {26'd0, head_index, 6'd0};

  //////////
  // WAIT //
  //////////

  logic [63:0] word;

  assign word = named_addr[3] ? r_i.data[127:64] : r_i.data[63:0];

  /////////////////
  // Wipe or not //
  /////////////////

  logic wipe_wanted, wiped;
  logic wiping_seen_q;  // In the first cycle of StWiping the memories may not yet have begun.

  assign wiped = state_q == StWiping && wiping_seen_q && !wiping_i;

  kestrel_contents u_contents (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .clear_i       (clear_i),
    .space_i       (queue_i.space),
    .begin_i       (call_start_o),
    .done_i        (call_done_i),
    .wipe_i        (wipe_o),
    .wiped_i       (wiped || emptied_i),
    .disown_i      (disown_i),
    .wipe_wanted_o (wipe_wanted)
  );

  ///////////
  // State //
  ///////////

  logic record_failed, word_failed;

  assign record_failed = record_last && record_resp[1];
  assign word_failed   = state_q == StWord && r_valid_i && r_i.resp[1];

  always_comb begin
    state_d       = state_q;
    decide_o      = 1'b0;
    call_start_o  = 1'b0;
    wipe_o        = 1'b0;
    write_start_o = 1'b0;
    unpark_o      = 1'b0;
    vector_o      = 1'b0;
    fail_o        = 1'b0;

    unique case (state_q)
      StIdle: begin
        if (allow_i) begin
          decide_o = 1'b1;
          state_d  = StRead;
        end
      end

      StRead: state_d = StSetup;

      StSetup: begin
        fail_o  = config_bad || overrun;
        state_d = StFetch;
      end

      StFetch: begin
        fail_o = refuse_i;
        if (ready_i) state_d = StRecord;
      end

      StRecord: begin
        fail_o = record_failed;
        if (record_last) state_d = StCheck;
      end

      StCheck: state_d = StExecute;

      StExecute: begin
        fail_o = record_cause != CauseNone;
        unique case (named_opcode)
          OpcodeCall: state_d = StWipe;
          OpcodeFence, OpcodeTimestamp: begin
            write_start_o = !fail_o;
            state_d       = StWrite;
          end
          OpcodeWait: state_d = StLook;
          default:    state_d = StStatus;
        endcase
      end

      StWipe: begin
        if (!wiping_i) begin
          wipe_o       = wipe_wanted && !clear_i;
          call_start_o = !wipe_wanted && !clear_i;
          state_d      = wipe_wanted ? StWiping : StCall;
        end
      end

      StWiping: if (wiped) state_d = StWipe;

      StCall: begin
        fail_o = call_failed_i;
        if (call_done_i) state_d = StStatus;
      end

      StWrite: begin
        fail_o = write_failed_i;
        if (write_done_i) begin
          unpark_o = named_opcode == OpcodeFence;
          vector_o = named_opcode == OpcodeFence;
          state_d  = StStatus;
        end
      end

      StLook: begin
        fail_o = refuse_i;
        if (ready_i) state_d = StWord;
      end

      StWord: begin
        fail_o = word_failed;
        if (r_valid_i) state_d = word >= named_value ? StStatus : StPark;
      end

      StStatus: begin
        write_start_o = queue_i.write_status;
        state_d       = queue_i.write_status ? StStatusWrite : StDone;
      end

      StStatusWrite: begin
        fail_o = write_failed_i;
        if (write_done_i) begin
          vector_o = queue_i.user;
          state_d  = StDone;
        end
      end

      StDone, StPark: state_d = StEnd;
      StEnd:    state_d = StIdle;
      StFailed: ;
      default:  state_d = StIdle;
    endcase

    if (fail_o) state_d = StFailed;

    if (clear_i) begin
      state_d  = StIdle;
      decide_o = 1'b0;
      fail_o   = 1'b0;
      unpark_o = 1'b0;
      vector_o = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q       <= StIdle;
      wiping_seen_q <= 1'b0;
    end else begin
      state_q       <= state_d;
      wiping_seen_q <= state_q == StWiping;
    end
  end

  //////////////
  // Failures //
  //////////////

  // Only with a failure, for the speed of simulation.
  always_comb begin
    error_o = '0;
    if (fail_o) begin
      error_o.opcode = opcode_o;
      error_o.index  = queue_i.head;

      unique case (state_q)
        StSetup: error_o.failure.cause = config_bad ? CauseRingConfig : CauseRingOverrun;
        StFetch, StLook: begin
          error_o.failure = '{cause: CauseTranslation, resp: refusal_i.resp,
                              fault: refusal_i.fault, acc: AccessFetch, addr: req_o.addr};
        end
        StRecord: begin
          error_o.failure = '{cause: CauseFetchError, resp: record_resp, fault: FaultNone,
                              acc: AccessFetch, addr: record_addr};
        end
        StExecute: error_o.failure.cause = record_cause;
        StWord: begin
          error_o.failure = '{cause: CauseReadError, resp: r_i.resp, fault: FaultNone,
                              acc: AccessControl, addr: named_addr};
        end
        StWrite, StStatusWrite: error_o.failure = write_failure_i;
        StCall: begin
          error_o.failure = call_failure_i;
          error_o.opcode  = call_opcode_i;
          error_o.in_call = 1'b1;
          error_o.offset  = call_offset_i;
        end
        default: ;
      endcase
      if (state_q == StLook) error_o.failure.acc = AccessControl;
    end
  end

  /////////////
  // Outputs //
  /////////////

  // Others' part of the row, and RLAST of the single beat of a WAIT.
  logic unused_inputs;
  assign unused_inputs = ^{queue_i.stall_faults, queue_i.vector_number, queue_i.budget, r_i.last};

  logic have_record;

  assign have_record = !(state_q inside {StIdle, StRead, StSetup, StFetch, StRecord});
  assign opcode_o    = have_record ? named_opcode : '0;

  assign read_o    = state_q == StRead;
  assign setup_o   = state_q == StSetup;
  assign done_o    = state_q == StDone && !clear_i;
  assign head_o    = queue_i.head + 1'b1;
  assign park_o    = state_q == StPark && !clear_i;
  assign end_o     = state_q == StEnd && !clear_i;
  assign closing_o = state_q == StDone || state_q == StPark || state_q == StEnd;

  assign in_call_o   = state_q == StCall;
  assign call_addr_o = named_addr;
  assign call_size_o = named_size;

  // Of the record, which is in space 0 unless in user mode; of the word of a WAIT.
  always_comb begin
    valid_o = state_q == StFetch || state_q == StLook;
    req_o   = '0;
    if (state_q == StFetch) begin
      req_o = '{addr: record_addr, len: 8'(RecordBytes / AxiStrbW - 1),
                space: queue_i.user ? queue_i.space : '0, privileged: !queue_i.user};
    end else if (state_q == StLook) begin
      req_o = '{addr: named_addr, len: '0, space: '0, privileged: 1'b1};
    end
  end

  logic [63:0] time_q;  // Of a TIMESTAMP: when its record was checked.

  always_ff @(posedge clk_i) begin
    if (state_q == StCheck) time_q <= time_ns_i;
  end

  // FENCE and TIMESTAMP write to space 0; they are legal only for the kernel.
  always_comb begin
    write_req_o   = '0;
    write_value_o = '0;
    if (state_q == StExecute) begin
      write_req_o   = '{addr: named_addr, len: '0, space: '0, privileged: 1'b1};
      write_value_o = named_opcode == OpcodeFence ? named_value : time_q;
    end else if (state_q == StStatus) begin
      write_req_o   = '{addr: queue_i.status_addr, len: '0,
                        space: queue_i.user ? queue_i.space : '0, privileged: !queue_i.user};
      write_value_o = {32'd0, head_o};
    end
  end

  // What it waits for besides: the bus, the commands, the end of a wipe, the supervisor.
  assign busy_o = state_d != state_q || (state_q == StWiping && !wiping_seen_q);

endmodule : kestrel_ring
