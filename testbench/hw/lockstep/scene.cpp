// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "scene.hpp"

#include <cstdio>

#include <catch2/catch_test_macros.hpp>

#include "testbench/support/page_tables.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kPage = PageTables::kPageBytes;
constexpr std::uint64_t kPartyStride = 0x1000'0000;
constexpr std::uint64_t kFirstBus = 0x10'0000'0000;
constexpr std::uint64_t kFirstVa = 0x2345'0000'0000;
constexpr std::uint64_t kKernelRoot = 0x8'0000'0000;
constexpr std::uint64_t kKernelRefusedTable = kKernelRoot + 0x10'0000;
constexpr std::uint64_t kReadWrite = PageTables::kRead | PageTables::kWrite;
constexpr std::uint64_t kReservedBit = 0x10;
constexpr std::uint8_t kSlverr = 2, kDecerr = 3;
constexpr int kMostPolls = 100'000;

/// The leaf entry of a trap whose page is at `bus`.
std::uint64_t trap_entry(Trap trap, std::uint64_t bus) {
  const std::uint64_t leaf = bus | PageTables::kLeaf | PageTables::kValid;
  switch (trap) {
    case Trap::kNotPresent:
      return 0;
    case Trap::kPermission:
      return leaf;
    case Trap::kTableFormat:
      return leaf | kReadWrite | kReservedBit;
    default:
      return leaf | kReadWrite;
  }
}

void print(const KestrelRecord& record) {
  for (const std::uint32_t word : record.words())
    std::printf(" %08x", word);
  std::puts("");
}

}  // namespace

Scene::Scene(std::uint64_t seed, Side& first, Side& second)
    : random(seed), first_(first), second_(second) {
  const auto count = static_cast<unsigned>(between(random, 1, 5));
  kernel_mode = one_in(random, 2) ? KESTREL_SPACE_MODE_TABLE : KESTREL_SPACE_MODE_BYPASS;
  for (unsigned i = 0; i < count; ++i)
    parties.push_back(make_party(i, seed));
  subject = make_party(count, seed);
  subject.mode = KESTREL_SPACE_MODE_TABLE;
  subject.va = kFirstVa + count * 0x40'0000;
  for (const Party& party : parties) {
    fill_memory(party);
    map(party);
  }
  fill_memory(subject);
  map(subject);
  map_traps(subject);
  map_kernel();
  refuse_pages();
}

Party Scene::make_party(unsigned index, std::uint64_t seed) {
  Party party;
  party.queue = (index * 5 + static_cast<unsigned>(seed)) % 16;
  party.space = 1 + (index * 7 + static_cast<unsigned>(seed / 3)) % 15;
  const std::uint32_t modes[] = {KESTREL_SPACE_MODE_TABLE, KESTREL_SPACE_MODE_TABLE,
                                 KESTREL_SPACE_MODE_TABLE, KESTREL_SPACE_MODE_BYPASS,
                                 KESTREL_SPACE_MODE_PASID};
  party.mode = modes[random() % 5];
  party.bus = kFirstBus + index * kPartyStride;
  party.va = party.mode == KESTREL_SPACE_MODE_TABLE ? kFirstVa + index * 0x40'0000 : party.bus;
  party.root = party.bus + Party::kTablesOffset;
  party.config = party.space << KESTREL_QUEUE_CONFIG_SPACE_SHIFT |
                 static_cast<std::uint32_t>(random() % 4) << KESTREL_QUEUE_CONFIG_PRIO_SHIFT |
                 static_cast<std::uint32_t>(random() % 17) << KESTREL_QUEUE_CONFIG_VECTOR_SHIFT |
                 Party::kRingLog2 << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT;
  if (one_in(random, 3))
    party.config |= KESTREL_QUEUE_CONFIG_WRITE_STATUS;
  if (one_in(random, 4))
    party.config |= KESTREL_QUEUE_CONFIG_USER;
  if (one_in(random, 4))
    party.config |= KESTREL_QUEUE_CONFIG_STALL_FAULTS;
  return party;
}

void Scene::fill_memory(const Party& party) {
  std::vector<std::uint8_t> bytes(Party::kMappedBytes);
  for (std::uint8_t& byte : bytes)
    byte = static_cast<std::uint8_t>(random());
  both([&](Side& side) { side.memory->write(party.bus, bytes); });
}

void Scene::map(const Party& party) {
  const Random at_begin = random;
  both([&](Side& side) {
    random = at_begin;  // The same on both sides.
    PageTables tables(party.root, *side.memory);
    for (std::uint64_t at = 0; at < Party::kMappedBytes; at += kPage) {
      const bool is_source = at >= Party::kSourceOffset && at < Party::kDestinationOffset;
      std::uint64_t permissions = PageTables::kRead;
      if (!is_source && at >= Party::kDestinationOffset)
        permissions |= PageTables::kWrite;
      // Where faults stall they come from hostile programs alone; see RandomBatch.
      if (is_source && !party.stalls_faults() && one_in(random, 12))
        permissions = 0;
      const std::uint64_t beyond = Party::kDestinationOffset + Party::kDestinationBytes;
      if ((is_source && at >= Party::kSourceOffset + Party::kSourceBytes) || at >= beyond)
        continue;  // Holes behind both areas.
      tables.map(party.va + at, party.bus + at, permissions);
    }
    // Something of each kind of wrong entry, where programs that leave their areas come by.
    tables.put(party.va + Party::kSourceOffset + Party::kSourceBytes, 0,
               PageTables::kValid | PageTables::kRead);
    tables.put(party.va + Party::kSourceOffset + Party::kSourceBytes + kPage, 0,
               PageTables::kValid | PageTables::kRead | PageTables::kLeaf | kReservedBit);
    if (party.is_user() || &party == &subject) {
      tables.map(party.va + Party::kRingOffset, party.bus + Party::kRingOffset, PageTables::kRead);
      tables.map(party.va + Party::kFenceOffset, party.bus + Party::kFenceOffset, kReadWrite);
    }
    if (&party != &subject)
      return;
    for (unsigned i = 0; i < static_cast<unsigned>(Trap::kCount); ++i) {
      const auto trap = static_cast<Trap>(i);
      const std::uint64_t before = Party::trap_offset(trap) - kPage;
      tables.map(party.va + before, party.bus + before, kReadWrite);
    }
    PageTables good(party.bus + Party::kGoodTableOffset, *side.memory);
    side.memory->write64(good.root(), party.bus + Party::trap_offset(Trap::kTableBus) + kReadWrite +
                                          PageTables::kLeaf + PageTables::kValid);
  });
}

void Scene::map_traps(const Party& party) {
  for (unsigned i = 0; i < static_cast<unsigned>(Trap::kCount); ++i) {
    const auto trap = static_cast<Trap>(i);
    const std::uint64_t at = Party::trap_offset(trap);
    if (trap == Trap::kTableBus)
      put(party, party.va + at, 1, (party.bus + Party::kRefusedTableOffset) | PageTables::kValid);
    else
      put(party, party.va + at, 0, trap_entry(trap, party.bus + at));
  }
}

// The kernel's space, for runs where it has a table: what is the kernel's of every party, at its
// bus address, and traps where the subject's memory has them.
void Scene::map_kernel() {
  both([&](Side& side) {
    PageTables tables(kKernelRoot, *side.memory);
    const auto map_queue = [&](const Party& party) {
      for (const std::uint64_t at : {Party::kRingOffset, Party::kFenceOffset})
        tables.map(party.bus + at, party.bus + at, kReadWrite);
    };
    for (const Party& party : parties)
      map_queue(party);
    map_queue(subject);
    for (unsigned i = 0; i < static_cast<unsigned>(Trap::kCount); ++i) {
      const auto trap = static_cast<Trap>(i);
      const std::uint64_t at = subject.bus + Party::trap_offset(trap);
      if (trap == Trap::kTableBus)
        tables.put(at, 1, kKernelRefusedTable | PageTables::kValid);
      else
        tables.put(at, 0, trap_entry(trap, at));
    }
  });
}

void Scene::refuse_pages() {
  if (one_in(random, 2)) {
    const Party& party = parties[random() % parties.size()];
    refused_pages.push_back({party.bus + Party::kSourceOffset + 5 * kPage, kSlverr});
    refused_pages.push_back({party.bus + Party::kDestinationOffset + 3 * kPage, kSlverr});
  }
  refused_pages.push_back({subject.bus + Party::trap_offset(Trap::kSlverr), kSlverr});
  refused_pages.push_back({subject.bus + Party::trap_offset(Trap::kDecerr), kDecerr});
  const std::uint8_t response = one_in(random, 2) ? kSlverr : kDecerr;
  refused_pages.push_back({subject.bus + Party::kRefusedTableOffset, response});
  refused_pages.push_back({kKernelRefusedTable, response});
}

void Scene::put(const Party& party, std::uint64_t va, unsigned level, std::uint64_t bits) {
  // The tables above exist since the page before was mapped.
  both([&](Side& side) { PageTables(party.root, *side.memory).put(va, level, bits); });
}

void Scene::repair(const Party& party, Trap trap) {
  const std::uint64_t at = Party::trap_offset(trap), va = party.va + at;
  if (trap == Trap::kTableBus)
    put(party, va, 1, (party.bus + Party::kGoodTableOffset) | PageTables::kValid);
  else
    put(party, va, 0, (party.bus + at) | kReadWrite | PageTables::kLeaf | PageTables::kValid);
  if (trap == Trap::kTableFormat || trap == Trap::kTableBus)
    invalidate(party.space, one_in(random, 2) ? &va : nullptr);
}

void Scene::spring(const Party& party, Trap trap) {
  map_traps(party);
  const std::uint64_t va = party.va + Party::trap_offset(trap);
  invalidate(party.space, &va);
}

void Scene::start() {
  write_register(KESTREL_REG_SPACE_ROOT_LO(0), static_cast<std::uint32_t>(kKernelRoot));
  write_register(KESTREL_REG_SPACE_ROOT_HI(0), static_cast<std::uint32_t>(kKernelRoot >> 32));
  set_space(0, kernel_mode);
  write_register(KESTREL_REG_IRQ_ENABLE, 0x1ffff);
  for (Party& party : parties)
    start_party(party);
  start_party(subject);
}

void Scene::start_party(Party& party) {
  const unsigned space = party.space, queue = party.queue;
  party.tail = 0;
  party.submitted.clear();
  party.noted = 0;
  party.is_failure_noted = false;
  party.state = party.is_user() ? State::kUser : State::kKernel;
  write_register(KESTREL_REG_SPACE_ROOT_LO(space), static_cast<std::uint32_t>(party.root));
  write_register(KESTREL_REG_SPACE_ROOT_HI(space), static_cast<std::uint32_t>(party.root >> 32));
  write_register(KESTREL_REG_SPACE_CONFIG(space),
                 party.mode | (0x100 + space) << KESTREL_SPACE_CONFIG_PASID_SHIFT);
  write_register(KESTREL_REG_QUEUE_RING_BASE_LO(queue), static_cast<std::uint32_t>(party.ring()));
  write_register(KESTREL_REG_QUEUE_RING_BASE_HI(queue),
                 static_cast<std::uint32_t>(party.ring() >> 32));
  const std::uint64_t status = party.status_addr();
  write_register(KESTREL_REG_QUEUE_STATUS_ADDR_LO(queue), static_cast<std::uint32_t>(status));
  write_register(KESTREL_REG_QUEUE_STATUS_ADDR_HI(queue), static_cast<std::uint32_t>(status >> 32));
  write_register(KESTREL_REG_QUEUE_CONFIG(queue), party.config | KESTREL_QUEUE_CONFIG_ENABLE);
}

void Scene::reset_party(Party& party) {
  write_register(KESTREL_REG_QUEUE_CONTROL(party.queue), KESTREL_QUEUE_CONTROL_RESET);
  both([&](Side& side) {
    int polls = 0;
    while ((side.read(KESTREL_REG_QUEUE_STATUS(party.queue)) & KESTREL_QUEUE_STATUS_RESETTING) != 0)
      REQUIRE(++polls < kMostPolls);
  });
  party.submitted.clear();
  party.noted = party.tail = 0;
}

void Scene::push(Party& party, const KestrelRecord& record, std::span<const KestrelRecord> called) {
  const std::uint64_t entry = party.bus + Party::kRingOffset +
                              (party.tail++ % (1u << Party::kRingLog2)) * KESTREL_RECORD_BYTES;
  both([&](Side& side) {
    for (unsigned word = 0; word < record.words().size(); ++word)
      side.memory->write32(entry + 4 * word, record.words()[word]);
  });
  Submitted& submitted = party.submitted.emplace_back();
  submitted.op = ring_op(record.words()[0] & KESTREL_CONTROL_HEADER_OPCODE_MASK);
  for (const KestrelRecord& command : called)
    submitted.commands.push_back(
        command_op(command.words()[0] & KESTREL_CONTROL_HEADER_OPCODE_MASK));
  ++records;
  commands += called.size();
  if (is_verbose) {
    std::printf("queue %u\n", party.queue);
    print(record);
    for (const KestrelRecord& command : called)
      print(command);
  }
}

void Scene::call(Party& party, std::uint64_t addr, std::span<const KestrelRecord> called) {
  std::uint64_t bus = party.bus + addr;
  for (const KestrelRecord& command : called) {
    for (const std::uint32_t word : command.words()) {
      both([&](Side& side) { side.memory->write32(bus, word); });
      bus += sizeof(word);
    }
  }
  push(party,
       kestrel_call(party.va + addr,
                    static_cast<std::uint32_t>(called.size() * KESTREL_RECORD_BYTES)),
       called);
}

void Scene::doorbell(const Party& party) {
  write_register(KESTREL_REG_DOORBELL_TAIL(party.queue), party.tail);
}

void Scene::write_register(std::uint32_t offset, std::uint32_t value) {
  both([&](Side& side) { side.write(offset, value); });
}

void Scene::write64(std::uint64_t bus, std::uint64_t value) {
  both([&](Side& side) { side.memory->write64(bus, value); });
}

void Scene::set_space(unsigned space, std::uint32_t mode) {
  write_register(KESTREL_REG_SPACE_CONFIG(space), mode | (0x100 + space)
                                                             << KESTREL_SPACE_CONFIG_PASID_SHIFT);
  invalidate(space);
}

void Scene::invalidate(unsigned space, const std::uint64_t* page) {
  if (page != nullptr) {
    const auto low = static_cast<std::uint32_t>(*page);
    const auto high = static_cast<std::uint32_t>(*page >> 32);
    write_register(KESTREL_REG_INVALIDATE_FIRST_LO, low);
    write_register(KESTREL_REG_INVALIDATE_FIRST_HI, high);
    write_register(KESTREL_REG_INVALIDATE_LAST_LO, low);
    write_register(KESTREL_REG_INVALIDATE_LAST_HI, high);
  }
  write_register(KESTREL_REG_INVALIDATE,
                 space | (page != nullptr ? KESTREL_INVALIDATE_RANGE : 0) | KESTREL_INVALIDATE_GO);
  both([](Side& side) {
    int polls = 0;
    while ((side.read(KESTREL_REG_STATUS) & KESTREL_STATUS_INVALIDATING) != 0)
      REQUIRE(++polls < kMostPolls);
  });
}

}  // namespace presil::testbench
