// SPDX-License-Identifier: Apache-2.0
//
// A file system with changes laid over another that stays as it is. What a plan would do is
// tried out here, and read as httpd would read it, before anybody writes a byte.
//
// What is below is looked at once and remembered, by all copies of an overlay: all that is decided
// about a file, and the diff that is shown, is of the same bytes, and a configuration of a
// thousand files that is read again after each step costs no more calls to the system. Directories
// are never made or removed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/edit.h"
#include "agent/config/files.h"

namespace mpm::config {

class Overlay : public FileSystem {
 public:
  explicit Overlay(const FileSystem& below) : below_(&below), seen_(std::make_shared<Seen>()) {}

  FileKind kind(const std::string& path) const override;
  Result<std::string> read(const std::string& path) const override;
  Result<std::vector<Entry>> list(const std::string& path) const override;
  Result<std::string> real_path(const std::string& path) const override;
  Result<std::string> link_target(const std::string& path) const override;

  // The file that is there, or a new one.
  void write(const std::string& path, std::string bytes);
  void remove(const std::string& path);  // a file, or a link and not what it leads to
  void link(const std::string& path, std::string target);

  // What makes the file system below into this one, in an order in which it can be done: what a
  // link leads to is there before the link, and goes after it. Nothing for what came to the same.
  std::vector<FileEdit> edits() const;

 private:
  struct Change {
    std::optional<std::string> bytes;   // of a file
    std::optional<std::string> target;  // of a link; neither: nothing is there
  };

  struct Seen {
    std::map<std::string, std::string> bytes;
    std::map<std::string, FileKind> kinds;
    std::map<std::string, std::optional<std::string>> real;  // nothing: it is not there
  };

  FileKind kind_below(const std::string& path) const;
  const std::optional<std::string>& directory_below(const std::string& path) const;
  const std::optional<std::string>& entry_below(const std::string& path) const;
  std::string placed(const std::string& path) const;
  std::string resolved(const std::string& path) const;
  std::optional<FileEdit> edit_of(const std::string& path, const Change& change) const;

  const FileSystem* below_;
  std::map<std::string, Change> changes_;  // by the path with links in it followed, but the last
  std::shared_ptr<Seen> seen_;
};

}  // namespace mpm::config
