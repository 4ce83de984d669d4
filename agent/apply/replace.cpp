// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/replace.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>

#include "agent/apply/refusal.h"
#include "agent/base/file.h"

namespace mpm::apply {
namespace {

constexpr mode_t kModeOfNewFiles = 0644;

// How much of a nature a file is given.
enum class Dress : std::uint8_t {
  New,       // owner and mode; attributes are its folder's to give (a default ACL)
  Same,      // attributes too
  Restored,  // and times
};

// Readable, and of whoever owns the folder.
FileNature nature_in(const Place& place) {
  FileNature nature;
  nature.mode = kModeOfNewFiles;
  struct stat folder {};
  if (::fstat(place.directory.get(), &folder) == 0) nature.owner = {folder.st_uid, folder.st_gid};
  return nature;
}

Place beside(const Place& place, const std::string& name) {
  return {UniqueFd(::fcntl(place.directory.get(), F_DUPFD_CLOEXEC, 0)), name, "",
          place.path.substr(0, place.path.rfind('/') + 1) + name};
}

// Attributes that a new file has of its own accord, such as the ACL that a folder hands down, go
// unless they are wanted. The label is the exception: a file cannot be without one.
int drop_attributes(FileWorld& world, int file, const Attributes& wanted) {
  const auto names = attribute_names(file, "");
  if (!names) return EIO;
  for (const std::string& name : *names) {
    const bool kept =
        name == "security.selinux" || signs_bytes(name) ||
        std::any_of(wanted.begin(), wanted.end(), [&](const auto& a) { return a.first == name; });
    if (kept) continue;
    if (const int failed = world.remove_attribute(file, name); failed != 0) return failed;
  }
  return 0;
}

int give_attributes(FileWorld& world, int file, const FileNature& nature, Dress dress) {
  if (const int failed = drop_attributes(world, file, nature.attributes); failed != 0)
    return failed;
  for (const auto& [name, value] : nature.attributes) {
    // Over new bytes a signature of the old ones would be a forgery that the kernel refuses.
    if (dress == Dress::Same && signs_bytes(name)) continue;
    if (const int failed = world.set_attribute(file, name, value); failed != 0) return failed;
  }
  return 0;
}

// The owner first, since a new owner takes bits of the mode away; an ACL has the last word on it.
int give_nature(FileWorld& world, int file, const FileNature& nature, Dress dress) {
  int failed = world.set_owner(file, nature.owner);
  if (failed == 0) failed = world.set_mode(file, nature.mode);
  if (failed == 0 && dress != Dress::New) failed = give_attributes(world, file, nature, dress);
  if (failed == 0 && dress == Dress::Restored) failed = world.set_times(file, nature.times);
  return failed;
}

enum class Step : std::uint8_t { Creating, Filling, Dressing, Syncing };

struct Hidden {
  Step reached = Step::Creating;
  int failed = 0;
};

void remove_hidden(const Site& site) {
  site.world.remove_file(site.place.directory.get(), hidden_name(site.place.name));
}

// The whole file under the hidden name, synced.
Hidden write_hidden(const Site& site, std::string_view bytes, const FileNature& nature,
                    Dress dress) {
  FileWorld& world = site.world;
  UniqueFd file;
  Hidden hidden;
  hidden.failed = world.create_file(site.place.directory.get(), hidden_name(site.place.name), file);
  if (hidden.failed != 0) return hidden;
  hidden.reached = Step::Filling;
  hidden.failed = world.write(file.get(), bytes);
  if (hidden.failed == 0) {
    hidden.reached = Step::Dressing;
    hidden.failed = give_nature(world, file.get(), nature, dress);
  }
  if (hidden.failed == 0) {
    hidden.reached = Step::Syncing;
    hidden.failed = world.sync(file.get());
  }
  if (hidden.failed != 0) remove_hidden(site);
  return hidden;
}

bool denied(int errno_value) {
  return errno_value == EROFS || errno_value == EACCES || errno_value == EPERM;
}

// Where another file cannot take the place, the one that is there is overwritten.
bool only_in_place(const Hidden& hidden, Purpose purpose) {
  if (hidden.reached == Step::Creating && denied(hidden.failed)) return true;
  if (hidden.reached == Step::Dressing &&
      (denied(hidden.failed) || hidden.failed == EOPNOTSUPP || hidden.failed == EINVAL))
    return true;
  // A disk that is full must not keep the old bytes from coming back.
  return purpose == Purpose::Restore && (hidden.failed == ENOSPC || hidden.failed == EDQUOT);
}

// Nothing of ours is in the place. A file that was never touched is nobody's to restore later.
tl::unexpected<Error> withdraw(const Site& site, Error error) {
  remove_hidden(site);
  if (site.purpose == Purpose::Write) site.marks.clear(Mark::Begun);
  return fail(std::move(error));
}

Error changed(const Site& site) {
  return changed_meanwhile(site.place, site.purpose == Purpose::Restore ? site.backup : "");
}

// Bytes over bytes; room for the longer text is asked for before the first is touched.
int overwrite(FileWorld& world, int file, std::string_view bytes, std::size_t had) {
  int failed = bytes.size() > had ? world.reserve(file, bytes.size()) : 0;
  if (failed == 0) failed = world.write(file, bytes);
  if (failed == 0) failed = world.resize(file, bytes.size());
  return failed != 0 ? failed : world.sync(file);
}

// Owner, mode and attributes are there already, unless somebody changed them since.
int restore_nature(FileWorld& world, int file, const FileNature& now, const FileNature& saved) {
  int failed = 0;
  if (now.owner != saved.owner) failed = world.set_owner(file, saved.owner);
  if (failed == 0 && now.mode != saved.mode) failed = world.set_mode(file, saved.mode);
  if (failed == 0 && now.attributes != saved.attributes)
    failed = give_attributes(world, file, saved, Dress::Restored);
  return failed != 0 ? failed : world.set_times(file, saved.times);
}

Result<void> put_back(const Site& site, int file, const FileState& old, int why) {
  int failed = site.world.write(file, old.bytes);
  if (failed == 0) failed = site.world.resize(file, old.bytes.size());
  if (failed == 0) failed = site.world.sync(file);
  if (failed == 0) failed = site.world.set_times(file, old.nature.times);
  if (failed != 0)
    return fail(system_error(why, fmt::format("{} is half written, and could not be put right; "
                                              "its old bytes are in {}",
                                              site.place.path, site.backup)));
  site.marks.clear(Mark::InPlace);
  return withdraw(site, not_written(why, site.place));
}

Result<void> replace_in_place(const Site& site, const Replacement& replacement) {
  const UniqueFd file(::openat(site.place.directory.get(), site.place.name.c_str(),
                               O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return withdraw(site, not_written(errno, site.place));
  auto marked = site.marks.set(Mark::Begun);
  if (marked) marked = site.marks.set(Mark::InPlace);
  // Of a restore on a full disk: better without the mark than not at all.
  if (!marked && site.purpose == Purpose::Write) return withdraw(site, marked.error());
  const auto now = look(site.place);
  struct stat opened {};
  if (!now || !*now || !same_file(**now, replacement.expected) ||
      ::fstat(file.get(), &opened) != 0 || opened.st_ino != (*now)->number) {
    site.marks.clear(Mark::InPlace);
    return withdraw(site, changed(site));
  }
  int failed =
      overwrite(site.world, file.get(), replacement.wanted, replacement.expected.bytes.size());
  if (failed != 0) return put_back(site, file.get(), replacement.expected, failed);
  if (site.purpose == Purpose::Restore)
    failed = restore_nature(site.world, file.get(), (*now)->nature, replacement.nature);
  if (failed != 0)
    return fail(system_error(failed, site.place.path + " has its old bytes again, but not its old "
                                                       "owner, mode and times"));
  site.marks.clear(Mark::InPlace);
  return {};
}

// The exchange has happened; the hidden name now holds what was in the place.
Result<void> settle_exchange(const Site& site, const Replacement& replacement) {
  const int directory = site.place.directory.get();
  const Place came_out = beside(site.place, hidden_name(site.place.name));
  const auto old = look(came_out);
  if (!old || !*old || !same_file(**old, replacement.expected)) {
    if (const int failed = site.world.exchange(directory, came_out.name, site.place.name);
        failed != 0)
      return fail(system_error(
          failed, fmt::format("{} was changed by somebody else, and their bytes are now in {}",
                              site.place.path, came_out.path)));
    return withdraw(site, changed(site));
  }
  int failed = site.world.remove_file(directory, came_out.name);
  if (failed == 0) failed = site.world.sync(directory);
  if (failed != 0)
    return fail(system_error(failed, site.place.path + " was written, but not safely"));
  return {};
}

// A file system that cannot exchange: the last look is right before the rename.
Result<void> rename_over(const Site& site, const Replacement& replacement) {
  const int directory = site.place.directory.get();
  const auto now = look(site.place);
  if (!now || !*now || !same_file(**now, replacement.expected))
    return withdraw(site, changed(site));
  int failed = site.world.rename(directory, hidden_name(site.place.name), site.place.name);
  if (failed == EBUSY || failed == EXDEV) {
    remove_hidden(site);
    return replace_in_place(site, replacement);
  }
  if (failed != 0) return withdraw(site, not_written(failed, site.place));
  failed = site.world.sync(directory);
  if (failed != 0)
    return fail(system_error(failed, site.place.path + " was written, but not safely"));
  return {};
}

}  // namespace

std::string hidden_name(const std::string& name) {
  return "." + name + ".mpmctl-new";
}

Result<void> replace_file(const Site& site, const Replacement& replacement) {
  if (replacement.expected.names > 1 || replacement.expected.mounted)
    return replace_in_place(site, replacement);
  const Dress dress = site.purpose == Purpose::Restore ? Dress::Restored : Dress::Same;
  const Hidden hidden = write_hidden(site, replacement.wanted, replacement.nature, dress);
  if (hidden.failed != 0 && only_in_place(hidden, site.purpose))
    return replace_in_place(site, replacement);
  if (hidden.failed != 0) return fail(not_written(hidden.failed, site.place));
  if (auto marked = site.marks.set(Mark::Begun); !marked && site.purpose == Purpose::Write)
    return withdraw(site, marked.error());
  const int failed = site.world.exchange(site.place.directory.get(), hidden_name(site.place.name),
                                         site.place.name);
  if (failed == 0) return settle_exchange(site, replacement);
  if (failed == EINVAL || failed == ENOSYS || failed == EOPNOTSUPP)
    return rename_over(site, replacement);
  if (failed == EBUSY || failed == EXDEV) {
    remove_hidden(site);
    return replace_in_place(site, replacement);
  }
  return withdraw(site, failed == ENOENT ? changed(site) : not_written(failed, site.place));
}

Result<void> add_file(const Site& site, std::string_view bytes,
                      const std::optional<FileNature>& nature) {
  const Hidden hidden = write_hidden(site, bytes, nature ? *nature : nature_in(site.place),
                                     nature ? Dress::Restored : Dress::New);
  if (hidden.failed != 0) return fail(not_written(hidden.failed, site.place));
  if (auto marked = site.marks.set(Mark::Begun); !marked && site.purpose == Purpose::Write)
    return withdraw(site, marked.error());
  const int directory = site.place.directory.get();
  int failed = site.world.rename_new(directory, hidden_name(site.place.name), site.place.name);
  if (failed == EEXIST) return withdraw(site, changed(site));
  if (failed != 0) return withdraw(site, not_written(failed, site.place));
  failed = site.world.sync(directory);
  if (failed != 0)
    return fail(system_error(failed, site.place.path + " was written, but not safely"));
  return {};
}

// Made under the hidden name too: a link that is there has its owner and times already.
Result<void> add_link(const Site& site, const std::string& target,
                      const std::optional<FileNature>& nature) {
  FileWorld& world = site.world;
  const int directory = site.place.directory.get();
  const std::string hidden = hidden_name(site.place.name);
  if (auto marked = site.marks.set(Mark::Begun); !marked && site.purpose == Purpose::Write)
    return withdraw(site, marked.error());
  int failed = world.create_link(target, directory, hidden);
  if (failed == 0 && nature) failed = world.set_link_owner(directory, hidden, nature->owner);
  if (failed == 0 && nature) failed = world.set_link_times(directory, hidden, nature->times);
  if (failed == 0) failed = world.rename_new(directory, hidden, site.place.name);
  if (failed == EEXIST) return withdraw(site, changed(site));
  if (failed != 0) return withdraw(site, not_written(failed, site.place));
  failed = world.sync(directory);
  if (failed != 0)
    return fail(system_error(failed, site.place.path + " was written, but not safely"));
  return {};
}

// Moved aside first, so that what goes is what was looked at.
Result<void> take_away(const Site& site, const FileState& expected) {
  if (expected.mounted) return withdraw(site, not_written(EBUSY, site.place));
  const int directory = site.place.directory.get();
  const Place aside = beside(site.place, hidden_name(site.place.name));
  if (auto marked = site.marks.set(Mark::Begun); !marked && site.purpose == Purpose::Write)
    return withdraw(site, marked.error());
  int failed = site.world.rename_new(directory, site.place.name, aside.name);
  if (failed != 0)
    return withdraw(site, failed == ENOENT ? changed(site) : not_written(failed, site.place));
  const auto moved = look(aside);
  if (!moved || !*moved || !same_file(**moved, expected)) {
    failed = site.world.rename_new(directory, aside.name, site.place.name);
    if (failed != 0)
      return fail(system_error(
          failed, fmt::format("{} was changed by somebody else, and their bytes are now in {}",
                              site.place.path, aside.path)));
    return withdraw(site, changed(site));
  }
  failed = site.world.remove_file(directory, aside.name);
  if (failed == 0) failed = site.world.sync(directory);
  if (failed != 0)
    return fail(system_error(failed, site.place.path + " was removed, but not safely"));
  return {};
}

Result<void> clear_hidden(FileWorld& world, const Place& place, const config::FileEdit& edit) {
  const Place hidden = beside(place, hidden_name(place.name));
  const auto left = look(hidden);
  if (!left) return fail(left.error());
  if (!*left) return {};
  const auto begins = [&](const std::string& text) {
    return text.compare(0, (*left)->bytes.size(), (*left)->bytes) == 0;
  };
  if (!begins(edit.before) && !begins(edit.after))
    return fail(Error::Kind::Conflict,
                fmt::format("{} holds bytes that somebody wrote to {} while it was being changed; "
                            "look at both, and remove it",
                            hidden.path, place.path));
  const int failed = world.remove_file(hidden.directory.get(), hidden.name);
  if (failed != 0 && failed != ENOENT) return fail(not_written(failed, hidden));
  return {};
}

}  // namespace mpm::apply
