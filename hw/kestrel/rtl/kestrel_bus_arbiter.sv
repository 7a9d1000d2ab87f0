// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Lets one of two clients in at a time: takes its request into a register, and passes the answer
/// on.
///
/// Client 0 goes first, but not twice in a row while client 1 waits.
module kestrel_bus_arbiter
  import kestrel_pkg::*;
(
  input  logic              clk_i,
  input  logic              rst_ni,
  /// Forget everything.
  input  logic              clear_i,

  /// Clients: a request stays until it is answered by ready or refuse.
  input  logic [1:0]        valid_i,
  input  bus_req_t          req_i [2],
  output logic [1:0]        ready_o,
  output logic [1:0]        refuse_o,

  /// A request waits, and its space.
  output logic              valid_o,
  output logic [SpaceW-1:0] space_o,
  /// Take it; not before the one taken last was answered.
  input  logic              take_i,
  /// The one that was taken, and whose it is.
  output bus_req_t          req_o,
  output logic              client_o,
  /// Its answer, one cycle.
  input  logic              ready_i,
  input  logic              refuse_i
);

  logic     turn_d, turn_q;      // Client 1 goes first.
  logic     client_d, client_q;
  logic     pick;
  bus_req_t req_q;

  always_comb begin
    pick     = valid_i[1] && (!valid_i[0] || turn_q);
    turn_d   = turn_q;
    client_d = client_q;

    if (take_i) begin
      client_d = pick;
      turn_d   = !pick && valid_i[1];
    end
    if (clear_i) turn_d = 1'b0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      turn_q   <= 1'b0;
      client_q <= 1'b0;
    end else begin
      turn_q   <= turn_d;
      client_q <= client_d;
    end
  end

  // The request needs no reset: whoever took it knows whether there is one.
  always_ff @(posedge clk_i) begin
    if (take_i) req_q <= pick ? req_i[1] : req_i[0];
  end

  assign valid_o  = |valid_i;
  assign space_o  = pick ? req_i[1].space : req_i[0].space;
  assign req_o    = req_q;
  assign client_o = client_q;
  assign ready_o  = {ready_i && client_q, ready_i && !client_q};
  assign refuse_o = {refuse_i && client_q, refuse_i && !client_q};

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(OneAnswer, !(ready_i && refuse_i), "a request is taken and refused at once")
  `PRIM_ASSERT(TakeValid, !take_i || valid_o, "a request is taken that nobody makes")
  `PRIM_ASSERT(AnswerValid, !(ready_i || refuse_i) || valid_i[client_q] || clear_i,
               "a request was withdrawn before it was answered")
  `PRIM_ASSERT(AnswerSame, !(ready_i || refuse_i) || req_i[client_q] == req_q || clear_i,
               "a request was changed before it was answered")
  `PRIM_ASSERT(InBlock, !ready_i || 9'(req_q.addr[BurstBytesLog2-1:BeatBytesLog2]) +
               9'(req_q.len) < 9'(BurstBeats),
               "a request reaches beyond its block of 256 bytes")

endmodule : kestrel_bus_arbiter
