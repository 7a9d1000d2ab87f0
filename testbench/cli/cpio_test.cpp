// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "cpio.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace presil::cli {
namespace {

struct Unpacked {
  std::string path, content, link;
  unsigned int mode;
  long mtime, uid, nlink;
};

/// Reads an archive back by libarchive's own reader.
std::vector<Unpacked> unpack(const std::string& bytes) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_cpio(reader.get());
  REQUIRE(archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) == ARCHIVE_OK);
  std::vector<Unpacked> all;
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    if (archive_entry_filetype(entry) == AE_IFREG && !content.empty()) {
      REQUIRE(archive_read_data(reader.get(), content.data(), content.size()) ==
              static_cast<la_ssize_t>(content.size()));
    }
    const char* link = archive_entry_symlink(entry);
    all.push_back({archive_entry_pathname(entry), link ? "" : content, link ? link : "",
                   static_cast<unsigned int>(archive_entry_mode(entry)), archive_entry_mtime(entry),
                   static_cast<long>(archive_entry_uid(entry)),
                   static_cast<long>(archive_entry_nlink(entry))});
  }
  return all;
}

TEST_CASE("an archive comes out sorted, root's, and without times", "[cli][cpio]") {
  FileTree tree;
  tree.add_file("usr/bin/tool", "#!", 0755);
  tree.add_link("bin", "usr/bin");
  tree.add_character_device("dev/console", 5, 1);
  const auto all = unpack(write_cpio(tree));
  REQUIRE(all.size() == 6);
  CHECK(all[0].path == "bin");
  CHECK(all[0].link == "usr/bin");
  CHECK(all[1].path == "dev");
  CHECK(all[2].path == "dev/console");
  CHECK((all[2].mode & AE_IFMT) == AE_IFCHR);
  CHECK(all[3].path == "usr");
  CHECK(all[4].path == "usr/bin");
  CHECK((all[4].mode & AE_IFMT) == AE_IFDIR);
  CHECK(all[5].path == "usr/bin/tool");
  CHECK(all[5].content == "#!");
  CHECK((all[5].mode & 0777) == 0755);
  for (const auto& entry : all) {
    CHECK(entry.mtime == 0);
    CHECK(entry.uid == 0);
  }
}

TEST_CASE("equal trees give equal bytes, in whatever order they were filled", "[cli][cpio]") {
  FileTree one, other;
  one.add_file("a", "1");
  one.add_file("b/c", "2");
  other.add_file("b/c", "2");
  other.add_file("a", "1");
  CHECK(write_cpio(one) == write_cpio(other));
  other.add_file("a", "3");
  CHECK(write_cpio(one) != write_cpio(other));
}

TEST_CASE("archives can be joined: sizes are whole blocks", "[cli][cpio]") {
  FileTree tree;
  CHECK(write_cpio(tree).size() % 512 == 0);
  tree.add_file("a", std::string(12345, 'x'));
  CHECK(write_cpio(tree).size() % 512 == 0);
}

}  // namespace
}  // namespace presil::cli
