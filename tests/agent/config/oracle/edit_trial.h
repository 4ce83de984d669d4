// SPDX-License-Identifier: Apache-2.0
//
// One edit, made in a tree and held against httpd: its dump before and after must differ in the
// value that was asked for and in nothing else, and the inverse edit must give back every byte
// of the tree. The files are written by the hand that writes a server's.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/apache/directives.h"
#include "agent/config/edit.h"
#include "tests/agent/config/oracle/reading.h"
#include "tests/support/httpd_jail.h"
#include "tests/support/temp_dir.h"

namespace mpm::config {

// By the path below the jail's root: "file ...", "link ..." or "directory".
using Snapshot = std::map<std::string, std::string>;

struct TrialOutcome {
  std::string fault;     // what is wrong; empty when nothing is
  std::string refusal;   // why the edit was not planned
  bool unsound = false;  // because httpd -t refuses the tree as it is, at the same place
};

// The tree lies in the jail below `place` and stays as it is.
class EditTrial {
 public:
  EditTrial(const HttpdJail& jail, SiteOptions options, std::string place);

  // How httpd reads the tree as it is.
  const Reading& before() const { return before_; }
  // The MPM that it loads, by our reading.
  std::optional<Mpm> mpm() const { return mpm_; }
  // What the last occurrence says, by our reading.
  std::optional<std::string> written(const Directive& directive) const;

  TrialOutcome set(const Directive& directive, const std::string& value) const;

  // Plans and writes.
  Result<PlannedEdit> make(const EditRequest& request) const;
  EditRequest request(std::vector<Wish> wishes) const;
  Snapshot snapshot() const;

 private:
  void bring_back(const Snapshot& snapshot) const;
  std::string inverse_fault(const Directive& directive, const Snapshot& original) const;

  const HttpdJail& jail_;
  SiteOptions options_;
  std::string place_;
  Site site_;
  std::optional<Mpm> mpm_;
  Reading before_;
  TempDir backups_;
  mutable int made_ = 0;
};

// Another value than the one that is written, which httpd takes.
std::string other_value(const Directive& directive, const std::optional<std::string>& written);

}  // namespace mpm::config
