// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Assertion macros. Each takes a sentence that says what went wrong; it is printed with the place.
//
// Processes that look in each cycle, instead of concurrent assertions: for those Verilator copies
// every signal in every cycle, and asks under a lock whether assertions are on. What a process sees
// at the clock edge is what a flip-flop there sees.

`ifndef PRIM_ASSERT_SVH
`define PRIM_ASSERT_SVH

`ifdef SYNTHESIS

`define PRIM_ASSERT(name, expr, sentence)
`define PRIM_ASSERT_HELD(name, valid, ready, payload, sentence)

`else

/// `expr` holds in every cycle outside reset. Needs clk_i and rst_ni in scope.
`define PRIM_ASSERT(name, expr, sentence) \
  always @(posedge clk_i) begin : name \
    if (rst_ni && !(expr)) assert (1'b0) else $error(sentence); \
  end

/// Whenever `valid` is not answered by `ready`, it stays, and `payload` keeps its value.
`define PRIM_ASSERT_HELD(name, valid, ready, payload, sentence) \
  logic name``_waits_q; \
  logic [$bits(payload)-1:0] name``_payload_q; \
  always @(posedge clk_i) begin : name \
    if (rst_ni && name``_waits_q && !((valid) && (payload) == name``_payload_q)) \
      assert (1'b0) else $error(sentence); \
    name``_waits_q <= rst_ni && (valid) && !(ready); \
    if ((valid) && !(ready)) name``_payload_q <= payload; \
  end

`endif

/// A rule on parameters, checked at elaboration.
`define PRIM_ASSERT_PARAM(name, expr, sentence) \
  if (!(expr)) begin : gen_``name \
    $error(sentence); \
  end

`endif
