// SPDX-License-Identifier: Apache-2.0
//
// What a change needs to be made and to be undone, in a folder that is complete or absent:
//
//   manifest            which paths, what happens to each, and what the files there were
//   0.before 0.after    the bytes of the first path, before and after; for people, too: cp 0.before
//   0.begun             a mark: the swap went on to touch the first path
//   0.in-place          a mark: its file is being overwritten, and may be half of each
//
// It is written under a name with a dot before it, synced, and renamed. Every file of bytes has its
// digest in the manifest, so that a damaged backup is refused and never restored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/apply/file_state.h"
#include "agent/apply/file_world.h"
#include "agent/config/edit.h"
#include "schema/model/result.h"

namespace mpm::apply {

struct SavedEdit {
  config::FileEdit edit;             // its path is the real file's
  std::optional<FileNature> nature;  // of what was there; absent: nothing was
};

struct Backup {
  std::string path;  // of the folder
  std::string root;  // of the server's files: "" or /proc/4711/root
  UniqueFd directory;
  std::vector<SavedEdit> edits;

  std::string bytes_of(std::size_t edit) const;  // the path of the old bytes, for sentences
};

// Conflict: a backup of that name is there.
Result<void> store_backup(FileWorld& world, const std::string& path, const std::string& root,
                          const std::vector<SavedEdit>& edits);
// NotFound: there is none. Malformed: it is damaged.
Result<Backup> load_backup(const std::string& path);
// Gone as a whole: what is left when it is interrupted has a dot before its name.
Result<void> remove_backup(FileWorld& world, const std::string& path);
// Folders with a dot before their name: what an interruption left.
void sweep_backups(FileWorld& world, const std::string& directory);

enum class Mark : std::uint8_t { Begun, InPlace };

// The marks of one edit; set is synced before it returns.
class Marks {
 public:
  Marks(FileWorld& world, const Backup& backup, std::size_t edit)
      : world_(world), backup_(backup), edit_(edit) {}
  Result<void> set(Mark mark) const;
  void clear(Mark mark) const;
  bool is_set(Mark mark) const;

 private:
  FileWorld& world_;
  const Backup& backup_;
  std::size_t edit_;
};

}  // namespace mpm::apply
