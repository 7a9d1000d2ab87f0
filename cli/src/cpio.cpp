// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "cpio.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <format>
#include <memory>

#include "error.hpp"

namespace presil::cli {
namespace {

constexpr int kBlockBytes = 512;

void check(archive* writer, int result) {
  if (result != ARCHIVE_OK) {
    throw Error(std::format("cannot write the guest image: {}", archive_error_string(writer)),
                ExitStatus::kInternal);
  }
}

la_ssize_t append(archive*, void* target, const void* bytes, std::size_t size) {
  static_cast<std::string*>(target)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

unsigned int file_type(TreeEntry::Kind kind) {
  switch (kind) {
    case TreeEntry::Kind::kFile:
      return AE_IFREG;
    case TreeEntry::Kind::kFolder:
      return AE_IFDIR;
    case TreeEntry::Kind::kLink:
      return AE_IFLNK;
    case TreeEntry::Kind::kCharacterDevice:
      return AE_IFCHR;
  }
  return AE_IFREG;
}

}  // namespace

void FileTree::add_parents(const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    entries_.try_emplace(path.substr(0, slash),
                         TreeEntry{TreeEntry::Kind::kFolder, 0755, {}, 0, 0});
  }
}

void FileTree::add_file(const std::string& path, std::string content, std::uint32_t mode) {
  add_parents(path);
  entries_[path] = {TreeEntry::Kind::kFile, mode, std::move(content), 0, 0};
}

void FileTree::add_link(const std::string& path, const std::string& target) {
  add_parents(path);
  entries_[path] = {TreeEntry::Kind::kLink, 0777, target, 0, 0};
}

void FileTree::add_folder(const std::string& path) {
  add_parents(path + "/");
}

void FileTree::add_character_device(const std::string& path, std::uint32_t major,
                                    std::uint32_t minor) {
  add_parents(path);
  entries_[path] = {TreeEntry::Kind::kCharacterDevice, 0600, {}, major, minor};
}

std::string write_cpio(const FileTree& tree) {
  std::string bytes;
  const std::unique_ptr<archive, int (*)(archive*)> writer(archive_write_new(), archive_write_free);
  check(writer.get(), archive_write_set_format_cpio_newc(writer.get()));
  check(writer.get(), archive_write_set_bytes_per_block(writer.get(), kBlockBytes));
  check(writer.get(), archive_write_set_bytes_in_last_block(writer.get(), kBlockBytes));
  check(writer.get(), archive_write_open(writer.get(), &bytes, nullptr, append, nullptr));

  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                       archive_entry_free);
  int inode = 0;
  for (const auto& [path, node] : tree.entries()) {
    archive_entry_clear(entry.get());
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_filetype(entry.get(), file_type(node.kind));
    archive_entry_set_perm(entry.get(), node.mode);
    archive_entry_set_ino(entry.get(), ++inode);
    archive_entry_set_nlink(entry.get(), 1);
    archive_entry_set_mtime(entry.get(), 0, 0);
    archive_entry_set_size(entry.get(), 0);
    if (node.kind == TreeEntry::Kind::kLink) {
      archive_entry_set_symlink(entry.get(), node.content.c_str());
    } else if (node.kind == TreeEntry::Kind::kFile) {
      archive_entry_set_size(entry.get(), static_cast<la_int64_t>(node.content.size()));
    } else if (node.kind == TreeEntry::Kind::kCharacterDevice) {
      archive_entry_set_rdevmajor(entry.get(), node.major);
      archive_entry_set_rdevminor(entry.get(), node.minor);
    }
    check(writer.get(), archive_write_header(writer.get(), entry.get()));
    if (node.kind == TreeEntry::Kind::kFile && !node.content.empty()) {
      const auto written =
          archive_write_data(writer.get(), node.content.data(), node.content.size());
      if (written != static_cast<la_ssize_t>(node.content.size())) {
        check(writer.get(), ARCHIVE_FATAL);
      }
    }
  }
  check(writer.get(), archive_write_close(writer.get()));
  return bytes;
}

}  // namespace presil::cli
