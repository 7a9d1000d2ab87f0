// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Scratchpad: words of 16 bytes in banks by the upper address bits, three read ports and two write
/// ports.
///
/// Each bank does one read and one write a cycle. Of reads that meet in a bank the one of port A
/// goes first, then B, then S; of writes the one of V, then L; the others wait. A read gives the
/// word as it was before a write in the same cycle.
///
/// A word that was not written since the latest wipe reads as zero. After reset the scratchpad
/// wipes itself; accesses wait until it is done.
module kestrel_scratchpad
  import kestrel_pkg::*;
(
  input  logic                 clk_i,
  input  logic                 rst_ni,

  /// Forget all words, one cycle. Nobody may write until wiping_o is low.
  input  logic                 wipe_i,
  /// That is under way, from the next cycle on.
  output logic                 wiping_o,
  /// The scratchpad acts by itself.
  output logic                 busy_o,

  /// Reads of activations, of weights and parameters, and by STORE. Data and error (wrong parity)
  /// come in the cycle after the handshake; in other cycles both are zero.
  input  logic                 ra_valid_i,
  output logic                 ra_ready_o,
  input  logic [SpadAddrW-1:0] ra_addr_i,
  output logic [SpadWordW-1:0] ra_data_o,
  output logic                 ra_error_o,
  input  logic                 rb_valid_i,
  output logic                 rb_ready_o,
  input  logic [SpadAddrW-1:0] rb_addr_i,
  output logic [SpadWordW-1:0] rb_data_o,
  output logic                 rb_error_o,
  input  logic                 rs_valid_i,
  output logic                 rs_ready_o,
  input  logic [SpadAddrW-1:0] rs_addr_i,
  output logic [SpadWordW-1:0] rs_data_o,
  output logic                 rs_error_o,

  /// Writes of results, and by LOAD.
  input  logic                 wv_valid_i,
  output logic                 wv_ready_o,
  input  logic [SpadAddrW-1:0] wv_addr_i,
  input  logic [AxiStrbW-1:0]  wv_strb_i,
  input  logic [SpadWordW-1:0] wv_data_i,
  input  logic                 wl_valid_i,
  output logic                 wl_ready_o,
  input  logic [SpadAddrW-1:0] wl_addr_i,
  input  logic [AxiStrbW-1:0]  wl_strb_i,
  input  logic [SpadWordW-1:0] wl_data_i,

  /// Parity test, one cycle: the next write that stores the byte with this bit of this word inverts
  /// the bit, once.
  input  logic                 flip_arm_i,
  input  logic [SpadAddrW-1:0] flip_addr_i,
  input  logic [6:0]           flip_bit_i,
  /// Forget that.
  input  logic                 flip_forget_i
);

  localparam int unsigned BankW     = $clog2(SpadBanks);
  localparam int unsigned BankAddrW = SpadAddrW - BankW;
  localparam int unsigned LineW     = BankAddrW - 3;

  logic             wiping_q;
  logic [LineW-1:0] wipe_line_q;

  /////////////////
  // Arbitration //
  /////////////////

  logic             a_go, b_go, s_go, v_go, l_go;
  logic [BankW-1:0] a_bank, b_bank, s_bank, v_bank, l_bank;

  assign a_bank = ra_addr_i[SpadAddrW-1:BankAddrW];
  assign b_bank = rb_addr_i[SpadAddrW-1:BankAddrW];
  assign s_bank = rs_addr_i[SpadAddrW-1:BankAddrW];
  assign v_bank = wv_addr_i[SpadAddrW-1:BankAddrW];
  assign l_bank = wl_addr_i[SpadAddrW-1:BankAddrW];

  assign ra_ready_o = !wiping_q;
  assign rb_ready_o = !wiping_q && !(ra_valid_i && a_bank == b_bank);
  assign rs_ready_o = !wiping_q && !(ra_valid_i && a_bank == s_bank) &&
                      !(rb_valid_i && b_bank == s_bank);
  assign wv_ready_o = !wiping_q;
  assign wl_ready_o = !wiping_q && !(wv_valid_i && v_bank == l_bank);

  assign a_go = ra_valid_i && ra_ready_o;
  assign b_go = rb_valid_i && rb_ready_o;
  assign s_go = rs_valid_i && rs_ready_o;
  assign v_go = wv_valid_i && wv_ready_o;
  assign l_go = wl_valid_i && wl_ready_o;

  /////////////////
  // Parity test //
  /////////////////

  logic                 flip_armed_q, v_flips, l_flips;
  logic [SpadAddrW-1:0] flip_addr_q;
  logic [6:0]           flip_bit_q;

  // A partial write stores the byte if it writes it, which is enough for a test.
  assign v_flips = flip_armed_q && v_go && wv_addr_i == flip_addr_q && wv_strb_i[flip_bit_q[6:3]];
  assign l_flips = flip_armed_q && l_go && wl_addr_i == flip_addr_q && wl_strb_i[flip_bit_q[6:3]];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      flip_armed_q <= 1'b0;
      flip_addr_q  <= '0;
      flip_bit_q   <= '0;
    end else if (flip_arm_i) begin
      flip_armed_q <= 1'b1;
      flip_addr_q  <= flip_addr_i;
      flip_bit_q   <= flip_bit_i;
    end else if (flip_forget_i || v_flips || l_flips) begin
      flip_armed_q <= 1'b0;
    end
  end

  //////////
  // Wipe //
  //////////

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wiping_q    <= 1'b1;
      wipe_line_q <= '0;
    end else if (wipe_i) begin
      wiping_q    <= 1'b1;
      wipe_line_q <= '0;
    end else if (wiping_q) begin
      wiping_q    <= wipe_line_q != '1;
      wipe_line_q <= wipe_line_q + 1'b1;
    end
  end

  assign wiping_o = wiping_q;
  assign busy_o   = wiping_q;

  ///////////
  // Banks //
  ///////////

  kestrel_scratchpad_banks u_banks (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .wipe_i      (wiping_q),
    .wipe_line_i (wipe_line_q),
    .a_i         (a_go),
    .a_addr_i    (ra_addr_i),
    .a_data_o    (ra_data_o),
    .a_error_o   (ra_error_o),
    .b_i         (b_go),
    .b_addr_i    (rb_addr_i),
    .b_data_o    (rb_data_o),
    .b_error_o   (rb_error_o),
    .s_i         (s_go),
    .s_addr_i    (rs_addr_i),
    .s_data_o    (rs_data_o),
    .s_error_o   (rs_error_o),
    .v_i         (v_go),
    .v_addr_i    (wv_addr_i),
    .v_strb_i    (wv_strb_i),
    .v_data_i    (wv_data_i),
    .v_flip_i    (v_flips),
    .l_i         (l_go),
    .l_addr_i    (wl_addr_i),
    .l_strb_i    (wl_strb_i),
    .l_data_i    (wl_data_i),
    .l_flip_i    (l_flips),
    .flip_bit_i  (flip_bit_q)
  );

endmodule : kestrel_scratchpad
