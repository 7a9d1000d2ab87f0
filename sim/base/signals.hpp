// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Ending on SIGTERM and SIGINT: a request that is looked at where the run can end in order.
#pragma once

namespace presil {

/// Makes SIGTERM and SIGINT requests instead of deaths, and ignores SIGPIPE and SIGXFSZ.
void catch_termination();

/// The signal that asked for the end; 0: none did.
int termination_requested();

}  // namespace presil
