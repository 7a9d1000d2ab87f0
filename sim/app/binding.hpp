// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// AcceleratorBinding: the only thing in which the simulator programs of two accelerators differ.
#pragma once

#include <functional>
#include <memory>

#include "sim/base/picoseconds.hpp"
#include "sim/base/run_control.hpp"
#include "sim/pcie/accelerator_top.hpp"
#include "sim/record/recorder.hpp"
#include "sim/rtl/rtl_options.hpp"

namespace presil {

/// The ways in which an accelerator can be simulated. Control and recorder outlive what is made.
struct AcceleratorBinding {
  std::function<std::unique_ptr<AcceleratorTop>(const RtlOptions&, RunControl&, Recorder&)>
      make_rtl;
  /// Empty: there is no functional model.
  std::function<std::unique_ptr<AcceleratorTop>(Picoseconds clock_period_ps)> make_functional = {};
};

}  // namespace presil
