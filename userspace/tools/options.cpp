// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "options.hpp"

#include <getopt.h>

#include <array>
#include <charconv>
#include <string_view>

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

std::expected<std::uint64_t, std::string> parse_number(std::string_view option,
                                                       std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::unexpected(std::string(option) + " wants a number, not '" + std::string(text) +
                           "'");
  }
  return value;
}

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

std::expected<void, std::string> parse_count(std::string_view option, std::string_view text,
                                             std::uint64_t minimum, std::uint64_t& value) {
  const auto number = parse_number(option, text);
  if (!number)
    return std::unexpected(number.error());
  if (*number < minimum) {
    return std::unexpected(std::string(option) + " " + std::string(text) + " is less than " +
                           std::to_string(minimum));
  }
  value = *number;
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
    case 'h':
      options.action = Options::Action::kShowHelp;
      return {};
    case ':':
      return std::unexpected("an option wants a value; see --help");
    default:
      return std::unexpected("unknown option; see --help");
  }
}

std::expected<void, std::string> apply_arguments(int count, char** arguments, Options& options) {
  if (options.action != Options::Action::kCopyFile) {
    if (count > 0)
      return std::unexpected("'" + std::string(arguments[0]) + "' is too much");
    return {};
  }
  if (count < 1)
    return std::unexpected("no file; see --help");
  if (count > 2)
    return std::unexpected("'" + std::string(arguments[2]) + "' is too much");
  options.file = arguments[0];
  if (count == 2)
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
  optind = 1;
  for (;;) {
    const int found = getopt_long(argc, argv, ":r:s:o:n:d:ih", kLongOptions.data(), nullptr);
    if (found == -1)
      break;
    if (auto applied = apply(found, optarg != nullptr ? optarg : "", options); !applied) {
      return std::unexpected(applied.error());
    }
    if (options.action == Options::Action::kShowHelp)
      return options;
  }
  if (auto applied = apply_arguments(argc - optind, argv + optind, options); !applied) {
    return std::unexpected(applied.error());
  }
  return options;
}
