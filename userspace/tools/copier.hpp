// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Copier: copies pieces of data through the accelerator and compares them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include <kestrel/kestrel.h>

/// Releases the library's objects.
struct KestrelDeleter {
  void operator()(kestrel_device* device) const { kestrel_device_close(device); }
  void operator()(kestrel_buffer* buffer) const { kestrel_buffer_destroy(buffer); }
  void operator()(kestrel_fence* fence) const { kestrel_fence_destroy(fence); }
};

template <typename T>
using KestrelPtr = std::unique_ptr<T, KestrelDeleter>;

/// A pair of buffers between which data is copied.
class Copier {
 public:
  /// \param device      must outlive the copier
  /// \param piece_bytes largest piece that will be copied
  /// \param source_offset, destination_offset  where pieces start in their buffers, bytes
  /// \returns the copier, or a sentence that says what failed
  static std::expected<Copier, std::string> create(kestrel_device* device, std::size_t piece_bytes,
                                                   std::size_t source_offset,
                                                   std::size_t destination_offset);

  /// Copies one piece, and checks that it arrived, that nothing round it was written, and that the
  /// original is as before.
  ///
  /// \returns the copy, valid until the next call, or a sentence that says what is wrong
  std::expected<std::span<const std::byte>, std::string> copy(std::span<const std::byte> piece);

  /// Time from submitting to having waited, of all pieces together, nanoseconds.
  std::int64_t elapsed_ns() const { return elapsed_ns_; }

 private:
  Copier(kestrel_device* device, KestrelPtr<kestrel_buffer> source,
         KestrelPtr<kestrel_buffer> destination, std::size_t source_offset,
         std::size_t destination_offset);

  std::expected<void, std::string> run(std::size_t length_bytes);
  std::expected<void, std::string> compare(std::span<const std::byte> piece) const;

  kestrel_device* device_;
  KestrelPtr<kestrel_buffer> source_;
  KestrelPtr<kestrel_buffer> destination_;
  std::size_t source_offset_;
  std::size_t destination_offset_;
  std::int64_t elapsed_ns_ = 0;
};
