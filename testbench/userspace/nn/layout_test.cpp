// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/layout.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "nn/error.hpp"

namespace kestrel::nn {
namespace {

Operator pool(TensorId in, TensorId out) {
  Pool work;
  work.in = in;
  work.out = out;
  return {"pool", "MaxPool", work};
}

/// in -> pool -> a -> pool -> b -> pool -> c, all of one shape.
Graph chain(const Shape& shape) {
  Graph graph;
  for (const char* name : {"in", "a", "b", "c"})
    graph.tensors.push_back({name, shape, false});
  graph.operators = {pool(0, 1), pool(1, 2), pool(2, 3)};
  graph.inputs = {{.name = "in", .shape = shape, .quantise = {}, .tensor = 0}};
  graph.outputs = {{.name = "c", .shape = shape, .tensor = 3, .steps = {}}};
  return graph;
}

TEST_CASE("regions follow each other, and hold what they are for", "[userspace][nn]") {
  const Layout layout = make_layout(chain({1, 16, 20, 20}), 0x10'0000);
  CHECK(layout.inputs == Region{0x10'0000, 0x2000});
  CHECK(layout.outputs == Region{0x10'2000, 0x2000});
  CHECK(layout.arena == Region{0x10'4000, 0x4000});
  CHECK(layout.tensors[0].address == 0x10'0000);
  CHECK(layout.tensors[3].address == 0x10'2000);
  CHECK(layout.tensors[1].address != layout.tensors[2].address);
  CHECK(layout.memory.planned == 2 * 6400);
  CHECK(layout.memory.lower_bound == 2 * 6400);
}

TEST_CASE("what is no longer alive gives its place away", "[userspace][nn]") {
  Graph graph = chain({1, 16, 20, 20});
  graph.tensors.push_back({"d", {1, 16, 20, 20}, false});
  graph.operators.push_back(pool(3, 4));
  graph.outputs[0].tensor = 4;
  const Layout layout = make_layout(graph, 0);
  CHECK(layout.tensors[1].address == layout.tensors[3].address);
  CHECK(layout.memory.planned == 2 * 6400);
}

TEST_CASE("an alias is the same memory, and keeps it alive", "[userspace][nn]") {
  Graph graph = chain({1, 16, 2, 2});
  graph.tensors.push_back({"flat", {1, 64}, false});
  graph.operators.insert(graph.operators.begin() + 1,
                         {"flatten", "Flatten", Alias{.in = 1, .out = 4, .permutation = {}}});
  const Layout layout = make_layout(graph, 0);
  CHECK(layout.tensors[4].address == layout.tensors[1].address);
  CHECK(layout.tensors[4].view.shape() == Shape{1, 64});
}

TEST_CASE("an alias that would move something is refused", "[userspace][nn]") {
  Graph graph = chain({1, 6, 2, 3});
  graph.tensors.push_back({"odd", {4, 9}, false});
  graph.operators.insert(graph.operators.begin() + 1,
                         {"reshape", "Reshape", Alias{.in = 1, .out = 4, .permutation = {}}});
  CHECK_THROWS_MATCHES(
      make_layout(graph, 0), Refusal,
      Catch::Matchers::Message("node 'reshape' (Reshape): making 4x9 of 1x6x2x3 would move "
                               "channels that are padded to words of 16, which is not supported"));
}

TEST_CASE("an output that is an input is refused", "[userspace][nn]") {
  Graph graph = chain({1, 16, 2, 2});
  graph.outputs[0].tensor = 0;
  CHECK_THROWS_AS(make_layout(graph, 0), Refusal);
}

TEST_CASE("the channels of an input are dense when windows are gathered", "[userspace][nn]") {
  Graph graph = chain({1, 3, 8, 8});
  Convolution work;
  work.in = 0;
  work.out = 1;
  work.window.kernel_h = work.window.kernel_w = 3;
  graph.operators[0] = {"conv", "Conv", work};
  CHECK(is_gathered(work, {1, 3, 8, 8}));
  CHECK(make_layout(graph, 0).tensors[0].view == View::dense_pixels({1, 3, 8, 8}));
  // Another reader needs whole words.
  graph.operators.push_back(pool(0, 2));
  CHECK(make_layout(graph, 0).tensors[0].view == View::in_words({1, 3, 8, 8}));
  CHECK_FALSE(is_gathered(work, {1, 16, 8, 8}));
  work.window.dilation_w = 2;
  CHECK_FALSE(is_gathered(work, {1, 3, 8, 8}));
}

}  // namespace
}  // namespace kestrel::nn
