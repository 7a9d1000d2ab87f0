// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Sixteen lanes of OUTPUT's arithmetic: a number, plus a bias, times a float32 scale, rounded,
/// plus the residual, clamped to a byte. Bit by bit what float32 arithmetic after IEEE 754 gives,
/// round to nearest even in each step; hw/kestrel/docs/requantisation.md says it in full.
///
/// Latency 5 cycles, throughput one number a lane and cycle; nothing ever waits. With a residual
/// two numbers make a result: the first goes the same way up to the rounding and is kept until the
/// second comes.
///
/// What makes it small: the sum of a number and its bias is an integer, so its float is 0 or lies
/// in 1 .. 2^31. A product below 2^-20 or above 2^31 rounds to 0 or is clamped whatever its exact
/// value, so results that float32 has as subnormal numbers or infinities need no care, and a
/// subnormal scale may be taken for 0.
module kestrel_requant
  import kestrel_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,
  /// Forget the numbers under way.
  input  logic                    clear_i,

  /// Stay while anything is under way. Bias and scale are for the main number.
  input  kestrel_compute_pkg::requant_t config_i,
  input  logic [ArrayCols*32-1:0] bias_i,
  input  logic [ArrayCols*32-1:0] scale_i,

  input  logic                    valid_i,
  /// It is the residual.
  input  logic                    residual_i,
  /// The numbers are the bytes of `word_i` minus `zero_i`, else those of `row_i`.
  input  logic                    bytes_i,
  input  logic                    unsigned_i,
  input  logic signed [8:0]       zero_i,
  input  logic [SpadWordW-1:0]    word_i,
  input  logic [ArrayCols*32-1:0] row_i,

  output logic                    valid_o,
  output logic [SpadWordW-1:0]    result_o
);

  localparam int unsigned Lanes = ArrayCols;

  // What a residual is kept with, bits behind the point.
  localparam int unsigned FractionW = 16;
  localparam logic [30:0] FixMax    = 31'h3fff_ffff;

  /// An integer as float32 has it: mantissa * 2^(exponent - 23), bit 23 of the mantissa is set; or
  /// 0.
  typedef struct packed {
    logic        zero;
    logic        negative;
    logic [4:0]  exponent;
    logic [23:0] mantissa;
  } number_t;

  /// A product before rounding: mantissa * 2^(exponent - 46).
  typedef struct packed {
    logic              nan;
    logic              infinite;
    logic              zero;
    logic              negative;
    logic signed [8:0] exponent;
    logic [47:0]       mantissa;
  } product_t;

  logic [5:1]  valid_q;
  logic [4:1]  residual_q;
  logic [31:0] sum_q     [Lanes];
  number_t     number_q  [Lanes];
  product_t    product_q [Lanes];
  logic [31:0] fixed_q   [Lanes];
  logic [31:0] kept_q    [Lanes];

  /////////////
  // Numbers //
  /////////////

  function automatic logic [31:0] extend(logic [7:0] value, logic is_unsigned,
                                         logic signed [8:0] zero);
    return {{24{!is_unsigned && value[7]}}, value} - {{23{zero[8]}}, zero};
  endfunction

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      for (int unsigned i = 0; i < Lanes; i++) begin
        sum_q[i] <= (bytes_i ? extend(word_i[8*i+:8], unsigned_i, zero_i) : row_i[32*i+:32]) +
                    (residual_i ? 32'd0 : bias_i[32*i+:32]);
      end
    end
  end

  /// int32 to float32.
  function automatic number_t to_float(logic [31:0] value);
    number_t     number;
    logic [31:0] bits;
    logic [4:0]  exponent;
    logic [24:0] rounded;
    number.negative = value[31];
    number.zero     = value == '0;
    bits            = value[31] ? -value : value;
    exponent        = 5'd31;
    // Move the uppermost one to bit 31, by halves.
    if (bits[31:16] == '0) begin
      bits     = {bits[15:0], 16'd0};
      exponent = exponent - 5'd16;
    end
    if (bits[31:24] == '0) begin
      bits     = {bits[23:0], 8'd0};
      exponent = exponent - 5'd8;
    end
    if (bits[31:28] == '0) begin
      bits     = {bits[27:0], 4'd0};
      exponent = exponent - 5'd4;
    end
    if (bits[31:30] == '0) begin
      bits     = {bits[29:0], 2'd0};
      exponent = exponent - 5'd2;
    end
    if (!bits[31]) begin
      bits     = {bits[30:0], 1'd0};
      exponent = exponent - 5'd1;
    end
    rounded = {1'b0, bits[31:8]} + 25'(bits[7] && (bits[8] || bits[6:0] != '0));
    // Rounded up to a power of two; never from 31, since -2^31 is one already and 2^31 - 1 has 30.
    number.exponent = exponent + 5'(rounded[24]);
    number.mantissa = rounded[24] ? 24'h80_0000 : rounded[23:0];
    return number;
  endfunction

  always_ff @(posedge clk_i) begin
    if (valid_q[1]) begin
      for (int unsigned i = 0; i < Lanes; i++) number_q[i] <= to_float(sum_q[i]);
    end
  end

  //////////////
  // Products //
  //////////////

  function automatic product_t multiply(number_t number, logic [31:0] scale);
    product_t product;
    logic     scale_special, scale_small;
    scale_special = scale[30:23] == '1;
    // Zero, or subnormal: then the product is below 2^-95.
    scale_small      = scale[30:23] == '0;
    product.nan      = scale_special && (number.zero || scale[22:0] != '0);
    product.infinite = scale_special;
    product.zero     = number.zero || scale_small;
    product.negative = number.negative ^ scale[31];
    product.exponent = $signed({4'd0, number.exponent}) + $signed({1'b0, scale[30:23]}) - 9'sd127;
    product.mantissa = number.mantissa * {24'd0, 1'b1, scale[22:0]};
    return product;
  endfunction

  always_ff @(posedge clk_i) begin
    if (valid_q[2]) begin
      for (int unsigned i = 0; i < Lanes; i++) begin
        product_q[i] <= multiply(number_q[i],
                                 residual_q[2] ? config_i.res_scale : scale_i[32*i+:32]);
      end
    end
  end

  //////////////
  // Integers //
  //////////////

  /// The product rounded to float32, times 2^FractionW or not, rounded to an integer within
  /// +-FixMax.
  function automatic logic [31:0] to_fixed(product_t product, logic fraction);
    logic [23:0]       mantissa;
    logic [24:0]       rounded;
    logic signed [9:0] exponent;
    logic [4:0]        shift;
    logic [24:0]       shifted;
    logic [23:0]       below;
    logic [30:0]       magnitude;
    // The float.
    exponent = 10'(product.exponent);
    if (product.mantissa[47]) begin
      rounded  = {1'b0, product.mantissa[47:24]} +
                 25'(product.mantissa[23] &&
                     (product.mantissa[24] || product.mantissa[22:0] != '0));
      exponent = exponent + 10'sd1;
    end else begin
      rounded  = {1'b0, product.mantissa[46:23]} +
                 25'(product.mantissa[22] &&
                     (product.mantissa[23] || product.mantissa[21:0] != '0));
    end
    if (rounded[24]) exponent = exponent + 10'sd1;
    mantissa = rounded[24] ? 24'h80_0000 : rounded[23:0];
    if (fraction) exponent = exponent + 10'(FractionW);
    // The integer.
    if (product.infinite || (!product.zero && exponent >= 10'sd30)) begin
      magnitude = FixMax;
    end else if (product.zero || exponent < -10'sd1) begin
      magnitude = '0;
    end else if (exponent >= 10'sd23) begin
      magnitude = {7'd0, mantissa} << 3'(exponent - 10'sd23);
    end else begin
      // One bit of the fraction is kept below the integer; the rest tells more than half from half.
      shift     = 5'(10'sd22 - exponent);
      shifted   = {1'b0, mantissa >> shift};
      below     = mantissa & ~(24'hff_ffff << shift);
      magnitude = {7'd0, shifted[24:1]} +
                  31'(shifted[0] && (shifted[1] || below != '0));
    end
    if (product.nan) return -{1'b0, FixMax};
    return product.negative ? -{1'b0, magnitude} : {1'b0, magnitude};
  endfunction

  always_ff @(posedge clk_i) begin
    if (valid_q[3]) begin
      // First all numbers, then all registers: so the model has one condition for all of them.
      automatic logic [31:0] fixed [Lanes];
      for (int unsigned i = 0; i < Lanes; i++) begin
        fixed[i] = to_fixed(product_q[i], config_i.residual);
      end
      for (int unsigned i = 0; i < Lanes; i++) fixed_q[i] <= fixed[i];
    end
  end

  ///////////
  // Bytes //
  ///////////

  always_ff @(posedge clk_i) begin
    if (valid_q[4] && residual_q[4]) begin
      for (int unsigned i = 0; i < Lanes; i++) kept_q[i] <= fixed_q[i];
    end
  end

  /// Fixed-point sum to integer.
  function automatic logic [31:0] to_integer(logic [31:0] sum);
    return {{16{sum[31]}}, sum[31:16]} + 32'(sum[15] && (sum[16] || sum[14:0] != '0));
  endfunction

  /// The limits are those of the integer, without the zero point.
  function automatic logic [7:0] to_byte(logic signed [31:0] value, logic signed [31:0] low,
                                         logic signed [31:0] high, logic [7:0] zero);
    if (value < low) return low[7:0] + zero;
    if (value > high) return high[7:0] + zero;
    return value[7:0] + zero;
  endfunction

  always_ff @(posedge clk_i) begin
    if (valid_q[4] && !residual_q[4]) begin
      automatic logic [SpadWordW-1:0] result;
      automatic logic signed [31:0]   low  = 32'(config_i.min) - 32'(config_i.out_zero);
      automatic logic signed [31:0]   high = 32'(config_i.max) - 32'(config_i.out_zero);
      for (int unsigned i = 0; i < Lanes; i++) begin
        automatic logic [31:0] value = config_i.residual ? to_integer(fixed_q[i] + kept_q[i])
                                                         : fixed_q[i];
        result[8*i+:8] = to_byte(value, low, high, config_i.out_zero[7:0]);
      end
      result_o <= result;
    end
  end

  assign valid_o = valid_q[5];

  ///////////
  // State //
  ///////////

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q    <= '0;
      residual_q <= '0;
    end else if (clear_i) begin
      valid_q <= '0;
    end else begin
      valid_q    <= {valid_q[4] && !residual_q[4], valid_q[3:1], valid_i};
      residual_q <= {residual_q[3:1], residual_i};
    end
  end

endmodule : kestrel_requant
