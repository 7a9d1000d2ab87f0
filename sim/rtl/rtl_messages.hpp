// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RtlMessages: what Verilog's $finish, $stop, $fatal and assertions do to the simulator.
#pragma once

#include <functional>
#include <string_view>

namespace presil {

enum class RtlMessage {
  kFinish,     ///< $finish: the RTL ends the run
  kAssertion,  ///< a failed assertion, $error or $stop
  kFatal,      ///< $fatal, or an error of Verilator's runtime
};

/// Takes the messages of all Verilated models of the program, in place of Verilator's own handlers,
/// which would abort.
///
/// \param text  source file (without folder) and line, RTL path and message, as far as Verilator
/// knows. Called from within eval(); must not throw.
using RtlMessageHandler = std::function<void(RtlMessage kind, std::string_view text)>;
void set_rtl_message_handler(RtlMessageHandler handler);

}  // namespace presil
