// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/base/signals.hpp"

#include <csignal>

namespace presil {
namespace {

volatile std::sig_atomic_t requested = 0;

void request(int signal) {
  requested = signal;
}

}  // namespace

void catch_termination() {
  struct sigaction action = {};
  action.sa_handler = request;
  action.sa_flags = SA_RESETHAND;  // A second signal kills: the first was not enough.
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  // Both come back as errors of the call, which is where they are dealt with.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

int termination_requested() {
  return requested;
}

}  // namespace presil
