// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FileTree and write_cpio: an initramfs whose bytes depend on its content alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace presil::cli {

/// One file, folder, symbolic link or character device of a FileTree.
struct TreeEntry {
  enum class Kind { kFile, kFolder, kLink, kCharacterDevice };
  Kind kind = Kind::kFile;
  std::uint32_t mode = 0644;  ///< permission bits
  std::string content;        ///< a file's bytes, or a link's target
  std::uint32_t major = 0;    ///< character devices only
  std::uint32_t minor = 0;
};

/// What goes into an archive: path without leading slash to entry, sorted by construction.
class FileTree {
 public:
  /// Adds a file, and the folders above it. A second one of the same path replaces the first.
  void add_file(const std::string& path, std::string content, std::uint32_t mode = 0644);
  void add_link(const std::string& path, const std::string& target);
  void add_folder(const std::string& path);
  void add_character_device(const std::string& path, std::uint32_t major, std::uint32_t minor);

  [[nodiscard]] bool contains(const std::string& path) const { return entries_.contains(path); }
  [[nodiscard]] const std::map<std::string, TreeEntry>& entries() const { return entries_; }

 private:
  void add_parents(const std::string& path);

  std::map<std::string, TreeEntry> entries_;
};

/// The tree as a cpio archive in the "newc" form that Linux unpacks: sorted, all owned by root, all
/// times 0, inode numbers counted from 1. Its size is a multiple of 512 bytes, so that archives can
/// be joined end to end.
std::string write_cpio(const FileTree& tree);

}  // namespace presil::cli
