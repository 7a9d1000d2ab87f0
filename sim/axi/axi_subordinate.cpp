// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/axi/axi_subordinate.hpp"

#include <algorithm>
#include <format>
#include <string>

#include "sim/base/time.hpp"

namespace presil {

namespace {

// AxUSER of the shell; the upper bits of `attr` are PCIe's own.
constexpr std::uint32_t kUserBits =
    PRESIL_DMA_PASID_MASK | PRESIL_DMA_PASID_VALID | PRESIL_DMA_PRIVILEGED;

}  // namespace

using axi::Response;

AxiSubordinate::AxiSubordinate(const sc_core::sc_module_name& name, std::size_t bus_bytes,
                               unsigned stall_percent, std::uint64_t seed)
    : sc_module(name),
      socket("socket"),
      pins_(bus_bytes, stall_percent, seed),
      memory_(*this, bus_bytes) {}

void AxiSubordinate::settle(Picoseconds ahead_ps) {
  ahead_ = to_sc_time(ahead_ps);
  // Writes first: a read that came with them must see them (PCIe lets no read pass a write).
  while (axi::BurstSlot* burst = pins_.next_write()) {
    delay_ = ahead_;
    memory_.write(*burst);
    burst->ready_ps = now_ps() + to_picoseconds(delay_);
    pins_.write_performed();
  }
  while (axi::BurstSlot* burst = pins_.next_read()) {
    delay_ = ahead_;
    memory_.read(*burst);
    burst->ready_ps = now_ps() + to_picoseconds(delay_);
    pins_.read_performed();
  }
}

Response AxiSubordinate::read(const axi::Address& burst, std::uint64_t addr,
                              std::span<std::byte> data) {
  return transport(tlm::TLM_READ_COMMAND, burst, addr, data.data(), data.size());
}

Response AxiSubordinate::write(const axi::Address& burst, std::uint64_t addr,
                               std::span<const std::byte> data) {
  // TLM has one data pointer for both directions; a target does not write through it on a write.
  return transport(tlm::TLM_WRITE_COMMAND, burst, addr, const_cast<std::byte*>(data.data()),
                   data.size());
}

Response AxiSubordinate::transport(tlm::tlm_command command, const axi::Address& burst,
                                   std::uint64_t addr, std::byte* data, std::size_t bytes) {
  attributes_.attr = burst.user & kUserBits;
  transaction_.set_command(command);
  transaction_.set_address(addr);
  transaction_.set_data_ptr(reinterpret_cast<unsigned char*>(data));
  transaction_.set_data_length(static_cast<unsigned>(bytes));
  transaction_.set_streaming_width(static_cast<unsigned>(bytes));
  transaction_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  transaction_.set_extension(&attributes_);

  const Picoseconds before_ps = now_ps();
  sc_core::sc_time delay = ahead_;
  socket->b_transport(transaction_, delay);
  transaction_.clear_extension(&attributes_);
  if (now_ps() != before_ps)
    SC_REPORT_FATAL("presil/axi", "the target of a DMA consumed time within b_transport");
  delay_ = std::max(delay_, delay);

  switch (transaction_.get_response_status()) {
    case tlm::TLM_OK_RESPONSE:
      return Response::kOkay;
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return Response::kDecerr;
    default:
      return Response::kSlverr;
  }
}

void AxiSubordinate::broken_rule(const axi::Address& burst, std::string_view rule) {
  on_broken_rule(
      std::format("{} (addr={:#x} len={} size={})", rule, burst.addr, burst.len, burst.size));
}

}  // namespace presil
