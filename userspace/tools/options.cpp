// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "options.hpp"

#include <array>
#include <span>
#include <string_view>

#include "command_line.hpp"

const char kHelp[] =
    "usage: kestrel-copy [OPTION]... FILE [DEST]\n"
    "       kestrel-copy [OPTION]... --random BYTES\n"
    "       kestrel-copy [--device NODE] --info\n"
    "\n"
    "Copies FILE, or BYTES of random data, through a kestrel accelerator, compares the copy\n"
    "with the original, and writes it to DEST if that is given. Prints bytes, time and result.\n"
    "\n"
    "  -r, --random BYTES    copy so much random data\n"
    "  -s, --seed N          choose the random data (default 1)\n"
    "  -o, --offset SRC:DST  start so many bytes into the source and the destination buffer,\n"
    "                        up to 1048576 (default 0:0)\n"
    "  -n, --repeat N        copy everything N times (default 1)\n"
    "  -d, --device NODE     use this device (default: the first kestrel under /dev/accel)\n"
    "  -i, --info            show the device's properties\n"
    "  -h, --help            show this help\n"
    "\n"
    "Exit status: 0 the copy is equal; 1 it is not, or something failed; 2 wrong usage.\n";

namespace {

constexpr std::size_t kOffsetMax = 1 << 20;

std::expected<void, std::string> parse_offsets(std::string_view text, Options& options) {
  const std::size_t colon = text.find(':');
  const auto source = parse_number("--offset SRC:DST", text.substr(0, colon));
  const auto destination = parse_number(
      "--offset SRC:DST", colon == text.npos ? std::string_view() : text.substr(colon + 1));
  if (!source || !destination)
    return std::unexpected((source ? destination : source).error());
  if (*source > kOffsetMax || *destination > kOffsetMax) {
    return std::unexpected("--offset " + std::string(text) + " exceeds " +
                           std::to_string(kOffsetMax));
  }
  options.source_offset = *source;
  options.destination_offset = *destination;
  return {};
}

std::expected<void, std::string> apply(int option, std::string_view text, Options& options) {
  switch (option) {
    case 'r':
      options.action = Options::Action::kCopyRandom;
      return parse_count("--random", text, 1, options.random_bytes);
    case 's':
      return parse_count("--seed", text, 0, options.seed);
    case 'o':
      return parse_offsets(text, options);
    case 'n':
      return parse_count("--repeat", text, 1, options.repeat);
    case 'd':
      options.device = text;
      return {};
    case 'i':
      options.action = Options::Action::kShowInfo;
      return {};
    default:
      options.action = Options::Action::kShowHelp;
      return {};
  }
}

std::expected<void, std::string> apply_arguments(std::span<char* const> arguments,
                                                 Options& options) {
  const std::size_t most = options.action == Options::Action::kCopyFile ? 2 : 0;
  if (arguments.size() > most)
    return std::unexpected("'" + std::string(arguments[most]) + "' is too much");
  if (most == 0)
    return {};
  if (arguments.empty())
    return std::unexpected("no file; see --help");
  options.file = arguments[0];
  if (arguments.size() == 2)
    options.dest = arguments[1];
  return {};
}

}  // namespace

std::expected<Options, std::string> parse_options(int argc, char** argv) {
  static constexpr auto kLongOptions = std::to_array<option>({
      {"random", required_argument, nullptr, 'r'},
      {"seed", required_argument, nullptr, 's'},
      {"offset", required_argument, nullptr, 'o'},
      {"repeat", required_argument, nullptr, 'n'},
      {"device", required_argument, nullptr, 'd'},
      {"info", no_argument, nullptr, 'i'},
      {"help", no_argument, nullptr, 'h'},
      {nullptr, 0, nullptr, 0},
  });

  Options options;
  const auto arguments = parse_command_line(argc, argv, ":r:s:o:n:d:ih", kLongOptions.data(),
                                            [&](int found, std::string_view text) {
                                              // Help wins over what else is wrong behind it.
                                              return apply(found, text, options).transform([&] {
                                                return options.action != Options::Action::kShowHelp;
                                              });
                                            });
  if (!arguments)
    return std::unexpected(arguments.error());
  if (options.action == Options::Action::kShowHelp)
    return options;
  if (auto applied = apply_arguments(*arguments, options); !applied)
    return std::unexpected(applied.error());
  return options;
}
