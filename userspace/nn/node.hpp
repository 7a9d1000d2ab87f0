// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Node: one node of an ONNX graph, its attributes by name and type, and errors that name it.
#pragma once

#include <onnx/onnx.pb.h>

#include <cstdint>
#include <format>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nn/error.hpp"

namespace kestrel::nn {

/// Lends the message, which outlives this.
class Node {
 public:
  /// \param number  of the node in the graph, which names one that has no name
  Node(const onnx::NodeProto& proto, int number, std::int64_t opset);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& type() const { return proto_.op_type(); }
  /// ONNX's own is "".
  [[nodiscard]] std::string domain() const;
  /// Version of ONNX's own operator set.
  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[nodiscard]] const onnx::NodeProto& proto() const { return proto_; }

  [[nodiscard]] std::size_t inputs() const { return static_cast<std::size_t>(proto_.input_size()); }
  /// There is such an input; optional ones may be left out by an empty name.
  [[nodiscard]] bool has_input(std::size_t index) const;
  /// \throws Refusal  there is none
  [[nodiscard]] const std::string& input(std::size_t index) const;
  /// The only output. \throws Refusal  there are others
  [[nodiscard]] const std::string& output() const;

  /// \throws Refusal  the node has an attribute that is none of these, and could mean anything
  void allow_attributes(std::initializer_list<std::string_view> names) const;
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  [[nodiscard]] float real(std::string_view name, float otherwise) const;
  [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise) const;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::string_view name) const;
  /// \returns null if there is none
  [[nodiscard]] const onnx::AttributeProto* attribute(std::string_view name) const;

  /// Throws a Refusal that names the node and its operator.
  template <typename... Arguments>
  [[noreturn]] void refuse_node(std::format_string<Arguments...> text,
                                Arguments&&... arguments) const {
    refuse("node '{}' ({}): {}", name_, proto_.op_type(),
           std::format(text, std::forward<Arguments>(arguments)...));
  }

 private:
  [[nodiscard]] const onnx::AttributeProto* typed(std::string_view name,
                                                  onnx::AttributeProto::AttributeType type) const;

  const onnx::NodeProto& proto_;
  const std::string name_;
  const std::int64_t opset_;
};

}  // namespace kestrel::nn
