// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Types inside the compute engine.
package kestrel_compute_pkg;

  /// Goes through the array with a position of ACCUMULATE: what becomes of the sums.
  typedef struct packed {
    logic [kestrel_pkg::AccAddrW-1:0] row;
    /// Write the row, do not add to it.
    logic                             replace;
    /// The greater of the row and the sums, instead of their sum.
    logic                             is_max;
    /// Last position of the command.
    logic                             last;
  } accumulate_tag_t;

  /// What OUTPUT does with a number, the same in all lanes and all the time of a command.
  typedef struct packed {
    /// Two numbers make a result: first comes the residual, then the main one.
    logic              residual;
    /// float32, of the residual.
    logic [31:0]       res_scale;
    logic signed [9:0] out_zero;
    /// Limits of a result, zero point included.
    logic signed [9:0] min;
    logic signed [9:0] max;
  } requant_t;

endpackage : kestrel_compute_pkg
