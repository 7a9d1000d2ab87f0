// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RunFolder: the folder that a run leaves behind, and the names of what is in it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <format>
#include <string>

#include "checkout.hpp"

namespace presil::cli {

/// A run's folder, and a short-lived one for its sockets (whose paths may have 107 bytes only).
/// Unless keep() is called it is removed again: a run that did not come to be leaves nothing.
class RunFolder {
 public:
  /// Makes `out`, or runs/<time>-<name>-<n> below the checkout when `out` is empty.
  ///
  /// \throws Error  it cannot be made, or `out` holds an earlier run.
  RunFolder(const Checkout& checkout, const std::string& name, const std::filesystem::path& out);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  /// From now on there is something to see in it.
  void keep() { kept_ = true; }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path console() const { return path_ / "guest-console.log"; }
  [[nodiscard]] std::filesystem::path results() const { return path_ / "results.log"; }
  [[nodiscard]] std::filesystem::path image() const { return path_ / "guest-image.cpio"; }
  [[nodiscard]] std::filesystem::path qemu_errors() const { return path_ / "qemu-stderr.log"; }
  [[nodiscard]] std::filesystem::path command_lines() const { return path_ / "command-lines.txt"; }
  [[nodiscard]] std::filesystem::path summary() const { return path_ / "summary.json"; }
  [[nodiscard]] std::filesystem::path hang() const { return path_ / "hang"; }
  /// Of the device in a slot, counted from 0: events.log, simulator.json, ...
  [[nodiscard]] std::filesystem::path device(std::size_t slot) const {
    return path_ / std::format("dev{}", slot);
  }

  [[nodiscard]] std::filesystem::path monitor_socket() const { return sockets_ / "qmp"; }
  [[nodiscard]] std::filesystem::path device_socket(std::size_t slot) const {
    return sockets_ / std::format("dev{}", slot);
  }

 private:
  std::filesystem::path path_;
  std::filesystem::path sockets_;
  bool kept_ = false;
};

/// Removes the oldest folders below `runs` that ended well, until `leave` of them are left. A
/// folder with a file named "kept" stays.
void prune_runs(const std::filesystem::path& runs, std::size_t leave);

}  // namespace presil::cli
