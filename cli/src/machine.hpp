// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The machine: QEMU's and the guest kernel's command lines.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "kernel.hpp"
#include "options.hpp"
#include "run_folder.hpp"

namespace presil::cli {

/// What a machine is made of.
struct Machine {
  const RunOptions& options;
  const RunFolder& folder;
  Kernel kernel;
  std::filesystem::path plugin;  ///< presil-pci.so
  std::size_t devices = 0;
  bool interactive = false;  ///< first serial port on presil's terminal
  int debugger_port = 0;     ///< of QEMU's gdb server, when options.debugger asks for it
};

/// QEMU's command line, program first. Everything that could let the host into the guest is fixed.
std::vector<std::string> qemu_arguments(const Machine& machine);

/// The kernel's command line: fixed part, IOMMU, then --append.
std::string kernel_arguments(const RunOptions& options);

}  // namespace presil::cli
