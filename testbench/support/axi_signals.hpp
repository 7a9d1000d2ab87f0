// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The shell's two buses as plain values, and how they get to and from a Verilated model's pins.
///
/// The pin names are the accelerator shell's, so these templates fit every accelerator's model.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace presil::testbench {

/// AXI4 read or write request.
struct AxiRequest {
  std::uint64_t addr = 0;
  std::uint32_t user = 0;
  std::uint8_t id = 0;
  std::uint8_t len = 0;    ///< beats - 1
  std::uint8_t size = 0;   ///< log2 of the beat's bytes
  std::uint8_t burst = 0;  ///< 1: incrementing
};

using AxiData = std::array<std::uint32_t, 4>;  ///< one beat, little-endian words

/// What an AXI4 manager drives.
struct AxiFromManager {
  AxiRequest aw, ar;
  AxiData wdata{};
  std::uint16_t wstrb = 0;
  bool wlast = false;
  bool awvalid = false, wvalid = false, bready = false, arvalid = false, rready = false;
};

/// What an AXI4 subordinate drives.
struct AxiToManager {
  AxiData rdata{};
  std::uint8_t bid = 0, bresp = 0, rid = 0, rresp = 0;
  bool rlast = false;
  bool awready = false, wready = false, bvalid = false, arready = false, rvalid = false;
};

/// What an AXI4-Lite manager drives.
struct AxilToSubordinate {
  std::uint32_t wdata = 0;
  std::uint32_t awaddr = 0, araddr = 0;
  std::uint8_t wstrb = 0;
  bool awvalid = false, wvalid = false, bready = false, arvalid = false, rready = false;
};

/// What an AXI4-Lite subordinate drives.
struct AxilFromSubordinate {
  std::uint32_t rdata = 0;
  std::uint8_t bresp = 0, rresp = 0;
  bool awready = false, wready = false, bvalid = false, arready = false, rvalid = false;
};

template <class Model>
void put(Model& model, const AxiToManager& s) {
  model.m_axi_awready_i = s.awready;
  model.m_axi_wready_i = s.wready;
  model.m_axi_bid_i = s.bid;
  model.m_axi_bresp_i = s.bresp;
  model.m_axi_bvalid_i = s.bvalid;
  model.m_axi_arready_i = s.arready;
  model.m_axi_rid_i = s.rid;
  for (int i = 0; i < 4; ++i) {
    model.m_axi_rdata_i[i] = s.rdata[i];
  }
  model.m_axi_rresp_i = s.rresp;
  model.m_axi_rlast_i = s.rlast;
  model.m_axi_rvalid_i = s.rvalid;
}

template <class Model>
void get(const Model& model, AxiFromManager& s) {
  s.aw = {.addr = model.m_axi_awaddr_o,
          .user = model.m_axi_awuser_o,
          .id = model.m_axi_awid_o,
          .len = model.m_axi_awlen_o,
          .size = model.m_axi_awsize_o,
          .burst = model.m_axi_awburst_o};
  s.ar = {.addr = model.m_axi_araddr_o,
          .user = model.m_axi_aruser_o,
          .id = model.m_axi_arid_o,
          .len = model.m_axi_arlen_o,
          .size = model.m_axi_arsize_o,
          .burst = model.m_axi_arburst_o};
  for (int i = 0; i < 4; ++i) {
    s.wdata[i] = model.m_axi_wdata_o[i];
  }
  s.wstrb = model.m_axi_wstrb_o;
  s.wlast = model.m_axi_wlast_o;
  s.awvalid = model.m_axi_awvalid_o;
  s.wvalid = model.m_axi_wvalid_o;
  s.bready = model.m_axi_bready_o;
  s.arvalid = model.m_axi_arvalid_o;
  s.rready = model.m_axi_rready_o;
}

template <class Model>
void put(Model& model, const AxilToSubordinate& s) {
  using Address = std::remove_reference_t<decltype(model.s_axil_awaddr_i)>;
  model.s_axil_awaddr_i = static_cast<Address>(s.awaddr);
  model.s_axil_awprot_i = 0;
  model.s_axil_awvalid_i = s.awvalid;
  model.s_axil_wdata_i = s.wdata;
  model.s_axil_wstrb_i = s.wstrb;
  model.s_axil_wvalid_i = s.wvalid;
  model.s_axil_bready_i = s.bready;
  model.s_axil_araddr_i = static_cast<Address>(s.araddr);
  model.s_axil_arprot_i = 0;
  model.s_axil_arvalid_i = s.arvalid;
  model.s_axil_rready_i = s.rready;
}

template <class Model>
void get(const Model& model, AxilFromSubordinate& s) {
  s.awready = model.s_axil_awready_o;
  s.wready = model.s_axil_wready_o;
  s.bresp = model.s_axil_bresp_o;
  s.bvalid = model.s_axil_bvalid_o;
  s.arready = model.s_axil_arready_o;
  s.rdata = model.s_axil_rdata_o;
  s.rresp = model.s_axil_rresp_o;
  s.rvalid = model.s_axil_rvalid_o;
}

}  // namespace presil::testbench
