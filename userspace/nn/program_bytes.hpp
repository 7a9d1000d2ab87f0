// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Programs as bytes, and back.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "nn/program.hpp"

namespace kestrel::nn {

/// As compiled_program.proto has it. The same program gives the same bytes.
std::string to_bytes(const Program& program);

/// \returns nothing when the bytes are no program, or one whose parts do not fit together: ports
/// and
///     layers outside of their regions, views that are not their shapes'. What the commands do is
///     not looked at; the device's address space bounds that.
std::optional<Program> program_of(std::span<const std::byte> bytes);

}  // namespace kestrel::nn
