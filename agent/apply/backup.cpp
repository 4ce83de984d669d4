// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/backup.h"

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>

#include "agent/apply/manifest.h"
#include "agent/base/file.h"

namespace mpm::apply {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
constexpr std::string_view kManifest = "manifest";

// The folder that backups lie in, and the name of one there.
struct Shelf {
  UniqueFd directory;
  std::string name;
};

Result<Shelf> shelf_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash + 1 == path.size())
    return fail(Error::Kind::Usage, "\"" + path + "\" is no absolute path of a backup");
  const std::string directory = path.substr(0, slash + 1);
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail(system_error(errno, directory));
  return Shelf{std::move(fd), path.substr(slash + 1)};
}

Error not_stored(int why, const std::string& path) {
  Error error = system_error(why, "The backup " + path + " cannot be written");
  if (why == ENOSPC || why == EDQUOT) error.kind = Error::Kind::Denied;
  error.what += "; the server's files were not touched";
  return error;
}

// Empties a folder of files and takes it away; what is not there is no error.
void remove_folder(FileWorld& world, int directory, const std::string& name,
                   const std::string& path) {
  const UniqueFd folder(::openat(directory, name.c_str(), kDirectory));
  if (!folder) return;
  const auto names = list_directory(path);
  if (names)
    for (const std::string& file : *names)
      world.remove_file(folder.get(), file);
  world.remove_directory(directory, name);
}

int write_new(FileWorld& world, int directory, const std::string& name, std::string_view bytes) {
  UniqueFd file;
  int failed = world.create_file(directory, name, file);
  if (failed == 0) failed = world.write(file.get(), bytes);
  if (failed == 0) failed = world.sync(file.get());
  return failed;
}

int write_folder(FileWorld& world, int folder, const std::string& root,
                 const std::vector<SavedEdit>& edits) {
  Manifest manifest;
  manifest.root = root;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const config::FileEdit& edit = edits[i].edit;
    int failed = write_new(world, folder, fmt::format("{}.before", i), edit.before);
    if (failed == 0) failed = write_new(world, folder, fmt::format("{}.after", i), edit.after);
    if (failed != 0) return failed;
    manifest.entries.push_back({edits[i], digest(edit.before), digest(edit.after)});
  }
  const int failed = write_new(world, folder, std::string(kManifest), to_text(manifest));
  return failed != 0 ? failed : world.sync(folder);
}

std::string mark_name(Mark mark, std::size_t edit) {
  return fmt::format("{}.{}", edit, mark == Mark::Begun ? "begun" : "in-place");
}

Result<void> load_bytes(const std::string& path, const std::string& expected, std::string& into) {
  auto bytes = read_file(path);
  if (!bytes) return fail(std::move(bytes.error()));
  if (digest(*bytes) != expected)
    return fail(Error::Kind::Malformed,
                path + " is damaged; compare the server's files by hand before anything else");
  into = std::move(*bytes);
  return {};
}

}  // namespace

std::string Backup::bytes_of(std::size_t edit) const {
  return fmt::format("{}/{}.before", path, edit);
}

Result<void> store_backup(FileWorld& world, const std::string& path, const std::string& root,
                          const std::vector<SavedEdit>& edits) {
  const auto shelf = shelf_of(path);
  if (!shelf) return fail(shelf.error());
  const int directory = shelf->directory.get();
  const std::string unfinished = "." + shelf->name;
  const std::string unfinished_path = path.substr(0, path.rfind('/') + 1) + unfinished;
  remove_folder(world, directory, unfinished, unfinished_path);
  if (const int failed = world.create_directory(directory, unfinished); failed != 0)
    return fail(not_stored(failed, path));
  const UniqueFd folder(::openat(directory, unfinished.c_str(), kDirectory));
  int failed = folder ? write_folder(world, folder.get(), root, edits) : errno;
  if (failed == 0) failed = world.rename_new(directory, unfinished, shelf->name);
  if (failed == 0) failed = world.sync(directory);
  if (failed == 0) return {};
  remove_folder(world, directory, unfinished, unfinished_path);
  if (failed == EEXIST)
    return fail(Error::Kind::Conflict, "There is a backup at " + path + " already");
  return fail(not_stored(failed, path));
}

Result<Backup> load_backup(const std::string& path) {
  Backup backup;
  backup.path = path;
  backup.directory.reset(::open(path.c_str(), kDirectory));
  if (!backup.directory) return fail(system_error(errno, "The backup " + path));
  const auto text = read_file(path + "/" + std::string(kManifest));
  if (!text) return fail(text.error());
  auto manifest = parse_manifest(*text);
  if (!manifest) return fail(std::move(manifest.error()).in(path));
  backup.root = std::move(manifest->root);
  for (std::size_t i = 0; i < manifest->entries.size(); ++i) {
    Manifest::Entry& entry = manifest->entries[i];
    config::FileEdit& edit = entry.saved.edit;
    auto loaded = load_bytes(backup.bytes_of(i), entry.before_digest, edit.before);
    if (loaded)
      loaded = load_bytes(fmt::format("{}/{}.after", path, i), entry.after_digest, edit.after);
    if (!loaded) return fail(std::move(loaded.error()));
    const bool adds = edit.action == FileAction::Create || edit.action == FileAction::Link;
    if (adds == entry.saved.nature.has_value())
      return fail(Error::Kind::Malformed, path + ": the manifest does not fit its edits");
    backup.edits.push_back(std::move(entry.saved));
  }
  return backup;
}

Result<void> remove_backup(FileWorld& world, const std::string& path) {
  const auto shelf = shelf_of(path);
  if (!shelf) return fail(shelf.error());
  const std::string going = "." + shelf->name;
  const std::string going_path = path.substr(0, path.rfind('/') + 1) + going;
  remove_folder(world, shelf->directory.get(), going, going_path);
  const int failed = world.rename_new(shelf->directory.get(), shelf->name, going);
  if (failed == ENOENT) return {};
  if (failed != 0) return fail(system_error(failed, "The backup " + path));
  remove_folder(world, shelf->directory.get(), going, going_path);
  return {};
}

void sweep_backups(FileWorld& world, const std::string& directory) {
  const UniqueFd shelf(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto names = list_directory(directory);
  if (!shelf || !names) return;
  for (const std::string& name : *names)
    if (name.front() == '.') remove_folder(world, shelf.get(), name, directory + "/" + name);
}

Result<void> Marks::set(Mark mark) const {
  UniqueFd file;
  int failed = world_.create_file(backup_.directory.get(), mark_name(mark, edit_), file);
  if (failed == EEXIST) failed = 0;
  // Also when it was there: an interruption may have come before it was synced.
  if (failed == 0) failed = world_.sync(backup_.directory.get());
  if (failed != 0) return fail(not_stored(failed, backup_.path));
  return {};
}

void Marks::clear(Mark mark) const {
  world_.remove_file(backup_.directory.get(), mark_name(mark, edit_));
}

bool Marks::is_set(Mark mark) const {
  struct stat found {};
  return ::fstatat(backup_.directory.get(), mark_name(mark, edit_).c_str(), &found,
                   AT_SYMLINK_NOFOLLOW) == 0;
}

}  // namespace mpm::apply
