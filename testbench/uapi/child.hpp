// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Other processes of a case, and what tells them when to go on.
#pragma once

#include <sys/types.h>

#include <functional>

/// A forked process that runs a part of the case. What it finds is noted in the case.
class Child {
 public:
  /// Starts; the process inherits everything, and has to leave alone what it does not use.
  explicit Child(const std::function<void()>& body);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Kills it if nobody has waited for it.
  ~Child();

  pid_t pid() const { return pid_; }
  void kill(int signal) const;
  /// Waits for its end and notes what it found.
  /// \returns 0, or the number of the signal that ended it
  int wait();

 private:
  pid_t pid_ = -1;
  int failures_fd_ = -1;
};

/// Something that happens once: any process of the case says so, and any waits for it. A pipe, so
/// that nobody waits for a process that is gone.
class Event {
 public:
  Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event();

  void tell() const;
  /// Waits for up to 60 s; ends the case, or its part, when it does not happen.
  void wait() const;

 private:
  int fds_[2];
};

/// Takes capabilities away from this process: numbers as CAP_SYS_NICE.
void drop_capability(unsigned capability);

/// Sends a descriptor through a socket, and takes one out of it; ends the case on failure.
void send_descriptor(int socket, int fd);
int receive_descriptor(int socket);
