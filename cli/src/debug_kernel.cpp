// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "debug_kernel.hpp"

#include <format>
#include <string>
#include <vector>

#include "child.hpp"
#include "digest.hpp"
#include "error.hpp"

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

constexpr auto kWhatIsMissing = "the debug kernel is not built; run `presil kernel debug` first";

/// Where the launcher unpacks the kernel's source.
fs::path source_folder(const Checkout& checkout) {
  return checkout.cache / "kernels/source";
}

fs::path recipe(const Checkout& checkout, const char* name) {
  return checkout.source / "cli/guest/kernel" / name;
}

}  // namespace

fs::path debug_kernel_folder(const Checkout& checkout) {
  const auto packages = source_folder(checkout) / "packages";
  if (!fs::exists(packages)) {
    throw Error(kWhatIsMissing);
  }
  Sha256 key;
  for (const auto* name : {"debug.config", "Kconfig", "build"}) {
    key.add(read_file(recipe(checkout, name)));
  }
  key.add(read_file(packages));
  key.add(output_of({"gcc", "-dumpfullversion"}));
  return checkout.cache / "kernels" / key.hex().substr(0, 16);
}

RunOptions with_debug_kernel(const Checkout& checkout, RunOptions options) {
  if (options.kernel != "debug") {
    return options;
  }
  if (!options.modules.empty()) {
    throw Error("--modules: the debug kernel has its own; a file called debug is --kernel ./debug");
  }
  const auto folder = debug_kernel_folder(checkout);
  if (!fs::exists(folder)) {
    throw Error(kWhatIsMissing);
  }
  options.kernel = folder / "bzImage";
  options.modules = folder / "modules";
  return options;
}

int kernel_command(const Checkout& checkout, ProgressLine& progress) {
  const auto folder = debug_kernel_folder(checkout);
  if (fs::exists(folder)) {
    progress.note(std::format("the debug kernel is there: {}", folder.string()));
    return 0;
  }
  ChildStreams streams;
  streams.terminal = true;  // Ctrl-C reaches the script, which leaves nothing half-made.
  streams.death_signal = SIGTERM;
  const std::vector<std::string> build = {recipe(checkout, "build").string(),
                                          source_folder(checkout).string(), folder.string()};
  const auto report = Child::start(build, streams).wait();
  // The script has said why; its own statuses are the launcher's.
  return report.clean() ? 0
                        : static_cast<int>(report.status == 130 ? ExitStatus::kInterrupted
                                                                : ExitStatus::kBuildFailed);
}

}  // namespace presil::cli
