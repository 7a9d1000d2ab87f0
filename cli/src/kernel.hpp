// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Kernel: the image that is booted and the modules that belong to it.
#pragma once

#include <filesystem>
#include <string>

namespace presil::cli {

/// One bootable kernel.
struct Kernel {
  std::filesystem::path image;    ///< bzImage
  std::filesystem::path modules;  ///< folder with modules.dep
  std::string release;            ///< as `uname -r` says
  bool pinned = false;            ///< the environment's own

  /// Where modules are built against: the headers.
  [[nodiscard]] std::filesystem::path headers() const { return modules / "build"; }
};

/// The environment's kernel, or the one that the options name.
///
/// \param image    a bzImage; empty: the environment's.
/// \param modules  its modules folder; empty: /lib/modules/<release of the image>.
/// \throws Error   there is none, it is no bzImage, or its modules are missing.
Kernel find_kernel(const std::filesystem::path& image, const std::filesystem::path& modules);

/// The release in a bzImage's header (Documentation/arch/x86/boot.rst, "kernel_version").
///
/// \throws Error  the file is no bzImage.
std::string kernel_release(const std::filesystem::path& image);

}  // namespace presil::cli
