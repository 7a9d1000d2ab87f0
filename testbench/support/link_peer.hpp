// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// LinkPeer: QEMU's end of the link, for tests and benchmarks without QEMU.
#pragma once

#include <presil_link.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

namespace presil::testbench {

/// The other end is gone, silent for too long, or broke the protocol.
struct LinkError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Speaks docs/protocol.md from QEMU's side, written from that page and sharing no code with the
/// simulator. A small guest memory answers DMA; MSI-X and errors are collected.
///
/// Times are the caller's: every call takes the guest's time. Threads: one.
class LinkPeer {
 public:
  struct Interrupt {
    std::uint64_t time_ps;
    std::uint32_t vector;
    bool operator==(const Interrupt&) const = default;
  };
  struct ReportedError {
    std::uint64_t time_ps;
    std::uint32_t severity;
    std::uint32_t status_bit;
  };
  struct Completion {
    std::uint32_t status;
    std::uint64_t data;
    std::uint64_t device_ps;
    std::uint64_t next_ps;
  };

  /// Guest memory starts at this bus address.
  static constexpr std::uint64_t kMemoryBase = 0x1000'0000;

  /// Connects, and does the hello unless `raw`.
  /// \param spin_ns  for both sides
  explicit LinkPeer(const std::filesystem::path& socket, std::size_t memory_bytes = 1u << 20,
                    std::uint32_t spin_ns = 20'000, bool raw = false);
  LinkPeer(const LinkPeer&) = delete;
  LinkPeer& operator=(const LinkPeer&) = delete;
  ~LinkPeer();

  // ------------------------------------------------------------------------ well-behaved calls

  Completion read(std::uint64_t time_ps, std::uint64_t offset, std::uint32_t size = 4,
                  std::uint32_t bar = 0);
  Completion write(std::uint64_t time_ps, std::uint64_t offset, std::uint64_t data,
                   std::uint32_t size = 4, std::uint32_t bar = 0);
  Completion advance(std::uint64_t time_ps, bool stop_at_event = false);
  Completion config(std::uint64_t time_ps, std::uint32_t flags, std::uint32_t mps_bytes = 256,
                    std::uint32_t mrrs_bytes = 512, std::uint32_t power_state = 0);
  Completion reset(std::uint64_t time_ps, presil_reset_kind kind);
  Completion simple(std::uint64_t time_ps, presil_message_type type);
  /// Says QUIT; waits for the simulator to close the link.
  void quit(std::uint64_t time_ps);

  /// Everything a driver's probe would turn on.
  static constexpr std::uint32_t kAllOn =
      PRESIL_CONFIG_MEMORY_SPACE | PRESIL_CONFIG_BUS_MASTER | PRESIL_CONFIG_MSIX_ENABLE;

  const presil_personality& personality() const { return reply_.personality; }
  const presil_hello_reply& reply() const { return reply_; }
  const presil_simulator_progress& progress() const { return segment_->simulator; }

  /// Guest memory, from kMemoryBase on.
  std::span<std::byte> memory() { return memory_; }

  std::vector<Interrupt> interrupts;
  std::vector<ReportedError> errors;
  std::uint64_t dma_bytes = 0;
  std::uint64_t upcalls = 0;

  /// Asked before a DMA is answered from memory; a status answers in its place.
  std::function<std::optional<std::uint32_t>(const presil_message& upcall)> on_dma =
      [](const presil_message&) { return std::nullopt; };

  // ------------------------------------------------------------------------- for misbehaving

  /// Sends any message, by the rules of sending.
  void send(const presil_message& message, std::span<const std::byte> payload = {});
  /// Waits for the simulator's next message. Empty: the link was closed.
  std::optional<presil_message> receive();
  /// Answers one upcall as memory would.
  void answer(const presil_message& upcall);
  /// Sends a call and serves its upcalls until the return.
  Completion call(const presil_message& message);
  /// Waits for the simulator to close the link. \returns whether it did, without a further message.
  bool closed_by_simulator();

  presil_segment& segment() { return *segment_; }
  int socket() const { return socket_; }
  int segment_fd() const { return segment_fd_; }
  /// Sends a hello, with a descriptor unless -1, and takes the reply.
  /// \returns false when the link was closed instead of a whole reply.
  bool hello(const void* message, std::size_t bytes, int fd);
  static presil_hello good_hello(std::uint32_t spin_ns = 0);
  void close_socket();

  /// Longest wait for the simulator, host time.
  static constexpr int kTimeoutMs = 20'000;

 private:
  bool wait_for_message();

  int socket_ = -1;
  int segment_fd_ = -1;
  presil_segment* segment_ = nullptr;
  presil_hello_reply reply_ = {};
  std::uint32_t spin_ns_ = 0;
  std::uint32_t received_ = 0;
  std::vector<std::byte> memory_;
  std::vector<std::byte> payload_;
};

}  // namespace presil::testbench
