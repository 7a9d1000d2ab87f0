// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/functional_top.hpp"

#include <algorithm>
#include <cstring>

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kWordBytes = 4;

/// Only writes of whole registers have an effect.
bool is_whole(const tlm::tlm_generic_payload& transaction) {
  const unsigned char* enables = transaction.get_byte_enable_ptr();
  return enables == nullptr || std::all_of(enables, enables + kWordBytes, [](unsigned char enable) {
           return enable == TLM_BYTE_ENABLED;
         });
}

}  // namespace

FunctionalTop::FunctionalTop(const sc_core::sc_module_name& name, Picoseconds clock_period_ps)
    : AcceleratorTop(name),
      registers_socket_("registers"),
      dma_socket_("dma"),
      clock_period_ps_(clock_period_ps),
      device_(*this, [this](std::uint32_t vector) { interrupts->raise(vector); }, clock_period_ps) {
  registers_socket_.register_b_transport(this, &FunctionalTop::access);
  SC_THREAD(run);
  set_stack_size(kThreadStackBytes);
}

void FunctionalTop::reset() {
  device_.reset();
  changed_.notify(sc_core::SC_ZERO_TIME);
}

void FunctionalTop::access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& /*delay*/) {
  sc_assert(transaction.get_data_length() == kWordBytes);
  const auto offset = static_cast<std::uint32_t>(transaction.get_address());
  std::uint32_t word = 0;
  device_.set_time(now_ps());
  if (transaction.is_read()) {
    word = device_.read_register(offset);
    std::memcpy(transaction.get_data_ptr(), &word, kWordBytes);
  } else if (is_whole(transaction)) {
    std::memcpy(&word, transaction.get_data_ptr(), kWordBytes);
    device_.write_register(offset, word);
    changed_.notify(sc_core::SC_ZERO_TIME);
  }
  transaction.set_response_status(tlm::TLM_OK_RESPONSE);
}

void FunctionalTop::run() {
  for (;;) {
    const Picoseconds due_ps = device_.advance(now_ps());
    if (due_ps == kNever)
      wait(changed_);
    else
      wait(to_sc_time(due_ps - now_ps()), changed_);
  }
}

BusAnswer FunctionalTop::read(std::uint64_t addr, std::span<std::byte> data, std::uint32_t user) {
  return transport(tlm::TLM_READ_COMMAND, addr, data.data(), data.size(), user);
}

BusAnswer FunctionalTop::write(std::uint64_t addr, std::span<const std::byte> data,
                               std::uint32_t user) {
  // TLM's payload has one pointer for both directions; a target does not write to what it is given.
  return transport(tlm::TLM_WRITE_COMMAND, addr, const_cast<std::byte*>(data.data()), data.size(),
                   user);
}

BusAnswer FunctionalTop::transport(tlm::tlm_command command, std::uint64_t addr, std::byte* data,
                                   std::size_t bytes, std::uint32_t user) {
  attributes_.attr = user;
  transaction_.set_command(command);
  transaction_.set_address(addr);
  transaction_.set_data_ptr(reinterpret_cast<unsigned char*>(data));
  transaction_.set_data_length(static_cast<unsigned>(bytes));
  transaction_.set_streaming_width(static_cast<unsigned>(bytes));
  transaction_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  transaction_.set_extension(&attributes_);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  dma_socket_->b_transport(transaction_, delay);
  transaction_.clear_extension(&attributes_);

  BusAnswer answer = {.response = kSlverr, .latency_ps = to_picoseconds(delay)};
  if (transaction_.get_response_status() == tlm::TLM_OK_RESPONSE)
    answer.response = kOkay;
  else if (transaction_.get_response_status() == tlm::TLM_ADDRESS_ERROR_RESPONSE)
    answer.response = kDecerr;
  return answer;
}

std::unique_ptr<AcceleratorTop> make_functional(Picoseconds clock_period_ps) {
  return std::make_unique<FunctionalTop>("functional", clock_period_ps);
}

}  // namespace presil::kestrel
