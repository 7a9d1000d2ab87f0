// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Checkout: where the sources, the build and the cache are, and what environment this is.
#pragma once

#include <filesystem>
#include <string>

namespace presil::cli {

/// The places that every part of the command works with. All paths are absolute.
struct Checkout {
  std::filesystem::path source;  ///< top of the checkout
  std::filesystem::path build;   ///< the configured build folder
  std::filesystem::path cache;   ///< kept between checkouts
  double environment_s = 0.0;    ///< host seconds the launcher spent on the environment
  double launched_s = 0.0;       ///< host time at which the launcher started, seconds since 1970

  /// From PRESIL_CHECKOUT, PRESIL_BUILD, PRESIL_CACHE, PRESIL_STARTED and PRESIL_ENV_SECONDS, which
  /// the launcher sets; what is unset is derived from where this program lies.
  ///
  /// \throws Error  no checkout or no configured build folder is there.
  static Checkout find();
};

/// The environment's id, a hash of the installed packages' names and versions: PRESIL_ENVIRONMENT,
/// which the launcher sets, or what env/identity says of the system that this program runs in.
///
/// \throws Error  it cannot be told.
std::string environment_id(const Checkout& checkout);

/// The text of a file. \throws Error  it cannot be read.
std::string read_file(const std::filesystem::path& path);
/// Whether an option's file can be written, before there is anything to write. \throws Error  not.
void check_writable(const std::string& option, const std::filesystem::path& path);
/// Writes a file whole. \throws Error  it cannot be written (names the disk's error).
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace presil::cli
