// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// AxilDriver, see the header.

#include "axil_driver.hpp"

namespace presil::testbench {

void AxilDriver::post_write(std::uint32_t addr, std::uint32_t data, std::uint8_t strb) {
  addresses_.push_back(addr);
  data_.push_back({data, strb});
  ++writes_open_;
}

void AxilDriver::post_read(std::uint32_t addr) {
  reads_.push_back(addr);
  ++reads_open_;
}

void AxilDriver::reset() {
  pins_ = {};
  addresses_.clear();
  reads_.clear();
  data_.clear();
  writes_open_ = reads_open_ = 0;
}

const AxilToSubordinate& AxilDriver::drive() {
  if (!pins_.awvalid && !addresses_.empty() && !stall()) {
    pins_.awvalid = true;
    pins_.awaddr = addresses_.front();
  }
  if (!pins_.wvalid && !data_.empty() && !stall()) {
    pins_.wvalid = true;
    pins_.wdata = data_.front().data;
    pins_.wstrb = data_.front().strb;
  }
  if (!pins_.arvalid && !reads_.empty() && !stall()) {
    pins_.arvalid = true;
    pins_.araddr = reads_.front();
  }
  pins_.bready = !stall();
  pins_.rready = !stall();
  return pins_;
}

void AxilDriver::sample(const AxilFromSubordinate& pins) {
  if (pins_.awvalid && pins.awready) {
    pins_.awvalid = false;
    addresses_.pop_front();
  }
  if (pins_.wvalid && pins.wready) {
    pins_.wvalid = false;
    data_.pop_front();
  }
  if (pins_.arvalid && pins.arready) {
    pins_.arvalid = false;
    reads_.pop_front();
  }
  if (pins.bvalid && pins_.bready) {
    write_results.push_back({0, pins.bresp});
    --writes_open_;
  }
  if (pins.rvalid && pins_.rready) {
    read_results.push_back({pins.rdata, pins.rresp});
    --reads_open_;
  }
}

}  // namespace presil::testbench
