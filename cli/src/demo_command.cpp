// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "demo_command.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <format>
#include <iostream>
#include <sstream>

#include "demo_page.hpp"
#include "demo_results.hpp"
#include "demo_text.hpp"
#include "error.hpp"
#include "guest_command.hpp"
#include "guest_results.hpp"
#include "picture_text.hpp"
#include "summary.hpp"

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUsualCount = 16;
constexpr std::size_t kUsualColumns = 120;  // Where nobody says how wide it is.
constexpr std::string_view kCount = "{count}";

std::string variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value != nullptr ? value : "";
}

std::size_t columns_of(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) {
    return size.ws_col;
  }
  return kUsualColumns;
}

/// The command's output, as the run's folder has it.
std::string output_of(const fs::path& folder) {
  GuestResults results;
  auto text = results.add(read_file(folder / "results.log"));
  return text + results.rest();
}

/// Shows the pictures and writes the page. A command that failed may have printed none of them.
void show(const nlohmann::ordered_json& summary, bool json_is_output) {
  const fs::path folder = summary.at("folder").get<std::string>();
  const auto output = output_of(folder);
  // Of which nobody expects anything else.
  auto& stream = json_is_output ? std::cerr : std::cout;
  const int descriptor = json_is_output ? STDERR_FILENO : STDOUT_FILENO;
  const auto line = demo_document(output);
  if (!line) {
    stream << output << std::flush;
    return;
  }
  auto document = nlohmann::ordered_json::parse(*line);
  document["summary"] = summary;
  const auto results = demo_results(document);
  write_file(folder / "demo.json", document.dump(1) + "\n");
  write_file(folder / "demo.html", demo_page(results));
  // What it said beside, a reason for its status, belongs to what is seen.
  auto rest = output;
  rest.erase(rest.find(*line), line->size() + 1);
  stream << demo_text(results, columns_of(descriptor), shades_of(isatty(descriptor) != 0, variable))
         << rest << "\n"
         << std::flush;
  std::cerr << std::format("{:<12} {}\n", "page", (folder / "demo.html").string());
}

}  // namespace

RunOptions demo_run(const Checkout& checkout, const Accelerator& accelerator,
                    const RunOptions& options, const DemoOptions& demo) {
  auto command = accelerator.demo_command;
  if (command.empty()) {
    throw Error("the accelerator's description has no [demo] command; use `presil run`");
  }
  const auto at = command.find(kCount);
  if (at != std::string::npos) {
    command.replace(at, kCount.size(), std::to_string(demo.count.value_or(kUsualCount)));
  } else if (demo.count) {
    throw Error(std::format("--count: nothing is counted in {}'s demonstration", accelerator.name));
  }
  RunOptions run = options;
  run.command = {command};
  run.files.clear();
  for (const auto& file : accelerator.demo_files) {
    const fs::path source = checkout.source / file.substr(0, file.find(':'));
    if (!fs::is_regular_file(source)) {
      throw Error(std::format("{}'s demonstration needs {}, which is not there", accelerator.name,
                              source.string()));
    }
    run.files.push_back((checkout.source / file).string());
  }
  run.files.insert(run.files.end(), options.files.begin(), options.files.end());
  return run;
}

std::optional<std::string> demo_document(const std::string& output) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (nlohmann::ordered_json::parse(line, nullptr, false).is_object()) {
      return line;
    }
  }
  return std::nullopt;
}

int demo_command(const Checkout& checkout, const RunOptions& options, const DemoOptions& demo,
                 ProgressLine& progress) {
  const auto accelerators = select_accelerators(checkout, options.accelerators);
  const auto accelerator = accelerators.empty() ? Accelerator() : accelerators.front();
  const auto run = demo_run(checkout, accelerator, options, demo);
  progress.note(
      std::format("{} ({}) runs: {}", accelerator.name, accelerator.summary, run.command[0]));
  const auto summary = run_guest(checkout, "demo", run, progress, !accelerator.demo_has_pictures);
  if (accelerator.demo_has_pictures) {
    show(summary, options.json == "-");
  }
  std::cerr << summary_text(summary);
  return summary.at("exit_status");
}

}  // namespace presil::cli
