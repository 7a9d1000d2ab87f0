// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// For what a process can do only once, or must not survive.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace presil::testbench {

/// Runs `body` in a copy of this process. Nothing of the copy is undone: no destructor runs when
/// `body` ends or dies.
/// \returns what `body` does, 0 to 255; minus the signal's number when one ended it.
template <typename Body>
int run_forked(const Body& body) {
  const pid_t child = ::fork();
  if (child < 0)
    throw std::runtime_error("cannot fork");
  if (child == 0) {
    // A body that throws must not get back into the test.
    try {
      ::_exit(body());
    } catch (...) {
      ::_exit(255);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace presil::testbench
