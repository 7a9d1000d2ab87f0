// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "support/machine.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace presil::test {

namespace {

constexpr auto kPoll = std::chrono::milliseconds(2);

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_script(const std::string& path, const std::vector<op>& ops) {
  std::ofstream file(path, std::ios::binary);
  const op end{OP_END, 0, 0, 0};
  file.write(reinterpret_cast<const char*>(ops.data()),
             static_cast<std::streamsize>(ops.size() * sizeof(op)));
  file.write(reinterpret_cast<const char*>(&end), sizeof(end));
}

std::vector<result> parse_results(const std::string& bytes) {
  result_header header{};
  std::vector<result> results;
  if (bytes.size() < sizeof(header)) {
    return results;
  }
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != RESULT_MAGIC ||
      bytes.size() != sizeof(header) + header.count * sizeof(result)) {
    return results;
  }
  results.resize(header.count);
  if (!results.empty()) {
    std::memcpy(results.data(), bytes.data() + sizeof(header), header.count * sizeof(result));
  }
  return results;
}

}  // namespace

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "presil-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Script::enable_msix(uint32_t port, uint32_t vectors) {
  constexpr uint32_t kMsixBar = 4;
  constexpr uint32_t kMsixControl = 0x02;
  for (uint32_t v = 0; v < vectors; ++v) {
    write(BAR_ADDR(port, kMsixBar, v * 16 + 0), 4, LAPIC_ADDR);
    write(BAR_ADDR(port, kMsixBar, v * 16 + 4), 4, 0);
    write(BAR_ADDR(port, kMsixBar, v * 16 + 8), 4, DEVICE_VECTOR + port * 8 + v);
    write(BAR_ADDR(port, kMsixBar, v * 16 + 12), 4, 0);
  }
  write(CONFIG_ADDR(port, kMsixCapability + kMsixControl), 2, 0x8000);
}

std::vector<int64_t> Outcome::log_values(const std::string& kind, const std::string& key) const {
  std::vector<int64_t> values;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string time, word;
    words >> time >> word;
    if (word != kind) {
      continue;
    }
    while (words >> word) {
      if (word.starts_with(key + "=")) {
        int64_t value = 0;
        const char* digits = word.data() + key.size() + 1;
        std::from_chars(digits, word.data() + word.size(), value);
        values.push_back(value);
      }
    }
  }
  return values;
}

int64_t Outcome::counter(const std::string& key) const {
  const auto values = log_values("counters", key);
  return values.size() == 1 ? values[0] : -1;
}

std::vector<std::string> Machine::arguments() {
  const char* other_qemu = std::getenv("PRESIL_TEST_QEMU");
  std::vector<std::string> args{other_qemu != nullptr ? other_qemu : "qemu-system-x86_64",
                                "-nodefaults",
                                "-no-user-config",
                                "-display",
                                "none",
                                "-M",
                                "q35",
                                "-cpu",
                                "max",
                                "-m",
                                "64",
                                "-bios",
                                PRESIL_TEST_RESET,
                                "-debugcon",
                                "file:" + (folder_ / "results"),
                                "-device",
                                "isa-debug-exit,iobase=0xf4,iosize=4",
                                "-device",
                                "loader,file=" PRESIL_TEST_GUEST ",addr=0x100000,force-raw=on",
                                "-device",
                                "loader,file=" + (folder_ / "script") +
                                    ",addr=" + std::to_string(SCRIPT_ADDR) + ",force-raw=on",
                                "-rtc",
                                "base=2026-01-01T00:00:00,clock=vm",
                                "-plugin",
                                "file=" PRESIL_TEST_PLUGIN + plugin_options};
  if (icount) {
    args.insert(args.end(), {"-icount", "shift=0,sleep=off"});
  }
  for (size_t i = 0; i < devices.size(); ++i) {
    const std::string n = std::to_string(i);
    args.insert(
        args.end(),
        {"-device", "pcie-root-port,id=rp" + n + ",chassis=" + std::to_string(i + 1) +
                        ",slot=" + std::to_string(i + 1) + ",addr=" + std::to_string(i + 1)});
    args.insert(args.end(), {"-device", "presil-pci,id=dev" + n + ",bus=rp" + n +
                                            ",socket=" + devices[i].socket +
                                            ",log=" + (folder_ / ("log" + n)) + devices[i].extra});
  }
  args.insert(args.end(), extra_args.begin(), extra_args.end());
  return args;
}

void Machine::start() {
  write_script(folder_ / "script", script.ops());
  const auto args = arguments();
  std::vector<char*> argv;
  for (const std::string& arg : args) {
    argv.push_back(const_cast<char*>(arg.c_str()));
  }
  argv.push_back(nullptr);
  const std::string stderr_path = folder_ / "stderr";

  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int err = ::open(stderr_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(null, 0);
    ::dup2(null, 1);
    ::dup2(err, 2);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
}

Outcome Machine::wait(std::chrono::milliseconds limit) {
  Outcome outcome;
  const auto end = std::chrono::steady_clock::now() + limit;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (!outcome.timed_out && std::chrono::steady_clock::now() >= end) {
      outcome.timed_out = true;
      ::kill(pid_, SIGKILL);
    }
    std::this_thread::sleep_for(kPoll);
  }
  pid_ = -1;
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  outcome.results = parse_results(read_file(folder_ / "results"));
  outcome.stderr_text = read_file(folder_ / "stderr");
  for (size_t i = 0; i < devices.size(); ++i) {
    outcome.log += read_file(folder_ / ("log" + std::to_string(i)));
  }
  return outcome;
}

Machine::~Machine() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

}  // namespace presil::test
