// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ToolBench: runs a tool's main() with a kernel that stands in for the running one.
#pragma once

#include <unistd.h>

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "fake_kernel.hpp"
#include "testbench/support/captured_stream.hpp"

/// What a program left.
struct Ended {
  int status = -1;
  std::string output;
  std::string errors;
};

/// The kernel that kestrel::internal::running_kernel() gives in programs of tests with tools.
inline FakeKernel* present_kernel = nullptr;

class ToolBench {
 public:
  using Main = int (*)(int argc, char** argv);

  ToolBench(const char* name, Main main) : name_(name), main_(main) { present_kernel = &kernel; }
  ~ToolBench() { present_kernel = nullptr; }
  ToolBench(const ToolBench&) = delete;
  ToolBench& operator=(const ToolBench&) = delete;

  /// Runs it, and checks that nothing is left in the kernel.
  Ended run(std::vector<std::string> words) {
    words.insert(words.begin(), name_);
    std::vector<char*> argv;
    for (std::string& word : words)
      argv.push_back(word.data());
    argv.push_back(nullptr);

    Ended ended;
    {
      const presil::testbench::CapturedStream output(STDOUT_FILENO);
      const presil::testbench::CapturedStream errors(STDERR_FILENO);
      ended.status = main_(static_cast<int>(words.size()), argv.data());
      ended.output = output.text();
      ended.errors = errors.text();
    }
    CHECK(kernel.is_clean());
    return ended;
  }

  FakeKernel kernel;

 private:
  const std::string name_;
  const Main main_;
};
