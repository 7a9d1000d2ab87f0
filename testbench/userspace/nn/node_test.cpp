// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/node.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

using Catch::Matchers::Message;

struct Nodes {
  OnnxBuilder builder;
  onnx::NodeProto& proto = builder.node("Conv", {"x", "", "b"}, "y");
  Node node{proto, 4, 17};
};

TEST_CASE("a node has a name, or its number", "[userspace][nn]") {
  Nodes nodes;
  CHECK(nodes.node.name() == "the_Conv");
  nodes.proto.clear_name();
  CHECK(Node(nodes.proto, 4, 17).name() == "#4");
  CHECK(nodes.node.opset() == 17);
  nodes.proto.set_domain("ai.onnx");
  CHECK(nodes.node.domain().empty());
}

TEST_CASE("inputs may be left out", "[userspace][nn]") {
  Nodes nodes;
  CHECK(nodes.node.has_input(0));
  CHECK_FALSE(nodes.node.has_input(1));
  CHECK(nodes.node.has_input(2));
  CHECK_FALSE(nodes.node.has_input(3));
  CHECK_THROWS_MATCHES(nodes.node.input(1), Refusal,
                       Message("node 'the_Conv' (Conv): input 1 is missing"));
}

TEST_CASE("a node has one output", "[userspace][nn]") {
  Nodes nodes;
  CHECK(nodes.node.output() == "y");
  nodes.proto.add_output("");
  CHECK(nodes.node.output() == "y");
  nodes.proto.add_output("z");
  CHECK_THROWS_MATCHES(nodes.node.output(), Refusal,
                       Message("node 'the_Conv' (Conv): output 2 ('z') is not supported"));
  nodes.proto.clear_output();
  CHECK_THROWS_MATCHES(nodes.node.output(), Refusal,
                       Message("node 'the_Conv' (Conv): has no output"));
}

TEST_CASE("attributes have types and defaults", "[userspace][nn]") {
  Nodes nodes;
  OnnxBuilder::attribute(nodes.proto, "group", std::int64_t{4});
  OnnxBuilder::attribute(nodes.proto, "pads", {1, 2});
  OnnxBuilder::attribute(nodes.proto, "alpha", 0.5f);
  OnnxBuilder::text(nodes.proto, "auto_pad", "VALID");
  CHECK(nodes.node.integer("group", 1) == 4);
  CHECK(nodes.node.integer("other", 7) == 7);
  CHECK(nodes.node.integers("pads") == std::vector<std::int64_t>{1, 2});
  CHECK_FALSE(nodes.node.integers("strides"));
  CHECK(nodes.node.real("alpha", 1) == 0.5f);
  CHECK(nodes.node.text("auto_pad", "NOTSET") == "VALID");
  CHECK_THROWS_MATCHES(nodes.node.integer("pads", 1), Refusal,
                       Message("node 'the_Conv' (Conv): attribute 'pads' is of the wrong type"));
}

TEST_CASE("unknown attributes are refused", "[userspace][nn]") {
  Nodes nodes;
  OnnxBuilder::attribute(nodes.proto, "magic", std::int64_t{1});
  CHECK_NOTHROW(nodes.node.allow_attributes({"magic"}));
  CHECK_THROWS_MATCHES(nodes.node.allow_attributes({"group"}), Refusal,
                       Message("node 'the_Conv' (Conv): attribute 'magic' is not supported"));
}

}  // namespace
}  // namespace kestrel::nn
