// SPDX-License-Identifier: Apache-2.0
//
// A configuration to swap files of, with one edit of every kind, and all that can be seen of it:
// what a swap must bring back is compared as a whole. Worlds that end the process or fail at a
// call.
#pragma once

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "agent/apply/file_swap.h"
#include "agent/apply/file_world.h"
#include "agent/config/edit.h"
#include "tests/support/bytes_of.h"

namespace mpm::apply::test {

namespace fs = std::filesystem;
using config::FileEdit;

inline void put(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// All of a path but the times of access and change.
inline std::string seen(const fs::path& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return "absent";
  std::string text =
      fmt::format("{:o} {}:{} names {} time {}.{}", found.st_mode, found.st_uid, found.st_gid,
                  found.st_nlink, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
  if (S_ISLNK(found.st_mode)) return text + " -> " + fs::read_symlink(path).string();
  std::string names(4096, '\0');
  const ssize_t size = ::listxattr(path.c_str(), names.data(), names.size());
  std::vector<std::string> lines;
  for (ssize_t at = 0; at < size;) {
    const std::string name(names.c_str() + at);
    std::string value(4096, '\0');
    const ssize_t length = ::getxattr(path.c_str(), name.c_str(), value.data(), value.size());
    value.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    lines.push_back(" " + name + "=" + value);
    at += static_cast<ssize_t>(name.size()) + 1;
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines)
    text += line;
  return text + "\n" + bytes_of(path);
}

using Snapshot = std::map<std::string, std::string>;

inline Snapshot snapshot(const fs::path& directory) {
  Snapshot all;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_symlink() || !entry.is_directory())
      all[entry.path().string()] = seen(entry.path());
  return all;
}

// In memory where there is such a file system: a thousand syncs would take minutes elsewhere.
class SwapTree {
 public:
  explicit SwapTree(const fs::path& below = "/dev/shm") {
    const fs::path place = fs::is_directory(below) ? below : fs::temp_directory_path();
    std::string pattern = (place / "mpm-swap-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    top_ = pattern;
    reset();
  }
  ~SwapTree() {
    std::error_code ignored;
    fs::remove_all(top_, ignored);
  }
  SwapTree(const SwapTree&) = delete;
  SwapTree& operator=(const SwapTree&) = delete;

  // As it was at first.
  void reset() const {
    fs::remove_all(conf());
    fs::remove_all(top_ / "backups");
    fs::create_directories(top_ / "backups");
    put(event(), kOld);
    dress(event());
    put(conf() / "old.conf", "# goes\nTimeout 60\n");
    dress(conf() / "old.conf");
    fs::create_directories(conf() / "enabled");
    fs::create_symlink("../mods/event.conf", conf() / "enabled/event.conf");
    fs::create_symlink("../mods/worker.conf", conf() / "enabled/worker.conf");
    const std::array<timespec, 2> then{timespec{1600000000, 5}, timespec{1600000001, 7}};
    ::utimensat(AT_FDCWD, (conf() / "enabled/worker.conf").c_str(), then.data(),
                AT_SYMLINK_NOFOLLOW);
  }

  std::vector<FileEdit> edits() const {
    return {
        {event().string(), FileAction::Rewrite, kOld, kNew},
        {(conf() / "drop-in.conf").string(), FileAction::Create, "", "KeepAlive Off\n"},
        {(conf() / "old.conf").string(), FileAction::Remove, "# goes\nTimeout 60\n", ""},
        {(conf() / "enabled/drop-in.conf").string(), FileAction::Link, "", "../drop-in.conf"},
        {(conf() / "enabled/worker.conf").string(), FileAction::Unlink, "../mods/worker.conf", ""}};
  }

  fs::path top() const { return top_; }
  fs::path conf() const { return top_ / "conf"; }
  fs::path event() const { return conf() / "mods/event.conf"; }
  std::string backup() const { return (top_ / "backups/17").string(); }
  BackupOptions options() const { return {backup(), ""}; }

  // Every path is as before or as after, and nothing else is there.
  bool is_old_or_new() const {
    for (const FileEdit& edit : edits()) {
      const bool link = edit.action == FileAction::Link || edit.action == FileAction::Unlink;
      const bool there = fs::exists(fs::symlink_status(edit.path));
      const std::string now = !there ? ""
                              : link ? fs::read_symlink(edit.path).string()
                                     : bytes_of(edit.path);
      if (now != edit.before && now != edit.after) return false;
    }
    return true;
  }

  inline static const std::string kOld =
      "<IfModule mpm_event_module>\n\tStartServers\t 2\n\tMaxRequestWorkers\t 150\n</IfModule>\n";
  inline static const std::string kNew =
      "<IfModule mpm_event_module>\n\tStartServers\t 2\n\tMaxRequestWorkers\t 4000\n</IfModule>\n";

 private:
  // Unlike what a new file would have, in all that a file has.
  static void dress(const fs::path& path) {
    if (::getuid() == 0 && ::chown(path.c_str(), 1234, 4321) != 0) std::abort();
    ::chmod(path.c_str(), 0640);
    ::setxattr(path.c_str(), "user.note", "keep\0me", 7, 0);
    const std::array<timespec, 2> then{timespec{1500000000, 123456789}, timespec{1500000001, 987}};
    ::utimensat(AT_FDCWD, path.c_str(), then.data(), 0);
  }

  fs::path top_;
};

// Ends its process right before the n-th call, which is right after the one before it.
class MortalWorld : public FileWorld {
 public:
  explicit MortalWorld(int call) : call_(call) {}

 protected:
  int admit(Call) override {
    if (++count_ == call_) ::kill(::getpid(), SIGKILL);
    return 0;
  }
  std::size_t piece() const override { return 37; }

 private:
  int call_;
  int count_ = 0;
};

// Calls from the n-th on fail, as many as are told to.
class FailingWorld : public FileWorld {
 public:
  FailingWorld(int first, int how_many, int errno_value)
      : first_(first), how_many_(how_many), errno_value_(errno_value) {}
  int count() const { return count_; }

 protected:
  int admit(Call) override {
    ++count_;
    return count_ >= first_ && count_ < first_ + how_many_ ? errno_value_ : 0;
  }
  std::size_t piece() const override { return 37; }

 private:
  int first_;
  int how_many_;
  int errno_value_;
  int count_ = 0;
};

// Somebody else does something right before the n-th call.
class CrowdedWorld : public FileWorld {
 public:
  CrowdedWorld(int call, std::function<void()> act) : call_(call), act_(std::move(act)) {}
  bool acted() const { return count_ >= call_; }

 protected:
  int admit(Call) override {
    if (++count_ == call_) act_();
    return 0;
  }

 private:
  int call_;
  std::function<void()> act_;
  int count_ = 0;
};

// The status of a child that does `act`: what it returns, or 128 and the signal that ended it.
inline int in_child(const std::function<int()>& act) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(act());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
inline constexpr int kKilled = 128 + SIGKILL;

}  // namespace mpm::apply::test
