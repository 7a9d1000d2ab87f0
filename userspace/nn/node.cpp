// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/node.hpp"

#include <algorithm>

namespace kestrel::nn {

Node::Node(const onnx::NodeProto& proto, int number, std::int64_t opset)
    : proto_(proto),
      name_(proto.name().empty() ? std::format("#{}", number) : proto.name()),
      opset_(opset) {}

std::string Node::domain() const {
  return proto_.domain() == "ai.onnx" ? "" : proto_.domain();
}

bool Node::has_input(std::size_t index) const {
  return index < inputs() && !proto_.input(static_cast<int>(index)).empty();
}

const std::string& Node::input(std::size_t index) const {
  if (!has_input(index))
    refuse_node("input {} is missing", index);
  return proto_.input(static_cast<int>(index));
}

const std::string& Node::output() const {
  if (proto_.output_size() == 0 || proto_.output(0).empty())
    refuse_node("has no output");
  for (int i = 1; i < proto_.output_size(); ++i) {
    if (!proto_.output(i).empty())
      refuse_node("output {} ('{}') is not supported", i, proto_.output(i));
  }
  return proto_.output(0);
}

void Node::allow_attributes(std::initializer_list<std::string_view> names) const {
  for (const auto& attribute : proto_.attribute()) {
    if (std::ranges::find(names, attribute.name()) == names.end())
      refuse_node("attribute '{}' is not supported", attribute.name());
  }
}

const onnx::AttributeProto* Node::attribute(std::string_view name) const {
  const auto found = std::ranges::find(proto_.attribute(), name, &onnx::AttributeProto::name);
  return found == proto_.attribute().end() ? nullptr : &*found;
}

const onnx::AttributeProto* Node::typed(std::string_view name,
                                        onnx::AttributeProto::AttributeType type) const {
  const auto* found = attribute(name);
  if (found != nullptr && found->type() != type)
    refuse_node("attribute '{}' is of the wrong type", name);
  return found;
}

std::int64_t Node::integer(std::string_view name, std::int64_t otherwise) const {
  const auto* found = typed(name, onnx::AttributeProto::INT);
  return found == nullptr ? otherwise : found->i();
}

float Node::real(std::string_view name, float otherwise) const {
  const auto* found = typed(name, onnx::AttributeProto::FLOAT);
  return found == nullptr ? otherwise : found->f();
}

std::string Node::text(std::string_view name, std::string_view otherwise) const {
  const auto* found = typed(name, onnx::AttributeProto::STRING);
  return found == nullptr ? std::string(otherwise) : found->s();
}

std::optional<std::vector<std::int64_t>> Node::integers(std::string_view name) const {
  const auto* found = typed(name, onnx::AttributeProto::INTS);
  if (found == nullptr)
    return std::nullopt;
  return std::vector<std::int64_t>(found->ints().begin(), found->ints().end());
}

}  // namespace kestrel::nn
