// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The shell's ports, by name, and values of any Verilated width.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <verilated.h>

#include "sim/axi/signals.hpp"

namespace presil {

/// A Verilated accelerator with the shell's ports (docs/architecture.md, "Adding an accelerator").
template <typename Model>
concept ShellModel = requires(Model& m) {
  { m.eval() };
  m.clk_i, m.rst_ni, m.time_ns_i, m.irq_o;
  m.qreqn_i, m.qacceptn_o, m.qdeny_o, m.qactive_o;
  m.s_axil_awaddr_i, m.s_axil_awprot_i, m.s_axil_awvalid_i, m.s_axil_awready_o;
  m.s_axil_wdata_i, m.s_axil_wstrb_i, m.s_axil_wvalid_i, m.s_axil_wready_o;
  m.s_axil_bresp_o, m.s_axil_bvalid_o, m.s_axil_bready_i;
  m.s_axil_araddr_i, m.s_axil_arprot_i, m.s_axil_arvalid_i, m.s_axil_arready_o;
  m.s_axil_rdata_o, m.s_axil_rresp_o, m.s_axil_rvalid_o, m.s_axil_rready_i;
  m.m_axi_awid_o, m.m_axi_awaddr_o, m.m_axi_awlen_o, m.m_axi_awsize_o, m.m_axi_awburst_o;
  m.m_axi_awcache_o, m.m_axi_awprot_o, m.m_axi_awuser_o, m.m_axi_awvalid_o, m.m_axi_awready_i;
  m.m_axi_wdata_o, m.m_axi_wstrb_o, m.m_axi_wlast_o, m.m_axi_wvalid_o, m.m_axi_wready_i;
  m.m_axi_bid_i, m.m_axi_bresp_i, m.m_axi_bvalid_i, m.m_axi_bready_o;
  m.m_axi_arid_o, m.m_axi_araddr_o, m.m_axi_arlen_o, m.m_axi_arsize_o, m.m_axi_arburst_o;
  m.m_axi_arcache_o, m.m_axi_arprot_o, m.m_axi_aruser_o, m.m_axi_arvalid_o, m.m_axi_arready_i;
  m.m_axi_rid_i, m.m_axi_rdata_i, m.m_axi_rresp_i, m.m_axi_rlast_i, m.m_axi_rvalid_i;
  m.m_axi_rready_o;
};

/// One that also has the optional port that says when it needs its clock again.
template <typename Model>
concept WakingModel = ShellModel<Model> && requires(const Model& m) { m.wake_ns_o; };

/// Bytes of a port of `Port`'s type as Verilator stores it: a power of two from 8 bits on.
template <typename Port>
inline constexpr std::size_t kPortBytes = sizeof(std::remove_reference_t<Port>);

/// A port of up to 64 bits.
template <typename Port>
std::uint64_t port_value(const Port& port) {
  if constexpr (std::unsigned_integral<Port>)
    return port;
  else
    return port[0] | static_cast<std::uint64_t>(port[1]) << 32;
}

/// Device time, in nanoseconds, at which the model needs its clock; all ones: it needs none by
/// itself, or has no such port.
template <ShellModel Model>
std::uint64_t wake_ns(const Model& m) {
  if constexpr (WakingModel<Model>)
    return port_value(m.wake_ns_o);
  else
    return ~std::uint64_t{0};
}

/// The bytes of a port, lowest first: the host is little-endian, as everything else here.
template <typename Port>
const std::byte* port_bytes(const Port& port) {
  return reinterpret_cast<const std::byte*>(&port);
}

/// Calls `function(bit)` for every bit that is set, lowest first.
template <typename Port, typename Function>
void for_each_set_bit(const Port& port, Function function) {
  for (std::size_t byte = 0; byte < kPortBytes<Port>; ++byte) {
    for (unsigned bits = std::to_integer<unsigned>(port_bytes(port)[byte]); bits != 0;
         bits &= bits - 1)
      function(static_cast<std::uint32_t>(byte * 8) +
               static_cast<std::uint32_t>(__builtin_ctz(bits)));
  }
}

template <typename Port>
bool any_bit_set(const Port& port) {
  if constexpr (std::unsigned_integral<Port>) {
    return port != 0;
  } else {
    bool any = false;
    for_each_set_bit(port, [&any](std::uint32_t) { any = true; });
    return any;
  }
}

/// The accelerator's AXI4 manager port, for SubordinatePins.
template <ShellModel Model>
struct ManagerPins {
  const Model& m;

  axi::ManagerFromDevice handshakes() const {
    return {.awvalid = m.m_axi_awvalid_o != 0,
            .wvalid = m.m_axi_wvalid_o != 0,
            .arvalid = m.m_axi_arvalid_o != 0,
            .bready = m.m_axi_bready_o != 0,
            .rready = m.m_axi_rready_o != 0};
  }
  void read_address(axi::Address& address) const {
    address = {.addr = port_value(m.m_axi_araddr_o),
               .id = port_value(m.m_axi_arid_o),
               .user = static_cast<std::uint32_t>(port_value(m.m_axi_aruser_o)),
               .len = m.m_axi_arlen_o,
               .size = m.m_axi_arsize_o,
               .burst = static_cast<axi::Burst>(m.m_axi_arburst_o)};
  }
  void write_address(axi::Address& address) const {
    address = {.addr = port_value(m.m_axi_awaddr_o),
               .id = port_value(m.m_axi_awid_o),
               .user = static_cast<std::uint32_t>(port_value(m.m_axi_awuser_o)),
               .len = m.m_axi_awlen_o,
               .size = m.m_axi_awsize_o,
               .burst = static_cast<axi::Burst>(m.m_axi_awburst_o)};
  }
  bool write_beat(std::byte* data, std::uint64_t& strobes) const {
    std::memcpy(data, port_bytes(m.m_axi_wdata_o), kPortBytes<decltype(m.m_axi_wdata_o)>);
    strobes = port_value(m.m_axi_wstrb_o);
    return m.m_axi_wlast_o != 0;
  }
};

/// Puts what the harness drives onto the accelerator's pins.
template <ShellModel Model>
void apply(const axi::ManagerToDevice& pins, Model& m) {
  m.m_axi_arready_i = pins.arready;
  m.m_axi_awready_i = pins.awready;
  m.m_axi_wready_i = pins.wready;
  m.m_axi_bvalid_i = pins.bvalid;
  m.m_axi_rvalid_i = pins.rvalid;
  if (pins.bvalid) {
    m.m_axi_bid_i = static_cast<std::remove_reference_t<decltype(m.m_axi_bid_i)>>(pins.bid);
    m.m_axi_bresp_i = static_cast<CData>(pins.bresp);
  }
  if (pins.rvalid) {
    m.m_axi_rid_i = static_cast<std::remove_reference_t<decltype(m.m_axi_rid_i)>>(pins.rid);
    m.m_axi_rresp_i = static_cast<CData>(pins.rresp);
    m.m_axi_rlast_i = pins.rlast;
    std::memcpy(&m.m_axi_rdata_i, pins.rdata, kPortBytes<decltype(m.m_axi_rdata_i)>);
  }
}

template <ShellModel Model>
void apply(const axi::LiteToDevice& pins, Model& m) {
  m.s_axil_awprot_i = 0;
  m.s_axil_arprot_i = 0;
  m.s_axil_awvalid_i = pins.awvalid;
  m.s_axil_awaddr_i =
      static_cast<std::remove_reference_t<decltype(m.s_axil_awaddr_i)>>(pins.awaddr);
  m.s_axil_wvalid_i = pins.wvalid;
  m.s_axil_wdata_i = pins.wdata;
  m.s_axil_wstrb_i = pins.wstrb;
  m.s_axil_bready_i = pins.bready;
  m.s_axil_arvalid_i = pins.arvalid;
  m.s_axil_araddr_i =
      static_cast<std::remove_reference_t<decltype(m.s_axil_araddr_i)>>(pins.araddr);
  m.s_axil_rready_i = pins.rready;
}

template <ShellModel Model>
axi::LiteFromDevice lite_from(const Model& m) {
  return {.rdata = m.s_axil_rdata_o,
          .bresp = static_cast<axi::Response>(m.s_axil_bresp_o),
          .rresp = static_cast<axi::Response>(m.s_axil_rresp_o),
          .awready = m.s_axil_awready_o != 0,
          .wready = m.s_axil_wready_o != 0,
          .bvalid = m.s_axil_bvalid_o != 0,
          .arready = m.s_axil_arready_o != 0,
          .rvalid = m.s_axil_rvalid_o != 0};
}

}  // namespace presil
