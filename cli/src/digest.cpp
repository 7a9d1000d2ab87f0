// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "digest.hpp"

#include <openssl/evp.h>
#include <string.h>

#include <array>
#include <cerrno>
#include <format>
#include <fstream>

#include "error.hpp"

namespace presil::cli {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) {
    throw Error("OpenSSL offers no SHA-256", ExitStatus::kInternal);
  }
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

void Sha256::add_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 1 << 16> buffer;
  while (file) {
    file.read(buffer.data(), buffer.size());
    add({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) {
    throw Error(std::format("cannot read {}: {}", path.string(), strerror(errno)));
  }
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->context, raw.data(), &size);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += std::format("{:02x}", raw[i]);
  }
  return text;
}

std::string digest_of_files(std::span<const std::filesystem::path> files) {
  Sha256 sum;
  for (const auto& file : files) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error) {
      throw Error(std::format("cannot read {}: {}", file.string(), error.message()));
    }
    sum.add(std::format("{}\n", size));
    sum.add_file(file);
  }
  return sum.hex();
}

}  // namespace presil::cli
