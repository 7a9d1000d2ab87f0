// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// MmuBench, see the header.

#include "mmu_bench.hpp"

#include <catch2/catch_test_macros.hpp>

namespace presil::testbench {
namespace {

constexpr std::uint64_t kTables = 0x8000'0000, kTablesEnd = 0x9000'0000;
constexpr std::uint32_t kPrivileged = 1u << 21;
constexpr unsigned kIdWalk = 2;
constexpr std::array<std::array<unsigned, 2>, 2> kIds = {{{0, 1}, {3, 4}}};
constexpr std::array<std::array<unsigned, 2>, 2> kAccesses = {
    {{KESTREL_ACCESS_FETCH, KESTREL_ACCESS_LOAD}, {KESTREL_ACCESS_STORE, KESTREL_ACCESS_CONTROL}}};
constexpr unsigned kWriteBursts = 8;  // That a client has open.
constexpr int kPatience = 300'000;    // Cycles.

std::uint32_t pattern(std::uint64_t addr) {
  return static_cast<std::uint32_t>((addr / 4 * 0x9e37'79b9'7f4a'7c15) >> 32);
}

bool faulty(std::uint64_t addr) {
  return addr / kSmallPage == kFaultyPage / kSmallPage;
}

}  // namespace

MmuBench::MmuBench(const AxiTiming& timing)
    : memory(timing),
      tables(memory, kTables),
      context_(timing.seed),
      random_(timing.seed),
      model(std::make_unique<Vmmu_bench>(&context_)) {
  memory.add_fault(kFaultyPage, kFaultyPage + kSmallPage, 2, true, false);
  memory.add_fault(kFaultyPage, kFaultyPage + kSmallPage, 3, false, true);
  // Inputs start random, like registers.
  Vmmu_bench& m = *model;
  m.clear_i = m.space_write_i = m.rd_valid_i = m.wr_valid_i = m.w_valid_i = 0;
  m.inv_start_i = m.stall_faults_i = m.retry_i = m.abort_i = 0;
  put(m, AxiToManager{});
  m.clk_i = m.rst_ni = 0;
  context_.begin(m);
  for (const unsigned rst_n : {0u, 0u, 1u}) {
    m.rst_ni = rst_n;
    m.eval();
    m.clk_i = 1;
    m.eval();
    m.clk_i = 0;
    m.eval();
  }
  for (unsigned i = 0; i < spaces.size(); ++i) {
    set_space(i, {});
  }
}

MmuBench::~MmuBench() {
  context_.finish(*model);
  for (const std::string& violation : memory.violations()) {
    FAIL_CHECK(violation);
  }
  CHECK(context_.assertions_failed() == 0);
}

void MmuBench::set_space(unsigned index, const Space& space) {
  spaces[index] = space;
  model->space_write_i = 1;
  model->space_index_i = index;
  model->space_mode_i = space.mode;
  model->space_pasid_i = space.pasid;
  model->space_root_i = space.root >> 12;
  cycle();
  model->space_write_i = 0;
}

std::set<Outcome> MmuBench::outcomes(unsigned direction, const BusRequest& request) const {
  return tables.outcomes(spaces[request.space], request.addr, direction == kWrites);
}

/////////////
// Driving //
/////////////

void MmuBench::drive() {
  Vmmu_bench& m = *model;
  std::array<unsigned, 2> valid{};
  for (unsigned direction = 0; direction < 2; ++direction) {
    for (unsigned i = 0; i < 2; ++i) {
      Client& client = clients_[direction][i];
      const bool room = direction == kReads ? client.open_beats + 16 <= read_ahead_beats
                                            : client.on_bus.size() < kWriteBursts;
      if (!client.pending && make && room && !clearing_) {
        client.pending = make(direction, i);
      }
      if (!client.pending) {
        continue;
      }
      valid[direction] |= 1u << i;
      const BusRequest& request = *client.pending;
      const unsigned privileged = static_cast<unsigned>(request.privileged) << i;
      if (direction == kReads) {
        m.rd_addr_i[i] = request.addr;
        m.rd_len_i[i] = request.len;
        m.rd_space_i[i] = request.space;
        m.rd_privileged_i = (m.rd_privileged_i & ~(1u << i)) | privileged;
      } else {
        m.wr_addr_i[i] = request.addr;
        m.wr_len_i[i] = request.len;
        m.wr_space_i[i] = request.space;
        m.wr_privileged_i = (m.wr_privileged_i & ~(1u << i)) | privileged;
      }
    }
  }
  m.rd_valid_i = valid[kReads];
  m.wr_valid_i = valid[kWrites];

  write_valid_ = !write_data_.empty() && (write_valid_ || random_() % 100 < write_data_percent);
  m.w_valid_i = write_valid_ ? 1u << write_data_.front().client : 0;
  if (write_valid_) {
    const WriteData& data = write_data_.front();
    m.w_data_i[data.client] = data.data;
    m.w_last_i = static_cast<unsigned>(data.last) << data.client;
  }

  m.clear_i = clearing_;
  m.stall_faults_i = stall_faults;
  m.retry_i = retry;
  m.abort_i = abort;
}

void MmuBench::cycle() {
  Vmmu_bench& m = *model;
  drive();
  put(m, memory.drive());
  m.eval();

  if (clearing_) {
    CHECK((m.r_valid_o | m.b_valid_o) == 0);
  } else {
    check_answers(kReads);
    check_answers(kWrites);
    check_data();
    check_stall();
  }
  check_busy();
  if (invalidating_ && !m.inv_busy_o && !clearing_) {
    // Whatever used an old translation has ended.
    CHECK(memory.reads_open() == 0);
    CHECK(memory.writes_open() == 0);
    for (const auto& direction : clients_) {
      for (const Client& client : direction) {
        CHECK(client.to_bus.empty());
        CHECK(client.on_bus.empty());
      }
    }
  }
  invalidating_ = m.inv_busy_o;
  waited += m.waiting_o;
  misses += m.tlb_miss_o;

  get(m, pins_);
  memory.sample(pins_);
  m.clk_i = 1;
  m.eval();
  m.clk_i = 0;
  m.eval();
  check_bus();
  m.inv_start_i = 0;
  retry = abort = false;
  ++cycles;
}

void MmuBench::drain() {
  const auto maker = std::move(make);
  make = nullptr;
  for (int i = 0;; ++i) {
    bool idle = true;
    for (const auto& direction : clients_) {
      for (const Client& client : direction) {
        idle = idle && !client.pending && client.to_bus.empty() && client.on_bus.empty();
      }
    }
    if (idle) {
      break;
    }
    REQUIRE(i < kPatience);
    cycle();
  }
  make = maker;
}

unsigned MmuBench::request(unsigned direction, unsigned client, const BusRequest& request) {
  const auto before = faults;
  REQUIRE(!pending(direction, client));
  clients_[direction][client].pending = request;
  drain();
  for (unsigned fault = 0; fault < faults.size(); ++fault) {
    if (faults[fault] != before[fault]) {
      return fault;
    }
  }
  return KESTREL_FAULT_NONE;
}

void MmuBench::start_invalidate(bool all_spaces, bool range, unsigned space, std::uint64_t first_va,
                                std::uint64_t last_va) {
  model->inv_start_i = 1;
  model->inv_all_spaces_i = all_spaces;
  model->inv_range_i = range;
  model->inv_space_i = space;
  model->inv_first_i = first_va >> 12;
  model->inv_last_i = last_va >> 12;
}

void MmuBench::invalidate(bool all_spaces, bool range, unsigned space, std::uint64_t first_va,
                          std::uint64_t last_va) {
  start_invalidate(all_spaces, range, space, first_va, last_va);
  cycle();
  model->inv_all_spaces_i = model->inv_range_i = random_() % 2;  // It was taken with the start.
  model->inv_space_i = random_() % 16;
  for (int i = 0; model->inv_busy_o; ++i) {
    REQUIRE(i < kPatience);
    cycle();
  }
}

void MmuBench::clear(const std::function<void()>& during) {
  clearing_ = true;
  forget_clients();
  for (int i = 0;; ++i) {
    REQUIRE(i < kPatience);
    cycle();
    if (model->isolated_o && i > 0) {
      break;
    }
  }
  CHECK(memory.reads_open() == 0);
  CHECK(memory.writes_open() == 0);
  if (during) {
    during();
  }
  cycle();
  for (auto& direction : clients_) {
    for (Client& client : direction) {
      client = {};
    }
  }
  bursts_data_ = {};
  clearing_ = stalled_ = false;
}

// What was taken stays in to_bus: the bus stage may still bring it to the bus.
void MmuBench::forget_clients() {
  for (auto& direction : clients_) {
    for (Client& client : direction) {
      client.pending.reset();
      client.on_bus.clear();
    }
  }
  write_data_.clear();
  write_valid_ = false;
}

//////////////
// Checking //
//////////////

void MmuBench::check_answers(unsigned direction) {
  const Vmmu_bench& m = *model;
  const bool reads = direction == kReads;
  const unsigned ready = reads ? m.rd_ready_o : m.wr_ready_o;
  const unsigned refuse = reads ? m.rd_refuse_o : m.wr_refuse_o;
  for (unsigned i = 0; i < 2; ++i) {
    Client& client = clients_[direction][i];
    if (((ready | refuse) >> i & 1) == 0) {
      continue;
    }
    REQUIRE(client.pending);
    const BusRequest request = *client.pending;
    CAPTURE(direction, i, request.addr, request.space, request.privileged, cycles);
    std::set<Outcome> outcomes = this->outcomes(direction, request);
    if (refuse >> i & 1) {
      REQUIRE((ready >> i & 1) == 0);
      const unsigned fault = reads ? m.rd_fault_o : m.wr_fault_o;
      const unsigned resp = reads ? m.rd_resp_o : m.wr_resp_o;
      CAPTURE(fault, resp);
      REQUIRE(fault != KESTREL_FAULT_NONE);
      if (stall_faults && !request.privileged) {
        REQUIRE(client.aborted);  // It was stalled, and judged then.
      } else {
        REQUIRE(outcomes.contains({.fault = fault, .resp = resp}));
      }
      ++refused;
      ++faults[fault];
    } else {
      std::erase_if(outcomes, [](const Outcome& o) { return o.fault != KESTREL_FAULT_NONE; });
      REQUIRE(!outcomes.empty());
      client.to_bus.push_back({request, std::move(outcomes)});
      client.open_beats += request.len + 1u;
      ++taken;
      ++taken_of[direction][i];
      if (!reads) {
        std::vector<std::uint32_t>& data = bursts_data_[i].emplace_back();
        for (unsigned beat = 0; beat <= request.len; ++beat) {
          data.push_back(static_cast<std::uint32_t>(random_()));
          write_data_.push_back({i, data.back(), beat == request.len});
        }
      }
    }
    client.pending.reset();
    client.aborted = false;
  }
}

void MmuBench::check_data() {
  const Vmmu_bench& m = *model;
  if (write_valid_ && (m.w_ready_o >> write_data_.front().client & 1)) {
    write_data_.pop_front();
    write_valid_ = false;
  }
  REQUIRE(m.r_valid_o != 3);
  for (unsigned i = 0; i < 2; ++i) {
    if (m.r_valid_o >> i & 1) {
      Client& client = clients_[kReads][i];
      REQUIRE(!client.on_bus.empty());
      Burst& burst = client.on_bus.front();
      const std::uint64_t addr = burst.addr / 16 * 16 + burst.beat * 16u;
      CAPTURE(i, addr);
      if (!written_.contains(addr)) {
        REQUIRE(m.r_data_o[0] == pattern(addr));
        REQUIRE(m.r_data_o[3] == pattern(addr + 12));
        ++checked_beats;
      }
      REQUIRE(m.r_resp_o == (faulty(addr) ? 2 : 0));
      REQUIRE(m.r_last_o == (burst.beat + 1 == burst.beats));
      ++beats;
      --client.open_beats;
      if (++burst.beat == burst.beats) {
        client.on_bus.pop_front();
      }
    }
    if (m.b_valid_o >> i & 1) {
      Client& client = clients_[kWrites][i];
      REQUIRE(!client.on_bus.empty());
      const Burst& burst = client.on_bus.front();
      REQUIRE(m.b_resp_o == (faulty(burst.addr) ? 3 : 0));
      for (unsigned beat = 0; beat < burst.beats && !faulty(burst.addr); ++beat) {
        const std::uint64_t word = burst.data[beat] * 0x1'0000'0001ull;
        REQUIRE(memory.memory().read64(burst.addr / 16 * 16 + beat * 16u) == word);
      }
      client.open_beats -= burst.beats;
      client.on_bus.pop_front();
    }
  }
}

void MmuBench::check_stall() {
  const Vmmu_bench& m = *model;
  if (m.stalled_o) {
    const std::array<std::uint64_t, 4> shown = {m.stalled_access_o, m.stalled_addr_o,
                                                m.stalled_fault_o, m.stalled_resp_o};
    if (stalled_) {
      REQUIRE(shown == shown_);
    } else {
      const unsigned direction = shown[0] >= KESTREL_ACCESS_STORE;
      const unsigned i = shown[0] == kAccesses[direction][1];
      const Client& client = clients_[direction][i];
      CAPTURE(direction, i, m.stalled_addr_o, m.stalled_fault_o);
      REQUIRE(stall_faults);
      REQUIRE(client.pending);
      REQUIRE(client.pending->addr == m.stalled_addr_o);
      REQUIRE(!client.pending->privileged);
      REQUIRE(outcomes(direction, *client.pending)
                  .contains({.fault = m.stalled_fault_o, .resp = m.stalled_resp_o}));
      ++stalls;
    }
    shown_ = shown;
  }
  stalled_ = m.stalled_o && !retry && !abort;
  if (m.stalled_o && abort) {
    // The other port's may be stalled behind the one that is shown.
    for (auto& direction : clients_) {
      for (Client& client : direction) {
        client.aborted = client.pending && !client.pending->privileged;
      }
    }
    ++aborted;
  }
}

// What came to the bus in this cycle.
void MmuBench::check_bus() {
  for (; accesses_seen_ < memory.accesses().size(); ++accesses_seen_) {
    const AxiAccess& access = memory.accesses()[accesses_seen_];
    const AxiRequest& on_bus = access.request;
    CAPTURE(access.write, on_bus.id, on_bus.addr, on_bus.user, on_bus.len, cycles);
    if (!access.write && on_bus.id == kIdWalk) {
      REQUIRE(on_bus.user == kPrivileged);
      REQUIRE((on_bus.len == 0 || on_bus.len == 3));
      REQUIRE(on_bus.addr % ((on_bus.len + 1u) * 16) == 0);
      REQUIRE(on_bus.addr >= kTables);
      REQUIRE(on_bus.addr < kTablesEnd);
      ++walk_reads;
      continue;
    }
    const auto& ids = kIds[access.write];
    REQUIRE((on_bus.id == ids[0] || on_bus.id == ids[1]));
    const unsigned i = on_bus.id == ids[1];
    Client& client = clients_[access.write][i];
    REQUIRE(!client.to_bus.empty());
    const Taken taken_request = std::move(client.to_bus.front());
    client.to_bus.pop_front();
    const BusRequest& request = taken_request.request;
    CAPTURE(request.addr, request.space);
    REQUIRE(on_bus.len == request.len);
    const std::uint32_t privileged = request.privileged ? kPrivileged : 0;
    REQUIRE((on_bus.user & kPrivileged) == privileged);
    REQUIRE(
        taken_request.outcomes.contains({.addr = on_bus.addr, .user = on_bus.user & ~kPrivileged}));

    Burst burst{.addr = on_bus.addr, .beats = on_bus.len + 1u, .data = {}};
    for (unsigned beat = 0; beat < burst.beats; ++beat) {
      const std::uint64_t addr = on_bus.addr / 16 * 16 + beat * 16u;
      if (access.write) {
        written_.insert(addr);
      } else if (!written_.contains(addr) && touched_.insert(addr).second) {
        for (unsigned word = 0; word < 4; ++word) {
          memory.memory().write32(addr + word * 4, pattern(addr + word * 4));
        }
      }
    }
    if (access.write) {
      burst.data = std::move(bursts_data_[i].front());
      bursts_data_[i].pop_front();
    }
    if (!clearing_) {
      client.on_bus.push_back(std::move(burst));
    }
  }
}

// With busy_o low the clock may stop until something happens: nothing must happen by itself.
void MmuBench::check_busy() {
  const Vmmu_bench& m = *model;
  std::uint64_t inputs = 0, outputs = 0;
  for (const unsigned bits : {m.rd_valid_i, m.wr_valid_i, m.bus_ar_ready_o, m.bus_aw_ready_o,
                              m.bus_busy_o, m.clear_i, m.stall_faults_i}) {
    inputs = inputs << 2 | bits;
  }
  for (const unsigned bits :
       {m.rd_ready_o, m.rd_refuse_o, m.wr_ready_o, m.wr_refuse_o, m.bus_ar_valid_o,
        m.bus_aw_valid_o, m.stalled_o, m.inv_busy_o, m.busy_o}) {
    outputs = outputs << 2 | bits;
  }
  if (quiet_ && inputs == inputs_) {
    CAPTURE(cycles, inputs, outputs_);
    REQUIRE(outputs == outputs_);
  }
  inputs_ = inputs;
  outputs_ = outputs;
  quiet_ = !m.busy_o && !m.m_axi_rvalid_i && !m.m_axi_bvalid_i && !m.inv_start_i && !m.retry_i &&
           !m.abort_i && !m.clear_i;
}

}  // namespace presil::testbench
