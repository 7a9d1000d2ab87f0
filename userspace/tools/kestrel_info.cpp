// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-info: says what a kestrel accelerator is.

#include <array>
#include <cstdio>
#include <exception>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include <kestrel/kestrel.hpp>

#include "command_line.hpp"
#include "info.hpp"

namespace {

constexpr char kHelp[] =
    "usage: kestrel-info [OPTION]...\n"
    "\n"
    "Says what a kestrel accelerator and its driver are, and what they take at most.\n"
    "\n"
    "  -d, --device NODE  this device (default: the first kestrel under /dev/accel)\n"
    "  -j, --json         as a JSON object\n"
    "  -h, --help         show this help\n"
    "\n"
    "Exit status: 0 it was shown; 1 there is no such device, or something failed; 2 wrong usage.\n";

struct Options {
  std::optional<std::string> device;
  bool wants_json = false;
  bool wants_help = false;
};

std::expected<Options, std::string> parse(int argc, char** argv) {
  static constexpr auto kLongOptions = std::to_array<option>({
      {"device", required_argument, nullptr, 'd'},
      {"json", no_argument, nullptr, 'j'},
      {"help", no_argument, nullptr, 'h'},
      {nullptr, 0, nullptr, 0},
  });
  Options options;
  const auto rest =
      parse_command_line(argc, argv, ":d:jh", kLongOptions.data(),
                         [&](int found, std::string_view text) -> std::expected<bool, std::string> {
                           if (found == 'd')
                             options.device = text;
                           options.wants_json = options.wants_json || found == 'j';
                           options.wants_help = found == 'h';
                           return !options.wants_help;
                         });
  if (!rest)
    return std::unexpected(rest.error());
  if (!rest->empty())
    return std::unexpected("'" + std::string(rest->front()) + "' is too much");
  return options;
}

int fail(const std::string& text, int status) {
  std::fprintf(stderr, "kestrel-info: %s\n", text.c_str());
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
  const auto device = kestrel::Device::open(options->device ? options->device->c_str() : nullptr);
  if (!device)
    return fail(device.error().text, kExitFailure);
  const auto facts = facts_of(*device);
  if (!facts)
    return fail(facts.error(), kExitFailure);
  const std::string text =
      options->wants_json ? as_json(device->path(), *facts) : as_table(device->path(), *facts);
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
    return fail("writing what was found failed", kExitFailure);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& exception) {
    return fail(exception.what(), kExitFailure);
  }
}
