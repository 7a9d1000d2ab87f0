// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-top: shows what a kestrel accelerator is doing, and for whom.

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <kestrel/kestrel.hpp>

#include "command_line.hpp"
#include "fdinfo.hpp"
#include "usage.hpp"

namespace {

constexpr char kHelp[] =
    "usage: kestrel-top [OPTION]...\n"
    "\n"
    "Shows how busy a kestrel accelerator is, and with whom, again and again until it is\n"
    "interrupted. The first numbers come after one interval.\n"
    "\n"
    "  -d, --device NODE       this device (default: the first kestrel under /dev/accel)\n"
    "  -i, --interval SECONDS  time between two numbers, from 0.01 (default 1)\n"
    "  -n, --count N           end after N numbers\n"
    "  -b, --batch             one table after another, as when the output is no terminal\n"
    "  -h, --help              show this help\n"
    "\n"
    "Of the device, which needs CAP_PERFMON:\n"
    "  BUSY%    of the time a command buffer or fence was in execution\n"
    "  ARRAY%   of the cycles a position entered the array; OUTPUT%, LOAD%, STORE%: of the cycles\n"
    "           that command was in execution\n"
    "  READ-MB/s, WRITE-MB/s, GMAC/s   what was moved and computed\n"
    "  CALLS/s, MISS/s                 command buffers, and page table walks\n"
    "Of each open device file, of all kestrels, that the caller may look into:\n"
    "  BUSY%    of the time its queues were in execution;  MEM-KiB  its buffers\n"
    "\n"
    "Exit status: 0 it showed what was wanted, or was interrupted; 1 there is no such device, it\n"
    "went away, or something else failed; 2 wrong usage.\n";

constexpr const char* kProc = "/proc";
constexpr const char* kDriver = "kestrel";
constexpr std::uint64_t kIntervalMinNs = 10'000'000;

struct Options {
  std::optional<std::string> device;
  std::uint64_t interval_ns = 1'000'000'000;
  std::uint64_t count = 0;  // 0: until it is interrupted.
  bool is_batch = false;
  bool wants_help = false;
};

std::expected<bool, std::string> apply(int option, std::string_view text, Options& options) {
  switch (option) {
    case 'd':
      options.device = text;
      return true;
    case 'i': {
      const auto interval_ns = parse_seconds("--interval", text);
      if (!interval_ns)
        return std::unexpected(interval_ns.error());
      if (*interval_ns < kIntervalMinNs)
        return std::unexpected("--interval " + std::string(text) + " is less than 0.01");
      options.interval_ns = *interval_ns;
      return true;
    }
    case 'n':
      return parse_count("--count", text, 1, options.count).transform([] { return true; });
    case 'b':
      options.is_batch = true;
      return true;
    default:
      options.wants_help = true;
      return false;
  }
}

std::expected<Options, std::string> parse(int argc, char** argv) {
  static constexpr auto kLongOptions = std::to_array<option>({
      {"device", required_argument, nullptr, 'd'},
      {"interval", required_argument, nullptr, 'i'},
      {"count", required_argument, nullptr, 'n'},
      {"batch", no_argument, nullptr, 'b'},
      {"help", no_argument, nullptr, 'h'},
      {nullptr, 0, nullptr, 0},
  });
  Options options;
  const auto rest = parse_command_line(
      argc, argv, ":d:i:n:bh", kLongOptions.data(),
      [&](int found, std::string_view text) { return apply(found, text, options); });
  if (!rest)
    return std::unexpected(rest.error());
  if (!rest->empty())
    return std::unexpected("'" + std::string(rest->front()) + "' is too much");
  return options;
}

/// While it lives, signals that end programs wait to be asked for.
class Interruption {
 public:
  Interruption() {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      sigaddset(&signals_, signal);
    sigprocmask(SIG_BLOCK, &signals_, &before_);
  }
  ~Interruption() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// \returns whether one came before the time was over
  bool comes_within(std::uint64_t span_ns) const {
    const auto second_ns = std::uint64_t{1'000'000'000};
    const timespec span{.tv_sec = static_cast<time_t>(span_ns / second_ns),
                        .tv_nsec = static_cast<long>(span_ns % second_ns)};
    // Stopped and continued, it begins to wait anew.
    int signal = -1;
    do {
      signal = sigtimedwait(&signals_, nullptr, &span);
    } while (signal == -1 && errno == EINTR);
    return signal != -1;
  }

 private:
  sigset_t signals_;
  sigset_t before_;
};

/// The terminal's second screen, while it lives, if there is a terminal.
class Screen {
 public:
  explicit Screen(bool is_wanted) : is_used_(is_wanted && isatty(STDOUT_FILENO) == 1) {
    if (is_used_)
      std::fputs("\033[?1049h\033[?25l", stdout);
  }
  ~Screen() {
    if (is_used_) {
      std::fputs("\033[?25h\033[?1049l", stdout);
      std::fflush(stdout);
    }
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// In place of what was shown before, or behind it. \returns whether it could be written
  bool show(const std::string& text) {
    const char* const begin = is_used_ ? "\033[H\033[J" : is_first_ ? "" : "\n";
    is_first_ = false;
    return std::fputs(begin, stdout) >= 0 && std::fputs(text.c_str(), stdout) >= 0 &&
           std::fflush(stdout) == 0;
  }

 private:
  const bool is_used_;
  bool is_first_ = true;
};

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

std::expected<UsageSample, std::string> take_sample(const kestrel::Device& device) {
  UsageSample sample;
  auto counters = device.counters();
  if (!counters && counters.error().code != EACCES)
    return std::unexpected(counters.error().text);
  if (counters)
    sample.device = *counters;
  sample.time_ns = now_ns();
  sample.clients = find_clients(kProc, kDriver);
  // This program's own file does nothing.
  std::erase_if(sample.clients, [own = static_cast<std::uint64_t>(getpid())](const auto& client) {
    return client.pid == own;
  });
  return sample;
}

std::expected<void, std::string> watch(const Options& options) {
  const auto device = kestrel::Device::open(options.device ? options.device->c_str() : nullptr);
  if (!device)
    return std::unexpected(device.error().text);
  const auto clock_mhz = device->get(KESTREL_CLOCK_MHZ);
  if (!clock_mhz)
    return std::unexpected(clock_mhz.error().text);
  const UsageDevice shown{.path = device->path(), .clock_mhz = *clock_mhz};

  const Interruption interruption;
  auto before = take_sample(*device);
  if (!before)
    return std::unexpected(before.error());
  Screen screen(!options.is_batch);
  for (std::uint64_t i = 0; options.count == 0 || i < options.count; ++i) {
    if (interruption.comes_within(options.interval_ns))
      return {};
    auto after = take_sample(*device);
    if (!after)
      return std::unexpected(after.error());
    if (!screen.show(usage_table(shown, *before, *after)))
      return std::unexpected(std::string("writing the table failed: ") + std::strerror(errno));
    before = std::move(after);
  }
  return {};
}

int fail(const std::string& text, int status) {
  std::fprintf(stderr, "kestrel-top: %s\n", text.c_str());
  return status;
}

int run(int argc, char** argv) {
  const auto options = parse(argc, argv);
  if (!options)
    return fail(options.error(), kExitUsage);
  if (options->wants_help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  const auto watched = watch(*options);
  return watched ? 0 : fail(watched.error(), kExitFailure);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& exception) {
    return fail(exception.what(), kExitFailure);
  }
}
