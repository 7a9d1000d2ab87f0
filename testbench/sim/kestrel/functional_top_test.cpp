// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/functional_top.hpp"

#include <kestrel_regs.h>

#include <array>
#include <cstring>
#include <functional>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "testbench/sim/kestrel/record_builder.hpp"
#include "testbench/support/sparse_memory.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint64_t kRing = 0x1000, kFences = 0x2000, kNobody = 0x10'0000, kFailing = 0x20'0000;
constexpr std::uint32_t kReadLatencyNs = 700;

/// What stands round the model: registers are accessed, memory is served, interrupts are noted.
class Bench final : public sc_core::sc_module, public InterruptInterface {
 public:
  explicit Bench(const sc_core::sc_module_name& name)
      : sc_module(name), top("top", 1000), host_("host"), memory_socket_("memory") {
    host_.bind(top.registers());
    top.dma().bind(memory_socket_);
    top.interrupts.bind(*this);
    memory_socket_.register_b_transport(this, &Bench::serve);
    SC_THREAD(run);
    set_stack_size(kThreadStackBytes);
  }

  void raise(std::uint32_t vector) override { raised.push_back(vector); }

  std::uint32_t read(std::uint32_t offset) {
    std::uint32_t word = 0;
    access(tlm::TLM_READ_COMMAND, offset, word, 0xf);
    return word;
  }
  void write(std::uint32_t offset, std::uint32_t word, unsigned strobes = 0xf) {
    access(tlm::TLM_WRITE_COMMAND, offset, word, strobes);
  }
  void push(const Record& record) {
    memory.write(kRing + pushed++ * record.size(),
                 {reinterpret_cast<const std::uint8_t*>(record.data()), record.size()});
    write(KESTREL_REG_DOORBELL_TAIL(0), pushed);
  }
  void pass(unsigned nanoseconds) { sc_core::wait(nanoseconds, sc_core::SC_NS); }

  FunctionalTop top;
  testbench::SparseMemory memory;
  std::vector<std::uint32_t> raised;
  std::vector<std::uint64_t> attributes;
  std::uint32_t pushed = 0;
  std::function<void()> test;

 private:
  void run() { test(); }

  void access(tlm::tlm_command command, std::uint32_t offset, std::uint32_t& word,
              unsigned strobes) {
    std::array<unsigned char, 4> enables;
    for (unsigned i = 0; i < 4; ++i)
      enables[i] = (strobes >> i & 1) != 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
    tlm::tlm_generic_payload transaction;
    transaction.set_command(command);
    transaction.set_address(offset);
    transaction.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
    transaction.set_data_length(4);
    transaction.set_byte_enable_ptr(enables.data());
    transaction.set_byte_enable_length(4);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    host_->b_transport(transaction, delay);
    CHECK(transaction.is_response_ok());
  }

  void serve(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    attributes.push_back(transaction.get_extension<TlpExtension>()->attr);
    const std::uint64_t addr = transaction.get_address();
    const std::span data(transaction.get_data_ptr(), transaction.get_data_length());
    delay = sc_core::sc_time(kReadLatencyNs, sc_core::SC_NS);
    if (addr / kNobody == 1)
      transaction.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    else if (addr / kFailing == 1)
      transaction.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    else {
      transaction.is_write() ? memory.write(addr, data) : memory.read(addr, data);
      transaction.set_response_status(tlm::TLM_OK_RESPONSE);
    }
  }

  tlm_utils::simple_initiator_socket<Bench> host_;
  tlm_utils::simple_target_socket<Bench> memory_socket_;
};

void start(Bench& bench) {
  bench.write(KESTREL_REG_IRQ_ENABLE, 0x1'ffff);
  bench.write(KESTREL_REG_SPACE_CONFIG(0), KESTREL_SPACE_MODE_BYPASS);
  bench.write(KESTREL_REG_QUEUE_RING_BASE_LO(0), kRing);
  bench.write(KESTREL_REG_QUEUE_CONFIG(0), KESTREL_QUEUE_CONFIG_ENABLE | 6u << 24 | 5u << 16);
  bench.pushed = 0;
}

/// One elaboration is all that SystemC gives a process, so all is in one case.
void run_all(Bench& bench) {
  bench.pass(10);
  CHECK(bench.read(KESTREL_REG_ID) == KESTREL_ID_MAGIC);
  CHECK(bench.read(KESTREL_REG_TIME_LO) == 10);

  // Only writes of whole registers have an effect.
  bench.write(KESTREL_REG_SCRATCH, 0x1234'5678);
  bench.write(KESTREL_REG_SCRATCH, 0xffff'ffff, 0x7);
  CHECK(bench.read(KESTREL_REG_SCRATCH) == 0x1234'5678);

  // A fence takes the time of its two accesses.
  start(bench);
  const auto fence = [](std::uint64_t addr, std::uint64_t value) {
    return make_control(KESTREL_OPCODE_FENCE, 0, addr, value);
  };
  bench.push(fence(kFences, 77));
  bench.pass(2 * kReadLatencyNs - 1);
  CHECK(bench.raised.empty());
  CHECK((bench.read(KESTREL_REG_STATUS) & KESTREL_STATUS_IDLE) == 0);
  bench.pass(2);
  CHECK(bench.raised == std::vector<std::uint32_t>{5});
  CHECK(bench.memory.read64(kFences) == 77);
  CHECK(bench.attributes == std::vector<std::uint64_t>(2, PRESIL_DMA_PRIVILEGED));
  bench.pass(1000);
  CHECK((bench.read(KESTREL_REG_STATUS) & KESTREL_STATUS_IDLE) != 0);

  // What is not decoded answers DECERR, what fails SLVERR.
  for (const std::uint64_t addr : {kNobody, kFailing}) {
    bench.push(fence(addr, 1));
    bench.pass(10'000);
    const std::uint32_t cause = bench.read(KESTREL_REG_QUEUE_ERROR_CAUSE(0));
    CHECK((cause & 0xff) == KESTREL_ERROR_CAUSE_WRITE_ERROR);
    CHECK((cause >> 8 & 3) == (addr == kNobody ? kDecerr : kSlverr));
    bench.write(KESTREL_REG_QUEUE_CONTROL(0), KESTREL_QUEUE_CONTROL_RESET);
    start(bench);
  }

  // The reset pin forgets what is under way.
  bench.raised.clear();
  bench.push(fence(kFences, 99));
  bench.pass(100);
  bench.top.reset();
  bench.pass(10'000);
  CHECK(bench.raised.empty());
  CHECK(bench.memory.read64(kFences) == 77);
  CHECK(bench.read(KESTREL_REG_SCRATCH) == 0);
  start(bench);
  bench.push(fence(kFences, 100));
  bench.pass(10'000);
  CHECK(bench.memory.read64(kFences) == 100);
  CHECK(bench.top.cycles_skipped() == now_ps() / 1000);
  CHECK_FALSE(bench.top.clock_running());
}

TEST_CASE("the model stands behind the harness's sockets", "[sim][kestrel]") {
  Bench bench("bench");
  bool has_ended = false;
  bench.test = [&] {
    run_all(bench);
    has_ended = true;
    sc_core::sc_stop();
  };
  sc_core::sc_start(1, sc_core::SC_MS);
  CHECK(has_ended);
}

}  // namespace
}  // namespace presil::kestrel
