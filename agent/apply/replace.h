// SPDX-License-Identifier: Apache-2.0
//
// One path of a server's configuration gets other bytes, comes to be, or goes.
//
// A file is written beside its place under a hidden name, given the nature that it shall have,
// synced, and exchanged with the one that is there (renameat2 with RENAME_EXCHANGE). What came out
// is then compared with what was expected, and put back when somebody wrote to it meanwhile: their
// bytes are never lost, and no reader ever sees half a file. It is overwritten in its place instead
// where it has other names (hard links), where something is mounted on it, where its folder cannot
// be written to but it can, and where its owner or attributes could not be given to another file.
// Only then can an interruption leave half of each, and a mark in the backup says so beforehand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/apply/backup.h"
#include "agent/apply/file_state.h"
#include "agent/apply/file_world.h"
#include "agent/apply/place.h"
#include "schema/model/result.h"

namespace mpm::apply {

// The hidden name beside `name`. httpd's wildcards leave out names that begin with a dot.
std::string hidden_name(const std::string& name);

enum class Purpose : std::uint8_t { Write, Restore };

// What one step works on.
struct Site {
  FileWorld& world;
  const Place& place;
  const Marks& marks;
  Purpose purpose;
  std::string backup;  // where the old bytes are, for sentences
};

struct Replacement {
  FileState expected;       // what is there
  std::string_view wanted;  // bytes
  FileNature nature;        // what it shall be; its times only of a restore
};

// Conflict: what is there is not what was expected. After any failure the file is as it was, or
// the sentence says that it is not.
Result<void> replace_file(const Site& site, const Replacement& replacement);

// Conflict: something is there.
// Without a nature it is that of a new file in its folder.
Result<void> add_file(const Site& site, std::string_view bytes,
                      const std::optional<FileNature>& nature);
Result<void> add_link(const Site& site, const std::string& target,
                      const std::optional<FileNature>& nature);

// Of files and links. Conflict: it is not what was expected.
Result<void> take_away(const Site& site, const FileState& expected);

// What an interruption left under the hidden name goes, when it is the beginning of one of the two
// texts. Conflict: it is neither, so somebody's bytes are in it.
Result<void> clear_hidden(FileWorld& world, const Place& place, const config::FileEdit& edit);

}  // namespace mpm::apply
