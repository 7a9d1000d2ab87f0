// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The wires of the shell's two AXI ports, as values of one clock cycle.
#pragma once

#include <cstddef>
#include <cstdint>

namespace presil::axi {

/// AxBURST (AMBA AXI, IHI 0022, A3.4.1).
enum class Burst : std::uint8_t { kFixed = 0, kIncr = 1, kWrap = 2, kReserved = 3 };

/// xRESP (IHI 0022, A3.4.4).
enum class Response : std::uint8_t { kOkay = 0, kExokay = 1, kSlverr = 2, kDecerr = 3 };

/// Widest data bus supported, bytes: one strobe bit each in 64 bits.
inline constexpr std::size_t kMaxBusBytes = 64;

/// AXI4-Lite, from the harness to the accelerator's subordinate port.
struct LiteToDevice {
  std::uint32_t awaddr = 0, wdata = 0, araddr = 0;
  std::uint8_t wstrb = 0;
  bool awvalid = false, wvalid = false, bready = false, arvalid = false, rready = false;
};

/// AXI4-Lite, from the accelerator.
struct LiteFromDevice {
  std::uint32_t rdata = 0;
  Response bresp = Response::kOkay, rresp = Response::kOkay;
  bool awready = false, wready = false, bvalid = false, arready = false, rvalid = false;
};

/// Address channel of either direction; `len` counts beats minus one, `size` is log2 of bytes a
/// beat.
struct Address {
  std::uint64_t addr = 0;
  std::uint64_t id = 0;
  std::uint32_t user = 0;
  std::uint8_t len = 0;
  std::uint8_t size = 0;
  Burst burst = Burst::kIncr;
};

/// AXI4, from the accelerator's manager port; addresses and data are fetched with a handshake only.
struct ManagerFromDevice {
  bool awvalid = false, wvalid = false, arvalid = false, bready = false, rready = false;
};

/// AXI4, from the harness.
struct ManagerToDevice {
  std::uint64_t bid = 0, rid = 0;
  const std::byte* rdata = nullptr;  ///< the bus width's bytes while rvalid
  Response bresp = Response::kOkay, rresp = Response::kOkay;
  bool awready = false, wready = false, bvalid = false, arready = false, rvalid = false;
  bool rlast = false;
};

}  // namespace presil::axi
