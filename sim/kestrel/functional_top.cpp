// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/functional_top.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kWordBytes = 4;
constexpr std::uint64_t kBlockBytes = 256;   // No burst crosses a multiple of it.
constexpr std::uint32_t kChunkBytes = 4096;  // Of a COPY, read before it is written.
constexpr std::uint32_t kSlverr = 2, kDecerr = 3;
constexpr std::uint32_t kVectorFence = 0, kVectorError = 1;
constexpr std::uint32_t kBothVectors = KESTREL_IRQ_ENABLE_FENCE | KESTREL_IRQ_ENABLE_ERROR;

std::uint64_t end_of_block(std::uint64_t addr) {
  return (addr | (kBlockBytes - 1)) + 1;
}

std::uint64_t merge(std::uint64_t before, std::uint64_t value, std::uint64_t mask) {
  return (before & ~mask) | (value & mask);
}

/// Calls `function(addr, bytes)` for every burst that [addr, addr + data.size()) is made of, until
/// one fails. \returns the failed one's address, as the hardware reports it, and its response.
template <typename Function>
Failure for_each_burst(std::uint64_t base, std::uint64_t addr, std::span<std::byte> data,
                       std::uint32_t cause, Function function) {
  for (std::size_t done = 0; done < data.size();) {
    const std::uint64_t begin = addr + done;
    const auto bytes = std::min<std::uint64_t>(data.size() - done, end_of_block(begin) - begin);
    if (const std::uint32_t response = function(begin, data.subspan(done, bytes)); response != 0) {
      const std::uint64_t block = begin & ~(kBlockBytes - 1);
      return {.cause = cause,
              .response = response,
              .addr = begin - base < begin - block ? base : block};
    }
    done += bytes;
  }
  return {};
}

}  // namespace

FunctionalTop::FunctionalTop(const sc_core::sc_module_name& name, Picoseconds clock_period_ps)
    : AcceleratorTop(name),
      registers_socket_("registers"),
      dma_socket_("dma"),
      clock_period_ps_(clock_period_ps) {
  registers_socket_.register_b_transport(this, &FunctionalTop::access);
  SC_THREAD(run);
  set_stack_size(kThreadStackBytes);
}

void FunctionalTop::reset() {
  state_ = {};
  is_stopping_ = false;
  ++generation_;
  done_ps_ = 0;
  changed_.notify(sc_core::SC_ZERO_TIME);
}

// -------------------------------------------------------------------------------------- registers

void FunctionalTop::access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& /*delay*/) {
  sc_assert(transaction.get_data_length() == kWordBytes);
  const auto offset = static_cast<std::uint32_t>(transaction.get_address());
  std::uint32_t word = 0;
  if (transaction.is_write()) {
    std::memcpy(&word, transaction.get_data_ptr(), kWordBytes);
    std::uint32_t mask = 0;
    const unsigned char* enables = transaction.get_byte_enable_ptr();
    for (unsigned byte = 0; byte < kWordBytes; ++byte) {
      if (enables == nullptr || enables[byte] == TLM_BYTE_ENABLED)
        mask |= 0xffu << (8 * byte);
    }
    write_register(offset, word, mask);
  } else {
    word = state_.read(offset, now_ps() / kPicosecondsPerNanosecond);
    std::memcpy(transaction.get_data_ptr(), &word, kWordBytes);
  }
  transaction.set_response_status(tlm::TLM_OK_RESPONSE);
}

void FunctionalTop::write_register(std::uint32_t offset, std::uint32_t value, std::uint32_t mask) {
  const std::uint32_t ones = value & mask;
  const std::uint64_t mask64 = mask;
  switch (offset) {
    case KESTREL_REG_SCRATCH:
      state_.scratch = static_cast<std::uint32_t>(merge(state_.scratch, value, mask));
      break;
    case KESTREL_REG_CONTROL:
      // Nothing slips in while the engine stops, or after an error.
      if (!state_.is_resetting && !state_.has_error && (mask & KESTREL_CONTROL_ENABLE))
        state_.is_enabled = (value & KESTREL_CONTROL_ENABLE) != 0;
      break;
    case KESTREL_REG_RESET:
      if (ones & KESTREL_RESET_SOFT) {
        state_.is_resetting = is_stopping_ = true;
        state_.is_enabled = false;
      }
      break;
    case KESTREL_REG_IRQ_STATUS:
      state_.irq_status &= ~ones;
      break;
    case KESTREL_REG_IRQ_ENABLE: {
      const std::uint32_t before = state_.irq_enable;
      state_.irq_enable = static_cast<std::uint32_t>(merge(before, value, mask)) & kBothVectors;
      for (const std::uint32_t vector : {kVectorFence, kVectorError}) {
        if (state_.irq_enable & ~before & state_.irq_status & (1u << vector))
          interrupts->raise(vector);
      }
      break;
    }
    case KESTREL_REG_IRQ_FORCE:
      for (const std::uint32_t vector : {kVectorFence, kVectorError}) {
        if (!state_.is_resetting && (ones & (1u << vector)))
          raise(vector);
      }
      break;
    case KESTREL_REG_RING_BASE_LO:
      state_.ring_base = merge(state_.ring_base, value, mask64 & KESTREL_RING_BASE_LO_ADDR_MASK);
      break;
    case KESTREL_REG_RING_BASE_HI:
      state_.ring_base = merge(state_.ring_base, std::uint64_t{value} << 32, mask64 << 32);
      break;
    case KESTREL_REG_RING_SIZE:
      state_.ring_log2 = static_cast<std::uint32_t>(merge(state_.ring_log2, value, mask)) &
                         KESTREL_RING_SIZE_LOG2_ENTRIES_MASK;
      break;
    case KESTREL_REG_DOORBELL:
      if (!state_.is_resetting)
        state_.doorbell = static_cast<std::uint32_t>(merge(state_.doorbell, value, mask));
      break;
    default:
      return;  // Read-only, or nothing there.
  }
  changed_.notify(sc_core::SC_ZERO_TIME);
}

void FunctionalTop::raise(std::uint32_t vector) {
  state_.irq_status |= 1u << vector;
  if (state_.irq_enable & (1u << vector))
    interrupts->raise(vector);
}

// ----------------------------------------------------------------------------------------- engine

void FunctionalTop::run() {
  for (;;) {
    if (is_stopping_) {
      is_stopping_ = false;
      state_.soft_reset();
    } else if (state_.is_enabled && state_.head != state_.doorbell) {
      step();
    } else {
      wait(changed_);
    }
  }
}

void FunctionalTop::step() {
  const std::uint64_t generation = generation_;
  Command command;
  Failure failure = fetch(command);
  if (is_stopping_ || generation != generation_ || !state_.is_enabled)
    return;  // What was fetched is forgotten.

  const Picoseconds begin_ps = now_ps();
  state_.is_executing = true;
  if (!failure)
    failure = command.check();
  if (!failure)
    failure = execute(command);
  if (generation != generation_)
    return;
  state_.is_executing = false;
  if (is_stopping_)
    return;
  state_.busy_cycles += (now_ps() - begin_ps) / clock_period_ps_;

  if (failure) {
    state_.failure = failure;
    state_.failed_opcode = failure.has_opcode ? command.opcode : 0;
    state_.failed_index = state_.head;
    state_.has_error = true;
    state_.is_enabled = false;
    raise(kVectorError);
    return;
  }
  ++state_.head;
  ++state_.commands;
  if (command.opcode == KESTREL_OPCODE_COPY)
    state_.bytes += command.length;
  if (command.opcode == KESTREL_OPCODE_FENCE)
    raise(kVectorFence);
}

Failure FunctionalTop::fetch(Command& command) {
  if (state_.ring_log2 == 0 || state_.ring_log2 > Registers::kRingLog2Max)
    return {.cause = KESTREL_ERROR_CAUSE_RING_CONFIG, .has_opcode = false};
  const std::uint32_t entries = 1u << state_.ring_log2;
  if (state_.doorbell - state_.head > entries)
    return {.cause = KESTREL_ERROR_CAUSE_RING_OVERRUN, .has_opcode = false};

  const std::uint64_t place = state_.head & (entries - 1);
  const std::uint64_t addr = state_.ring_base + place * KESTREL_COMMAND_BYTES;
  const std::uint32_t response = burst(tlm::TLM_READ_COMMAND, addr, record_);
  wait_for_bursts();
  if (response != 0)
    return {.cause = KESTREL_ERROR_CAUSE_FETCH_ERROR,
            .response = response,
            .addr = addr,
            .has_opcode = false};
  command = Command::decode(record_);
  return {};
}

Failure FunctionalTop::execute(const Command& command) {
  switch (command.opcode) {
    case KESTREL_OPCODE_COPY:
      return copy(command);
    case KESTREL_OPCODE_FENCE:
      return fence(command);
    default:
      return {};
  }
}

Failure FunctionalTop::copy(const Command& command) {
  for (std::uint64_t done = 0; done < command.length; done += data_.size()) {
    data_.resize(std::min<std::uint64_t>(kChunkBytes, command.length - done));
    Failure failure =
        for_each_burst(command.source, command.source + done, data_, KESTREL_ERROR_CAUSE_READ_ERROR,
                       [this](std::uint64_t addr, std::span<std::byte> data) {
                         return burst(tlm::TLM_READ_COMMAND, addr, data);
                       });
    if (!wait_for_bursts() || failure)
      return failure;
    failure = for_each_burst(command.destination, command.destination + done, data_,
                             KESTREL_ERROR_CAUSE_WRITE_ERROR,
                             [this](std::uint64_t addr, std::span<std::byte> data) {
                               return burst(tlm::TLM_WRITE_COMMAND, addr, data);
                             });
    if (!wait_for_bursts() || failure)
      return failure;
  }
  return {};
}

Failure FunctionalTop::fence(const Command& command) {
  data_.resize(sizeof(command.value));
  std::memcpy(data_.data(), &command.value, sizeof(command.value));
  const std::uint32_t response = burst(tlm::TLM_WRITE_COMMAND, command.destination, data_);
  wait_for_bursts();
  if (response != 0)
    return {.cause = KESTREL_ERROR_CAUSE_WRITE_ERROR,
            .response = response,
            .addr = command.destination};
  return {};
}

std::uint32_t FunctionalTop::burst(tlm::tlm_command command, std::uint64_t addr,
                                   std::span<std::byte> data) {
  transaction_.set_command(command);
  transaction_.set_address(addr);
  transaction_.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
  transaction_.set_data_length(static_cast<unsigned>(data.size()));
  transaction_.set_streaming_width(static_cast<unsigned>(data.size()));
  transaction_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  transaction_.set_extension(&attributes_);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  dma_socket_->b_transport(transaction_, delay);
  transaction_.clear_extension(&attributes_);
  done_ps_ = std::max(done_ps_, now_ps() + to_picoseconds(delay));
  switch (transaction_.get_response_status()) {
    case tlm::TLM_OK_RESPONSE:
      return 0;
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return kDecerr;
    default:
      return kSlverr;
  }
}

bool FunctionalTop::wait_for_bursts() {
  const std::uint64_t generation = generation_;
  // A soft reset waits for the bus; the reset pin does not.
  while (generation == generation_ && now_ps() < done_ps_)
    wait(to_sc_time(done_ps_ - now_ps()), changed_);
  return generation == generation_ && !is_stopping_;
}

std::unique_ptr<AcceleratorTop> make_functional(Picoseconds clock_period_ps) {
  return std::make_unique<FunctionalTop>("functional", clock_period_ps);
}

}  // namespace presil::kestrel
