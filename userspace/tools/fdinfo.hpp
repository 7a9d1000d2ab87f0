// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What processes use of a DRM device, as /proc says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// An open device file of some process.
struct DrmClient {
  std::uint64_t pid = 0;           ///< Of the first process that has it open.
  std::string command;             ///< Name of that process.
  std::uint64_t id = 0;            ///< drm-client-id
  std::string device;              ///< drm-pdev: address on its bus
  std::uint64_t busy_ns = 0;       ///< drm-engine-*, all together
  std::uint64_t memory_bytes = 0;  ///< drm-total-*, all regions together
};

/// Reads the text of a file of /proc/PID/fdinfo. Unknown keys are passed over.
///
/// \returns what it says, without pid and command, or nothing: it is not of this driver
/// Source: Documentation/gpu/drm-usage-stats.rst of Linux.
std::optional<DrmClient> parse_fdinfo(std::string_view text, std::string_view driver);

/// Looks through all processes that the caller may look into. One that ends meanwhile is left out.
///
/// \param proc  where procfs is
/// \returns each client once, by device and number
std::vector<DrmClient> find_clients(const std::string& proc, std::string_view driver);
