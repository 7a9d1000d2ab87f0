// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Profile: what the device counted, layer by layer.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <kestrel/kestrel.h>

#include "nn/program.hpp"

namespace kestrel::run {

/// Every number of kestrel_counters.
inline constexpr std::array kCounters = {
    &kestrel_counters::records,       &kestrel_counters::calls,
    &kestrel_counters::commands,      &kestrel_counters::busy_ns,
    &kestrel_counters::compute_busy,  &kestrel_counters::output_busy,
    &kestrel_counters::load_busy,     &kestrel_counters::store_busy,
    &kestrel_counters::compute_token, &kestrel_counters::load_token,
    &kestrel_counters::store_token,   &kestrel_counters::translation,
    &kestrel_counters::read_bytes,    &kestrel_counters::write_bytes,
    &kestrel_counters::macs,          &kestrel_counters::tlb_misses};
static_assert(sizeof(kestrel_counters) == kCounters.size() * sizeof(std::uint64_t));

/// What makes cycles and shares of counts.
struct ArraySize {
  std::uint64_t clock_mhz = 0;
  std::uint64_t cells = 0;  ///< multiplications and additions in one cycle, at most
};

/// One layer in its place in the network, summed over all runs.
struct LayerCounts {
  std::string node, type, shape;
  bool is_convolution = false;
  std::uint64_t runs = 0;
  std::uint64_t cycles = 0;      ///< that its job takes longer than with the layers before alone
  std::uint64_t operations = 0;  ///< multiplications and additions that the network asks for
  kestrel_counters counts = {};
};

class Profile {
 public:
  Profile(const nn::Program& program, ArraySize size);

  /// Takes what was counted in each of nn::growing_buffers() in one run. A layer's part is what its
  /// buffer counts more than the one before, so what the job takes to begin and to end is the first
  /// layer's, and all layers together are the whole job.
  void add(std::span<const kestrel_counters> counts);

  [[nodiscard]] const std::vector<LayerCounts>& layers() const { return layers_; }
  /// Multiplications that the network asks for, of those that the array could have done in the
  /// layer's cycles, 0 to 1. What the array does beside them, for padding and channels that are not
  /// there, is no use.
  [[nodiscard]] double utilisation(const LayerCounts& layer) const;
  /// All convolutions, or all layers, as one.
  [[nodiscard]] LayerCounts total(bool convolutions_only) const;

 private:
  ArraySize size_;
  std::vector<LayerCounts> layers_;
  std::vector<std::uint64_t> operations_;  // Of each layer, in one run.
  std::vector<bool> begins_job_;           // Of each layer: it is the first of its buffer.
};

}  // namespace kestrel::run
