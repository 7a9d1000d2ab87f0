// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Evidence: what is written down about processes that make no progress, before they are ended.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace presil::cli {

/// A process to be examined, and the log whose end says what it did last.
struct Suspect {
  std::string name;  ///< file name stem: "qemu", "dev0"
  pid_t process = -1;
  std::filesystem::path log;  ///< may be empty or missing
};

/// Writes into `folder`, made if need be: <name>.stack (all threads' stacks, by eu-stack, else
/// gdb), <name>.threads (what each thread waits for), <name>.last (the log's last lines), and
/// guest-registers.txt when QEMU's monitor still answers. What cannot be had is said there.
void gather_evidence(const std::filesystem::path& folder, const std::vector<Suspect>& suspects,
                     const std::filesystem::path& monitor_socket);

}  // namespace presil::cli
