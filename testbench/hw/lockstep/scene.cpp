// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "scene.hpp"

#include "testbench/support/page_tables.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kPage = PageTables::kPageBytes;
constexpr std::uint64_t kPartyStride = 0x1000'0000;
constexpr std::uint64_t kFirstBus = 0x10'0000'0000;
constexpr std::uint64_t kFirstVa = 0x2345'0000'0000;

}  // namespace

Territory Party::territory() const {
  return {va + kSourceOffset, kSourceBytes, va + kDestinationOffset, kDestinationBytes};
}

Scene::Scene(std::uint64_t seed, Side& first, Side& second)
    : random(seed), first_(first), second_(second) {
  const auto count = static_cast<unsigned>(between(random, 1, 5));
  for (unsigned i = 0; i < count; ++i) {
    Party party;
    party.queue = (i * 5 + static_cast<unsigned>(seed)) % 16;
    party.space = 1 + (i * 3 + static_cast<unsigned>(seed / 3)) % 15;
    const std::uint32_t modes[] = {KESTREL_SPACE_MODE_TABLE, KESTREL_SPACE_MODE_TABLE,
                                   KESTREL_SPACE_MODE_TABLE, KESTREL_SPACE_MODE_BYPASS,
                                   KESTREL_SPACE_MODE_PASID};
    party.mode = modes[random() % 5];
    party.bus = kFirstBus + i * kPartyStride;
    party.va = party.mode == KESTREL_SPACE_MODE_TABLE ? kFirstVa + i * 0x40'0000 : party.bus;
    party.root = party.bus + Party::kTablesOffset;
    party.config = party.space << KESTREL_QUEUE_CONFIG_SPACE_SHIFT |
                   static_cast<std::uint32_t>(random() % 4) << KESTREL_QUEUE_CONFIG_PRIO_SHIFT |
                   static_cast<std::uint32_t>(random() % 17) << KESTREL_QUEUE_CONFIG_VECTOR_SHIFT |
                   Party::kRingLog2 << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT;
    if (one_in(random, 4))
      party.config |= KESTREL_QUEUE_CONFIG_WRITE_STATUS;
    parties.push_back(party);
  }
  for (Party& party : parties) {
    fill_memory(party);
    map(party);
  }
  if (one_in(random, 2)) {
    const Party& party = parties[random() % parties.size()];
    refused_pages.push_back(party.bus + Party::kSourceOffset + 5 * kPage);
    refused_pages.push_back(party.bus + Party::kDestinationOffset + 3 * kPage);
  }
}

void Scene::fill_memory(const Party& party) {
  std::vector<std::uint8_t> bytes(Party::kMappedBytes);
  for (std::uint8_t& byte : bytes)
    byte = static_cast<std::uint8_t>(random());
  both([&](Side& side) { side.memory->write(party.bus, bytes); });
}

void Scene::map(Party& party) {
  const Random at_begin = random;
  both([&](Side& side) {
    random = at_begin;  // The same on both sides.
    PageTables tables(party.root, *side.memory);
    for (std::uint64_t at = 0; at < Party::kMappedBytes; at += kPage) {
      const bool is_source = at >= Party::kSourceOffset && at < Party::kDestinationOffset;
      std::uint64_t permissions = PageTables::kRead;
      if (!is_source && at >= Party::kDestinationOffset)
        permissions |= PageTables::kWrite;
      if (is_source && one_in(random, 12))
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
               PageTables::kValid | PageTables::kRead | PageTables::kLeaf | 0x10);
  });
}

void Scene::start() {
  write_register(KESTREL_REG_SPACE_CONFIG(0), KESTREL_SPACE_MODE_BYPASS);
  write_register(KESTREL_REG_IRQ_ENABLE, 0x1ffff);
  for (Party& party : parties)
    start_party(party);
}

void Scene::start_party(Party& party) {
  const unsigned space = party.space, queue = party.queue;
  party.tail = 0;
  write_register(KESTREL_REG_SPACE_ROOT_LO(space), static_cast<std::uint32_t>(party.root));
  write_register(KESTREL_REG_SPACE_ROOT_HI(space), static_cast<std::uint32_t>(party.root >> 32));
  write_register(KESTREL_REG_SPACE_CONFIG(space),
                 party.mode | (0x100 + space) << KESTREL_SPACE_CONFIG_PASID_SHIFT);
  write_register(KESTREL_REG_QUEUE_RING_BASE_LO(queue), static_cast<std::uint32_t>(party.ring()));
  write_register(KESTREL_REG_QUEUE_RING_BASE_HI(queue),
                 static_cast<std::uint32_t>(party.ring() >> 32));
  const std::uint64_t status = party.fence_addr() + 8;
  write_register(KESTREL_REG_QUEUE_STATUS_ADDR_LO(queue), static_cast<std::uint32_t>(status));
  write_register(KESTREL_REG_QUEUE_STATUS_ADDR_HI(queue), static_cast<std::uint32_t>(status >> 32));
  write_register(KESTREL_REG_QUEUE_CONFIG(queue), party.config | KESTREL_QUEUE_CONFIG_ENABLE);
}

void Scene::push(Party& party, const KestrelRecord& record) {
  const std::uint64_t entry =
      party.ring() + (party.tail++ % (1u << Party::kRingLog2)) * KESTREL_RECORD_BYTES;
  both([&](Side& side) {
    for (unsigned word = 0; word < record.words().size(); ++word)
      side.memory->write32(entry + 4 * word, record.words()[word]);
  });
}

void Scene::write_commands(const Party& party, std::span<const KestrelRecord> commands) {
  std::uint64_t addr = party.bus;
  for (const KestrelRecord& command : commands) {
    for (const std::uint32_t word : command.words()) {
      both([&](Side& side) { side.memory->write32(addr, word); });
      addr += sizeof(word);
    }
  }
}

void Scene::doorbell(const Party& party) {
  write_register(KESTREL_REG_DOORBELL_TAIL(party.queue), party.tail);
}

void Scene::write_register(std::uint32_t offset, std::uint32_t value) {
  both([&](Side& side) { side.write(offset, value); });
}

}  // namespace presil::testbench
