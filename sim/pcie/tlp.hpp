// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What a PCIe transaction carries beyond a TLM generic payload, and how the two speak of failure.
#pragma once

#include <presil_link.h>

#include <cstdint>

#include <tlm>

namespace presil {

/// Rides on every payload between LinkEndpoint and PcieEndpoint, and on DMA from the AXI side.
struct TlpExtension : tlm::tlm_extension<TlpExtension> {
  std::uint32_t bar = 0;                         ///< register accesses: which BAR
  std::uint64_t attr = 0;                        ///< DMA: PRESIL_DMA_*
  std::uint32_t status = PRESIL_STATUS_SUCCESS;  ///< enum presil_status, set by the target

  tlm_extension_base* clone() const override { return new TlpExtension(*this); }
  void copy_from(const tlm_extension_base& other) override {
    *this = static_cast<const TlpExtension&>(other);
  }
  /// A payload that goes away in the middle of a transaction does not own it.
  void free() override {}
};

/// UR is what nobody decodes, CA what somebody decodes and fails; so are TLM's two error responses.
inline tlm::tlm_response_status to_tlm(std::uint32_t status) {
  switch (status) {
    case PRESIL_STATUS_SUCCESS:
      return tlm::TLM_OK_RESPONSE;
    case PRESIL_STATUS_UNSUPPORTED_REQUEST:
      return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    default:
      return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
}

inline std::uint32_t to_pcie(tlm::tlm_response_status response) {
  switch (response) {
    case tlm::TLM_OK_RESPONSE:
      return PRESIL_STATUS_SUCCESS;
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return PRESIL_STATUS_UNSUPPORTED_REQUEST;
    default:
      return PRESIL_STATUS_COMPLETER_ABORT;
  }
}

}  // namespace presil
