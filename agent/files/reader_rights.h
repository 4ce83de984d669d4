// SPDX-License-Identifier: Apache-2.0
//
// Whose rights files are read with. Anybody can start a program that looks like an httpd and call
// any file its configuration; an agent that read it with rights of its own would tell those who ask
// it what neither they nor that program may see.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

namespace mpm {

struct FileReader {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;  // besides
  bool operator==(const FileReader&) const = default;
};

// Whether the mode of a file lets `reader` read it, and of a directory go through it. What an
// access control list grants beyond is not seen.
bool may_read(const FileReader& reader, const struct stat& file);
bool may_search(const FileReader& reader, const struct stat& directory);

// While it lives, this thread opens files as `reader` may, and no others; nullopt and root change
// nothing. An agent that is root becomes that user and its groups for the file system. Any other
// cannot, and lays down the capabilities by which it reads more than its own user may
// (capabilities(7): CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE); then it opens its own files, its
// groups' and what everybody may, and whether the reader might has to be asked besides. For the
// thread that made it; errno is the same after it as before its end.
class ReaderRights {
 public:
  explicit ReaderRights(const std::optional<FileReader>& reader);
  ~ReaderRights();
  ReaderRights(const ReaderRights&) = delete;
  ReaderRights& operator=(const ReaderRights&) = delete;

  // False: the kernel or a filter of system calls did not allow it, and nothing may be read.
  bool are_in_force() const { return in_force_; }

  // Whether this process, which is neither root nor the reader, opens more than the reader might.
  static bool are_wider(const std::optional<FileReader>& reader);

 private:
  bool become(const FileReader& reader);
  bool lay_down();

  bool in_force_ = true;
  std::optional<std::uint64_t> capabilities_;  // effective ones, to be taken up again
  std::optional<FileReader> self_;             // to become again
};

}  // namespace mpm
