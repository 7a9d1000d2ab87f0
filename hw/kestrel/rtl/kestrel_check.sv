// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Checks a command of a command buffer, and says which engine it is for.
///
/// What depends on addresses and strides is checked by the engines, where it is used.
module kestrel_check
  import kestrel_cmd_pkg::*;
(
  input  logic         clk_i,

  /// Check `cmd_i`; one cycle.
  input  logic         valid_i,
  input  logic [511:0] cmd_i,

  /// From the next cycle on until the next check: CauseNone, or what is wrong.
  output error_cause_e cause_o,
  /// Whose it is; none of them for NOP.
  output logic         load_o,
  output logic         store_o,
  output logic         compute_o,
  output logic         barrier_o
);

  ////////////
  // Fields //
  ////////////

  // LOAD has no engine before it, STORE none after it: bits 8 and 10, 9 and 11.
  function automatic logic transfer_bad(transfer_t t, logic store);
    logic tokens_bad;
    tokens_bad = store ? t.wait_next != '0 || t.signal_next != '0
                       : t.wait_prev != '0 || t.signal_prev != '0;
    return tokens_bad || (store && t.pad != '0) || t.reserved_12 != '0 || t.reserved_272 != '0 ||
           t.reserved_370 != '0 || t.n0 == '0 || t.n1 == '0 || t.n2 == '0 || t.n3 == '0 ||
           t.count4 == '0;
  endfunction

  function automatic logic accumulate_bad(accumulate_t a);
    return a.reserved_12 != '0 || a.reserved_20 != '0 || a.reserved_80 != '0 ||
           a.reserved_208 != '0 || a.reserved_272 != '0 || a.n0 == '0 || a.n1 == '0 ||
           a.r0 == '0 || a.r1 == '0 || a.count_r2 == '0;
  endfunction

  // Outside the range of a byte, 0 .. 255 or -128 .. 127.
  function automatic logic byte_bad(logic [15:0] value, logic is_unsigned);
    return is_unsigned ? value[15:8] != '0 : value[15:7] != '0 && value[15:7] != '1;
  endfunction

  // `residual` is the header's flag RES; the fields of a residual count only with it.
  function automatic logic output_bad(output_t o, logic residual);
    logic out_bad, src_bad, res_bad;
    out_bad = byte_bad(o.min, o.out_unsigned) || byte_bad(o.max, o.out_unsigned) ||
              byte_bad(o.out_zero, o.out_unsigned) || $signed(o.min) > $signed(o.max);
    src_bad = o.src_scratchpad ? byte_bad(o.src_zero, o.src_unsigned) : o.src_zero != '0;
    res_bad = residual && byte_bad(o.more_zero, o.res_unsigned);
    return out_bad || src_bad || res_bad || o.reserved_12 != '0 || o.reserved_22 != '0 ||
           o.reserved_272 != '0 || o.reserved_416 != '0 || o.n0 == '0 || o.n1 == '0;
  endfunction

  ////////////
  // Result //
  ////////////

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      automatic logic bad     = 1'b0;
      automatic logic unknown = 1'b0;
      automatic logic ring    = 1'b0;

      load_o    <= 1'b0;
      store_o   <= 1'b0;
      compute_o <= 1'b0;
      barrier_o <= 1'b0;

      case (cmd_i[7:0])
        OpcodeNop: bad = cmd_i[511:8] != '0;
        OpcodeBarrier: begin
          bad        = cmd_i[511:8] != '0;
          barrier_o <= 1'b1;
        end
        OpcodeCall, OpcodeFence, OpcodeWait, OpcodeTimestamp: ring = 1'b1;
        OpcodeLoad: begin
          bad     = transfer_bad(transfer_t'(cmd_i), 1'b0);
          load_o <= 1'b1;
        end
        OpcodeStore: begin
          bad      = transfer_bad(transfer_t'(cmd_i), 1'b1);
          store_o <= 1'b1;
        end
        OpcodeAccumulate: begin
          bad        = accumulate_bad(accumulate_t'(cmd_i));
          compute_o <= 1'b1;
        end
        OpcodeOutput: begin
          bad        = output_bad(output_t'(cmd_i), cmd_i[18]);
          compute_o <= 1'b1;
        end
        OpcodeSync: begin
          bad        = cmd_i[511:12] != '0;
          compute_o <= 1'b1;
        end
        default: unknown = 1'b1;
      endcase

      cause_o <= unknown ? CauseIllegalOpcode :
                 ring    ? CausePrivileged :
                 bad     ? CauseIllegalField : CauseNone;
    end
  end

endmodule : kestrel_check
