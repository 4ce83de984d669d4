// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/file_swap.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "agent/apply/refusal.h"
#include "agent/apply/replace.h"
#include "agent/base/file.h"

namespace mpm::apply {
namespace {

// Actions on a link mean the link; those on a file mean the real one.
LastName last_name(FileAction action) {
  return action == FileAction::Link || action == FileAction::Unlink ? LastName::Keep
                                                                    : LastName::Follow;
}

bool adds(FileAction action) {
  return action == FileAction::Create || action == FileAction::Link;
}
bool takes_away(FileAction action) {
  return action == FileAction::Remove || action == FileAction::Unlink;
}
bool is_link(FileAction action) {
  return action == FileAction::Link || action == FileAction::Unlink;
}

// Whether a path is as the edit expects it, or as it leaves it.
bool holds(const std::optional<FileState>& found, bool present, const config::FileEdit& edit,
           const std::string& bytes) {
  if (!found || !present) return !found && !present;
  return found->is_link == is_link(edit.action) && found->bytes == bytes;
}
bool is_before(const std::optional<FileState>& found, const config::FileEdit& edit) {
  return holds(found, !adds(edit.action), edit, edit.before);
}
bool is_after(const std::optional<FileState>& found, const config::FileEdit& edit) {
  return holds(found, !takes_away(edit.action), edit, edit.after);
}

// Half of each, as overwriting leaves it: old bytes again from a first restore, then new ones, then
// old ones that were not reached. Walks through the three at once.
bool is_torn(const std::optional<FileState>& found, const config::FileEdit& edit) {
  if (!found || found->is_link) return false;
  const std::string& now = found->bytes;
  if (now.size() > std::max(edit.before.size(), edit.after.size())) return false;
  bool again = true;
  bool new_ones = true;
  bool not_reached = true;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const bool old_byte = i < edit.before.size() && now[i] == edit.before[i];
    const bool new_byte = i < edit.after.size() && now[i] == edit.after[i];
    not_reached = (again || new_ones || not_reached) && old_byte;
    new_ones = (again || new_ones) && new_byte;
    again = again && old_byte;
  }
  return again || new_ones || not_reached;
}

Result<ServerRoot> root_of(const Backup& backup) {
  return ServerRoot::open(backup.root);
}

// A path of the backup is the real file's, so a link that took its place since is not followed.
struct Found {
  Place place;
  std::optional<FileState> state;
};

Result<Found> find(const ServerRoot& root, const config::FileEdit& edit) {
  auto place = root.place(edit.path, LastName::Keep);
  if (!place) return fail(std::move(place.error()));
  auto state = look(*place);
  if (!state) return fail(std::move(state.error()));
  return Found{std::move(*place), std::move(*state)};
}

// The same entry of the same folder, whatever links led there.
bool same_place(const Place& a, const Place& b) {
  struct stat one {};
  struct stat other {};
  return a.name == b.name && ::fstat(a.directory.get(), &one) == 0 &&
         ::fstat(b.directory.get(), &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

Result<SavedEdit> saved(const config::FileEdit& edit, const Place& place) {
  auto state = look(place);
  if (!state) return fail(std::move(state.error()));
  if (!is_before(*state, edit)) return fail(changed_meanwhile(place, ""));
  SavedEdit one{edit, std::nullopt};
  one.edit.path = place.inside;
  if (*state) one.nature = std::move((*state)->nature);
  return one;
}

std::optional<std::int64_t> number_of(std::string_view name, std::string_view prefix) {
  if (name.substr(0, prefix.size()) != prefix) return std::nullopt;
  name.remove_prefix(prefix.size());
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<void> FileSwap::back_up(const std::vector<config::FileEdit>& edits,
                               const BackupOptions& options) {
  const auto root = ServerRoot::open(options.root);
  if (!root) return fail(root.error());
  std::vector<SavedEdit> edits_saved;
  std::vector<Place> places;
  for (const config::FileEdit& edit : edits) {
    auto place = root->place(edit.path, last_name(edit.action));
    if (!place) return fail(std::move(place.error()));
    if (std::any_of(places.begin(), places.end(),
                    [&](const Place& other) { return same_place(*place, other); }))
      return fail(Error::Kind::Usage, place->path + " cannot be changed twice in one change");
    auto one = saved(edit, *place);
    if (!one) return fail(std::move(one.error()));
    edits_saved.push_back(std::move(*one));
    places.push_back(std::move(*place));
  }
  return store_backup(world_, options.path, options.root, edits_saved);
}

Result<void> FileSwap::write_one(const Backup& backup, std::size_t number) {
  const config::FileEdit& edit = backup.edits[number].edit;
  const auto root = root_of(backup);
  if (!root) return fail(root.error());
  auto found = find(*root, edit);
  if (!found) return fail(std::move(found.error()));
  if (!is_before(found->state, edit)) return fail(changed_meanwhile(found->place, ""));
  if (auto cleared = clear_hidden(world_, found->place, edit); !cleared) return cleared;
  const Marks marks(world_, backup, number);
  const Site site{world_, found->place, marks, Purpose::Write, backup.bytes_of(number)};
  switch (edit.action) {
    case FileAction::Rewrite:
      return replace_file(site, {*found->state, edit.after, found->state->nature});
    case FileAction::Create:
      return add_file(site, edit.after, std::nullopt);
    case FileAction::Link:
      return add_link(site, edit.after, std::nullopt);
    case FileAction::Remove:
    case FileAction::Unlink:
      break;
  }
  return take_away(site, *found->state);
}

Result<void> FileSwap::write(const std::string& path) {
  const auto backup = load_backup(path);
  if (!backup) return fail(backup.error());
  for (std::size_t i = 0; i < backup->edits.size(); ++i)
    if (auto written = write_one(*backup, i); !written) return written;
  return {};
}

Result<void> FileSwap::restore_one(const Backup& backup, std::size_t number) {
  const SavedEdit& saved = backup.edits[number];
  const config::FileEdit& edit = saved.edit;
  const auto root = root_of(backup);
  if (!root) return fail(root.error());
  auto found = find(*root, edit);
  if (!found) return fail(std::move(found.error()));
  if (auto cleared = clear_hidden(world_, found->place, edit); !cleared) return cleared;
  const Marks marks(world_, backup, number);
  if (!marks.is_set(Mark::Begun)) return {};  // never touched, whatever is there
  const Site site{world_, found->place, marks, Purpose::Restore, backup.bytes_of(number)};
  const bool in_place = marks.is_set(Mark::InPlace);
  // In place the bytes come before the times: with the mark, both are done again.
  if (is_before(found->state, edit) && !(in_place && found->state)) return {};
  if (!is_after(found->state, edit) && !(in_place && is_torn(found->state, edit)) &&
      !is_before(found->state, edit))
    return fail(changed_meanwhile(found->place, site.backup));
  if (adds(edit.action)) return take_away(site, *found->state);
  if (edit.action == FileAction::Remove) return add_file(site, edit.before, saved.nature);
  if (edit.action == FileAction::Unlink) return add_link(site, edit.before, saved.nature);
  return replace_file(site, {std::move(*found->state), edit.before, *saved.nature});
}

Result<void> FileSwap::restore(const std::string& path) {
  const auto backup = load_backup(path);
  if (!backup) return fail(backup.error());
  Result<void> outcome;
  for (std::size_t i = backup->edits.size(); i-- > 0;) {
    auto restored = restore_one(*backup, i);
    if (restored) continue;
    if (outcome)
      outcome = std::move(restored);
    else
      outcome.error().what += "; " + restored.error().what;
  }
  return outcome;
}

Result<FileSwap::Standing> FileSwap::standing(const std::string& path) const {
  const auto backup = load_backup(path);
  if (!backup) return fail(backup.error());
  const auto root = root_of(*backup);
  if (!root) return fail(root.error());
  Standing standing{true, true};
  for (const SavedEdit& saved : backup->edits) {
    const auto found = find(*root, saved.edit);
    if (!found) return fail(found.error());
    standing.before = standing.before && is_before(found->state, saved.edit);
    standing.after = standing.after && is_after(found->state, saved.edit);
  }
  return standing;
}

Result<void> FileSwap::forget(const std::string& directory, std::string_view prefix,
                              std::size_t keep, const std::vector<std::string>& open) {
  sweep_backups(world_, directory);
  const auto names = list_directory(directory);
  if (!names) return fail(names.error());
  std::vector<std::pair<std::int64_t, std::string>> backups;
  for (const std::string& name : *names)
    if (const auto number = number_of(name, prefix)) backups.emplace_back(*number, name);
  std::sort(backups.rbegin(), backups.rend());
  for (std::size_t i = keep; i < backups.size(); ++i) {
    if (std::find(open.begin(), open.end(), backups[i].second) != open.end()) continue;
    if (auto gone = remove_backup(world_, directory + "/" + backups[i].second); !gone) return gone;
  }
  return {};
}

Result<void> swap_files(FileWorld& world, const std::vector<config::FileEdit>& edits,
                        const BackupOptions& options) {
  FileSwap swap(world);
  if (auto saved = swap.back_up(edits, options); !saved) return saved;
  auto written = swap.write(options.path);
  if (written) return {};
  if (auto restored = swap.restore(options.path); !restored) {
    written.error().what += "; and then: " + restored.error().what;
    written.error().kind = restored.error().kind;
  }
  return written;
}

}  // namespace mpm::apply
