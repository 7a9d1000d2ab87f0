// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/rtl/rtl_messages.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <format>
#include <string>
#include <utility>

namespace presil {
namespace {

constexpr std::size_t kMaxTextBytes = 1024;

RtlMessageHandler& handler() {
  static RtlMessageHandler instance = [](RtlMessage, std::string_view) {};
  return instance;
}

/// What the RTL printed last. Before it stops, it prints "[time] %Error: file:line: ... path:
/// text".
std::string& latest_line() {
  static std::string instance;
  return instance;
}

std::string place(const char* file, int line) {
  // Only the file's name: where the checkout lies must not show in an event log.
  std::string_view name = file ? file : "";
  name.remove_prefix(name.rfind('/') + 1);
  return std::format("{}:{}", name, line);
}

/// The part of the latest line after `mark`, if it speaks of `where`; otherwise nothing.
std::string_view explanation(std::string_view mark, std::string_view where) {
  std::string_view line = latest_line();
  const auto start = line.find(mark);
  if (start == std::string_view::npos)
    return {};
  line.remove_prefix(start + mark.size());
  line = line.substr(0, line.find('\n'));
  return line.starts_with(where) ? line : std::string_view();
}

void print(const char* format, std::va_list arguments) {
  char text[kMaxTextBytes];
  const int length = std::vsnprintf(text, sizeof(text), format, arguments);
  latest_line().assign(text, std::min<std::size_t>(std::max(length, 0), sizeof(text) - 1));
  std::fputs(text, stdout);
}

}  // namespace

void set_rtl_message_handler(RtlMessageHandler new_handler) {
  handler() = std::move(new_handler);
}

}  // namespace presil

// Verilator's hooks (verilated.h: VL_USER_FINISH, VL_USER_STOP, VL_USER_FATAL, VL_PRINTF).
void vl_finish(const char* file, int line, const char* path);
void vl_stop(const char* file, int line, const char* path);
void vl_fatal(const char* file, int line, const char* path, const char* text);
int presil_rtl_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));

int presil_rtl_printf(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  presil::print(format, arguments);
  va_end(arguments);
  return 0;
}

void vl_finish(const char* file, int line, const char*) {
  presil::handler()(presil::RtlMessage::kFinish, presil::place(file, line));
}

// $fatal stops as a failed assertion does; only what it prints tells the two apart.
void vl_stop(const char* file, int line, const char*) {
  const std::string where = presil::place(file, line);
  if (const auto text = presil::explanation("%Fatal: ", where); !text.empty())
    presil::handler()(presil::RtlMessage::kFatal, text);
  else if (const auto error = presil::explanation("%Error: ", where); !error.empty())
    presil::handler()(presil::RtlMessage::kAssertion, error);
  else
    presil::handler()(presil::RtlMessage::kAssertion, where + ": $stop");
}

void vl_fatal(const char* file, int line, const char*, const char* text) {
  presil::handler()(presil::RtlMessage::kFatal,
                    std::format("{}: {}", presil::place(file, line), text));
}
