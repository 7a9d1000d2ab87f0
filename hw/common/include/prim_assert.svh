// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Assertion macros. Each takes a sentence that says what went wrong; it is printed with the place.

`ifndef PRIM_ASSERT_SVH
`define PRIM_ASSERT_SVH

/// `expr` holds in every cycle outside reset. Needs clk_i and rst_ni in scope.
`define PRIM_ASSERT(name, expr, sentence) \
  name: assert property (@(posedge clk_i) disable iff (!rst_ni) (expr)) \
    else $error(sentence);

/// Whenever `valid` is not answered by `ready`, it stays, and `payload` keeps its value.
`define PRIM_ASSERT_HELD(name, valid, ready, payload, sentence) \
  name: assert property (@(posedge clk_i) disable iff (!rst_ni) \
      (valid) && !(ready) |=> (valid) && $stable(payload)) \
    else $error(sentence);

/// A rule on parameters, checked at elaboration.
`define PRIM_ASSERT_PARAM(name, expr, sentence) \
  if (!(expr)) begin : gen_``name \
    $error(sentence); \
  end

`endif
