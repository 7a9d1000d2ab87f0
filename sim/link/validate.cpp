// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/link/validate.hpp"

#include <bit>
#include <format>

#include "sim/base/picoseconds.hpp"

namespace presil {
namespace {

std::string broken_rule_of_mmio(const presil_message& message) {
  const auto& mmio = message.u.mmio;
  if (mmio.bar >= PRESIL_LINK_BARS)
    return std::format("BAR {}, there are {}", mmio.bar, PRESIL_LINK_BARS);
  if (mmio.size != 1 && mmio.size != 2 && mmio.size != 4 && mmio.size != 8)
    return std::format("register access of {} bytes, expected 1, 2, 4 or 8", mmio.size);
  if (mmio.offset > UINT64_MAX - mmio.size + 1)
    return std::format("register access at offset {:#x}, past the end of any BAR", mmio.offset);
  return {};
}

bool is_request_size(std::uint32_t bytes) {
  return std::has_single_bit(bytes) && bytes >= 128 && bytes <= 4096;
}

std::string broken_rule_of_config(const presil_message& message) {
  constexpr std::uint32_t kFlags = PRESIL_CONFIG_MEMORY_SPACE | PRESIL_CONFIG_BUS_MASTER |
                                   PRESIL_CONFIG_MSIX_ENABLE | PRESIL_CONFIG_MSIX_MASK_ALL;
  const auto& config = message.u.config;
  if ((config.flags & ~kFlags) != 0)
    return std::format("CONFIG flags {:#x}, known are {:#x}", config.flags, kFlags);
  if (!is_request_size(config.mps_bytes) || !is_request_size(config.mrrs_bytes))
    return std::format("CONFIG with MPS {} and MRRS {}, expected powers of two from 128 to 4096",
                       config.mps_bytes, config.mrrs_bytes);
  if (config.power_state != 0 && config.power_state != 3)
    return std::format("CONFIG with power state {}, expected 0 or 3", config.power_state);
  return {};
}

}  // namespace

std::string broken_rule_of_call(const presil_message& message) {
  const presil_header& header = message.header;
  if (header.payload_bytes != 0)
    return std::format("call {:#x} with a payload of {} bytes, calls have none", header.type,
                       header.payload_bytes);
  if (header.time_ps > kLatestTime)
    return std::format("call {:#x} at {} ps, later than any time allowed", header.type,
                       header.time_ps);
  switch (header.type) {
    case PRESIL_CALL_MMIO_READ:
    case PRESIL_CALL_MMIO_WRITE:
      return broken_rule_of_mmio(message);
    case PRESIL_CALL_ADVANCE:
      if ((message.u.advance.flags & ~PRESIL_ADVANCE_STOP_AT_EVENT) != 0)
        return std::format("ADVANCE flags {:#x}, known are {:#x}", message.u.advance.flags,
                           PRESIL_ADVANCE_STOP_AT_EVENT);
      return {};
    case PRESIL_CALL_CONFIG:
      return broken_rule_of_config(message);
    case PRESIL_CALL_RESET:
      if (message.u.reset.kind > PRESIL_RESET_FUNCTION)
        return std::format("RESET of unknown kind {}", message.u.reset.kind);
      return {};
    case PRESIL_CALL_SAVE:
    case PRESIL_CALL_LOAD:
    case PRESIL_CALL_QUIT:
      return {};
    default:
      return std::format("message of type {:#x} where a call was due", header.type);
  }
}

std::string broken_rule_of_answer(const presil_message& message, std::uint32_t read_bytes) {
  const presil_header& header = message.header;
  if (header.type != PRESIL_ANSWER)
    return std::format("message of type {:#x} where an answer was due", header.type);
  const std::uint32_t status = message.u.answer.status;
  switch (status) {
    case PRESIL_STATUS_SUCCESS:
    case PRESIL_STATUS_UNSUPPORTED_REQUEST:
    case PRESIL_STATUS_COMPLETER_ABORT:
    case PRESIL_STATUS_COMPLETION_TIMEOUT:
      break;
    default:
      return std::format("answer with status {}", status);
  }
  const std::uint32_t expected = status == PRESIL_STATUS_SUCCESS ? read_bytes : 0;
  if (header.payload_bytes != expected)
    return std::format("answer with a payload of {} bytes, expected {}", header.payload_bytes,
                       expected);
  return {};
}

}  // namespace presil
