// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Simulator: one accelerator's simulator process during a run.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "accelerator.hpp"
#include "child.hpp"
#include "link_progress.hpp"
#include "options.hpp"
#include "run_folder.hpp"

namespace presil::cli {

/// Exit statuses of the simulator programs that mean something to presil.
enum class SimulatorStatus : int {
  kQuit = 0,           ///< QEMU said goodbye
  kConfiguration = 2,  ///< an option or the description is wrong
  kRtl = 3,            ///< the RTL ended it, or an assertion failed
  kLink = 4,           ///< QEMU went away or broke a rule of the link
};

/// A simulator's command line, program first.
std::vector<std::string> simulator_arguments(const Checkout& checkout,
                                             const Accelerator& accelerator, std::size_t slot,
                                             const RunOptions& options, const RunFolder& folder);

/// The process of the device in one slot.
class Simulator {
 public:
  Simulator(const Checkout& checkout, const Accelerator& accelerator, std::size_t slot,
            const RunOptions& options, const RunFolder& folder);

  /// Waits until it listens on its socket.
  ///
  /// \throws Error  it ended first, or does not listen within `limit`.
  void wait_until_listening(std::chrono::milliseconds limit);

  /// Its counters, as soon as QEMU has connected.
  std::optional<LinkSample> sample();

  [[nodiscard]] Child& child() { return child_; }
  [[nodiscard]] std::size_t slot() const { return slot_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// What it printed.
  [[nodiscard]] std::filesystem::path log() const { return folder_ / "simulator.log"; }
  [[nodiscard]] std::filesystem::path events() const { return folder_ / "events.log"; }
  /// What it says of itself when it ends.
  [[nodiscard]] std::filesystem::path summary() const { return folder_ / "simulator.json"; }
  /// QEMU's side of the story.
  [[nodiscard]] std::filesystem::path device_log() const { return folder_ / "qemu.log"; }

 private:
  std::string name_;
  std::size_t slot_;
  std::filesystem::path folder_;
  Child child_;
  std::optional<LinkProgress> link_;
};

}  // namespace presil::cli
