// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "run_options.hpp"

#include <array>
#include <span>
#include <string_view>

#include "array.hpp"
#include "command_line.hpp"

namespace kestrel::run {

const char kRunHelp[] =
    "usage: kestrel-run [OPTION]... MODEL INPUT...\n"
    "       kestrel-run [OPTION]... --images FILE MODEL\n"
    "\n"
    "Compiles a quantised ONNX model for a kestrel accelerator, runs it with each input, and\n"
    "shows which element of its output is the greatest. An INPUT is a picture (PNG, binary PGM)\n"
    "or a .npy array of uint8, int8 or float32, which holds one input or several of them.\n"
    "\n"
    "  -I, --images FILE    take inputs from an IDX file of a data set, gzipped or not\n"
    "  -L, --labels FILE    the IDX file with the class of each\n"
    "  -f, --first K        the first one to take (default 0)\n"
    "  -n, --count N        how many (default 1)\n"
    "  -c, --classes FILE   names of the classes, one a line (default: numbers)\n"
    "  -p, --profile        for each layer: cycles, use of the array, bytes, stalls\n"
    "  -j, --json           show everything as a JSON object\n"
    "  -o, --output FILE    write the model's first output there, a .npy array of the bytes that\n"
    "                       the accelerator left, a row for each input\n"
    "  -e, --expect FILE    compare with such an array; row K is input K's\n"
    "  -C, --cache DIR      keep the compiled model there, and take it from there\n"
    "  -d, --device NODE    use this device (default: the first kestrel under /dev/accel)\n"
    "  -h, --help           show this help\n"
    "\n"
    "Exit status: 0 all was run, and is as expected; 1 it is not, or something failed; 2 wrong\n"
    "usage.\n";

namespace {

std::expected<void, std::string> apply(int option, std::string_view text, RunOptions& options) {
  switch (option) {
    case 'I':
      options.images = text;
      return {};
    case 'L':
      options.labels = text;
      return {};
    case 'f':
      return parse_count("--first", text, 0, options.first);
    case 'n':
      return parse_count("--count", text, 1, options.count);
    case 'c':
      options.classes = text;
      return {};
    case 'o':
      options.output = text;
      return {};
    case 'e':
      options.expected = text;
      return {};
    case 'C':
      options.cache = text;
      return {};
    case 'd':
      options.device = text;
      return {};
    case 'p':
      options.wants_profile = true;
      return {};
    case 'j':
      options.wants_json = true;
      return {};
    default:
      options.wants_help = true;
      return {};
  }
}

std::expected<void, std::string> finish(std::span<char* const> arguments, RunOptions& options) {
  if (arguments.empty())
    return std::unexpected("no model; see --help");
  options.model = arguments[0];
  options.inputs.assign(arguments.begin() + 1, arguments.end());
  if (options.images && !options.inputs.empty())
    return std::unexpected("'" + options.inputs[0] + "' is too much beside --images");
  if (!options.images && options.inputs.empty())
    return std::unexpected("no input; see --help");
  if (!options.images && (options.labels || options.first != 0 || options.count != 1))
    return std::unexpected("--labels, --first and --count go with --images");
  if (options.count > static_cast<std::uint64_t>(kMostInputs)) {
    return std::unexpected("--count " + std::to_string(options.count) + " exceeds " +
                           std::to_string(kMostInputs));
  }
  return {};
}

}  // namespace

std::expected<RunOptions, std::string> parse_run_options(int argc, char** argv) {
  static constexpr auto kLongOptions = std::to_array<option>({
      {"images", required_argument, nullptr, 'I'},
      {"labels", required_argument, nullptr, 'L'},
      {"first", required_argument, nullptr, 'f'},
      {"count", required_argument, nullptr, 'n'},
      {"classes", required_argument, nullptr, 'c'},
      {"profile", no_argument, nullptr, 'p'},
      {"json", no_argument, nullptr, 'j'},
      {"output", required_argument, nullptr, 'o'},
      {"expect", required_argument, nullptr, 'e'},
      {"cache", required_argument, nullptr, 'C'},
      {"device", required_argument, nullptr, 'd'},
      {"help", no_argument, nullptr, 'h'},
      {nullptr, 0, nullptr, 0},
  });

  RunOptions options;
  const auto arguments = parse_command_line(
      argc, argv, ":I:L:f:n:c:pjo:e:C:d:h", kLongOptions.data(),
      [&](int found, std::string_view text) {
        // Help wins over what else is wrong behind it.
        return apply(found, text, options).transform([&] { return !options.wants_help; });
      });
  if (!arguments)
    return std::unexpected(arguments.error());
  if (options.wants_help)
    return options;
  if (auto finished = finish(*arguments, options); !finished)
    return std::unexpected(finished.error());
  return options;
}

}  // namespace kestrel::run
