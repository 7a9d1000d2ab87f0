// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// A hostile process builds what command buffers and binds it likes: it neither reads nor writes
// another's memory or the kernel's, and forges no fence.

#include <algorithm>
#include <cerrno>
#include <functional>
#include <memory>
#include <vector>

#include "child.hpp"
#include "client.hpp"
#include "ktap.hpp"
#include "random.hpp"

namespace {

constexpr std::uint64_t kBytes = 16 * kPageBytes;

/// Somebody whose memory is to stay as it is, and whose work is to go on. Its process is the
/// case's own; what is hostile runs in another.
struct Victim {
  Victim() {
    fill(buffer->bytes(), 1);
    pattern.assign(buffer->bytes().begin(), buffer->bytes().end());
  }
  ~Victim() {
    CHECK(std::ranges::equal(buffer->bytes(), pattern));
    CHECK_EQ(client.device().queue_state(client.queue()).flags, 0u);
    client.check_that_it_works();
  }

  Client client;
  std::unique_ptr<ClientBuffer> buffer = client.make_buffer(kBytes);
  std::vector<std::uint8_t> pattern;
};

/// Someone hostile, with a buffer whose contents show whether anything was got.
struct Hostile {
  Hostile() { std::ranges::fill(loot->bytes(), 0xaa); }

  /// Runs commands that must fail with `cause`. \returns what the queue tells; it is renewed
  drm_kestrel_queue_state expect(const Commands& commands, std::uint32_t cause) {
    client.forget_commands();
    CHECK_EQ(client.run(commands), -EIO);
    const drm_kestrel_queue_state state = client.device().queue_state(client.queue());
    CHECK_EQ(state.cause, cause);
    client.renew_queue();
    return state;
  }

  /// Nothing can be read, or written, at an address.
  void expect_no_access(std::uint64_t va, std::uint32_t fault) {
    for (const bool writes : {false, true}) {
      Commands commands;
      if (writes) {
        commands.store(va, 0, 64);
      } else {
        commands.load(va, 0, 64).barrier().store(loot->va, 0, 64);
      }
      const auto state = expect(commands, KESTREL_ERROR_CAUSE_TRANSLATION);
      CHECK_EQ(state.fault, fault);
      CHECK_EQ(state.va, va);
    }
    CHECK(all_are(loot->bytes(), 0xaa));
  }

  Client client;
  std::unique_ptr<ClientBuffer> loot = client.make_buffer(kBytes);
};

void in_child(const std::function<void()>& body) {
  Child child(body);
  CHECK_EQ(child.wait(), 0);
}

/// What the scratchpad holds for this client's next command buffer.
void check_scratchpad_is_zero(Client& client) {
  const std::uint32_t bytes = client.device().info().scratchpad_bytes;
  const auto target = client.make_buffer(bytes);
  std::ranges::fill(target->bytes(), 0xaa);
  Commands commands;
  for (std::uint32_t at = 0; at < bytes; at += kTransferBytes)
    commands.store(target->va + at, at, kTransferBytes);
  CHECK_EQ(client.run(commands), 1);
  CHECK(all_are(target->bytes(), 0));
}

/// Leaves a pattern everywhere on chip.
void fill_scratchpad(Client& client) {
  const std::uint32_t bytes = client.device().info().scratchpad_bytes;
  const auto source = client.make_buffer(kTransferBytes);
  std::ranges::fill(source->bytes(), 0x5a);
  Commands commands;
  for (std::uint32_t at = 0; at < bytes; at += kTransferBytes)
    commands.load(source->va, at, kTransferBytes);
  CHECK_EQ(client.run(commands), 1);
}

/// Row `row` of the accumulators, as bytes, into word `word` of the scratchpad.
Command output_row(std::uint32_t row, std::uint32_t word) {
  constexpr std::uint32_t kOne = 0x3f80'0000;  // 1.0 as float32
  Command made = command(KESTREL_OPCODE_OUTPUT);
  made[KESTREL_OUTPUT_COUNT_N / 4] =
      1u << KESTREL_OUTPUT_COUNT_N_N0_SHIFT | 1u << KESTREL_OUTPUT_COUNT_N_N1_SHIFT;
  made[KESTREL_OUTPUT_WORDS / 4] =
      row << KESTREL_OUTPUT_WORDS_SRC_SHIFT | word << KESTREL_OUTPUT_WORDS_DST_SHIFT;
  made[KESTREL_OUTPUT_CLAMP / 4] =
      0xff80u << KESTREL_OUTPUT_CLAMP_MIN_SHIFT | 0x007fu << KESTREL_OUTPUT_CLAMP_MAX_SHIFT;
  made[KESTREL_OUTPUT_SCALE / 4] = kOne;
  return made;
}

/// The lowest byte of each accumulator of one row.
std::vector<std::uint8_t> read_row(Client& client, std::uint32_t row) {
  const auto target = client.make_buffer(kPageBytes);
  CHECK_EQ(client.run(Commands().add(output_row(row, 16)).barrier().store(target->va, 256, 16)), 1);
  return {target->bytes().begin(), target->bytes().begin() + 16};
}

}  // namespace

TEST("isolation: records of rings are privileged in command buffers") {
  Victim victim;
  in_child([] {
    Hostile hostile;
    Random random(1);
    for (const std::uint32_t opcode : {KESTREL_OPCODE_CALL, KESTREL_OPCODE_FENCE,
                                       KESTREL_OPCODE_WAIT, KESTREL_OPCODE_TIMESTAMP}) {
      for (const std::uint64_t address :
           {hostile.loot->va, std::uint64_t{0}, std::uint64_t{0x10'0000},
            random.next() & ~std::uint64_t{63}}) {
        const auto state = hostile.expect(
            Commands().barrier().add(control(opcode, address, 1, opcode == 1 ? 64 : 0)),
            KESTREL_ERROR_CAUSE_PRIVILEGED);
        CHECK_EQ(state.opcode, opcode);
        CHECK_EQ(state.offset, 64u);
      }
    }
    CHECK(all_are(hostile.loot->bytes(), 0xaa));
  });
}

TEST("isolation: a forged FENCE ends nobody's job, not even one's own") {
  Victim victim;
  const std::uint32_t held = victim.client.start(Commands().hang());
  SyncFile fence(victim.client.device(), held);
  // The device is the victim's until its time is over; what is hostile stands behind it, and runs
  // before the victim's second job.
  in_child([] {
    Hostile hostile;
    std::vector<std::uint32_t> jobs;
    Commands forged;
    for (std::uint64_t value = 0; value < 16; ++value)
      forged.add(control(KESTREL_OPCODE_FENCE, 0x1000 + 8 * value, ~std::uint64_t{0}));
    const std::uint32_t job = hostile.client.start(forged);
    const std::uint32_t behind = hostile.client.start(Commands().hang());
    CHECK_EQ(hostile.client.finish(job), -EIO);
    CHECK_EQ(hostile.client.finish(behind), -ECANCELED);
  });
  CHECK_EQ(fence.wait(), -ETIME);
  CHECK_EQ(victim.client.finish(held), -ETIME);
  victim.client.renew_queue();
}

TEST("isolation: a command buffer that writes itself a FENCE gains nothing") {
  Victim victim;
  in_child([] {
    Hostile hostile;
    Client& client = hostile.client;
    const auto code = client.make_buffer(kPageBytes);
    const auto data = client.make_buffer(kPageBytes);
    const Commands forged =
        Commands().add(control(KESTREL_OPCODE_FENCE, 0x1000, ~std::uint64_t{0}));
    std::ranges::copy(forged.bytes(), data->bytes().begin());
    // The second call is a NOP until the first has run.
    Job job = client.job(Commands().copy(data->va, code->va, KESTREL_RECORD_BYTES));
    job.calls.push_back(call_at(code->va, KESTREL_RECORD_BYTES));
    CHECK_EQ(client.finish(client.start(job)), -EIO);
    const auto state = client.device().queue_state(client.queue());
    CHECK_EQ(state.cause, KESTREL_ERROR_CAUSE_PRIVILEGED);
    CHECK_EQ(state.call, 1u);
  });
}

TEST("isolation: another's addresses are not one's own") {
  Victim victim;
  in_child([&] {
    Hostile hostile;
    // Above all that is bound here, where the victim has something.
    const std::uint64_t theirs = Client::kFirstVa + (std::uint64_t{1} << 30);
    hostile.expect_no_access(theirs, KESTREL_FAULT_NOT_PRESENT);
  });
  // The other way round: the victim binds there, and what is hostile tries again.
  const std::uint64_t theirs = Client::kFirstVa + (std::uint64_t{1} << 30);
  REQUIRE_EQ(victim.client.device().map(victim.client.vm(), victim.buffer->memory.handle(), theirs,
                                        kBytes),
             0);
  CHECK_EQ(victim.client.run(Commands().load(theirs, 0, 64)), 1);
  in_child([&] {
    Hostile hostile;
    hostile.expect_no_access(theirs, KESTREL_FAULT_NOT_PRESENT);
  });
}

TEST("isolation: addresses of memory and of devices lead nowhere") {
  Victim victim;
  in_child([] {
    Hostile hostile;
    // Where the memory begins, ends, the kernel is, interrupts are sent, and the device itself is.
    for (const std::uint64_t address :
         {0x0ull, 0x1000ull, 0x10'0000ull, 0x100'0000ull, 0x1000'0000ull, 0x1fff'f000ull,
          0xfee0'0000ull, 0xfec0'0000ull, 0xfe00'0000ull, 0x1'0000'0000ull, 0x38'0000'0000ull})
      hostile.expect_no_access(address, KESTREL_FAULT_NOT_PRESENT);
  });
}

TEST("isolation: random addresses lead nowhere") {
  Victim victim;
  in_child([] {
    Hostile hostile;
    Random random(2);
    for (int i = 0; i < 100; ++i) {
      const std::uint64_t va = (random.next() >> 16) & ~std::uint64_t{63};
      if (va >> 32 != Client::kFirstVa >> 32)
        hostile.expect_no_access(va, KESTREL_FAULT_NOT_PRESENT);
    }
  });
}

TEST("isolation: addresses that are too large are not taken modulo something") {
  Victim victim;
  in_child([] {
    Hostile hostile;
    const unsigned bits = hostile.client.device().info().va_bits;
    for (unsigned bit = bits; bit < 64; ++bit)
      hostile.expect_no_access(hostile.loot->va | std::uint64_t{1} << bit,
                               KESTREL_FAULT_NON_CANONICAL);
    hostile.expect_no_access(std::uint64_t{0xffff'8000'0000'0000}, KESTREL_FAULT_NON_CANONICAL);
    hostile.expect_no_access(~std::uint64_t{0} - 63, KESTREL_FAULT_NON_CANONICAL);
  });
}

TEST("isolation: an access that runs out of its mapping gets nothing of what follows") {
  Victim victim;
  in_child([] {
    Hostile hostile;
    Client& client = hostile.client;
    const auto small = client.make_buffer(kPageBytes);
    std::ranges::fill(small->bytes(), 0x11);
    auto state = hostile.expect(
        Commands().load(small->va, 0, 2 * kPageBytes).barrier().store(hostile.loot->va, 0, 64),
        KESTREL_ERROR_CAUSE_TRANSLATION);
    CHECK_EQ(state.va, small->va + kPageBytes);
    state = hostile.expect(Commands().store(small->va, 0, 2 * kPageBytes),
                           KESTREL_ERROR_CAUSE_TRANSLATION);
    CHECK_EQ(state.va, small->va + kPageBytes);
    CHECK(all_are(hostile.loot->bytes(), 0xaa));

    // Rows that go backwards from the mapping, and round the end of the address space.
    Command rows = transfer(KESTREL_OPCODE_LOAD, small->va, 0, 64);
    rows[KESTREL_TRANSFER_INSIDE / 4] =
        8u << KESTREL_TRANSFER_INSIDE_HEIGHT_SHIFT | 64u << KESTREL_TRANSFER_INSIDE_WIDTH_SHIFT;
    rows[KESTREL_TRANSFER_COUNT01 / 4] =
        64u << KESTREL_TRANSFER_COUNT01_N0_SHIFT | 8u << KESTREL_TRANSFER_COUNT01_N1_SHIFT;
    rows[KESTREL_TRANSFER_STEP1 / 4] =
        1u << KESTREL_TRANSFER_STEP1_YS1_SHIFT | 64u << KESTREL_TRANSFER_STEP1_SS1_SHIFT;
    for (const std::uint32_t pitch : {0u - 4096u, 0x7fff'f000u, 0x8000'0000u}) {
      rows[KESTREL_TRANSFER_PITCH / 4] = pitch;
      hostile.expect(Commands().add(rows), KESTREL_ERROR_CAUSE_TRANSLATION);
    }
  });
}

TEST("isolation: what may only be read is not written") {
  Victim victim;
  // The victim lends its buffer; the borrower binds it for reading, as it was told.
  const int fd = export_buffer(victim.client.device(), victim.buffer->memory.handle());
  REQUIRE(fd >= 0);
  in_child([&] {
    Hostile hostile;
    std::uint32_t handle = 0;
    REQUIRE_EQ(import_buffer(hostile.client.device(), fd, handle), 0);
    const std::uint64_t va = hostile.client.bind_buffer(handle, kBytes, DRM_KESTREL_VM_BIND_READ);
    for (const std::uint64_t at : {std::uint64_t{0}, kBytes - 64}) {
      const auto state =
          hostile.expect(Commands().store(va + at, 0, 64), KESTREL_ERROR_CAUSE_TRANSLATION);
      CHECK_EQ(state.fault, KESTREL_FAULT_PERMISSION);
    }
  });
}

TEST("isolation: binds with sums that wrap round map nothing") {
  Victim victim;
  in_child([] {
    Hostile hostile;
    const RawDevice& device = hostile.client.device();
    const std::uint32_t vm = hostile.client.vm();
    const std::uint32_t handle = device.make_buffer(kPageBytes);
    const std::uint64_t end = std::uint64_t{1} << device.info().va_bits;
    constexpr std::uint64_t kVa = 0x2000'0000'0000;
    struct {
      std::uint64_t va, size, offset;
    } const wrong[] = {
        {kVa, 0 - kPageBytes, 0},
        {kVa, 0 - kPageBytes, kPageBytes},
        {kVa, kPageBytes, 0 - kPageBytes},
        {kVa, 2 * kPageBytes, 0 - kPageBytes},
        {kVa, std::uint64_t{1} << 32, 0},
        {kVa, (std::uint64_t{1} << 32) + kPageBytes, 0},
        {kVa, kPageBytes, std::uint64_t{1} << 32},
        {kVa, kPageBytes, std::uint64_t{1} << 63},
        {end - kPageBytes, 2 * kPageBytes, 0},
        {0 - kPageBytes, kPageBytes, 0},
        {0 - kPageBytes, 2 * kPageBytes, 0},
        {end | kVa, kPageBytes, 0},
        {end, 0 - end, 0},
    };
    for (const auto& bind : wrong)
      CHECK_EQ(device.map(vm, handle, bind.va, bind.size,
                          DRM_KESTREL_VM_BIND_READ | DRM_KESTREL_VM_BIND_WRITE, bind.offset),
               -EINVAL);
    hostile.expect_no_access(kVa, KESTREL_FAULT_NOT_PRESENT);
    hostile.expect_no_access(end - kPageBytes, KESTREL_FAULT_NOT_PRESENT);
    hostile.expect_no_access(0, KESTREL_FAULT_NOT_PRESENT);
  });
}

TEST("isolation: others' handles, VMs and queues cannot be guessed") {
  Victim victim;
  in_child([] {
    RawDevice device;
    for (std::uint32_t number = 1; number < 64; ++number) {
      drm_kestrel_bo_mmap_offset offset{};
      offset.handle = number;
      CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &offset), -ENOENT);
      CHECK_EQ(export_buffer(device, number), -ENOENT);
      CHECK_EQ(device.destroy_vm(number), -ENOENT);
      CHECK_EQ(device.destroy_queue(number), -ENOENT);
    }
    const std::uint32_t vm = device.make_vm();
    for (std::uint32_t number = 1; number < 64; ++number)
      CHECK_EQ(device.map(vm, number, 0, kPageBytes), -ENOENT);
  });
}

TEST("isolation: memory that was unbound is out of reach, whoever has it now") {
  Victim victim;
  in_child([] {
    Hostile hostile;
    Client& client = hostile.client;
    std::vector<std::uint64_t> places;
    for (int i = 0; i < 8; ++i) {
      const std::uint32_t handle = client.device().make_buffer(kBytes);
      places.push_back(client.bind_buffer(handle, kBytes));
      CHECK_EQ(client.run(Commands().load(places.back(), 0, 64)), 1);
      CHECK_EQ(client.device().unmap(client.vm(), places.back(), kBytes), 0);
      CHECK_EQ(client.device().close_buffer(handle), 0);
    }
    // Somebody gets the pages.
    Client heir;
    const auto inherited = heir.make_buffer(8 * kBytes);
    std::ranges::fill(inherited->bytes(), 0x33);
    for (const std::uint64_t va : places)
      hostile.expect_no_access(va, KESTREL_FAULT_NOT_PRESENT);
    CHECK(all_are(inherited->bytes(), 0x33));
    heir.check_that_it_works();
  });
}

TEST("isolation: the scratchpad of another process reads as zero") {
  Victim victim;
  fill_scratchpad(victim.client);
  in_child([] {
    Client hostile;
    check_scratchpad_is_zero(hostile);
  });
}

TEST("isolation: the scratchpad of another VM of the process reads as zero") {
  Client one, other;
  for (int lap = 0; lap < 3; ++lap) {
    fill_scratchpad(one);
    check_scratchpad_is_zero(other);
  }
}

TEST("isolation: the scratchpad reads as zero for who gets a VM's place") {
  for (int lap = 0; lap < 3; ++lap) {
    {
      Client client;
      fill_scratchpad(client);
    }
    Client heir;
    check_scratchpad_is_zero(heir);
  }
}

TEST("isolation: another's accumulators read as zero") {
  Client one;
  const auto ones = one.make_buffer(kPageBytes);
  std::ranges::fill(ones->bytes(), 0x21);
  CHECK_EQ(one.run(Commands().load(ones->va, 0, 64).barrier().add(accumulate(3, 1))), 1);
  {
    Client other;
    CHECK(all_are(read_row(other, 3), 0));
  }
  // That there was something to see, and how.
  CHECK_EQ(one.run(Commands().load(ones->va, 0, 64).barrier().add(accumulate(3, 1))), 1);
  CHECK(all_are(read_row(one, 3), 0x21));
}
