// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "options.hpp"

#include <algorithm>
#include <charconv>
#include <format>
#include <iostream>
#include <map>
#include <regex>

#include "error.hpp"
#include <CLI/CLI.hpp>

namespace presil::cli {
namespace {

constexpr auto kHidden = "";
/// As the device's property has it: from an instruction's worth to the longest ADVANCE.
constexpr std::uint64_t kLeastQuantumNs = 100, kMostQuantumNs = 100'000;
constexpr unsigned kMostCpus = 8;                   // Of the debug kernel.
constexpr std::uint64_t kMostJitterNs = 1'000'000;  // As the simulators have it.

constexpr auto kExitStatuses = R"(Exit status: the guest command's own, or
  100  wrong option or missing input        101  build failed
  102  hang (stacks in the run's folder)    103  guest time limit reached
  104  simulator lost                       105  RTL assertion, $fatal or $finish
  106  guest died before the command ended  107  QEMU failed
  108  fault of presil                      130  interrupted)";

/// The end of the wave mark that begins at `from`: the next colon that is not part of an event.
std::size_t end_of_mark(std::string_view text, std::size_t from) {
  for (const std::string_view event : {"msix:", "write:"}) {
    if (text.substr(from).starts_with(event)) {
      return text.find(':', from + event.size());
    }
  }
  return text.find(':', from);
}

void check_mark(std::string_view mark) {
  static const std::regex form(R"((\d+(\.\d+)?(ps|ns|us|ms|s)|msix:\d+|write:(0x)?[0-9a-fA-F]+)?)");
  if (!std::regex_match(mark.begin(), mark.end(), form)) {
    throw Error(
        std::format("--waves: \"{}\" is neither a time like 120us nor msix:N nor "
                    "write:OFFSET",
                    mark));
  }
}

class Parser {
 public:
  Parser()
      : app_("Runs a real Linux driver on an accelerator's RTL, before silicon exists.", "presil") {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "presil 0.1.0");
    app_.get_formatter()->column_width(24);
    app_.footer("`presil SUBCOMMAND --help` tells the rest.");
    add_demo();
    add_test();
    add_boot();
    add_run();
    add_bench();
    add_kernel();
    app_.add_subcommand("doctor", "Says what is there, what is missing, and how to put it right")
        ->callback([this] { options_.subcommand = Subcommand::kDoctor; });
  }

  std::optional<Options> parse(int argc, const char* const* argv) {
    // What follows "--" is the guest's; CLI11 would let a list option eat the mark.
    std::vector<std::string> words(argv + 1, argv + argc);
    const auto mark = std::ranges::find(words, "--");
    if (mark != words.end()) {
      options_.run.command.assign(mark + 1, words.end());
      words.erase(mark, words.end());
    }
    const auto subcommands = app_.get_subcommands([](const CLI::App*) { return true; });
    if (!words.empty() && !words[0].starts_with('-') &&
        std::ranges::find(subcommands, words[0], &CLI::App::get_name) == subcommands.end()) {
      throw Error(std::format("no subcommand \"{}\"; see `presil --help`", words[0]));
    }
    // The value of --waves is optional, and only ever after "=".
    std::ranges::replace(words, std::string("--waves"), std::string("--waves=:"));
    std::ranges::reverse(words);  // The order that CLI11 wants.
    try {
      app_.parse(std::move(words));
    } catch (const CLI::Success& success) {  // --help, --version
      app_.exit(success);
      return std::nullopt;
    } catch (const CLI::ParseError& error) {
      std::string message = error.what();
      message = message.substr(0, message.find('\n'));
      throw Error(std::format("{}; see `presil --help`", message));
    }
    finish();
    return options_;
  }

 private:
  void add_demo() {
    auto* demo =
        app_.add_subcommand("demo", "Boots, lets the accelerator classify pictures, and compares");
    demo->footer(kExitStatuses);
    demo->callback([this] { options_.subcommand = Subcommand::kDemo; });
    demo->add_option("--count", options_.demo.count, "how many pictures (16)")
        ->type_name("NUMBER")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}));
    add_run_options(*demo);
  }

  void add_boot() {
    auto* boot =
        app_.add_subcommand("boot", "A shell in the guest, driver loaded; Ctrl-A x leaves");
    boot->callback([this] { options_.subcommand = Subcommand::kBoot; });
    add_run_options(*boot);
  }

  void add_run() {
    auto* run =
        app_.add_subcommand("run", "Runs a command in the guest; its exit status is presil's");
    run->footer(kExitStatuses);
    run->callback([this] { options_.subcommand = Subcommand::kRun; });
    run->usage(
        "presil run [OPTIONS] -- COMMAND [ARGUMENT...]\n\n"
        "COMMAND alone is a line for the guest's shell; with arguments it is run as it is.");
    add_run_options(*run);
  }

  void add_test() {
    auto* test = app_.add_subcommand("test", "Builds everything and runs the tests");
    test->callback([this] { options_.subcommand = Subcommand::kTest; });
    test->add_option("-L,--label", options_.test.label,
                     "only tests with a label that matches this expression; the labels long, "
                     "debug-kernel and browser run only when named so");
    test->add_option("-R,--name", options_.test.name, "only tests whose name matches");
  }

  void add_bench() {
    auto* bench = app_.add_subcommand("bench", "Measures speed, as ratios within one run");
    bench->callback([this] { options_.subcommand = Subcommand::kBench; });
    bench->add_option("--json", options_.bench.json, "also write the numbers here");
    bench->add_option("--repeat", options_.bench.repeat, "measurements of each kind")
        ->capture_default_str()
        ->check(CLI::Range(1, 100));
  }

  void add_kernel() {
    auto* kernel = app_.add_subcommand(
        "kernel", "Builds the kernel of --kernel debug, once: some minutes, then kept");
    kernel->callback([this] { options_.subcommand = Subcommand::kKernel; });
    kernel->add_option("WHICH", which_kernel_, "debug: one that checks memory, locks and DMA")
        ->required()
        ->check(CLI::IsMember({"debug"}));
  }

  void add_run_options(CLI::App& app) {
    RunOptions& run = options_.run;
    const auto list = [](CLI::Option* option, const char* type) {
      option->type_name(type)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    };
    list(app.add_option("--accel", run.accelerators,
                        "accelerator by name, or a folder with an accelerator.toml;\n"
                        "repeat for several in one guest; \"none\": a guest without"),
         "NAME");
    app.add_option("--model", run.model,
                   "what stands behind PCIe: rtl (as set) or functional, the\n"
                   "accelerator's software model, which is faster and has no waves")
        ->type_name("WHAT");
    app.add_option("--quantum", quantum_, "step of guest and device while both work: 500ns, 10us")
        ->type_name("TIME");
    app.add_option("--waves", waves_,
                   "record waves (FST), all or from one mark to another: a time\n"
                   "(120us), msix:N or write:OFFSET; the digest stays the same")
        ->type_name("[=FROM:TO]");
    app.add_option("--seed", run.seed, "of everything that is random")->type_name("NUMBER");
    app.add_option("--jitter", jitter_,
                   "DMA reads and interrupts take up to so much longer, by the seed:\n"
                   "other seeds show other orders, each of them again")
        ->type_name("TIME");
    app.add_flag("--free-running", run.free_running,
                 "guest time is the host's: faster, and no run is like another");
    app.add_option("--cpus", run.cpus, "the guest's CPUs (1); more with --free-running only")
        ->type_name("NUMBER")
        ->check(CLI::Range(1u, kMostCpus));
    app.add_option("--iommu", iommu_, "off, pt (pass-through) or strict")->type_name("MODE");
    app.add_option("--memory", memory_, "the guest's memory: 512M, 1G")->type_name("SIZE");
    app.add_option("--append", run.append, "added to the kernel command line")->type_name("TEXT");
    app.add_option("--kernel", run.kernel,
                   "a bzImage in place of the environment's kernel, or debug:\n"
                   "what `presil kernel debug` built")
        ->type_name("FILE");
    app.add_option("--modules", run.modules, "that kernel's modules folder, with modules.dep")
        ->type_name("DIR");
    app.add_option("--driver", run.driver,
                   "a folder with a Kbuild file: a driver in place of the\n"
                   "accelerator's own")
        ->type_name("DIR");
    list(app.add_option("--add", run.files,
                        "put a file into the guest: SOURCE[:DESTINATION]; repeatable"),
         "FILE");
    app.add_option("--gdb", gdb_, "wait for a debugger: guest or sim; no watchdog then")
        ->type_name("WHICH");
    app.add_flag("--random-reset", run.random_reset,
                 "registers without a reset value get random ones, by the seed");
    app.add_option("--on-assert", run.on_assert,
                   "after an RTL assertion: continue (as set) or stop")
        ->type_name("WHAT");
    app.add_option("--timeout", run.timeout_s, "most guest seconds that the run may take (600)")
        ->type_name("SECONDS");
    app.add_flag("--keep", run.keep, "keep the guest image too, and never prune the folder");
    app.add_option("--out", run.out, "the run's folder (a new one below runs/)")->type_name("DIR");
    app.add_option("--json", run.json, "a second copy of summary.json; - is standard output")
        ->type_name("FILE");
    add_hooks(app);
  }

  void add_hooks(CLI::App& app) {
    RunOptions& run = options_.run;
    app.add_option("--batch", run.batch_cycles)->group(kHidden);
    app.add_option("--slow", run.slow)->group(kHidden);
    app.add_option("--hang", run.hang_s)->group(kHidden);
    app.add_flag("!--no-build", run.build)->group(kHidden);
    app.add_flag("!--no-device", run.attach)->group(kHidden);
    for (const auto& [name, values] :
         std::map<std::string, std::vector<std::string>*>{{"--fault", &run.faults},
                                                          {"--plusarg", &run.plusargs},
                                                          {"--sim-arg", &run.simulator_args},
                                                          {"--qemu-arg", &run.qemu_args},
                                                          {"--device-arg", &run.device_args}}) {
      app.add_option(name, *values)
          ->group(kHidden)
          ->expected(1)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }

  void finish() {
    RunOptions& run = options_.run;
    if (!memory_.empty()) {
      run.memory_mib = parse_memory_mib(memory_);
    }
    if (!waves_.empty()) {
      run.waves = parse_wave_window(waves_);
    }
    if (!quantum_.empty()) {
      run.quantum_ns = parse_ns("--quantum", quantum_, kLeastQuantumNs, kMostQuantumNs);
    }
    if (!jitter_.empty()) {
      run.jitter_ns = parse_ns("--jitter", jitter_, 0, kMostJitterNs);
    }
    run.iommu = choice<Iommu>("--iommu", iommu_,
                              {{"", Iommu::kOff},
                               {"off", Iommu::kOff},
                               {"pt", Iommu::kPassThrough},
                               {"strict", Iommu::kStrict}});
    run.debugger = choice<Debugger>(
        "--gdb", gdb_,
        {{"", Debugger::kNone}, {"guest", Debugger::kGuest}, {"sim", Debugger::kSimulator}});
    choice<bool>("--on-assert", run.on_assert, {{"stop", true}, {"continue", false}});
    const bool functional =
        choice<bool>("--model", run.model, {{"rtl", false}, {"functional", true}});
    if (functional && run.waves) {
      throw Error("--waves: a functional model has no wires; leave out --model functional");
    }
    if (!(run.timeout_s > 0)) {
      throw Error(std::format("--timeout: {} is not a positive number of seconds", run.timeout_s));
    }
    if (run.cpus > 1 && !run.free_running) {
      throw Error(
          std::format("--cpus {}: instructions are counted on one CPU only; add --free-running, "
                      "and no run will be like another",
                      run.cpus));
    }
    if (!run.modules.empty() && run.kernel.empty()) {
      throw Error("--modules goes with --kernel; name the bzImage too");
    }
    if ((options_.subcommand == Subcommand::kRun) == run.command.empty()) {
      throw Error(options_.subcommand == Subcommand::kRun
                      ? "run needs a command: presil run [OPTIONS] -- COMMAND [ARGUMENT...]"
                      : "only run takes a command after --");
    }
    const auto& names = run.accelerators;
    if (names.size() > 1 && std::ranges::find(names, "none") != names.end()) {
      throw Error("--accel none stands alone; leave out the other --accel");
    }
  }

  /// The value that a word stands for. \throws Error  it is none of them.
  template <typename T>
  static T choice(const char* option, const std::string& word,
                  const std::map<std::string, T>& values) {
    const auto found = values.find(word);
    if (found == values.end()) {
      std::string known;
      for (const auto& [name, value] : values) {
        known += name.empty() ? "" : (known.empty() ? "" : ", ") + name;
      }
      throw Error(std::format("{}: \"{}\" is none of {}", option, word, known));
    }
    return found->second;
  }

  /// \throws Error  `text` is no time, or not within the bounds, nanoseconds.
  static std::uint64_t parse_ns(const char* option, const std::string& text, std::uint64_t least,
                                std::uint64_t most) {
    static const std::regex form(R"((\d{1,9})(ns|us|ms)?)");
    std::smatch match;
    if (!std::regex_match(text, match, form)) {
      throw Error(std::format("{}: \"{}\" is not a time like 500ns or 10us", option, text));
    }
    const auto unit = match[2].str();
    const auto value = std::stoull(match[1].str()) * (unit == "ms"   ? 1'000'000u
                                                      : unit == "us" ? 1'000u
                                                                     : 1u);
    if (value < least || value > most) {
      throw Error(
          std::format("{}: {} ns is not in {}ns .. {}us", option, value, least, most / 1000));
    }
    return value;
  }

  CLI::App app_;
  Options options_;
  std::string quantum_, jitter_, waves_, memory_, iommu_, gdb_, which_kernel_;
};

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv) {
  return Parser().parse(argc, argv);
}

WaveWindow parse_wave_window(std::string_view text) {
  const auto split = end_of_mark(text, 0);
  WaveWindow window;
  window.start = text.substr(0, split);
  if (split != std::string_view::npos) {
    window.stop = text.substr(split + 1);
  }
  check_mark(window.start);
  check_mark(window.stop);
  return window;
}

std::uint32_t parse_memory_mib(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, text.data() + text.size());
  const bool known = unit.empty() || unit == "M" || unit == "G";
  const std::uint64_t mib = static_cast<std::uint64_t>(value) * (unit == "G" ? 1024 : 1);
  if (error != std::errc() || !known || mib < 128 || mib > 65536) {
    throw Error(std::format("--memory: \"{}\" is not a size from 128M to 64G", text));
  }
  return static_cast<std::uint32_t>(mib);
}

}  // namespace presil::cli
