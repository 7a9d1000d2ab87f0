// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/axi/axi_lite_manager.hpp"

#include <cstring>

namespace presil {

using axi::Response;

AxiLiteManager::AxiLiteManager(const sc_core::sc_module_name& name, unsigned stall_percent,
                               std::uint64_t seed)
    : sc_module(name), socket("socket"), stall_percent_(stall_percent), random_(seed) {
  socket.register_b_transport(this, &AxiLiteManager::access);
}

void AxiLiteManager::access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
  sc_assert(phase_ == Phase::kIdle && transaction.get_data_length() == sizeof(word_));
  if (delay != sc_core::SC_ZERO_TIME) {
    wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  }

  is_write_ = transaction.is_write();
  address_ = static_cast<std::uint32_t>(transaction.get_address());
  strobes_ = 0;
  if (is_write_) {
    std::memcpy(&word_, transaction.get_data_ptr(), sizeof(word_));
    const unsigned char* enables = transaction.get_byte_enable_ptr();
    for (unsigned byte = 0; byte < sizeof(word_); ++byte) {
      if (!enables || enables[byte] == TLM_BYTE_ENABLED)
        strobes_ |= static_cast<std::uint8_t>(1u << byte);
    }
  }
  address_sent_ = data_sent_ = was_reset_ = false;
  phase_ = Phase::kBusy;
  on_work();

  while (phase_ != Phase::kDone && !was_reset_)
    wait(done_);
  phase_ = Phase::kIdle;
  pins_dirty_ = true;
  if (was_reset_) {
    transaction.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    return;
  }
  if (!is_write_)
    std::memcpy(transaction.get_data_ptr(), &word_, sizeof(word_));
  transaction.set_response_status(response_ == Response::kDecerr   ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                  : response_ == Response::kSlverr ? tlm::TLM_GENERIC_ERROR_RESPONSE
                                                                   : tlm::TLM_OK_RESPONSE);
}

bool AxiLiteManager::drive_busy(axi::LiteToDevice& pins) {
  pins = {};
  pins_dirty_ = false;
  if (phase_ == Phase::kIdle || phase_ == Phase::kDone)
    return true;
  if (is_write_) {
    pins.awvalid = !address_sent_;
    pins.awaddr = address_;
    pins.wvalid = !data_sent_;
    pins.wdata = word_;
    pins.wstrb = strobes_;
    pins.bready = !random_.chance(stall_percent_);
  } else {
    pins.arvalid = !address_sent_;
    pins.araddr = address_;
    pins.rready = !random_.chance(stall_percent_);
  }
  return true;
}

bool AxiLiteManager::sample(const axi::LiteToDevice& driven, const axi::LiteFromDevice& pins) {
  if (phase_ != Phase::kBusy)
    return false;
  if (is_write_) {
    address_sent_ |= driven.awvalid && pins.awready;
    data_sent_ |= driven.wvalid && pins.wready;
    if (!(driven.bready && pins.bvalid))
      return false;
    response_ = pins.bresp;
  } else {
    address_sent_ |= driven.arvalid && pins.arready;
    if (!(driven.rready && pins.rvalid))
      return false;
    response_ = pins.rresp;
    word_ = pins.rdata;
  }
  phase_ = Phase::kDone;
  pins_dirty_ = true;
  return true;
}

void AxiLiteManager::reset() {
  pins_dirty_ = true;
  if (phase_ == Phase::kIdle)
    return;
  was_reset_ = true;
  done_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace presil
