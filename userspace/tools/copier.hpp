// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Copier: copies pieces of data through the accelerator and compares them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>

#include <kestrel/kestrel.hpp>

/// A pair of buffers between which data is copied.
class Copier {
 public:
  /// \param device      must outlive the copier
  /// \param piece_bytes largest piece that will be copied
  /// \param source_offset, destination_offset  where pieces start in their buffers, bytes
  /// \returns the copier, or a sentence that says what failed
  static std::expected<Copier, std::string> create(const kestrel::Device& device,
                                                   std::size_t piece_bytes,
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
  Copier(const kestrel::Device& device, kestrel::Buffer source, kestrel::Buffer destination,
         std::size_t source_offset, std::size_t destination_offset)
      : device_(&device),
        source_(std::move(source)),
        destination_(std::move(destination)),
        source_offset_(source_offset),
        destination_offset_(destination_offset) {}

  std::expected<void, std::string> run(std::size_t length_bytes);
  std::expected<void, std::string> compare(std::span<const std::byte> piece) const;

  const kestrel::Device* device_;
  kestrel::Buffer source_;
  kestrel::Buffer destination_;
  std::size_t source_offset_;
  std::size_t destination_offset_;
  std::int64_t elapsed_ns_ = 0;
};
