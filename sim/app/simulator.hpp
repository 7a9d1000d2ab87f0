// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Simulator: the modules bound together, and the loop that serves QEMU's calls.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/app/binding.hpp"
#include "sim/app/description.hpp"
#include "sim/app/host_pace.hpp"
#include "sim/app/options.hpp"
#include "sim/base/error.hpp"
#include "sim/base/run_control.hpp"
#include "sim/link/channel.hpp"
#include "sim/link/link_endpoint.hpp"
#include "sim/pcie/pcie_endpoint.hpp"
#include "sim/record/recorder.hpp"
#include "sim/record/summary.hpp"

namespace presil {

/// One run, from the hello to the end of the link.
class Simulator {
 public:
  /// \param channel   the link; with the recorder it must outlive the simulator.
  Simulator(const Options& options, const Description& description,
            const AcceleratorBinding& binding, Channel& channel, Recorder& recorder);

  /// Serves calls until the run is over.
  /// \returns how it ended; files are closed but the summary is not written.
  Summary run();

  /// Answers QUIT, if that is what ended the run; to be called when all files are written.
  void answer_quit();

 private:
  void serve(const presil_message& call);
  void advance(const presil_message& call);
  void configure(const presil_message& call);
  void reset(const presil_message& call);
  void finish_call(std::uint32_t status, std::uint64_t data = 0);
  Picoseconds next_ps() const;
  void show_progress();
  void look_at_host();
  Summary conclude();

  RunControl control_;
  Faults faults_;
  Recorder& recorder_;
  Channel& channel_;

  LinkEndpoint link_;
  PcieEndpoint endpoint_;
  std::unique_ptr<AcceleratorTop> top_;

  HostPace pace_;
  bool quit_ = false;
  std::string host_failure_;  // A signal, or a peer that died within a call.
};

}  // namespace presil
