// SPDX-License-Identifier: Apache-2.0
//
// The files of a planned edit, saved, written and brought back. The only code that changes a
// server's configuration: a change is first saved whole in a backup (backup.h), written from it
// and restored from it, so that what is undone is what was done, also by another process after
// this one was killed at any point.
//
//   FileSwap swap(world);
//   swap.back_up(edits, {.path = "/var/lib/mpmctl/backups/17"});   // complete or absent
//   swap.write("/var/lib/mpmctl/backups/17");                      // on failure: restore
//   swap.restore("/var/lib/mpmctl/backups/17");                    // as often as need be
//
// Threads: one at a time, and one process at a time (the journal's lock sees to it).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/apply/backup.h"
#include "agent/apply/file_world.h"
#include "agent/config/edit.h"
#include "schema/model/result.h"

namespace mpm::apply {

struct BackupOptions {
  std::string path;  // of the folder to make, in one that is there
  std::string root;  // the server's: "" for this host's own, or /proc/PID/root
};

class FileSwap {
 public:
  explicit FileSwap(FileWorld& world) : world_(world) {}

  // Looks at every path and saves it. Conflict: a file does not hold the bytes that the edit was
  // planned for. Nothing of the server's is touched, whatever happens.
  Result<void> back_up(const std::vector<config::FileEdit>& edits, const BackupOptions& options);

  // Makes the edits in their order. Conflict: a file holds other bytes than were saved. Denied: it
  // cannot be written. After a failure some may have been made; restore takes them back.
  Result<void> write(const std::string& backup);

  // Every path as it was saved: bytes, mode, owner, attributes, modification time and links. Done
  // again it does no harm. Conflict: somebody else changed a file since; that one is left alone
  // and named with its backup, and the others are restored all the same.
  Result<void> restore(const std::string& backup);

  // Whether every path of the backup is as before, and as after, the change.
  struct Standing {
    bool before = false;
    bool after = false;
  };
  Result<Standing> standing(const std::string& backup) const;

  // Of the backups whose names are the prefix and a number, that of their change or their time: the
  // newest `keep` stay, and those that are named in `open`.
  Result<void> forget(const std::string& directory, std::string_view prefix, std::size_t keep,
                      const std::vector<std::string>& open);

 private:
  Result<void> write_one(const Backup& backup, std::size_t edit);
  Result<void> restore_one(const Backup& backup, std::size_t edit);

  FileWorld& world_;
};

// All three for whoever keeps no journal: after a failure everything is as it was, or the sentence
// says what is not.
Result<void> swap_files(FileWorld& world, const std::vector<config::FileEdit>& edits,
                        const BackupOptions& options);

}  // namespace mpm::apply
