// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ProgramCache: compiled models on disk.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "nn/compiler.hpp"
#include "nn/error.hpp"
#include "nn/loader.hpp"
#include "nn/program.hpp"

namespace kestrel::nn {

/// A name for what a model is compiled to: SHA-256, in hexadecimal digits, over the model, all
/// options, what the device can do, and the compiler's version.
std::string program_key(std::span<const std::byte> model, const LoadOptions& load,
                        const CompileOptions& compile);

/// A folder with a file for each key. Several processes may use one: files appear whole or not at
/// all, and what is in them is only believed when its checksum is right.
/// Threads: any.
class ProgramCache {
 public:
  /// \param folder  is made when something is stored first
  explicit ProgramCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// \returns nothing when there is no such file, or it is damaged
  [[nodiscard]] std::optional<Program> find(const std::string& key) const;
  /// Errors: the folder cannot be made or written to.
  Result<void> store(const std::string& key, const Program& program) const;

  [[nodiscard]] std::filesystem::path path(const std::string& key) const;

 private:
  std::filesystem::path folder_;
};

struct PreparedProgram {
  Program program;
  bool was_cached = false;
  std::optional<Error> not_stored;  ///< why the next time has to compile again
};

/// Takes a program from the cache, or loads and compiles the model and stores that. Without a cache
/// it compiles. A cache that cannot be written to is no reason to fail.
/// Errors: those of load_model() and compile().
Result<PreparedProgram> prepare(std::span<const std::byte> model, const LoadOptions& load,
                                const CompileOptions& compile, const ProgramCache* cache);

}  // namespace kestrel::nn
