// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Banks of the scratchpad: words with parity, and a bit per word that says whether it was written
/// since the latest wipe. Who may access which bank has been decided.
///
/// Each bank does one read and one write a cycle; a read of the word that is being written gives
/// the old one. A word that was not written reads as zero; a partial write to it makes its other
/// bytes zero. The memories of words and parity bits are written byte by byte and read
/// synchronously, as SRAM; the bits per word are flip-flops.
///
/// Ports are chosen where a bank is accessed, and words only where they are wanted: so nothing wide
/// moves in a cycle without access.
module kestrel_scratchpad_banks
  import kestrel_pkg::*;
  import kestrel_scratchpad_pkg::*;
#(
  /// Derived; do not override. Width of a bank's number, and of a word's in its bank.
  localparam int unsigned BankW     = $clog2(SpadBanks),
  localparam int unsigned BankAddrW = SpadAddrW - BankW,
  /// Derived; do not override. Width of the number of a line of eight words in a bank.
  localparam int unsigned LineW     = BankAddrW - 3
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  /// Forget the eight words of this line in every bank; not with an access.
  input  logic                 wipe_i,
  input  logic [LineW-1:0]     wipe_line_i,

  /// Reads, at most one a bank. Data and error (wrong parity) come in the next cycle; both are zero
  /// in a cycle that follows none.
  input  logic                 a_i,
  input  logic [SpadAddrW-1:0] a_addr_i,
  output logic [SpadWordW-1:0] a_data_o,
  output logic                 a_error_o,
  input  logic                 b_i,
  input  logic [SpadAddrW-1:0] b_addr_i,
  output logic [SpadWordW-1:0] b_data_o,
  output logic                 b_error_o,
  input  logic                 s_i,
  input  logic [SpadAddrW-1:0] s_addr_i,
  output logic [SpadWordW-1:0] s_data_o,
  output logic                 s_error_o,

  /// Writes, at most one a bank. `flip`: store the bit `flip_bit_i` wrongly.
  input  logic                 v_i,
  input  logic [SpadAddrW-1:0] v_addr_i,
  input  logic [AxiStrbW-1:0]  v_strb_i,
  input  logic [SpadWordW-1:0] v_data_i,
  input  logic                 v_flip_i,
  input  logic                 l_i,
  input  logic [SpadAddrW-1:0] l_addr_i,
  input  logic [AxiStrbW-1:0]  l_strb_i,
  input  logic [SpadWordW-1:0] l_data_i,
  input  logic                 l_flip_i,
  input  logic [6:0]           flip_bit_i
);

  localparam int unsigned BankWords = SpadWords / SpadBanks;

  // One bit a bank.
  logic [SpadBanks-1:0] a_hit, b_hit, read, v_hit, write;

  assign a_hit = SpadBanks'(a_i) << a_addr_i[SpadAddrW-1:BankAddrW];
  assign b_hit = SpadBanks'(b_i) << b_addr_i[SpadAddrW-1:BankAddrW];
  assign read  = a_hit | b_hit | (SpadBanks'(s_i) << s_addr_i[SpadAddrW-1:BankAddrW]);
  assign v_hit = SpadBanks'(v_i) << v_addr_i[SpadAddrW-1:BankAddrW];
  assign write = v_hit | (SpadBanks'(l_i) << l_addr_i[SpadAddrW-1:BankAddrW]);

  ///////////
  // Banks //
  ///////////

  logic [SpadWordW-1:0] data_q    [SpadBanks][BankWords];
  parity_t              parity_q  [SpadBanks][BankWords];
  logic [7:0]           written_q [SpadBanks][BankWords/8];
  // What each bank read last.
  logic [SpadWordW-1:0] read_data_q   [SpadBanks];
  parity_t              read_parity_q [SpadBanks];
  logic                 read_known_q  [SpadBanks];

  // The memories belong to this process, which reads before it writes: the blocking assignments
  // cannot be seen from outside, and a simulation copies a word once instead of twice. That all
  // banks are in one process lets it pass them by together.
  /* verilator lint_off BLKSEQ */
  always_ff @(posedge clk_i) begin
    if (read != '0) begin
      for (int unsigned bank = 0; bank < SpadBanks; bank++) begin
        if (read[bank]) begin
          automatic logic [BankAddrW-1:0] addr;
          addr = a_hit[bank]   ? a_addr_i[BankAddrW-1:0]
                 : b_hit[bank] ? b_addr_i[BankAddrW-1:0] : s_addr_i[BankAddrW-1:0];
          read_data_q[bank]   <= data_q[bank][addr];
          read_parity_q[bank] <= parity_q[bank][addr];
          read_known_q[bank]  <= written_q[bank][addr[BankAddrW-1:3]][addr[2:0]];
        end
      end
    end
    if (write != '0) begin
      // Bytes that are not written are zero in word and parity, and ones in what is kept.
      automatic logic [SpadWordW-1:0] v_word, v_kept, l_word, l_kept;
      automatic parity_t              v_parity, v_parity_kept, l_parity, l_parity_kept;
      v_word        = '0;
      v_kept        = '0;
      v_parity      = '0;
      v_parity_kept = '0;
      if (v_i) begin
        v_word   = v_data_i;
        v_parity = word_parity(v_data_i);
        if (v_strb_i != '1) begin
          v_kept        = ~byte_mask(v_strb_i);
          v_parity_kept = ~parity_order(v_strb_i);
          v_word        = v_word & ~v_kept;
          v_parity      = v_parity & ~v_parity_kept;
        end
        if (v_flip_i) v_word[flip_bit_i] = !v_word[flip_bit_i];
      end
      l_word        = '0;
      l_kept        = '0;
      l_parity      = '0;
      l_parity_kept = '0;
      if (l_i) begin
        l_word   = l_data_i;
        l_parity = word_parity(l_data_i);
        if (l_strb_i != '1) begin
          l_kept        = ~byte_mask(l_strb_i);
          l_parity_kept = ~parity_order(l_strb_i);
          l_word        = l_word & ~l_kept;
          l_parity      = l_parity & ~l_parity_kept;
        end
        if (l_flip_i) l_word[flip_bit_i] = !l_word[flip_bit_i];
      end

      for (int unsigned bank = 0; bank < SpadBanks; bank++) begin
        if (write[bank]) begin
          automatic logic [BankAddrW-1:0] addr;
          automatic logic                 known;
          addr  = v_hit[bank] ? v_addr_i[BankAddrW-1:0] : l_addr_i[BankAddrW-1:0];
          known = written_q[bank][addr[BankAddrW-1:3]][addr[2:0]];
          // A word that was not written keeps nothing: so all its bytes are written.
          if (v_hit[bank]) begin
            data_q[bank][addr]   = known ? (data_q[bank][addr] & v_kept) | v_word : v_word;
            parity_q[bank][addr] = known ? (parity_q[bank][addr] & v_parity_kept) | v_parity
                                         : v_parity;
          end else begin
            data_q[bank][addr]   = known ? (data_q[bank][addr] & l_kept) | l_word : l_word;
            parity_q[bank][addr] = known ? (parity_q[bank][addr] & l_parity_kept) | l_parity
                                         : l_parity;
          end
          written_q[bank][addr[BankAddrW-1:3]][addr[2:0]] = 1'b1;
        end
      end
    end
    if (wipe_i) begin
      for (int unsigned bank = 0; bank < SpadBanks; bank++) written_q[bank][wipe_line_i] = '0;
    end
  end
  /* verilator lint_on BLKSEQ */

  /////////////////////////
  // From banks to ports //
  /////////////////////////

  logic             a_q, b_q, s_q;
  logic [BankW-1:0] a_bank_q, b_bank_q, s_bank_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      a_q      <= 1'b0;
      b_q      <= 1'b0;
      s_q      <= 1'b0;
      a_bank_q <= '0;
      b_bank_q <= '0;
      s_bank_q <= '0;
    end else begin
      a_q <= a_i;
      b_q <= b_i;
      s_q <= s_i;
      if (a_i) a_bank_q <= a_addr_i[SpadAddrW-1:BankAddrW];
      if (b_i) b_bank_q <= b_addr_i[SpadAddrW-1:BankAddrW];
      if (s_i) s_bank_q <= s_addr_i[SpadAddrW-1:BankAddrW];
    end
  end

  always_comb begin
    a_data_o  = '0;
    a_error_o = 1'b0;
    if (a_q && read_known_q[a_bank_q]) begin
      a_data_o  = read_data_q[a_bank_q];
      a_error_o = word_parity(a_data_o) != read_parity_q[a_bank_q];
    end
  end

  always_comb begin
    b_data_o  = '0;
    b_error_o = 1'b0;
    if (b_q && read_known_q[b_bank_q]) begin
      b_data_o  = read_data_q[b_bank_q];
      b_error_o = word_parity(b_data_o) != read_parity_q[b_bank_q];
    end
  end

  always_comb begin
    s_data_o  = '0;
    s_error_o = 1'b0;
    if (s_q && read_known_q[s_bank_q]) begin
      s_data_o  = read_data_q[s_bank_q];
      s_error_o = word_parity(s_data_o) != read_parity_q[s_bank_q];
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT_PARAM(BanksDivide, SpadBanks >= 2 && (SpadBanks & (SpadBanks - 1)) == 0,
                     "the number of banks is not a power of two of at least 2")
  `PRIM_ASSERT(WipesAlone, !(wipe_i && (read != '0 || write != '0)),
               "the scratchpad is accessed during a wipe")

endmodule : kestrel_scratchpad_banks
