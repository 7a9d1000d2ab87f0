// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What the tests of kestrel-observe-test share: files of the kernel, and a device that hangs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "client.hpp"

/// A whole file; ends the case if it cannot be read.
std::string read_file(const std::string& path);

/// Notes a failure unless `text` holds `part`.
void check_contains(const std::string& text, const std::string& part);
/// Notes a failure if it does.
void check_lacks(const std::string& text, const std::string& part);

/// What follows "KEY:" in the first line that has it, without the blanks; "" if no line has.
std::string value_of(const std::string& text, const std::string& key);
/// The same as a number.
std::uint64_t number_of(const std::string& text, const std::string& key);

/// This process's fdinfo of the device.
std::string fdinfo(const RawDevice& device);

/// What the kernel prints for a 64-bit number with all its digits.
std::string hex(std::uint64_t value, int digits);

/// Keeps the device from going to sleep.
class Awake {
 public:
  Awake();
  Awake(const Awake&) = delete;
  Awake& operator=(const Awake&) = delete;
  ~Awake();
};

/// Waits until the device sleeps; ends the case if it does not.
void wait_for_sleep();

/// Has the first queue of the device begin no record, behind the driver's back. The device has to
/// be awake, and stays so.
void suspend_first_queue();
