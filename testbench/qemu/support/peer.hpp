// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// A scripted simulator: the other end of the link, whose every answer a test decides.

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "presil_link.h"

namespace presil::test {

// What a test's handler answers. A time of 0 means the device's present.
struct Reply {
  uint64_t time_ps = 0;
  uint64_t next_ps = PRESIL_LINK_NEVER;
  uint64_t data = 0;
  uint32_t status = PRESIL_STATUS_SUCCESS;
};

// Thrown by a handler to end the peer: the socket is closed, the call stays unanswered.
struct HangUp {};

// Serves one connection, on a thread of its own between start() and the destructor, or in the
// caller's thread with serve(). Set the public members before that.
class Peer {
 public:
  using Handler = std::function<Reply(Peer&, const presil_message&)>;

  explicit Peer(std::string socket_path);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void start();
  // Accepts, answers the hello, answers calls until QUIT or the end of the connection.
  void serve();
  // In the parent of a child that serves: closes what only the child may hold open.
  void leave_to_child();
  // After the run: waits for the thread. QEMU must have ended.
  void join();

  // What the hello says.
  presil_personality personality;
  presil_hello_reply reply{};

  // One for each call; unset: succeeds at once, reads give pattern().
  Handler on_read, on_write, on_advance, on_config, on_reset, on_quit;

  // For handlers: upcalls at the device's `time_ps`; return the answer's status.
  uint32_t dma_read(uint64_t time_ps, uint64_t addr, std::span<uint8_t> data);
  uint32_t dma_write(uint64_t time_ps, uint64_t addr, std::span<const uint8_t> data);
  void msix(uint64_t time_ps, uint32_t vector);
  void error(uint64_t time_ps, uint32_t severity, uint32_t status_bit);

  // For handlers that misbehave.
  void send(const presil_message& message, std::span<const uint8_t> payload = {});
  presil_message wait_for_answer();
  presil_segment& segment() { return *segment_; }
  int socket() const { return connection_; }
  void beat();

  // Device time: where the latest reply left it.
  uint64_t present_ps() const { return present_ps_; }
  // Default data of a read.
  static uint64_t pattern(uint64_t offset) {
    return offset * 0x0101'0101'0101'0101u + 0x8877'6655'4433'2211u;
  }

  // All calls so far, in order; also those that were not answered.
  std::vector<presil_message> calls() const;
  size_t count(uint32_t type) const;
  presil_hello hello{};

 private:
  void accept_connection();
  bool exchange_hello();
  bool next_message(presil_message& message, std::span<uint8_t> payload);
  Reply answer(const presil_message& call);

  std::string path_;
  int listener_ = -1;
  int connection_ = -1;
  presil_segment* segment_ = nullptr;
  uint32_t sent_ = 0;
  uint32_t received_ = 0;
  uint64_t present_ps_ = 0;
  mutable std::mutex calls_lock_;
  std::vector<presil_message> calls_;  // under calls_lock_
  std::thread thread_;
  std::atomic<bool> stop_ = false;
};

// A small device: two BARs, two MSI-X vectors in BAR 4, all capabilities.
presil_personality example_personality();

}  // namespace presil::test
