// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// NpyFile: arrays that NumPy saved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace presil::testbench {

/// An array as numpy.save() writes it: the last dimension fastest, little-endian.
///
/// Source: NumPy's "NPY format", versions 1 and 2: a magic, the length of a header in text, the
/// header with type, order and shape, the elements.
class NpyFile {
 public:
  /// \throws std::runtime_error  the file cannot be read, is none, or holds fewer elements than
  ///                             its header says.
  explicit NpyFile(const std::filesystem::path& path) : path_(path) {
    std::ifstream stream(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
    if (!stream || bytes_.size() < 12 || !bytes_.starts_with("\x93NUMPY")) {
      fail("cannot be read, or is no NPY file");
    }
    const bool short_header = bytes_[6] == 1;
    const std::size_t begin = short_header ? 10 : 12;
    std::uint32_t length = 0;
    std::memcpy(&length, &bytes_[8], short_header ? 2 : 4);
    if (length > bytes_.size() - begin) {
      fail("ends within its header");
    }
    parse(bytes_.substr(begin, length));
    data_ = begin + length;
    if (bytes_.size() - data_ != count() * element_bytes()) {
      fail("has " + std::to_string(bytes_.size() - data_) + " bytes of elements, not " +
           std::to_string(count() * element_bytes()));
    }
  }

  /// NumPy's name of the element: "|u1", "|i1", "<f4" ...
  [[nodiscard]] const std::string& type() const { return type_; }
  [[nodiscard]] const std::vector<std::size_t>& shape() const { return shape_; }
  /// Number of elements; 1 without dimensions.
  [[nodiscard]] std::size_t count() const {
    return std::accumulate(shape_.begin(), shape_.end(), std::size_t{1}, std::multiplies<>());
  }

  /// All elements, in order.
  ///
  /// \throws std::runtime_error  an element is not as large as T.
  template <typename T>
  [[nodiscard]] std::vector<T> values() const {
    if (sizeof(T) != element_bytes()) {
      fail("holds " + type_ + ", elements of another size than " + std::to_string(sizeof(T)));
    }
    std::vector<T> values(count());
    std::memcpy(values.data(), bytes_.data() + data_, values.size() * sizeof(T));
    return values;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(path_.string() + " " + what);
  }

  [[nodiscard]] std::size_t element_bytes() const {
    return static_cast<std::size_t>(std::stoul(type_.substr(2)));
  }

  void parse(const std::string& header) {
    static const std::regex kForm(
        R"(\{'descr': '([|<][a-z]\d+)', 'fortran_order': False, 'shape': \(([\d, ]*)\), \}\s*)");
    std::smatch found;
    if (!std::regex_match(header, found, kForm)) {
      fail("has a header of another form: " + header);
    }
    type_ = found[1];
    const std::string shape = found[2];
    static const std::regex kNumber(R"(\d+)");
    for (std::sregex_iterator at(shape.begin(), shape.end(), kNumber), end; at != end; ++at) {
      shape_.push_back(std::stoul(at->str()));
    }
  }

  std::filesystem::path path_;
  std::string bytes_;
  std::string type_;
  std::vector<std::size_t> shape_;
  std::size_t data_ = 0;
};

}  // namespace presil::testbench
