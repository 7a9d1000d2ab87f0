// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// A ring record: put together from its beats, and checked.
module kestrel_record
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic         clk_i,

  /// The next beat is the first.
  input  logic         start_i,
  input  logic         r_valid_i,
  input  r_beat_t      r_i,
  /// This is the last beat, and the record's response: the first bad one of its beats, or that of
  /// the last.
  output logic         last_o,
  output logic [1:0]   resp_o,

  /// Check the record; one cycle, after the last beat. `user_i`: its queue is in user mode.
  input  logic         check_i,
  input  logic         user_i,
  /// What the record names.
  output logic [7:0]   opcode_o,
  output logic [31:0]  size_o,
  output logic [63:0]  addr_o,
  output logic [63:0]  value_o,
  /// From the cycle after `check_i` on: CauseNone, or what is wrong.
  output error_cause_e cause_o
);

  control_t   record_q;
  logic [1:0] beat_q;
  logic [1:0] resp_q;  // The first bad response so far, or 0.

  assign last_o   = r_valid_i && beat_q == 2'd3;
  assign resp_o   = beat_q != '0 && resp_q[1] ? resp_q : r_i.resp;
  assign opcode_o = record_q.opcode;
  assign size_o   = record_q.size;
  assign addr_o   = {record_q.addr_hi, record_q.addr_lo};
  assign value_o  = {record_q.value_hi, record_q.value_lo};

  // What comes first in this order is told: opcode, privilege, fields.
  function automatic error_cause_e check(control_t r, logic user);
    logic unknown, privileged, size, addr, value, addr8, bad;
    unknown    = 1'b0;
    privileged = 1'b0;
    size       = r.size != '0;
    addr       = r.addr_hi != '0 || r.addr_lo != '0;
    addr8      = r.addr_lo[2:0] != '0;
    value      = r.value_hi != '0 || r.value_lo != '0;
    bad        = 1'b0;
    case (r.opcode)
      OpcodeNop:  bad = size || addr || value;
      OpcodeCall: bad = !size || r.size[5:0] != '0 || r.addr_lo[5:0] != '0 || value;
      OpcodeFence, OpcodeWait: begin
        bad        = size || addr8;
        privileged = 1'b1;
      end
      OpcodeTimestamp: begin
        bad        = size || addr8 || value;
        privileged = 1'b1;
      end
      default: unknown = 1'b1;
    endcase
    bad = bad || r.reserved_8 != '0 || r.reserved_192 != '0;
    return unknown            ? CauseIllegalOpcode :
           privileged && user ? CausePrivileged :
           bad                ? CauseIllegalField : CauseNone;
  endfunction

  // Used only after a start, a record and a check, so no reset.
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      beat_q <= '0;
    end else if (r_valid_i) begin
      record_q[{beat_q, 7'd0}+:AxiDataW] <= r_i.data;
      resp_q                             <= resp_o[1] ? resp_o : '0;
      beat_q                             <= beat_q + 1'b1;
    end
    if (check_i) cause_o <= check(record_q, user_i);
  end

  // The number of beats says it already.
  logic unused_last;
  assign unused_last = r_i.last;

endmodule : kestrel_record
