// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/onnx_model.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

using Catch::Matchers::Message;
using Proto = onnx::TensorProto;

OnnxModel parse(const std::string& file) {
  return parse_onnx(std::as_bytes(std::span(file)));
}

OnnxBuilder one_node() {
  OnnxBuilder builder;
  builder.node("Relu", {"x"}, "y");
  return builder;
}

TEST_CASE("a file is parsed, with its operator sets", "[userspace][nn]") {
  const OnnxModel model = parse(one_node().bytes());
  CHECK(model.opsets.at("") == 17);
  CHECK(model.opsets.at("com.microsoft") == 1);
  CHECK(model.proto.graph().node_size() == 1);
}

TEST_CASE("what is no model is refused", "[userspace][nn]") {
  CHECK_THROWS_MATCHES(parse(""), Refusal, Message("the model is empty"));
  CHECK_THROWS_MATCHES(parse("\x7f"
                             "ELF and more"),
                       Refusal, Message("the model is no ONNX file, or damaged"));
  const std::string whole = one_node().bytes();
  CHECK_THROWS_AS(parse(whole.substr(0, whole.size() - 3)), Refusal);
  CHECK_THROWS_AS(parse(whole.substr(0, 2)), Refusal);
}

TEST_CASE("operator sets that are not understood are refused", "[userspace][nn]") {
  auto builder = one_node();
  builder.model.mutable_opset_import(0)->set_version(9);
  CHECK_THROWS_MATCHES(
      parse(builder.bytes()), Refusal,
      Message("operator set 9 is not understood, only 10 to 22; convert the model"));
  builder.model.mutable_opset_import(0)->set_version(23);
  CHECK_THROWS_AS(parse(builder.bytes()), Refusal);
  builder.model.mutable_opset_import(0)->set_version(10);
  CHECK_NOTHROW(parse(builder.bytes()));
  builder.add_opset("ai.onnx", 22);
  CHECK_THROWS_MATCHES(parse(builder.bytes()), Refusal,
                       Message("operator set 'ai.onnx' is imported twice"));
  builder.model.clear_opset_import();
  CHECK_THROWS_MATCHES(parse(builder.bytes()), Refusal,
                       Message("no version of the ONNX operator set is imported"));
}

TEST_CASE("a graph without nodes is refused", "[userspace][nn]") {
  CHECK_THROWS_MATCHES(parse(OnnxBuilder().bytes()), Refusal, Message("the graph has no nodes"));
}

TEST_CASE("functions are refused", "[userspace][nn]") {
  auto builder = one_node();
  builder.model.add_functions()->set_name("f");
  CHECK_THROWS_MATCHES(parse(builder.bytes()), Refusal,
                       Message("functions and training information are not supported"));
}

TEST_CASE("constants come as raw data or typed", "[userspace][nn]") {
  OnnxBuilder builder;
  CHECK(Constant(builder.constant<std::int8_t>("a", {2}, {-1, 5})).integers() ==
        std::vector<std::int64_t>{-1, 5});
  CHECK(Constant(builder.constant<std::int64_t>("b", {}, {1ll << 40})).integers() ==
        std::vector<std::int64_t>{1ll << 40});
  CHECK(Constant(builder.constant<float>("c", {1, 2}, {0.5f, -1})).reals() ==
        std::vector<float>{0.5f, -1});
  Proto typed;
  typed.add_dims(3);
  typed.set_data_type(Proto::UINT8);
  for (const int value : {0, 7, 255})
    typed.add_int32_data(value);
  CHECK(Constant(typed).integers() == std::vector<std::int64_t>{0, 7, 255});
  CHECK(Constant(typed).is_byte());
}

TEST_CASE("constants that are not what they say are refused", "[userspace][nn]") {
  OnnxBuilder builder;
  CHECK_THROWS_MATCHES(Constant(builder.constant<std::int8_t>("w", {3}, {1, 2})), Refusal,
                       Message("constant 'w' has 3 elements, but data of 2"));
  CHECK_THROWS_MATCHES(Constant(builder.constant<float>("w", {0}, {})), Refusal,
                       Message("constant 'w' has a dimension of 0, not 1 to 16777216"));
  auto& empty = builder.constant<float>("w", {2}, {});
  empty.set_raw_data("");
  CHECK_THROWS_MATCHES(Constant(empty), Refusal,
                       Message("constant 'w' has 2 elements, but data of 0"));
  CHECK_THROWS_MATCHES(Constant(builder.constant<float>("w", {1 << 20, 1 << 20}, {})), Refusal,
                       Message("constant 'w' has more than 67108864 elements"));
  CHECK_THROWS_AS(Constant(builder.constant<float>("w", {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1})),
                  Refusal);
  auto& external = builder.constant<float>("w", {1}, {1});
  external.set_data_location(Proto::EXTERNAL);
  CHECK_THROWS_MATCHES(Constant(external), Refusal,
                       Message("constant 'w': its data lie in another file, which is not "
                               "supported; save the model in one"));
  auto& other = builder.constant<float>("w", {1}, {1});
  other.set_data_type(Proto::DOUBLE);
  CHECK_THROWS_MATCHES(Constant(other), Refusal,
                       Message("constant 'w' is of type DOUBLE, which is not supported"));
  other.set_data_type(77);
  CHECK_THROWS_AS(Constant(other), Refusal);
  Proto wide;
  wide.set_name("w");
  wide.set_data_type(Proto::INT8);
  wide.add_int32_data(300);
  CHECK_THROWS_MATCHES(Constant(wide), Refusal,
                       Message("constant 'w' has the number 300, which is none of its type"));
}

TEST_CASE("a constant of another type is refused where it is used", "[userspace][nn]") {
  OnnxBuilder builder;
  CHECK_THROWS_MATCHES((void)Constant(builder.constant<float>("w", {}, {1})).integers(), Refusal,
                       Message("constant 'w' is of type FLOAT, not of integers"));
  CHECK_THROWS_MATCHES((void)Constant(builder.constant<std::int8_t>("w", {}, {1})).reals(), Refusal,
                       Message("constant 'w' is of type INT8, not FLOAT"));
}

}  // namespace
}  // namespace kestrel::nn
