// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/windows.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

using Catch::Matchers::Message;

struct Windows {
  OnnxBuilder builder;
  onnx::NodeProto& proto = builder.node("MaxPool", {"x"}, "y");

  Windows& set(const std::string& name, const std::vector<std::int64_t>& values) {
    OnnxBuilder::attribute(proto, name, values);
    return *this;
  }
  [[nodiscard]] Placement read(const Shape& shape, bool is_pool = true,
                               std::int64_t kernel = 0) const {
    return read_window(Node(proto, 0, 17), shape, kernel, kernel, is_pool);
  }
};

TEST_CASE("positions follow from strides, pads and dilations", "[userspace][nn]") {
  Windows windows;
  windows.set("kernel_shape", {3, 5}).set("strides", {2, 3}).set("pads", {1, 2, 0, 1});
  windows.set("dilations", {2, 1});
  const Placement placement = windows.read({1, 4, 9, 10});
  CHECK(placement.out_h == (9 + 1 - 5) / 2 + 1);
  CHECK(placement.out_w == (10 + 3 - 5) / 3 + 1);
  CHECK(placement.window.pad_left == 2);
  CHECK(placement.window.pad_bottom == 0);
}

TEST_CASE("a ceiling adds a position that begins inside", "[userspace][nn]") {
  Windows windows;
  windows.set("kernel_shape", {2, 2}).set("strides", {2, 2});
  OnnxBuilder::attribute(windows.proto, "ceil_mode", std::int64_t{1});
  CHECK(windows.read({1, 1, 7, 8}).out_h == 4);
  CHECK(windows.read({1, 1, 7, 8}).out_w == 4);
  Windows wide;
  wide.set("kernel_shape", {1, 1}).set("strides", {4, 4});
  OnnxBuilder::attribute(wide.proto, "ceil_mode", std::int64_t{1});
  // The next would begin at 8, behind the picture.
  CHECK(wide.read({1, 1, 6, 6}).out_h == 2);
}

TEST_CASE("automatic padding keeps the size, and puts what is odd on one side", "[userspace][nn]") {
  Windows upper, lower;
  upper.set("kernel_shape", {4, 4});
  lower.set("kernel_shape", {4, 4});
  OnnxBuilder::text(upper.proto, "auto_pad", "SAME_UPPER");
  OnnxBuilder::text(lower.proto, "auto_pad", "SAME_LOWER");
  CHECK(upper.read({1, 1, 9, 9}).out_h == 9);
  CHECK(upper.read({1, 1, 9, 9}).window.pad_top == 1);
  CHECK(upper.read({1, 1, 9, 9}).window.pad_bottom == 2);
  CHECK(lower.read({1, 1, 9, 9}).window.pad_top == 2);
}

TEST_CASE("the kernel is that of the weights", "[userspace][nn]") {
  Windows windows;
  CHECK(windows.read({1, 1, 9, 9}, false, 3).window.kernel_h == 3);
  windows.set("kernel_shape", {5, 5});
  CHECK_THROWS_MATCHES(
      windows.read({1, 1, 9, 9}, false, 3), Refusal,
      Message("node 'the_MaxPool' (MaxPool): kernel_shape is 5x5, but the weights are 3x3"));
}

TEST_CASE("windows that are none are refused", "[userspace][nn]") {
  const auto refusal = [](const std::string& name, const std::vector<std::int64_t>& values,
                          const Shape& shape) -> std::string {
    Windows windows;
    if (name != "kernel_shape")
      windows.set("kernel_shape", {3, 3});
    windows.set(name, values);
    try {
      (void)windows.read(shape);
    } catch (const Refusal& refusal) {
      return std::string(refusal.what()).substr(30);
    }
    return "";
  };
  const Shape shape = {1, 1, 9, 9};
  CHECK(refusal("kernel_shape", {3}, shape) ==
        "kernel_shape has 1 numbers; only two dimensions are supported");
  CHECK(refusal("kernel_shape", {0, 3}, shape) == "kernel_shape of 0, not 1 to 4096");
  CHECK(refusal("kernel_shape", {10, 3}, shape) ==
        "the window of 10 does not fit into 9 with padding 0 and 0");
  CHECK(refusal("strides", {1, 5000}, shape) == "strides of 5000, not 1 to 4096");
  CHECK(refusal("dilations", {0, 1}, shape) == "dilations of 0, not 1 to 4096");
  CHECK(refusal("pads", {0, 0}, shape) == "pads has 2 numbers, not 4");
  CHECK(refusal("pads", {-1, 0, 0, 0}, shape) == "padding of -1, not 0 to 4096");
  CHECK(refusal("pads", {3, 0, 0, 0}, shape) == "padding of 3 is not less than the window of 3");
  CHECK(refusal("strides", {1, 1}, {1, 9}) ==
        "its input is 1x9; only images, N x C x H x W, are supported");
}

TEST_CASE("a pool needs its size", "[userspace][nn]") {
  CHECK_THROWS_AS(Windows().read({1, 1, 9, 9}), Refusal);
}

}  // namespace
}  // namespace kestrel::nn
