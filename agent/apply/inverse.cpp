// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/inverse.h"

#include <utility>

#include "agent/config/outcome.h"

namespace mpm::apply {
namespace {

FileAction opposite(FileAction action) {
  switch (action) {
    case FileAction::Create:
      return FileAction::Remove;
    case FileAction::Remove:
      return FileAction::Create;
    case FileAction::Link:
      return FileAction::Unlink;
    case FileAction::Unlink:
      return FileAction::Link;
    case FileAction::Rewrite:
      break;
  }
  return FileAction::Rewrite;
}

}  // namespace

std::vector<config::FileEdit> inverse_of(const std::vector<config::FileEdit>& edits) {
  std::vector<config::FileEdit> result;
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit)
    result.push_back({edit->path, opposite(edit->action), edit->after, edit->before});
  return result;
}

config::PlannedEdit inverse_of(const EditPlan& plan, const std::vector<config::FileEdit>& edits,
                               const std::string& basis) {
  config::PlannedEdit back{plan, inverse_of(edits)};
  std::swap(back.plan.mpm_before, back.plan.mpm_after);
  for (DirectiveChange& change : back.plan.directives) {
    std::swap(change.from, change.to);
    std::swap(change.from_effective, change.to_effective);
    // Where it stood before is not noted.
    change.line.reset();
  }
  back.plan.files.clear();
  for (const config::FileEdit& edit : back.files)
    back.plan.files.push_back(config::shown(edit));
  back.plan.remarks.clear();
  back.plan.basis = basis;
  back.plan.written = false;
  return back;
}

std::vector<Wish> wishes_back(const EditPlan& plan) {
  std::vector<Wish> wishes;
  for (const DirectiveChange& change : plan.directives)
    wishes.push_back({change.directive, change.from});
  return wishes;
}

}  // namespace mpm::apply
