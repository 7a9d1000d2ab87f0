// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Jobs that fail: what their fences and QUEUE_STATE tell, and who else notices.

#include <algorithm>
#include <cerrno>
#include <vector>

#include "client.hpp"
#include "guest_time.hpp"
#include "ktap.hpp"

namespace {

constexpr std::uint64_t kNowhere = 0x7f00'0000'0000;

/// What a queue that failed with EIO says; `call` and `offset` are where the command stands.
drm_kestrel_queue_state check_lost(const Client& client, std::uint32_t cause) {
  const drm_kestrel_queue_state state = client.device().queue_state(client.queue());
  CHECK_EQ(state.flags,
           static_cast<std::uint32_t>(DRM_KESTREL_QUEUE_LOST | DRM_KESTREL_QUEUE_FAULT));
  CHECK_EQ(state.error, static_cast<std::uint32_t>(EIO));
  CHECK_EQ(state.cause, cause);
  return state;
}

Command with_word(Command command, std::size_t word, std::uint32_t bits) {
  command[word] |= bits;
  return command;
}

}  // namespace

TEST("failure: an unknown opcode") {
  for (const std::uint32_t opcode : {0x05u, 0x0fu, 0x16u, 0x80u, 0xffu}) {
    Client client;
    CHECK_EQ(client.run(Commands().barrier().barrier().add(command(opcode))), -EIO);
    const auto state = check_lost(client, KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE);
    CHECK_EQ(state.opcode, opcode);
    CHECK_EQ(state.call, 0u);
    CHECK_EQ(state.offset, 128u);
    CHECK_EQ(state.va, 0u);
  }
}

TEST("failure: a field that is wrong") {
  const Command load = transfer(KESTREL_OPCODE_LOAD, Client::kFirstVa, 0, 64);
  Command no_count = load;
  no_count[KESTREL_TRANSFER_COUNT4 / 4] = 0;
  for (const Command& wrong : {with_word(command(KESTREL_OPCODE_NOP), 15, 1),
                               with_word(command(KESTREL_OPCODE_BARRIER), 0, 0x100), no_count}) {
    Client client;
    CHECK_EQ(client.run(Commands().add(wrong)), -EIO);
    const auto state = check_lost(client, KESTREL_ERROR_CAUSE_ILLEGAL_FIELD);
    CHECK_EQ(state.offset, 0u);
  }
}

TEST("failure: a command that leaves the scratchpad") {
  Client client;
  const auto from = client.make_buffer(kPageBytes);
  const std::uint32_t end = client.device().info().scratchpad_bytes;
  CHECK_EQ(client.run(Commands().load(from->va, end - 64, 64)), 1);
  CHECK_EQ(client.run(Commands().load(from->va, end - 63, 64)), -EIO);
  check_lost(client, KESTREL_ERROR_CAUSE_OPERAND_RANGE);
}

TEST("failure: an address that is not mapped, read") {
  Client client;
  CHECK_EQ(client.run(Commands().barrier().load(kNowhere, 0, 64)), -EIO);
  const auto state = check_lost(client, KESTREL_ERROR_CAUSE_TRANSLATION);
  CHECK_EQ(state.fault, KESTREL_FAULT_NOT_PRESENT);
  CHECK_EQ(state.access, KESTREL_ACCESS_LOAD);
  CHECK_EQ(state.opcode, KESTREL_OPCODE_LOAD);
  CHECK_EQ(state.offset, 64u);
  CHECK_EQ(state.va, kNowhere);
}

TEST("failure: an address that is not mapped, written") {
  Client client;
  CHECK_EQ(client.run(Commands().store(kNowhere, 0, 64)), -EIO);
  const auto state = check_lost(client, KESTREL_ERROR_CAUSE_TRANSLATION);
  CHECK_EQ(state.fault, KESTREL_FAULT_NOT_PRESENT);
  CHECK_EQ(state.access, KESTREL_ACCESS_STORE);
  CHECK_EQ(state.opcode, KESTREL_OPCODE_STORE);
  CHECK_EQ(state.va, kNowhere);
}

TEST("failure: a command buffer that is not mapped") {
  Client client;
  Job job = client.job(Commands().barrier());
  job.calls.push_back(call_at(kNowhere, 64));
  CHECK_EQ(client.finish(client.start(job)), -EIO);
  const auto state = check_lost(client, KESTREL_ERROR_CAUSE_TRANSLATION);
  CHECK_EQ(state.fault, KESTREL_FAULT_NOT_PRESENT);
  CHECK_EQ(state.access, KESTREL_ACCESS_FETCH);
  CHECK_EQ(state.call, 1u);
  CHECK_EQ(state.va, kNowhere);
}

TEST("failure: a command buffer that runs out of its mapping") {
  Client client;
  MappedBuffer memory(client.device(), kPageBytes);
  const std::uint64_t va = client.bind_buffer(memory.handle(), kPageBytes);
  CHECK_EQ(command(KESTREL_OPCODE_NOP)[0], 0u);  // So the buffer is full of legal commands.
  Job job;
  job.queue_id = client.queue();
  job.calls = {call_at(va, 2 * kPageBytes)};
  CHECK_EQ(client.finish(client.start(job)), -EIO);
  const auto state = check_lost(client, KESTREL_ERROR_CAUSE_TRANSLATION);
  CHECK_EQ(state.access, KESTREL_ACCESS_FETCH);
  CHECK_EQ(state.va, va + kPageBytes);
}

TEST("failure: the call and the command that failed are named") {
  Client client;
  Job job = client.job(Commands().barrier());
  job.calls.push_back(client.place(Commands().barrier()));
  job.calls.push_back(client.place(Commands().barrier().barrier().barrier().add(command(0xee))));
  job.calls.push_back(client.place(Commands().barrier()));
  CHECK_EQ(client.finish(client.start(job)), -EIO);
  const auto state = check_lost(client, KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE);
  CHECK_EQ(state.call, 2u);
  CHECK_EQ(state.offset, 192u);
  CHECK_EQ(state.opcode, 0xeeu);
}

TEST("failure: a command buffer that never ends is ETIME") {
  Client client;
  const std::int64_t begin_ns = now_ns();
  CHECK_EQ(client.run(Commands().hang()), -ETIME);
  CHECK(now_ns() - begin_ns >= client.device().info().call_time_max_ms * kMillisecondNs);
  const auto state = client.device().queue_state(client.queue());
  CHECK(state.flags & DRM_KESTREL_QUEUE_LOST);
  CHECK_EQ(state.error, static_cast<std::uint32_t>(ETIME));
  if (state.flags & DRM_KESTREL_QUEUE_FAULT)
    CHECK_EQ(state.cause, KESTREL_ERROR_CAUSE_BUDGET);
  check_that_device_works();
}

TEST("failure: the time is each command buffer's, not the job's or the queue's") {
  // Many jobs that wait behind another queue's long one have not begun.
  Client client, holder;
  const std::uint32_t held = holder.start(Commands().hang());
  std::vector<std::uint32_t> jobs;
  for (int i = 0; i < 10; ++i)
    jobs.push_back(client.start(Commands().barrier()));
  for (const std::uint32_t done : jobs)
    CHECK_EQ(client.finish(done), 1);
  CHECK_EQ(holder.finish(held), -ETIME);
}

TEST("failure: jobs before it ended well, jobs after it are ECANCELED") {
  Client client, holder;
  // Held back, so that all are queued before the first fails.
  const std::uint32_t held = holder.start(Commands().hang());
  Job first = client.job(Commands().barrier());
  first.in_syncs = {binary(share_syncobj(holder.device(), held, client.device()))};
  const std::uint32_t before = client.start(first);
  const std::uint32_t failed = client.start(Commands().add(command(0xff)));
  const std::uint32_t after = client.start(Commands().barrier());
  const std::uint32_t last = client.start(Commands().barrier());
  REQUIRE_EQ(holder.device().destroy_queue(holder.queue()), 0);
  CHECK_EQ(client.finish(before), 1);
  CHECK_EQ(client.finish(failed), -EIO);
  CHECK_EQ(client.finish(after), -ECANCELED);
  CHECK_EQ(client.finish(last), -ECANCELED);
  CHECK_EQ(client.device().queue_state(client.queue()).jobs, 1u);
}

TEST("failure: an empty job behind it is ECANCELED as well") {
  Client client;
  const std::uint32_t failed = client.start(Commands().hang());
  Job empty;
  empty.queue_id = client.queue();
  const std::uint32_t after = client.start(empty);
  CHECK_EQ(client.finish(failed), -ETIME);
  CHECK_EQ(client.finish(after), -ECANCELED);
}

TEST("failure: other queues of the VM, and of others, lose nothing") {
  Client guilty, innocent;
  const std::uint32_t sister = guilty.device().make_queue(guilty.vm());
  const auto from = innocent.make_buffer(16 * kPageBytes);
  const auto to = innocent.make_buffer(16 * kPageBytes);
  fill(from->bytes(), 1);
  for (const bool hangs : {false, true}) {
    std::ranges::fill(to->bytes(), 0);
    std::vector<std::uint32_t> innocents, sisters;
    std::uint32_t failed = 0;
    for (int i = 0; i < 8; ++i) {
      innocents.push_back(innocent.start(Commands().copy(from->va, to->va, 16 * kPageBytes)));
      Job job = guilty.job(Commands().barrier());
      job.queue_id = sister;
      sisters.push_back(guilty.start(job));
      if (i == 3)
        failed = guilty.start(hangs ? Commands().hang() : Commands().add(command(0xff)));
    }
    CHECK_EQ(guilty.finish(failed), hangs ? -ETIME : -EIO);
    for (const std::uint32_t done : innocents)
      CHECK_EQ(innocent.finish(done), 1);
    for (const std::uint32_t done : sisters)
      CHECK_EQ(guilty.finish(done), 1);
    CHECK(std::ranges::equal(from->bytes(), to->bytes()));
    CHECK_EQ(innocent.device().queue_state(innocent.queue()).flags, 0u);
    CHECK_EQ(guilty.device().queue_state(sister).flags, 0u);
    guilty.renew_queue();
  }
}

TEST("failure: two queues at once") {
  Client one, other;
  const std::uint32_t first = one.start(Commands().add(command(0xf1)));
  const std::uint32_t second = other.start(Commands().add(command(0xf2)));
  CHECK_EQ(one.finish(first), -EIO);
  CHECK_EQ(other.finish(second), -EIO);
  CHECK_EQ(one.device().queue_state(one.queue()).opcode, 0xf1u);
  CHECK_EQ(other.device().queue_state(other.queue()).opcode, 0xf2u);
}

TEST("failure: a lost queue is replaced, a hundred times") {
  Client client;
  for (int lap = 0; lap < 100; ++lap) {
    client.forget_commands();
    CHECK_EQ(client.run(Commands().add(command(0xff))), -EIO);
    client.renew_queue();
  }
  client.check_that_it_works();
}

TEST("failure: what the device had on chip is not there after it") {
  Client client;
  const auto secret = client.make_buffer(kPageBytes);
  const auto target = client.make_buffer(kPageBytes);
  std::ranges::fill(secret->bytes(), 0x5a);
  CHECK_EQ(client.run(Commands().load(secret->va, 0, kPageBytes).barrier().add(command(0xff))),
           -EIO);
  client.renew_queue();
  std::ranges::fill(target->bytes(), 0xaa);
  CHECK_EQ(client.run(Commands().store(target->va, 0, kPageBytes)), 1);
  CHECK(all_are(target->bytes(), 0));
}
