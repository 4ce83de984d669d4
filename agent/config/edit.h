// SPDX-License-Identifier: Apache-2.0
//
// From what somebody wants of a configuration to the smallest change that an administrator would
// make by hand: the value in force is changed in its place, a directive that is not there is
// added beside its likes and in their style, and a file of our own is the last resort. Pure: the
// change is worked out over the file system that it is handed and nothing is written.
//
// The law: the changed configuration is read again, and of all its directives only those that
// were wished for may differ. What would break it is refused, with the place that stands in the
// way and the way to go instead.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/apache/constraints.h"
#include "agent/config/files.h"
#include "agent/config/site.h"
#include "schema/model/config_edit.h"
#include "schema/model/result.h"
#include "schema/model/settings.h"

namespace mpm::config {

// What is to happen to one path, in bytes.
struct FileEdit {
  std::string path;  // the real file
  FileAction action = FileAction::Rewrite;
  std::string before;  // of Create and Link: empty; of Unlink: where it led
  std::string after;   // of Remove and Unlink: empty; of Link: where it leads

  bool operator==(const FileEdit&) const = default;
};

struct EditRequest {
  SiteOptions site;
  std::optional<Mpm> mpm;        // the one that runs; absent: the one that the configuration loads
  RunningLimits running;         // what a running parent keeps until it is stopped
  std::vector<Wish> wishes;      // a directive at most once
  std::optional<Mpm> switch_to;  // another MPM; wishes are then about that one's directives
};

struct PlannedEdit {
  EditPlan plan;                // for people and programs; pid and written are the caller's to fill
  std::vector<FileEdit> files;  // for whoever writes it, in the same order
  std::vector<std::string> reasons{};  // for plan.restart, a sentence each, the strongest first
  // As it was read, before the edit: of its directives those that plans are about, and ErrorLog.
  Site site{};
};

// Usage: a directive or a value that cannot be meant (the sentence says what could). Conflict: what
// stands in the way of writing (generated file, macro, template, command line, environment), and
// where to go instead. Malformed: httpd would refuse the configuration as it is, or as it would be.
// No edits at all when everything is already as wished.
Result<PlannedEdit> plan_edit(const EditRequest& request, const FileSystem& files);

}  // namespace mpm::config
