// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-copy: copies data through a kestrel accelerator and compares it.

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include <kestrel/kestrel.hpp>

#include "command_line.hpp"
#include "copier.hpp"
#include "data.hpp"
#include "options.hpp"

namespace {

// Copied at a time, so that memory for the buffers does not grow with the file.
constexpr std::size_t kPieceBytes = 8 << 20;

using Failure = std::string;

struct Totals {
  std::uint64_t bytes = 0;
  std::int64_t elapsed_ns = 0;
};

std::expected<kestrel::Device, Failure> open_device(const Options& options) {
  auto device = kestrel::Device::open(options.device ? options.device->c_str() : nullptr);
  if (!device)
    return std::unexpected(device.error().text);
  return std::move(*device);
}

std::expected<std::unique_ptr<Input>, Failure> open_input(const Options& options) {
  if (options.action == Options::Action::kCopyFile)
    return FileInput::open(options.file);
  return std::make_unique<RandomInput>(options.seed, options.random_bytes);
}

// Copies the whole input once.
std::expected<void, Failure> copy_through(Copier& copier, Input& input, Output* output,
                                          std::span<std::byte> piece, Totals& totals) {
  for (;;) {
    const auto bytes = input.read(piece);
    if (!bytes)
      return std::unexpected(bytes.error());
    if (*bytes == 0)
      return {};

    const auto copied = copier.copy(piece.first(*bytes));
    if (!copied) {
      return std::unexpected("in " + std::to_string(*bytes) + " bytes after " +
                             std::to_string(totals.bytes) + ": " + copied.error());
    }
    totals.bytes += *bytes;
    totals.elapsed_ns = copier.elapsed_ns();
    if (output != nullptr) {
      if (auto written = output->write(*copied); !written)
        return written;
    }
  }
}

std::expected<Totals, Failure> copy(const Options& options) {
  const auto device = open_device(options);
  if (!device)
    return std::unexpected(device.error());

  std::vector<std::byte> piece(options.action == Options::Action::kCopyRandom
                                   ? std::min<std::uint64_t>(kPieceBytes, options.random_bytes)
                                   : kPieceBytes);
  auto copier =
      Copier::create(*device, piece.size(), options.source_offset, options.destination_offset);
  if (!copier)
    return std::unexpected(copier.error());

  Totals totals;
  for (std::uint64_t lap = 0; lap < options.repeat; ++lap) {
    const auto input = open_input(options);
    if (!input)
      return std::unexpected(input.error());

    // Every lap gives the same copy, so it is written once.
    std::unique_ptr<Output> output;
    if (options.dest && lap == 0) {
      auto created = Output::create(*options.dest);
      if (!created)
        return std::unexpected(created.error());
      output = std::move(*created);
    }

    if (auto copied = copy_through(*copier, **input, output.get(), piece, totals); !copied) {
      return std::unexpected(copied.error());
    }
    if (output) {
      if (auto finished = output->finish(); !finished)
        return std::unexpected(finished.error());
    }
  }
  return totals;
}

std::expected<void, Failure> show_info(const Options& options) {
  struct Property {
    kestrel_property property;
    const char* name;
  };
  static constexpr Property kProperties[] = {
      {KESTREL_INTERFACE_MAJOR, "interface major"},
      {KESTREL_INTERFACE_MINOR, "interface minor"},
      {KESTREL_CLOCK_MHZ, "clock, MHz"},
      {KESTREL_DMA_BITS, "DMA address bits"},
      {KESTREL_CALL_TIME_MAX_MS, "job timeout, ms"},
      {KESTREL_BUFFER_BYTES_MAX, "buffer size limit, bytes"},
  };

  const auto device = open_device(options);
  if (!device)
    return std::unexpected(device.error());
  for (const Property& property : kProperties) {
    const auto value = device->get(property.property);
    if (!value)
      return std::unexpected(value.error().text);
    std::printf("%-25s %" PRIu64 "\n", property.name, *value);
  }
  return {};
}

int fail(const std::string& text, int status) {
  std::fprintf(stderr, "kestrel-copy: %s\n", text.c_str());
  return status;
}

int run(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (!options)
    return fail(options.error(), kExitUsage);

  if (options->action == Options::Action::kShowHelp) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (options->action == Options::Action::kShowInfo) {
    const auto shown = show_info(*options);
    return shown ? 0 : fail(shown.error(), kExitFailure);
  }

  const auto totals = copy(*options);
  if (!totals)
    return fail(totals.error(), kExitFailure);
  std::printf("kestrel-copy: %" PRIu64 " bytes in %" PRId64 ".%03" PRId64 " us, equal\n",
              totals->bytes, totals->elapsed_ns / 1000, totals->elapsed_ns % 1000);
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
