// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What a call and an answer must look like.
#pragma once

#include <presil_link.h>

#include <cstdint>
#include <string>

namespace presil {

/// Which rule of docs/protocol.md a call breaks, in words; empty: none.
std::string broken_rule_of_call(const presil_message& message);

/// Which rule the answer to an upcall breaks.
/// \param read_bytes  length of the DMA_READ that it answers; 0: another upcall
std::string broken_rule_of_answer(const presil_message& message, std::uint32_t read_bytes);

}  // namespace presil
