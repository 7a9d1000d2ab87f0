// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The library's few commands: what the device's own model reads out of them.

#include "records.hpp"

#include <bit>
#include <cstdint>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sim/kestrel/records.hpp"

using kestrel::internal::barrier_record;
using kestrel::internal::CommandRecord;
using kestrel::internal::load_record;
using kestrel::internal::store_record;
using presil::kestrel::check_command;
using presil::kestrel::opcode_of;
using presil::kestrel::Record;
using presil::kestrel::TokenFields;
using presil::kestrel::TransferFields;

namespace {

Record as_device_sees(const CommandRecord& record) {
  return std::bit_cast<Record>(record);
}

}  // namespace

TEST_CASE("records: A transfer is one run of consecutive bytes", "[userspace][records]") {
  const bool is_store = GENERATE(false, true);
  const std::uint64_t va = GENERATE(0x1000ull, 0xffff'ffff'fffdull);
  const std::uint32_t scratchpad = GENERATE(0u, 0x3ffffu);
  const std::uint32_t bytes = GENERATE(1u, 32768u, 65535u);
  CAPTURE(is_store, va, scratchpad, bytes);

  const Record record = as_device_sees(is_store ? store_record(va, scratchpad, bytes)
                                                : load_record(va, scratchpad, bytes));
  CHECK(check_command(record) == KESTREL_ERROR_CAUSE_NONE);
  CHECK(opcode_of(record) == (is_store ? KESTREL_OPCODE_STORE : KESTREL_OPCODE_LOAD));
  const auto fields = TransferFields::decode(record);
  CHECK(fields.addr == va);
  CHECK(fields.scratchpad == scratchpad);
  CHECK(fields.run_bytes == bytes);
  CHECK(fields.height == 1);
  CHECK(fields.width == static_cast<std::int32_t>(bytes));
  CHECK(fields.x == 0);
  CHECK(fields.y == 0);
  for (const auto& loop : fields.loops)
    CHECK(loop.count == 1);
  const auto tokens = TokenFields::decode(record);
  CHECK_FALSE((tokens.waits_prev || tokens.waits_next));
  CHECK_FALSE((tokens.signals_prev || tokens.signals_next));
}

TEST_CASE("records: A barrier is a barrier", "[userspace][records]") {
  const Record record = as_device_sees(barrier_record());
  CHECK(check_command(record) == KESTREL_ERROR_CAUSE_NONE);
  CHECK(opcode_of(record) == KESTREL_OPCODE_BARRIER);
}
