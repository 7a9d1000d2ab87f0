// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The shared library offers what kestrel.h declares, each with its version, and nothing else.

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

namespace {

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Names of functions that the header declares.
std::set<std::string> declared() {
  const std::string text = read_file(KESTREL_HEADER);
  const std::regex function(R"(KESTREL_API [^;(]*?(kestrel_\w+)\()");
  std::set<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), function), end; at != end; ++at)
    names.insert((*at)[1]);
  return names;
}

class Library {
 public:
  Library() : handle_(dlopen(KESTREL_LIBRARY, RTLD_NOW | RTLD_LOCAL)) {
    INFO(dlerror());
    REQUIRE(handle_ != nullptr);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() { dlclose(handle_); }

  bool has(const std::string& name, const char* version) const {
    return dlvsym(handle_, name.c_str(), version) != nullptr;
  }

  /// Everything in its dynamic symbol table that is defined there.
  std::set<std::string> defined() const {
    link_map* map = nullptr;
    REQUIRE(dlinfo(handle_, RTLD_DI_LINKMAP, &map) == 0);
    const ElfW(Sym)* symbols = nullptr;
    const char* strings = nullptr;
    const std::uint32_t* hashes = nullptr;
    for (const ElfW(Dyn)* entry = map->l_ld; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_SYMTAB)
        symbols = reinterpret_cast<const ElfW(Sym)*>(entry->d_un.d_ptr);
      if (entry->d_tag == DT_STRTAB)
        strings = reinterpret_cast<const char*>(entry->d_un.d_ptr);
      if (entry->d_tag == DT_GNU_HASH)
        hashes = reinterpret_cast<const std::uint32_t*>(entry->d_un.d_ptr);
    }
    REQUIRE((symbols != nullptr && strings != nullptr && hashes != nullptr));

    std::set<std::string> names;
    for (std::uint32_t i = 1; i < symbol_count(hashes); ++i) {
      if (symbols[i].st_shndx != SHN_UNDEF && symbols[i].st_shndx != SHN_ABS)
        names.insert(strings + symbols[i].st_name);
    }
    return names;
  }

 private:
  /// The GNU hash table holds the symbols last, and in each of its chains the last one is marked.
  static std::uint32_t symbol_count(const std::uint32_t* table) {
    const std::uint32_t buckets = table[0], first = table[1], words = table[2];
    const std::uint32_t* const bucket = table + 4 + words * (sizeof(ElfW(Addr)) / 4);
    const std::uint32_t* const chain = bucket + buckets;
    std::uint32_t last = 0;
    for (std::uint32_t i = 0; i < buckets; ++i)
      last = std::max(last, bucket[i]);
    if (last < first)
      return first;
    while ((chain[last - first] & 1) == 0)
      ++last;
    return last + 1;
  }

  void* const handle_;
};

}  // namespace

TEST_CASE("exports: What is declared is there with its version", "[userspace][exports]") {
  const Library library;
  const auto names = declared();
  CHECK(names.size() > 40);
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK(library.has(name, "KESTREL_1.0"));
    CHECK_FALSE(library.has(name, "KESTREL_0.9"));
  }
}

TEST_CASE("exports: What is not declared is not there", "[userspace][exports]") {
  CHECK(Library().defined() == declared());
}

TEST_CASE("exports: The manual has every function, and no other", "[userspace][exports]") {
  const std::string text = read_file(KESTREL_MANUAL);
  const std::regex function(R"(\.BR (kestrel_\w+) \()");
  std::set<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), function), end; at != end; ++at)
    names.insert((*at)[1]);
  CHECK(names == declared());
}
