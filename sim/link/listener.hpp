// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Listener: the socket that QEMU connects to, and the hello.
#pragma once

#include <presil_link.h>

#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "sim/base/unique_fd.hpp"
#include "sim/link/channel.hpp"

namespace presil {

/// Listens on a Unix socket and takes one connection.
class Listener {
 public:
  /// \param hello_limit  host time from a connection until its hello has to be whole
  /// Errors: throws Error (configuration) when the path cannot be bound.
  explicit Listener(std::filesystem::path path,
                    std::chrono::milliseconds hello_limit = std::chrono::seconds(10));
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  /// Waits for QEMU, exchanges the hello and stops listening.
  /// \param reply_bytes  how much of the reply is sent; less than all of it only in fault
  /// injection.
  /// \returns the link, or in words why there is none.
  std::expected<Channel, std::string> accept(const presil_personality& personality,
                                             std::size_t reply_bytes = sizeof(presil_hello_reply));

 private:
  std::filesystem::path path_;
  std::chrono::milliseconds hello_limit_;
  UniqueFd socket_;
};

}  // namespace presil
