// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Kernel modules: which ones a module needs, and their uncompressed bytes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace presil::cli {

/// A module's name as the kernel spells it: file name without suffixes, '-' written '_'.
std::string module_name(const std::filesystem::path& file);

/// The value of `key` in a module's .modinfo section ("depends", "vermagic", ...); "" if absent.
std::string module_info(std::string_view module_bytes, std::string_view key);

/// The bytes of a module file, uncompressed when its name ends in .xz, .gz or .zst.
///
/// \throws Error  it cannot be read or uncompressed.
std::string read_module(const std::filesystem::path& file);

/// One kernel's modules.dep (kmod's depmod format).
class ModuleIndex {
 public:
  /// \param folder  holds modules.dep, as /lib/modules/<release> does.
  /// \throws Error  no modules.dep there.
  explicit ModuleIndex(const std::filesystem::path& folder);

  /// The named modules and all that they need, relative to the folder, each after its needs.
  ///
  /// \throws Error  one of `names` is neither here nor built into the kernel.
  [[nodiscard]] std::vector<std::string> closure(const std::vector<std::string>& names) const;

 private:
  void visit(const std::string& path, std::vector<std::string>& ordered) const;

  std::filesystem::path folder_;
  std::map<std::string, std::string> path_of_;             ///< module name to path
  std::map<std::string, std::vector<std::string>> needs_;  ///< path to paths
  std::map<std::string, bool> built_in_;                   ///< module name
};

}  // namespace presil::cli
