// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "supervisor.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <format>
#include <fstream>
#include <iostream>
#include <memory>
#include <regex>

#include "child.hpp"
#include "error.hpp"
#include "evidence.hpp"
#include "file_follower.hpp"
#include "guest_results.hpp"
#include "machine.hpp"
#include "shell_text.hpp"
#include "simulator.hpp"
#include <nlohmann/json.hpp>

namespace presil::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kPeriod(20);         // Between two looks at everything.
constexpr milliseconds kPatience(5000);     // For a process that was asked to end.
constexpr milliseconds kStartLimit(30000);  // For a simulator to listen.

double seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

/// A TCP port of the loopback interface that is free now, from `first` upwards.
int free_port(int first) {
  for (int port = first; port < first + 100; ++port) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free =
        descriptor >= 0 &&
        bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(descriptor);
    if (free) {
      return port;
    }
  }
  throw Error(std::format("--gdb guest: no free port from {} on", first));
}

/// Host time that a process has used, in clock ticks.
std::uint64_t cpu_ticks(pid_t process) {
  std::ifstream file(std::format("/proc/{}/stat", process));
  std::string text;
  std::getline(file, text);
  unsigned long long user = 0, system = 0;
  const auto after_name = text.rfind(')');
  if (after_name == std::string::npos ||
      std::sscanf(text.c_str() + after_name + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) != 2) {
    return 0;
  }
  return user + system;
}

/// Takes the ending signals while it lives; they are looked at between two steps.
class Interruption {
 public:
  Interruption() {
    sigemptyset(&set_);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
      sigaddset(&set_, number);
    }
    sigprocmask(SIG_BLOCK, &set_, &before_);
  }
  ~Interruption() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// Sleeps for `time`, or until a signal came: its number, or 0.
  int sleep(milliseconds time) const {
    const timespec limit{time.count() / 1000, (time.count() % 1000) * 1'000'000};
    const int number = sigtimedwait(&set_, nullptr, &limit);
    return number > 0 ? number : 0;
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

/// What the guest's kernel says about presil's own steps.
class Console {
 public:
  explicit Console(const std::filesystem::path& file) : follower_(file) {}

  /// \returns whether there was anything new.
  bool look() {
    const auto piece = follower_.read_new();
    text_ += piece;
    for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
      take_line(text_.substr(0, end));
      text_.erase(0, end + 1);
    }
    return !piece.empty();
  }

  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] std::uint64_t guest_ns() const { return guest_ns_; }
  [[nodiscard]] const std::string& panic() const { return panic_; }

 private:
  void take_line(const std::string& line) {
    unsigned long long whole = 0, micro = 0;
    if (std::sscanf(line.c_str(), "[%llu.%6llu]", &whole, &micro) == 2) {
      guest_ns_ = (whole * 1'000'000 + micro) * 1000;
    }
    started_ = started_ || line.find("presil: command starts") != std::string::npos ||
               line.find("presil: shell starts") != std::string::npos;
    if (panic_.empty() && line.find("Kernel panic") != std::string::npos) {
      panic_ = line.substr(line.find("Kernel panic"));
      panic_.erase(panic_.find_last_not_of('\r') + 1);
    }
  }

  FileFollower follower_;
  std::string text_;
  bool started_ = false;
  std::uint64_t guest_ns_ = 0;
  std::string panic_;
};

class Supervisor {
 public:
  Supervisor(const Checkout& checkout, const RunPlan& plan, const RunFolder& folder,
             ProgressLine& progress)
      : checkout_(checkout),
        plan_(plan),
        folder_(folder),
        progress_(progress),
        console_(folder.console()),
        results_(folder.results()) {}

  Outcome run() {
    start();
    watch();
    finish();
    judge();
    return outcome_;
  }

 private:
  void start() {
    begin_ = moved_ = Clock::now();
    std::ofstream lines(folder_.command_lines());
    for (std::size_t slot = 0; slot < plan_.accelerators.size(); ++slot) {
      const auto& accelerator = plan_.accelerators[slot];
      simulators_.push_back(
          std::make_unique<Simulator>(checkout_, accelerator, slot, plan_.options, folder_));
      lines << shell_line(simulator_arguments(checkout_, accelerator, slot, plan_.options, folder_))
            << "\n";
    }
    for (auto& simulator : simulators_) {
      simulator->wait_until_listening(kStartLimit);
    }
    announce_debugger();

    const auto arguments = qemu_arguments({.options = plan_.options,
                                           .folder = folder_,
                                           .kernel = plan_.kernel,
                                           .plugin = checkout_.build / "lib/presil-pci.so",
                                           .devices = plan_.accelerators.size(),
                                           .interactive = plan_.interactive,
                                           .debugger_port = debugger_port_});
    lines << shell_line(arguments) << "\n";
    ChildStreams streams;
    streams.terminal = plan_.interactive;
    streams.standard_error = folder_.qemu_errors();
    streams.standard_output = plan_.interactive ? "" : folder_.qemu_errors();
    qemu_.emplace(Child::start(arguments, streams));
    samples_.resize(simulators_.size());
    noted_.resize(simulators_.size());
  }

  void announce_debugger() {
    if (plan_.options.debugger == Debugger::kGuest) {
      debugger_port_ = free_port(1234);
      progress_.note(
          std::format("QEMU waits: gdb vmlinux -ex 'target remote 127.0.0.1:{}'", debugger_port_));
    }
    if (plan_.options.debugger == Debugger::kSimulator) {
      for (auto& simulator : simulators_) {
        progress_.note(std::format("{} in dev{} waits: gdb -p {}", simulator->name(),
                                   simulator->slot(), simulator->child().pid()));
      }
    }
  }

  void watch() {
    while (!qemu_->poll()) {
      if (const int number = interruption_.sleep(kPeriod)) {
        progress_.note(std::format("{}: ending the guest and its simulators",
                                   number == SIGINT ? "interrupted" : "asked to end"));
        outcome_.result = Result::kInterrupted;
        outcome_.reason = "interrupted";
        return;
      }
      look();
      if (hangs() || beyond_time_limit()) {
        return;
      }
    }
  }

  /// One look at everything that the run writes.
  void look() {
    if (console_.look()) {
      moved_ = Clock::now();
    }
    if (!started_ && console_.started()) {
      started_ = true;
      started_at_ = Clock::now();
    }
    if (const auto piece = results_.read_new(); !piece.empty()) {
      moved_ = Clock::now();
      print(results_filter_.add(piece));
    }
    for (std::size_t i = 0; i < simulators_.size(); ++i) {
      if (const auto sample = simulators_[i]->sample()) {
        if (!samples_[i] || sample->progressed_since(*samples_[i])) {
          moved_ = Clock::now();
        }
        samples_[i] = sample;
      }
      note_death(i);
    }
    show();
  }

  void note_death(std::size_t i) {
    const auto ended = simulators_[i]->child().poll();
    // A clean end follows QEMU's farewell: QEMU is about to end, too.
    if (ended && !ended->clean() && !noted_[i] && !qemu_->poll()) {
      noted_[i] = true;
      progress_.note(
          std::format("the simulator of {} (dev{}) ended with {} while the guest runs; "
                      "log: {}",
                      simulators_[i]->name(), i, ended->text(), simulators_[i]->log().string()));
    }
  }

  void print(const std::string& text) {
    if (plan_.echo && !text.empty()) {
      progress_.clear();
      std::cout << text << std::flush;
    }
  }

  void show() {
    if (plan_.interactive) {
      return;
    }
    std::uint64_t guest_ns = console_.guest_ns(), device_ps = 0;
    for (const auto& sample : samples_) {
      if (sample) {
        guest_ns = std::max(guest_ns, sample->guest_ns);
        device_ps = std::max(device_ps, sample->device_ps);
      }
    }
    auto text = std::format("presil: {}: guest {:.2f} s", started_ ? "run" : "boot",
                            static_cast<double>(guest_ns) * 1e-9);
    if (!simulators_.empty()) {
      text += std::format(", device {:.3f} ms", static_cast<double>(device_ps) * 1e-9);
    }
    progress_.update(text + std::format(", host {:.1f} s", seconds(Clock::now() - begin_)));
  }

  bool hangs() {
    if (plan_.options.debugger != Debugger::kNone || plan_.interactive) {
      return false;
    }
    // A guest without devices has no segment to look at: then QEMU's work stands for progress.
    if (simulators_.empty() || !samples_[0]) {
      const auto ticks = cpu_ticks(qemu_->pid());
      if (ticks != qemu_ticks_) {
        qemu_ticks_ = ticks;
        moved_ = Clock::now();
      }
    }
    const auto still_s = seconds(Clock::now() - moved_);
    if (still_s < plan_.options.hang_s) {
      return false;
    }
    outcome_.result = Result::kHang;
    outcome_.reason = std::format(
        "no progress for {:.0f} s of host time; stacks and last events "
        "are in {}",
        still_s, folder_.hang().string());
    progress_.note("hang: gathering evidence");
    std::vector<Suspect> suspects = {{"qemu", qemu_->pid(), folder_.console()}};
    for (auto& simulator : simulators_) {
      if (!simulator->child().poll()) {
        suspects.push_back({std::format("dev{}", simulator->slot()), simulator->child().pid(),
                            simulator->events()});
      }
    }
    gather_evidence(folder_.hang(), suspects, folder_.monitor_socket());
    return true;
  }

  bool beyond_time_limit() {
    std::uint64_t guest_ns = console_.guest_ns();
    for (const auto& sample : samples_) {
      guest_ns = std::max(guest_ns, sample ? sample->guest_ns : 0);
    }
    if (plan_.interactive || static_cast<double>(guest_ns) * 1e-9 < plan_.options.timeout_s) {
      return false;
    }
    outcome_.result = Result::kTimeLimit;
    outcome_.reason = std::format("the guest's clock reached --timeout {} s; console: {}",
                                  plan_.options.timeout_s, folder_.console().string());
    return true;
  }

  /// Ends what still runs, in order: QEMU says goodbye to the simulators, which then write their
  /// summaries.
  void finish() {
    const bool early = outcome_.result != Result::kPassed;
    if (early) {
      qemu_->end(kPatience);
    }
    outcome_.qemu = qemu_->wait();
    for (auto& simulator : simulators_) {
      DeviceOutcome device;
      device.name = simulator->name();
      device.slot = simulator->slot();
      device.simulator = simulator->child().wait(kPatience);
      if (!device.simulator) {
        device.lost = "did not end with QEMU and had to be killed";
        outcome_.simulators_cpu_s += simulator->child().end(kPatience).cpu_s;
      } else {
        outcome_.simulators_cpu_s += device.simulator->cpu_s;
      }
      outcome_.devices.push_back(std::move(device));
    }
    look();
    for (std::size_t i = 0; i < simulators_.size(); ++i) {
      outcome_.devices[i].last = samples_[i];
    }
    print(results_filter_.rest());
    progress_.clear();

    const auto end = Clock::now();
    outcome_.boot_s = seconds((started_ ? started_at_ : end) - begin_);
    outcome_.run_s = started_ ? seconds(end - started_at_) : 0.0;
    outcome_.qemu_cpu_s = outcome_.qemu->cpu_s;
    outcome_.console_guest_ns = console_.guest_ns();
    outcome_.guest_exit = results_filter_.exit_status();
  }

  /// Finds the most serious thing that happened.
  void judge() {
    bool whole = outcome_.guest_exit.has_value() && outcome_.qemu->clean();
    std::string rtl, lost;
    for (auto& device : outcome_.devices) {
      judge_device(device, rtl);
      if (!device.lost.empty()) {
        whole = false;
        lost += std::format("{}{} (dev{}): {}; log: {}", lost.empty() ? "" : "; ", device.name,
                            device.slot, device.lost, simulators_[device.slot]->log().string());
      }
    }
    if (outcome_.result != Result::kPassed) {
      return;  // Ended early: the reason stands already.
    }
    outcome_.complete = whole;
    if (!outcome_.qemu->clean()) {
      set(Result::kQemuFailed,
          std::format("QEMU ended with {}: {}", outcome_.qemu->text(), last_qemu_error()));
    } else if (!rtl.empty()) {
      set(Result::kRtlFailure, rtl);
    } else if (!lost.empty()) {
      set(Result::kDeviceLost, lost);
    } else if (!outcome_.guest_exit && !plan_.interactive) {
      set(Result::kGuestDied,
          std::format("{}; console: {}",
                      console_.panic().empty() ? "the guest ended before its command did"
                                               : console_.panic(),
                      folder_.console().string()));
    } else if (outcome_.guest_exit.value_or(0) != 0) {
      set(Result::kFailed, std::format("the command ended with status {}", *outcome_.guest_exit));
    }
  }

  void judge_device(DeviceOutcome& device, std::string& rtl) {
    if (!device.lost.empty()) {
      return;
    }
    const auto& report = *device.simulator;
    const auto summary = [&] {
      std::ifstream file(simulators_[device.slot]->summary());
      return nlohmann::json::parse(file, nullptr, false);
    }();
    const auto said = summary.is_object() ? summary.value("reason", std::string()) : "";
    if (report.signal == 0 && report.status == static_cast<int>(SimulatorStatus::kRtl)) {
      rtl = std::format("{} (dev{}): {}; log: {}", device.name, device.slot,
                        said.empty() ? "the RTL ended the simulation" : said,
                        simulators_[device.slot]->log().string());
      return;
    }
    // QEMU's reason first: a simulator that broke a rule then only sees its peer go.
    const auto down = device.last ? device.last->down_reason : std::uint32_t{PRESIL_UP};
    if (down == PRESIL_DOWN_PROTOCOL || down == PRESIL_DOWN_WATCHDOG || report.clean()) {
      device.lost = down > PRESIL_DOWN_QUIT ? down_text(down) : "";
    }
    if (!report.clean()) {
      device.lost += std::format("{}the simulator ended with {}{}", device.lost.empty() ? "" : "; ",
                                 report.text(), said.empty() ? "" : ": " + said);
    }
  }

  static std::string down_text(std::uint32_t reason) {
    switch (reason) {
      case PRESIL_DOWN_CLOSED:
        return "the simulator closed the link";
      case PRESIL_DOWN_WATCHDOG:
        return "the simulator stopped answering";
      case PRESIL_DOWN_PROTOCOL:
        return "the simulator broke a rule of the link";
      default:
        return std::format("the link went down, reason {}", reason);
    }
  }

  void set(Result result, const std::string& reason) {
    outcome_.result = result;
    outcome_.reason = reason;
  }

  [[nodiscard]] std::string last_qemu_error() const {
    auto text = read_file(folder_.qemu_errors());
    text.erase(text.find_last_not_of('\n') + 1);
    return text.empty() ? "no message" : text.substr(text.rfind('\n') + 1);
  }

  const Checkout& checkout_;
  const RunPlan& plan_;
  const RunFolder& folder_;
  ProgressLine& progress_;
  Interruption interruption_;
  Console console_;
  FileFollower results_;
  GuestResults results_filter_;
  std::vector<std::unique_ptr<Simulator>> simulators_;
  std::vector<std::optional<LinkSample>> samples_;
  std::vector<bool> noted_;
  std::optional<Child> qemu_;
  std::uint64_t qemu_ticks_ = 0;
  int debugger_port_ = 0;
  Clock::time_point begin_, moved_, started_at_;
  bool started_ = false;
  Outcome outcome_;
};

}  // namespace

Outcome supervise(const Checkout& checkout, const RunPlan& plan, const RunFolder& folder,
                  ProgressLine& progress) {
  return Supervisor(checkout, plan, folder, progress).run();
}

}  // namespace presil::cli
