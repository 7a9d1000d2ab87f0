// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Accelerator: what the command needs to know of one, read from its accelerator.toml.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "checkout.hpp"

namespace presil::cli {

/// The keys of an accelerator.toml that concern the command; the simulator reads the rest.
struct Accelerator {
  std::string name;
  std::string summary;
  std::filesystem::path description;    ///< the file itself
  std::string program;                  ///< CMake target and program name of the simulator
  std::filesystem::path driver;         ///< folder with a Kbuild file; empty: none
  std::vector<std::string> modules;     ///< loaded at boot, in this order
  std::vector<std::string> programs;    ///< CMake targets that go into the guest's /usr/bin
  std::string demo_command;             ///< run by `presil demo`, {count} filled in; empty: none
  std::vector<std::string> demo_files;  ///< what it needs in the guest, SOURCE[:DESTINATION]
  bool demo_has_pictures = false;       ///< it prints what docs/debugging.md says of pictures
  std::string bench_command;            ///< work for the device of slot {slot}; empty: none
};

/// Reads one description. \throws Error  not readable, not TOML, or a needed key is missing.
Accelerator read_accelerator(const std::filesystem::path& description);

/// Every accelerator.toml in a folder of hw/, then in one of testbench/accelerators/; each group
/// in the order of the folders' names.
std::vector<Accelerator> discover_accelerators(const std::filesystem::path& source);

/// The accelerators that `names` ask for: each a discovered name, a description file, or a folder
/// that holds one. No names at all: the first discovered one. "none" alone: no accelerator.
///
/// \throws Error  a name is not known (lists those that are).
std::vector<Accelerator> select_accelerators(const Checkout& checkout,
                                             const std::vector<std::string>& names);

}  // namespace presil::cli
