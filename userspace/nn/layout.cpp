// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/layout.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>

#include "nn/arena.hpp"
#include "nn/error.hpp"

namespace kestrel::nn {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
/// Of tensors: full bursts of the bus.
constexpr std::uint64_t kAlignment = 256;
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// Memory of a tensor, and of all its aliases.
struct Storage {
  enum class Kind : std::uint8_t { kArena, kInput, kOutput };
  Kind kind = Kind::kArena;
  std::uint64_t size_bytes = 0;
  std::size_t first = kNone, last = 0;  // operators that touch it
  std::uint64_t address = 0;
};

/// Calls `read` and `write` with the tensors that an operator reads and writes.
template <typename Read, typename Write>
void visit_tensors(const Operator& node, Read read, Write write) {
  std::visit(
      [&](const auto& work) {
        using Work = std::decay_t<decltype(work)>;
        if constexpr (std::is_same_v<Work, Addition>) {
          read(work.left);
          if (work.right)
            read(*work.right);
        } else if constexpr (std::is_same_v<Work, Concatenation>) {
          for (const auto& input : work.inputs)
            read(input.tensor);
        } else {
          read(work.in);
        }
        write(work.out);
      },
      node.work);
}

class LayoutMaker {
 public:
  LayoutMaker(const Graph& graph, std::uint64_t base)
      : graph_(graph), next_(base), storage_of_(graph.tensors.size(), kNone) {
    layout_.tensors.resize(graph.tensors.size());
  }

  Layout make() {
    for (const GraphInput& input : graph_.inputs)
      own(input.tensor, Storage::Kind::kInput, input_view(input.tensor));
    for (std::size_t at = 0; at < graph_.operators.size(); ++at)
      add(graph_.operators[at], at);
    for (const GraphOutput& output : graph_.outputs) {
      Storage& storage = storages_[storage_of_[output.tensor]];
      if (storage.kind == Storage::Kind::kInput)
        refuse("output '{}' is an input as it is", output.name);
      storage.kind = Storage::Kind::kOutput;
    }
    layout_.inputs = place_all(Storage::Kind::kInput);
    layout_.outputs = place_all(Storage::Kind::kOutput);
    place_arena();
    for (std::size_t i = 0; i < storage_of_.size(); ++i)
      layout_.tensors[i].address = storages_[storage_of_[i]].address;
    return std::move(layout_);
  }

 private:
  void own(TensorId tensor, Storage::Kind kind, View view) {
    storage_of_[tensor] = storages_.size();
    // Words are read as a whole, so the last one is there as a whole.
    const auto bytes = round_up(view.span_bytes(), kWordBytes);
    storages_.push_back({.kind = kind, .size_bytes = static_cast<std::uint64_t>(bytes)});
    layout_.tensors[tensor].view = std::move(view);
  }

  void add(const Operator& node, std::size_t at) {
    const View* from = nullptr;
    std::size_t shared = kNone;
    visit_tensors(
        node,
        [&](TensorId tensor) {
          if (from == nullptr) {
            from = &layout_.tensors[tensor].view;
            shared = storage_of_[tensor];
          }
          touch(tensor, at);
        },
        [&](TensorId tensor) {
          const Shape& shape = graph_.tensors[tensor].shape;
          if (const auto* alias = std::get_if<Alias>(&node.work)) {
            storage_of_[tensor] = shared;
            layout_.tensors[tensor].view = aliased(node, *alias, *from, shape);
            return;
          }
          // Numbers that change one by one stay in their places.
          const bool stays = std::holds_alternative<Rescale>(node.work) ||
                             std::holds_alternative<Addition>(node.work);
          own(tensor, Storage::Kind::kArena, stays ? *from : View::in_words(shape));
          touch(tensor, at);
        });
  }

  static View aliased(const Operator& node, const Alias& alias, const View& from,
                      const Shape& shape) {
    if (!alias.permutation.empty())
      return from.permuted(alias.permutation);
    const auto view = from.reshaped(shape);
    if (!view)
      refuse(
          "node '{}' ({}): making {} of {} would move channels that are padded to words of 16, "
          "which is not supported",
          node.node, node.type, to_string(shape), to_string(from.shape()));
    return *view;
  }

  void touch(TensorId tensor, std::size_t at) {
    Storage& storage = storages_[storage_of_[tensor]];
    storage.first = std::min(storage.first, at);
    storage.last = std::max(storage.last, at);
  }

  View input_view(TensorId tensor) const {
    const Shape& shape = graph_.tensors[tensor].shape;
    if (shape.empty())
      refuse("an input is a scalar, which is not supported");
    bool is_dense = shape.size() == 4;
    bool is_used = false;
    for (const Operator& node : graph_.operators) {
      visit_tensors(
          node,
          [&](TensorId read) {
            if (read != tensor)
              return;
            is_used = true;
            const auto* work = std::get_if<Convolution>(&node.work);
            is_dense = is_dense && work != nullptr && is_gathered(*work, shape);
          },
          [](TensorId) {});
    }
    return is_dense && is_used ? View::dense_pixels(shape) : View::in_words(shape);
  }

  std::uint64_t take(std::uint64_t bytes, std::uint64_t alignment) {
    next_ = (next_ + alignment - 1) / alignment * alignment;
    return std::exchange(next_, next_ + bytes);
  }

  Region place_all(Storage::Kind kind) {
    Region region{.address = take(0, kPageBytes)};
    for (Storage& storage : storages_) {
      if (storage.kind == kind)
        storage.address = take(storage.size_bytes, kAlignment);
    }
    region.size_bytes = take(0, kPageBytes) - region.address;
    return region;
  }

  void place_arena() {
    std::vector<Lifetime> lifetimes;
    for (const Storage& storage : storages_) {
      if (storage.kind == Storage::Kind::kArena)
        lifetimes.push_back({storage.size_bytes, storage.first, storage.last});
    }
    const ArenaPlan plan = plan_arena(lifetimes, kAlignment);
    layout_.memory = {.planned = plan.size_bytes, .lower_bound = plan.lower_bound_bytes};
    layout_.arena.address = take(plan.size_bytes, kPageBytes);
    layout_.arena.size_bytes = take(0, kPageBytes) - layout_.arena.address;
    auto offset = plan.offsets.begin();
    for (Storage& storage : storages_) {
      if (storage.kind == Storage::Kind::kArena)
        storage.address = layout_.arena.address + *offset++;
    }
  }

  const Graph& graph_;
  std::uint64_t next_;
  Layout layout_;
  std::vector<Storage> storages_;
  std::vector<std::size_t> storage_of_;
};

}  // namespace

bool is_gathered(const Convolution& work, const Shape& in_shape) {
  const auto& window = work.window;
  return work.groups == 1 && window.dilation_w == 1 &&
         divide_up(window.kernel_w * in_shape[1], kWordBytes) <
             window.kernel_w * divide_up(in_shape[1], kWordBytes);
}

Layout make_layout(const Graph& graph, std::uint64_t base) {
  return LayoutMaker(graph, base).make();
}

}  // namespace kestrel::nn
