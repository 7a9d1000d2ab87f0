// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Words of the scratchpad: masks and parity.
package kestrel_scratchpad_pkg;

  import kestrel_pkg::*;

  /// Eight bits of one for each set bit.
  function automatic logic [AxiDataW-1:0] byte_mask(input logic [AxiStrbW-1:0] strb);
    logic [63:0] low, high;
    for (int unsigned i = 0; i < 8; i++) begin
      low[8*i+:8]  = {8{strb[i]}};
      high[8*i+:8] = {8{strb[i+8]}};
    end
    return {high, low};
  endfunction

  /// Even parity of a word's bytes. Bit i is that of the byte whose number is i with its four bits
  /// in reverse order: so it comes out of a few operations on 64 bits. Nobody sees it from outside.
  typedef logic [AxiStrbW-1:0] parity_t;

  /// Parity of all bytes of a word.
  function automatic parity_t word_parity(input logic [SpadWordW-1:0] data);
    logic [63:0] low, high, both;
    logic [31:0] half;
    low  = data[63:0];
    high = data[127:64];
    // Bit 0 of each byte becomes the parity of the byte.
    low  = low ^ (low >> 4);
    high = high ^ (high >> 4);
    low  = low ^ (low >> 2);
    high = high ^ (high >> 2);
    low  = low ^ (low >> 1);
    high = high ^ (high >> 1);
    // Two bits a byte, then four, then eight.
    both = (low & {8{8'h01}}) | ((high & {8{8'h01}}) << 1);
    half = both[31:0] | (both[63:32] << 2);
    return half[15:0] | (half[31:16] << 4);
  endfunction

  /// Brings one bit a byte into the order of the parity bits.
  function automatic parity_t parity_order(input logic [AxiStrbW-1:0] bytes);
    parity_t bits;
    for (int unsigned i = 0; i < AxiStrbW; i++) begin
      bits[{i[0], i[1], i[2], i[3]}] = bytes[i];
    end
    return bits;
  endfunction

endpackage : kestrel_scratchpad_pkg
