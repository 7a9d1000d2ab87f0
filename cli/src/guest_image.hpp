// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Guest image: the initramfs of a run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "checkout.hpp"
#include "cpio.hpp"
#include "kernel.hpp"

namespace presil::cli {

/// What a guest is to hold besides busybox and /init.
struct GuestContent {
  Kernel kernel;
  std::vector<std::filesystem::path> driver_modules;  ///< .ko files outside the kernel's own folder
  std::vector<std::string> load;                      ///< module names, loaded at boot in order
  std::vector<std::filesystem::path> programs;        ///< go to /usr/bin
};

/// The part that many runs share, from the build: an archive whose bytes depend on its content
/// alone, kept in the cache under its content's hash.
///
/// \returns the archive's file.
/// \throws Error  an input is missing, a module was built for another kernel, or the cache cannot
///                be written.
std::filesystem::path base_image(const Checkout& checkout, const GuestContent& content);

/// The part that one run adds: the command and the --add files.
///
/// \param command  see RunOptions::command.
/// \param files    SOURCE[:DESTINATION]; without destination they go to /root, programs to
/// /usr/bin.
FileTree run_tree(const std::vector<std::string>& command, const std::vector<std::string>& files);

/// The shell script that runs the words given: one word is a line for the shell, several are
/// quoted.
std::string command_script(const std::vector<std::string>& command);

/// Joins the two into `image`.
void write_image(const std::filesystem::path& base, const FileTree& run,
                 const std::filesystem::path& image);

}  // namespace presil::cli
