// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/app/entry.hpp"

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <format>
#include <fstream>
#include <iostream>
#include <new>
#include <optional>
#include <string>

#include "sim/app/simulator.hpp"
#include "sim/base/signals.hpp"
#include "sim/link/listener.hpp"

namespace presil {
namespace {

constexpr useconds_t kDebuggerPollUs = 100'000;

bool is_traced() {
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key;) {
    long tracer = 0;
    if (key == "TracerPid:" && status >> tracer)
      return tracer != 0;
  }
  return false;
}

void wait_for_debugger() {
  std::cout << std::format("waiting for a debugger: gdb -p {}\n", ::getpid()) << std::flush;
  while (!is_traced() && termination_requested() == 0)
    ::usleep(kDebuggerPollUs);
}

Summary simulate(const Options& options, const AcceleratorBinding& binding) {
  if (options.model == ModelKind::kFunctional && !binding.make_functional)
    throw Error(ExitStatus::kConfiguration, "--model: this accelerator has no functional model");
  const Description description = Description::load(options.description);
  Recorder recorder(options.events);
  Listener listener(options.socket);
  if (options.wait_for_debugger)
    wait_for_debugger();
  std::cout << "listening on " << options.socket.string() << std::endl;

  Faults faults = options.faults;
  faults.count(Faults::Site::kHello);
  const std::size_t reply_bytes = faults.strikes(FaultKind::kTruncate)
                                      ? sizeof(presil_hello_reply) / 2
                                      : sizeof(presil_hello_reply);
  auto channel = listener.accept(description.personality, reply_bytes);
  if (!channel) {
    Summary summary;
    summary.status = ExitStatus::kLinkDown;
    summary.reason = channel.error();
    if (!options.summary.empty())
      summary.write(options.summary);
    return summary;
  }
  // The logs are whole before the peer learns that the link is down.
  Simulator simulator(options, description, binding, *channel, recorder);
  const Summary summary = simulator.run();
  if (!options.summary.empty())
    summary.write(options.summary);
  simulator.answer_quit();
  channel->close();
  return summary;
}

}  // namespace

int simulator_main(int argument_count, char** arguments, const AcceleratorBinding& binding) {
  ExitStatus status = ExitStatus::kInternal;
  std::string reason;
  try {
    catch_termination();
    const Summary summary = simulate(parse_options(argument_count, arguments), binding);
    status = summary.status;
    reason = summary.reason;
  } catch (const Finished&) {
    return EXIT_SUCCESS;
  } catch (const Error& error) {
    status = error.status();
    reason = error.what();
  } catch (const sc_core::sc_report& report) {
    reason = std::format("SystemC: {}: {}", report.get_msg_type(), report.get_msg());
  } catch (const std::exception& error) {
    reason = error.what();
  }
  if (status != ExitStatus::kQuit)
    std::cerr << std::format("{}: {}\n", arguments[0], reason);
  return static_cast<int>(status);
}

}  // namespace presil
