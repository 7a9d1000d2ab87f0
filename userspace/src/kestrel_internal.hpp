// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What tests need beyond the C interface.
#pragma once

#include <kestrel/kestrel.h>

#include "kernel_interface.hpp"

namespace kestrel::internal {

/// kestrel_device_open() on a kernel of the caller's choice, which must outlive the device.
int open_device_on(KernelInterface& kernel, const char* path, kestrel_device** device);

}  // namespace kestrel::internal
