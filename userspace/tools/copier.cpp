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

std::span<std::byte> bytes_of(const KestrelPtr<kestrel_buffer>& buffer) {
  return {static_cast<std::byte*>(kestrel_buffer_data(buffer.get())),
          kestrel_buffer_size(buffer.get())};
}

std::string failed(const char* what) {
  return std::string(what) + " failed: " + kestrel_last_error();
}

bool is_background(std::span<const std::byte> bytes, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (bytes[i] != background(i))
      return false;
  }
  return true;
}

}  // namespace

std::expected<Copier, std::string> Copier::create(kestrel_device* device, std::size_t piece_bytes,
                                                  std::size_t source_offset,
                                                  std::size_t destination_offset) {
  kestrel_buffer* source = nullptr;
  if (kestrel_buffer_create(device, source_offset + piece_bytes, &source) != 0) {
    return std::unexpected(failed("making the source buffer"));
  }
  KestrelPtr<kestrel_buffer> source_owner(source);

  kestrel_buffer* destination = nullptr;
  if (kestrel_buffer_create(device, destination_offset + piece_bytes + kMarginBytes,
                            &destination) != 0) {
    return std::unexpected(failed("making the destination buffer"));
  }
  return Copier(device, std::move(source_owner), KestrelPtr<kestrel_buffer>(destination),
                source_offset, destination_offset);
}

Copier::Copier(kestrel_device* device, KestrelPtr<kestrel_buffer> source,
               KestrelPtr<kestrel_buffer> destination, std::size_t source_offset,
               std::size_t destination_offset)
    : device_(device),
      source_(std::move(source)),
      destination_(std::move(destination)),
      source_offset_(source_offset),
      destination_offset_(destination_offset) {}

std::expected<std::span<const std::byte>, std::string> Copier::copy(
    std::span<const std::byte> piece) {
  const std::span<std::byte> source = bytes_of(source_);
  const std::span<std::byte> destination = bytes_of(destination_);

  std::ranges::copy(piece, source.begin() + static_cast<std::ptrdiff_t>(source_offset_));
  for (std::size_t i = 0; i < destination.size(); ++i)
    destination[i] = background(i);
  // The copy hands over its own range; what is round it is looked at too.
  if (kestrel_buffer_sync(destination_.get(), KESTREL_TO_DEVICE, 0, destination.size()) != 0)
    return std::unexpected(failed("handing the buffer over"));

  if (auto ran = run(piece.size()); !ran)
    return std::unexpected(ran.error());
  if (auto compared = compare(piece); !compared)
    return std::unexpected(compared.error());
  return destination.subspan(destination_offset_, piece.size());
}

std::expected<void, std::string> Copier::run(std::size_t length_bytes) {
  const auto start = std::chrono::steady_clock::now();

  kestrel_fence* fence = nullptr;
  if (kestrel_copy(device_, destination_.get(), destination_offset_, source_.get(), source_offset_,
                   length_bytes, &fence) != 0) {
    return std::unexpected(failed("starting the copy"));
  }
  const KestrelPtr<kestrel_fence> owner(fence);
  if (kestrel_fence_wait(fence, -1) != 0)
    return std::unexpected(failed("the copy"));

  elapsed_ns_ += std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
  if (kestrel_buffer_sync(destination_.get(), KESTREL_TO_CPU, 0,
                          kestrel_buffer_size(destination_.get())) != 0) {
    return std::unexpected(failed("handing the copy over"));
  }
  return {};
}

std::expected<void, std::string> Copier::compare(std::span<const std::byte> piece) const {
  const std::span<const std::byte> destination = bytes_of(destination_);
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
  if (!std::ranges::equal(piece, bytes_of(source_).subspan(source_offset_, piece.size()))) {
    return std::unexpected("the original has changed");
  }
  return {};
}
