// SPDX-License-Identifier: Apache-2.0
//
// Every call to the kernel by which a file is changed, and no other: the swap of a configuration
// changes nothing except through here. Each passes admit() first and done() afterwards, so that a
// test can end the process or let the call fail at any of them, and none can be forgotten.
//
// All calls give 0, or errno. Names are those of entries in an open directory; a link in the last
// place is never followed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/types.h>

#include "agent/base/fd.h"

namespace mpm::apply {

enum class Call : std::uint8_t {
  CreateFile,
  CreateDirectory,
  CreateLink,
  Write,
  Resize,
  Reserve,
  Sync,
  Exchange,
  Rename,
  RenameNew,
  RemoveFile,
  RemoveDirectory,
  SetMode,
  SetOwner,
  SetTimes,
  SetAttribute,
  RemoveAttribute,
};

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
  bool operator==(const Owner&) const = default;
};

struct Times {
  timespec accessed{};
  timespec modified{};
};

class FileWorld {
 public:
  FileWorld() = default;
  virtual ~FileWorld() = default;
  FileWorld(const FileWorld&) = delete;
  FileWorld& operator=(const FileWorld&) = delete;

  // New, and for its owner alone.
  int create_file(int directory, const std::string& name, UniqueFd& file);
  int create_directory(int directory, const std::string& name);
  int create_link(const std::string& target, int directory, const std::string& name);

  // From the first byte on, in pieces; what lies behind stays.
  int write(int file, std::string_view bytes);
  int resize(int file, std::size_t bytes);
  // Room on the disk for that many bytes, without a change of the file's size. Where a file system
  // cannot promise room that is no error.
  int reserve(int file, std::size_t bytes);
  // A directory that its file system cannot sync is taken for synced.
  int sync(int file);

  int exchange(int directory, const std::string& a, const std::string& b);
  int rename(int directory, const std::string& from, const std::string& to);
  // EEXIST where `to` is there already.
  int rename_new(int directory, const std::string& from, const std::string& to);
  int remove_file(int directory, const std::string& name);
  int remove_directory(int directory, const std::string& name);

  int set_mode(int file, mode_t mode);
  int set_owner(int file, Owner owner);
  int set_times(int file, const Times& times);
  int set_attribute(int file, const std::string& name, const std::string& value);
  int remove_attribute(int file, const std::string& name);
  int set_link_owner(int directory, const std::string& name, Owner owner);
  int set_link_times(int directory, const std::string& name, const Times& times);

 protected:
  // What it gives is the call's errno, and the call is not made; 0 lets it be made.
  virtual int admit(Call) { return 0; }
  virtual void done(Call) {}
  // The most that one write hands to the kernel.
  virtual std::size_t piece() const { return std::size_t{1} << 20; }

 private:
  template <class Act>
  int perform(Call call, Act act);
};

}  // namespace mpm::apply
