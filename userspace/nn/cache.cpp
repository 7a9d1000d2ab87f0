// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/cache.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "nn/program_bytes.hpp"
#include "nn/sha256.hpp"

namespace kestrel::nn {
namespace {

/// A file is this, the checksum of what follows, the key's bytes, and the program.
constexpr std::string_view kMagic = "kestrel-program\n";

void update(Sha256& sha, std::uint64_t number) {
  sha.update(std::as_bytes(std::span(&number, 1)));
}

std::string checksum(std::span<const std::byte> bytes) {
  return to_hex(Sha256::of(bytes));
}

Error failure(const char* what, const std::filesystem::path& path, int code) {
  return {std::format("cannot {} {}: {}", what, path.string(), std::strerror(code))};
}

/// Writes all of it. \returns 0 or an errno
int write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return errno;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

}  // namespace

std::string program_key(std::span<const std::byte> model, const LoadOptions& load,
                        const CompileOptions& compile) {
  Sha256 sha;
  update(sha, kCompilerVersion);
  update(sha, load.batch ? static_cast<std::uint64_t>(*load.batch) : 0);
  update(sha, compile.base_address);
  const Device& device = compile.device;
  for (const std::int64_t number : {device.scratchpad_bytes, device.accumulator_rows,
                                    device.bank_bytes, device.array_rows, device.array_columns})
    update(sha, static_cast<std::uint64_t>(number));
  sha.update(model);
  return to_hex(sha.finish());
}

std::filesystem::path ProgramCache::path(const std::string& key) const {
  return folder_ / (key + ".kestrel");
}

std::optional<Program> ProgramCache::find(const std::string& key) const {
  std::ifstream file(path(key), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::string_view rest = bytes;
  if (!rest.starts_with(kMagic))
    return std::nullopt;
  rest.remove_prefix(kMagic.size());
  const std::size_t checksum_bytes = 2 * sizeof(Sha256::Digest);
  if (rest.size() < checksum_bytes + key.size())
    return std::nullopt;
  const std::string_view stated = rest.substr(0, checksum_bytes);
  rest.remove_prefix(checksum_bytes);
  if (checksum(std::as_bytes(std::span(rest))) != stated || !rest.starts_with(key))
    return std::nullopt;
  rest.remove_prefix(key.size());
  return program_of(std::as_bytes(std::span(rest)));
}

Result<void> ProgramCache::store(const std::string& key, const Program& program) const {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error)
    return std::unexpected(failure("make folder", folder_, error.value()));
  const std::string rest = key + to_bytes(program);
  const std::string bytes = std::string(kMagic) + checksum(std::as_bytes(std::span(rest))) + rest;

  // Beside the file, so that it can take its place in one step.
  std::string part = path(key).string() + ".XXXXXX";
  const int file = ::mkstemp(part.data());
  if (file < 0)
    return std::unexpected(failure("write", part, errno));
  int code = write_all(file, bytes);
  if (::close(file) != 0 && code == 0)
    code = errno;
  if (code == 0 && ::rename(part.c_str(), path(key).c_str()) != 0)
    code = errno;
  if (code != 0) {
    ::unlink(part.c_str());
    return std::unexpected(failure("write", path(key), code));
  }
  return {};
}

Result<PreparedProgram> prepare(std::span<const std::byte> model, const LoadOptions& load,
                                const CompileOptions& options, const ProgramCache* cache) {
  std::string key;
  if (cache != nullptr) {
    key = program_key(model, load, options);
    if (auto found = cache->find(key))
      return PreparedProgram{.program = *std::move(found), .was_cached = true, .not_stored = {}};
  }
  auto program =
      load_model(model, load).and_then([&](const Graph& graph) { return compile(graph, options); });
  if (!program)
    return std::unexpected(program.error());
  PreparedProgram prepared{.program = *std::move(program), .was_cached = false, .not_stored = {}};
  if (cache != nullptr) {
    if (auto stored = cache->store(key, prepared.program); !stored)
      prepared.not_stored = stored.error();
  }
  return prepared;
}

}  // namespace kestrel::nn
