// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// A scripted simulator in a process of its own, to be killed or stopped.

#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/peer.hpp"

namespace presil::test {

// Runs peer.serve() in a child. The caller must not have started the peer, nor any other thread.
class PeerProcess {
 public:
  explicit PeerProcess(Peer& peer) {
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      peer.serve();
      ::_exit(0);
    }
    peer.leave_to_child();
  }
  ~PeerProcess() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;

  void send(int signal) const { ::kill(pid_, signal); }

 private:
  pid_t pid_ = -1;
};

}  // namespace presil::test
