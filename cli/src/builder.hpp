// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Builder: brings the build up to date through ninja.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "accelerator.hpp"
#include "checkout.hpp"
#include "kernel.hpp"
#include "options.hpp"
#include "progress_line.hpp"

namespace presil::cli {

/// Builds targets of one configured build folder. Quiet when there is nothing to do. Several calls
/// of presil in one checkout take turns (the lock is the launcher's).
class Builder {
 public:
  Builder(const Checkout& checkout, ProgressLine& progress)
      : checkout_(checkout), progress_(progress) {}

  /// Builds the named ninja targets; none: everything.
  ///
  /// \throws Error  the build failed; its messages were printed.
  void build(const std::vector<std::string>& targets);

  /// \throws Error  somebody's own driver, or the headers it needs, are not where the options say.
  static void check_driver(const RunOptions& options, const Kernel& kernel);

  /// What a guest with these accelerators needs: device, simulators, programs, modules.
  void build_guest(const std::vector<Accelerator>& accelerators, const RunOptions& options);

  /// The kernel modules of one accelerator's driver: those of the build, or, for somebody's own
  /// driver or kernel, built now against `kernel`'s headers.
  ///
  /// \throws Error  the driver does not build, or the folder holds no Kbuild file.
  std::vector<std::filesystem::path> driver_modules(const Accelerator& accelerator,
                                                    const Kernel& kernel,
                                                    const RunOptions& options);

 private:
  std::filesystem::path build_driver(const std::filesystem::path& folder, const Kernel& kernel);
  void run(const std::vector<std::string>& arguments, const std::string& what);

  const Checkout& checkout_;
  ProgressLine& progress_;
};

}  // namespace presil::cli
