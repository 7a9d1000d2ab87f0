// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "profile.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace kestrel::run {
namespace {

constexpr std::uint64_t kNanosecondsPerMicrosecond = 1000;

void add_to(kestrel_counters& sum, const kestrel_counters& part) {
  for (const auto counter : kCounters)
    sum.*counter += part.*counter;
}

/// What a job counts more than one that does less; where it was luckier, as with translations,
/// nothing.
kestrel_counters more(const kestrel_counters& longer, const kestrel_counters& shorter) {
  kestrel_counters result = {};
  for (const auto counter : kCounters)
    result.*counter = std::max(longer.*counter, shorter.*counter) - shorter.*counter;
  return result;
}

}  // namespace

Profile::Profile(const nn::Program& program, ArraySize size) : size_(size) {
  std::optional<std::uint64_t> last;
  for (const nn::CommandBuffer& buffer : nn::growing_buffers(program))
    begins_job_.push_back(std::exchange(last, buffer.address) != buffer.address);
  for (const nn::Layer& layer : program.layers) {
    LayerCounts counts;
    counts.node = layer.node;
    counts.type = layer.type;
    counts.shape = layer.shape;
    counts.is_convolution = layer.is_convolution;
    layers_.push_back(counts);
    operations_.push_back(layer.operations);
  }
}

void Profile::add(std::span<const kestrel_counters> counts) {
  for (std::size_t i = 0; i < std::min(counts.size(), layers_.size()); ++i) {
    LayerCounts& layer = layers_[i];
    ++layer.runs;
    layer.operations += operations_[i];
    const kestrel_counters part = begins_job_[i] ? counts[i] : more(counts[i], counts[i - 1]);
    layer.cycles += part.busy_ns * size_.clock_mhz / kNanosecondsPerMicrosecond;
    add_to(layer.counts, part);
  }
}

double Profile::utilisation(const LayerCounts& layer) const {
  const double possible = static_cast<double>(layer.cycles) * static_cast<double>(size_.cells);
  return possible > 0 ? static_cast<double>(layer.operations) / possible : 0.0;
}

LayerCounts Profile::total(bool convolutions_only) const {
  LayerCounts sum;
  for (const LayerCounts& layer : layers_) {
    if (convolutions_only && !layer.is_convolution)
      continue;
    sum.runs = std::max(sum.runs, layer.runs);
    sum.cycles += layer.cycles;
    sum.operations += layer.operations;
    add_to(sum.counts, layer.counts);
  }
  return sum;
}

}  // namespace kestrel::run
