// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "copier.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace {

// What the destination holds before, so that bytes that nobody wrote are noticed: not what any
// piece has at the same place, but for one byte in 256 that is told apart by its neighbours.
std::byte background(std::size_t offset) {
  return static_cast<std::byte>(0xa5 ^ (offset * 7));
}

// Bytes round the copy that are looked at.
constexpr std::size_t kMarginBytes = 4096;

std::string failed(const char* what, const kestrel::Error& error) {
  return std::string(what) + " failed: " + error.text;
}

bool is_background(std::span<const std::byte> bytes, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (bytes[i] != background(i))
      return false;
  }
  return true;
}

}  // namespace

std::expected<Copier, std::string> Copier::create(const kestrel::Device& device,
                                                  std::size_t piece_bytes,
                                                  std::size_t source_offset,
                                                  std::size_t destination_offset) {
  auto source = kestrel::Buffer::create(device, source_offset + piece_bytes);
  if (!source)
    return std::unexpected(failed("making the source buffer", source.error()));
  auto destination =
      kestrel::Buffer::create(device, destination_offset + piece_bytes + kMarginBytes);
  if (!destination)
    return std::unexpected(failed("making the destination buffer", destination.error()));
  return Copier(device, std::move(*source), std::move(*destination), source_offset,
                destination_offset);
}

std::expected<std::span<const std::byte>, std::string> Copier::copy(
    std::span<const std::byte> piece) {
  const std::span<std::byte> source = source_.bytes();
  const std::span<std::byte> destination = destination_.bytes();

  std::ranges::copy(piece, source.begin() + static_cast<std::ptrdiff_t>(source_offset_));
  for (std::size_t i = 0; i < destination.size(); ++i)
    destination[i] = background(i);
  // The copy hands over its own range; what is round it is looked at too.
  if (const auto handed = destination_.sync(KESTREL_TO_DEVICE); !handed)
    return std::unexpected(failed("handing the buffer over", handed.error()));

  if (auto ran = run(piece.size()); !ran)
    return std::unexpected(ran.error());
  if (auto compared = compare(piece); !compared)
    return std::unexpected(compared.error());
  return destination.subspan(destination_offset_, piece.size());
}

std::expected<void, std::string> Copier::run(std::size_t length_bytes) {
  const auto start = std::chrono::steady_clock::now();

  const auto fence = kestrel::copy(*device_, destination_, destination_offset_, source_,
                                   source_offset_, length_bytes);
  if (!fence)
    return std::unexpected(failed("starting the copy", fence.error()));
  if (const auto waited = fence->wait(); !waited)
    return std::unexpected(failed("the copy", waited.error()));

  elapsed_ns_ += std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
  if (const auto handed = destination_.sync(KESTREL_TO_CPU); !handed)
    return std::unexpected(failed("handing the copy over", handed.error()));
  return {};
}

std::expected<void, std::string> Copier::compare(std::span<const std::byte> piece) const {
  const std::span<const std::byte> destination = destination_.bytes();
  const auto copy = destination.subspan(destination_offset_, piece.size());

  if (const auto [original, copied] = std::ranges::mismatch(piece, copy); original != piece.end()) {
    return std::unexpected("byte " + std::to_string(original - piece.begin()) + " is " +
                           std::to_string(std::to_integer<int>(*copied)) + ", not " +
                           std::to_string(std::to_integer<int>(*original)));
  }
  if (!is_background(destination, 0, destination_offset_) ||
      !is_background(destination, destination_offset_ + piece.size(), destination.size())) {
    return std::unexpected("memory beside the copy was written");
  }
  if (!std::ranges::equal(piece, source_.bytes().subspan(source_offset_, piece.size()))) {
    return std::unexpected("the original has changed");
  }
  return {};
}
