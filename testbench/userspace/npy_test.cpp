// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// .npy files: what NumPy writes is read, what is written NumPy reads, and nothing else is taken.

#include "npy.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/support/npy_file.hpp"
#include "testbench/support/temporary_folder.hpp"

using kestrel::run::ElementType;
using kestrel::run::npy_file;
using kestrel::run::Outcome;
using kestrel::run::parse_npy;
using presil::testbench::TemporaryFolder;
using NpyArray = kestrel::run::Array;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Shape = std::vector<std::int64_t>;

Outcome<NpyArray> parse(const std::string& file) {
  return parse_npy(std::span(reinterpret_cast<const std::uint8_t*>(file.data()), file.size()));
}

/// A file of that version, its header as it is.
std::string file_of(const std::string& header, const std::string& elements, char version = 1) {
  std::string file = "\x93NUMPY";
  file += version;
  file += '\0';
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  for (std::size_t i = 0; i < length_bytes; ++i)
    file += static_cast<char>(header.size() >> 8 * i & 0xff);
  return file + header + elements;
}

std::string header_of(const std::string& type, const std::string& shape,
                      const std::string& order = "False") {
  return "{'descr': " + type + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

/// The sentence of a file that must be refused; empty if it is not.
std::string refusal(const std::string& file) {
  const auto array = parse(file);
  return array ? "" : array.error();
}

}  // namespace

TEST_CASE("npy: What is written is read again", "[userspace][npy]") {
  const Shape shape = GENERATE(Shape{}, Shape{1}, Shape{6}, Shape{2, 3}, Shape{1, 2, 1, 3},
                               Shape{0}, Shape{4, 0}, Shape{100000, 1});
  const auto type = GENERATE(ElementType::kUint8, ElementType::kInt8, ElementType::kFloat32);
  CAPTURE(shape, kestrel::run::type_name(type));
  NpyArray array{type, shape, {}};
  for (std::size_t i = 0; i < *array_bytes(type, shape); ++i)
    array.bytes.push_back(static_cast<std::uint8_t>(i * 7));

  const std::string file = npy_file(array);
  CHECK((file.size() - array.bytes.size()) % 64 == 0);
  CHECK(file[file.size() - array.bytes.size() - 1] == '\n');
  const auto again = parse(file);
  REQUIRE(again);
  CHECK(again->type == array.type);
  CHECK(again->shape == array.shape);
  CHECK(again->bytes == array.bytes);
}

TEST_CASE("npy: NumPy reads what is written, and is read", "[userspace][npy]") {
  const TemporaryFolder folder;
  folder.write("ours.npy", npy_file({ElementType::kInt8, {2, 3}, {0, 1, 0x7f, 0x80, 0xff, 0xfe}}));
  const std::string script =
      "import numpy as n; a = n.load('ours.npy'); "
      "assert a.dtype == n.int8 and a.tolist() == [[0, 1, 127], [-128, -1, -2]], a; "
      "n.save('bytes.npy', a.astype(n.uint8)); n.save('scalar.npy', n.float32(1.5)); "
      "n.save('reals.npy', n.arange(6, dtype=n.float32).reshape(1, 2, 3)); "
      "n.save('columns.npy', n.asfortranarray(a)); n.save('wide.npy', a.astype(n.int64))";
  const std::string command =
      "cd '" + folder.path().string() + "' && " + PYTHON + " -c \"" + script + "\"";
  REQUIRE(std::system(command.c_str()) == 0);  // NOLINT(cert-env33-c): a tool of the environment.

  const auto bytes = parse(folder.read("bytes.npy"));
  REQUIRE(bytes);
  CHECK(bytes->type == ElementType::kUint8);
  CHECK(bytes->shape == Shape{2, 3});
  CHECK(bytes->bytes == Bytes{0, 1, 127, 128, 255, 254});
  const auto scalar = parse(folder.read("scalar.npy"));
  REQUIRE(scalar);
  CHECK(scalar->shape.empty());
  CHECK(scalar->bytes == Bytes{0, 0, 0xc0, 0x3f});
  const auto reals = parse(folder.read("reals.npy"));
  REQUIRE(reals);
  CHECK(reals->type == ElementType::kFloat32);
  CHECK(reals->shape == Shape{1, 2, 3});
  CHECK(reals->bytes.size() == 24);
  CHECK(refusal(folder.read("columns.npy")) ==
        "its elements are not in C order; numpy.ascontiguousarray() helps");
  CHECK(refusal(folder.read("wide.npy")) ==
        "its elements are '<i8'; only '|u1', '|i1' and '<f4' are supported");
}

TEST_CASE("npy: Versions 1 to 3 are read, and no other", "[userspace][npy]") {
  const std::string header = header_of("'|u1'", "(3,)");
  for (const char version : {'\1', '\2', '\3'}) {
    CAPTURE(static_cast<int>(version));
    const auto array = parse(file_of(header, "abc", version));
    REQUIRE(array);
    CHECK(array->shape == Shape{3});
    CHECK(array->bytes == Bytes{'a', 'b', 'c'});
  }
  CHECK(refusal(file_of(header, "abc", '\0')) ==
        "it is of version 0 of the .npy format; 1 to 3 are supported");
  CHECK(refusal(file_of(header, "abc", '\4')) ==
        "it is of version 4 of the .npy format; 1 to 3 are supported");
  CHECK(refusal(file_of(header, "abc", '\xff')) ==
        "it is of version 255 of the .npy format; 1 to 3 are supported");
}

TEST_CASE("npy: A header longer than version 1 can say", "[userspace][npy]") {
  const std::string header = header_of("'|u1'", "(3,)") + std::string(70000, ' ') + "\n";
  CHECK(parse(file_of(header, "abc", '\2'))->shape == Shape{3});
}

TEST_CASE("npy: A file that is cut is refused wherever that is", "[userspace][npy]") {
  const char version = GENERATE('\1', '\2');
  const std::string whole = file_of(header_of("'<f4'", "(2,)"), "12345678", version);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const std::string error = refusal(whole.substr(0, size));
    if (size < 12) {
      CHECK(error == "no .npy file");
    } else if (size < whole.size() - 8) {
      CHECK(error == "it ends within its header");
    } else {
      CHECK(error ==
            "it has " + std::to_string(size - (whole.size() - 8)) + " bytes of elements, not 8");
    }
  }
  CHECK(refusal(whole).empty());
  CHECK(refusal(whole + "x") == "it has 9 bytes of elements, not 8");
  CHECK(refusal("PK\x03\x04 an .npz file") == "no .npy file");
}

TEST_CASE("npy: Lengths that only the header's field has are refused", "[userspace][npy]") {
  std::string file = file_of(header_of("'|u1'", "(3,)"), "abc", '\2');
  for (std::size_t i = 8; i < 12; ++i)
    file[i] = '\xff';
  CHECK(refusal(file) == "it ends within its header");
  CHECK(refusal(file_of("", "abcdef")) == "its header has no order");
}

TEST_CASE("npy: Other elements and orders are refused by name", "[userspace][npy]") {
  const auto type_refusal = [](const std::string& type) {
    return refusal(file_of(header_of(type, "(1,)"), "12345678"));
  };
  const std::string end = "; only '|u1', '|i1' and '<f4' are supported";
  for (const std::string type :
       {"'>f4'", "'<f8'", "'<f2'", "'<i4'", "'|b1'", "'|O'", "''", "None"}) {
    CAPTURE(type);
    CHECK(type_refusal(type) == "its elements are " + type + end);
  }
  CHECK(type_refusal("[('a', '<f4')]") == "its elements are [('a'" + end);
  CHECK(type_refusal(std::string(60000, 'x')) == "its elements are " + std::string(20, 'x') + end);
  CHECK(refusal(file_of(header_of("'|u1'", "(1,)", "True"), "a")) ==
        "its elements are not in C order; numpy.ascontiguousarray() helps");
  CHECK(refusal(file_of("{'descr': '|u1', 'shape': (1,), }\n", "a")) == "its header has no order");
  CHECK(refusal(file_of("{'fortran_order': False, 'shape': (1,), }\n", "a")) ==
        "its header has no type");
  CHECK(refusal(file_of("{'descr': '|u1', 'fortran_order': False}\n", "a")) ==
        "its header has no shape");
  CHECK(refusal(file_of("{'fortran_order': False, 'descr'", "a")) == "its header has no type");
  CHECK(refusal(file_of("{'fortran_order': False, 'descr':   ", "a")) == "its header has no type");
}

TEST_CASE("npy: Shapes that are none, negative or too large are refused", "[userspace][npy]") {
  const auto shape_refusal = [](const std::string& shape) {
    return refusal(file_of(header_of("'|u1'", shape), "abc"));
  };
  for (const auto* shape : {"3", "[3]", "(3", "(x,)", "(3L,)", "(3.0,)", "( 3,)", "(,)", "(+3,)",
                            "(9223372036854775808,)"}) {
    CAPTURE(shape);
    CHECK(shape_refusal(shape) == "its header has no shape");
  }
  CHECK(shape_refusal("(-3,)") == "a dimension of its shape is -3");
  CHECK(shape_refusal("(0, -1)") == "a dimension of its shape is -1");
  const std::string large = "it holds more than 268435456 bytes";
  CHECK(shape_refusal("(268435457,)") == large);
  CHECK(shape_refusal("(9223372036854775807,)") == large);
  CHECK(shape_refusal("(4294967296, 4294967296, 4294967296, 4294967296)") == large);
  CHECK(refusal(file_of(header_of("'<f4'", "(67108865,)"), "abcd")) == large);
  // As many as may be, of which none is there.
  CHECK(shape_refusal("(268435456,)") == "it has 3 bytes of elements, not 268435456");
  CHECK(shape_refusal("(9223372036854775807, 0)") == large);
  CHECK(shape_refusal("(0, 9223372036854775807)") == "it has 3 bytes of elements, not 0");
}
