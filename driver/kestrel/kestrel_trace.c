// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Makes the tracepoints. */

#define CREATE_TRACE_POINTS
#include "kestrel_trace.h"
