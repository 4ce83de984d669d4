// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/inverse.h"

#include <algorithm>
#include <utility>

#include "agent/config/outcome.h"
#include "schema/codec/names.h"

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

std::string words_of(const std::optional<std::string>& written) {
  return written.value_or("not written");
}

std::string words_of(std::optional<Mpm> mpm) {
  return mpm ? std::string(name_of(*mpm)) : "unknown";
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

std::optional<Departure> departure(const EditPlan& change, const EditPlan& back) {
  if (change.mpm_before != change.mpm_after && back.mpm_before != change.mpm_after)
    return Departure{"MPM", words_of(change.mpm_after), words_of(back.mpm_before)};
  for (const DirectiveChange& now : back.directives) {
    const auto left =
        std::ranges::find(change.directives, now.directive, &DirectiveChange::directive);
    if (left != change.directives.end() && left->to != now.from)
      return Departure{now.directive, words_of(left->to), words_of(now.from)};
  }
  return std::nullopt;
}

}  // namespace mpm::apply
