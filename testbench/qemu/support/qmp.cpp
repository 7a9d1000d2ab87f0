// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "support/qmp.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace presil::test {

namespace {
constexpr auto kAnswerLimit = std::chrono::seconds(10);
}

Qmp::Qmp(const std::string& path, std::chrono::milliseconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = kAnswerLimit.count(), .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));

  const auto end = std::chrono::steady_clock::now() + patience;
  while (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("no monitor");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  next();  // the greeting
  call("qmp_capabilities");
}

Qmp::~Qmp() {
  ::close(socket_);
}

nlohmann::json Qmp::next() {
  size_t end = 0;
  while ((end = unread_.find('\n')) == std::string::npos) {
    char bytes[4096];
    const ssize_t got = ::recv(socket_, bytes, sizeof(bytes), 0);
    if (got <= 0) {
      throw std::runtime_error("the monitor does not answer");
    }
    unread_.append(bytes, static_cast<size_t>(got));
  }
  auto message = nlohmann::json::parse(unread_.substr(0, end));
  unread_.erase(0, end + 1);
  return message;
}

void Qmp::send(const std::string& command, const nlohmann::json& arguments) {
  nlohmann::json message{{"execute", command}};
  if (!arguments.is_null()) {
    message["arguments"] = arguments;
  }
  const std::string line = message.dump() + "\n";
  if (::send(socket_, line.data(), line.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(line.size())) {
    throw std::runtime_error("the monitor is gone");
  }
}

nlohmann::json Qmp::answer() {
  for (;;) {
    auto message = next();
    if (!message.contains("event")) {
      return message;
    }
    events_.push_back(message["event"].get<std::string>());
  }
}

void Qmp::wait_for(const std::string& event) {
  for (;;) {
    if (const auto at = std::ranges::find(events_, event); at != events_.end()) {
      events_.erase(at);
      return;
    }
    auto message = next();
    if (message.contains("event")) {
      events_.push_back(message["event"].get<std::string>());
    }
  }
}

}  // namespace presil::test
