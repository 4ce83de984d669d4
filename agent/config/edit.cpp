// SPDX-License-Identifier: Apache-2.0
#include "agent/config/edit.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/config/apart.h"
#include "agent/config/carry_over.h"
#include "agent/config/change.h"
#include "agent/config/draft.h"
#include "agent/config/generated.h"
#include "agent/config/modules.h"
#include "agent/config/outcome.h"
#include "agent/config/place.h"
#include "agent/config/settings.h"
#include "agent/config/switch_mpm.h"
#include "agent/config/wish.h"

namespace mpm::config {
namespace {

// Reads the draft's site. An MPM that runs and that nothing loads is linked in.
void read_draft(Draft& draft, const EditRequest& request) {
  draft.site = read_site(draft.options, draft.files);
  const auto& modules = draft.site.modules;
  const bool loaded = std::any_of(modules.begin(), modules.end(), [](const LoadedModule& module) {
    return is_mpm_source(module.source);
  });
  if (!request.mpm || loaded) return;
  draft.options.builtin_sources.push_back(
      source_of_module(std::string(module_identifier(*request.mpm))));
  draft.site = read_site(draft.options, draft.files);
}

Result<void> add(Draft& draft, const CheckedWish& wish) {
  Error refusal{Error::Kind::Conflict, {}};
  for (const Insertion& place : places_beside(draft, wish, refusal.what)) {
    Overlay changed = draft.files;
    changed.write(place.path, place.bytes);
    auto done = take_over(draft, std::move(changed), wish);
    if (done) return done;
    if (refusal.what.empty()) refusal = done.error();
  }
  auto done = set_apart(draft, wish, Apart::Anywhere);
  return done || refusal.what.empty() ? done : fail(std::move(refusal));
}

// Whether the last occurrence is written by something that a later file may overrule.
std::optional<Author> overrulable_author(const Draft& draft, const ActiveDirective& node) {
  if (is_of_command_line(node) || node.from_macro) return std::nullopt;
  const auto bytes = draft.files.read(node.file);
  auto author = bytes ? author_of(*bytes) : std::nullopt;
  return author && author->leaves_others ? author : std::nullopt;
}

Result<void> set(Draft& draft, const CheckedWish& wish) {
  const auto written = written_value(draft.site, *wish.directive);
  if (!written) return add(draft, wish);
  if (same_value(*wish.directive, *written, *wish.value)) return {};
  const ActiveDirective node = *occurrences(draft.site, *wish.directive).back();
  const auto author = overrulable_author(draft, node);
  if (!author) return change_in_place(draft, wish);
  if (auto done = set_apart(draft, wish, Apart::AfterOthers); !done)
    return change_in_place(draft, wish);
  draft.remarks.push_back(
      {"", fmt::format("{} {} at {} is written by {} and stays; the new value is read after it and "
                       "wins.",
                       node.name, *written, place_of(node), author->name)});
  return {};
}

Result<void> fulfil(Draft& draft, const CheckedWish& wish) {
  return wish.value ? set(draft, wish) : take_away(draft, wish);
}

// A limit that nobody wrote is another one under another MPM.
void remark_on_limit(Draft& draft, const MpmSettings& before) {
  const MpmSettings after = read_settings(draft.site, draft.mpm);
  if (written_value(draft.site, *find_directive("MaxRequestWorkers")) ||
      after.worker_limit == before.worker_limit || !before.mpm)
    return;
  draft.remarks.push_back(
      {"", fmt::format("MaxRequestWorkers is written nowhere, so that {} workers become {}, the "
                       "default of {}. Set MaxRequestWorkers={} with the switch to keep them.",
                       before.worker_limit, after.worker_limit, name_of_mpm(draft.mpm),
                       before.worker_limit)});
}

}  // namespace

Result<PlannedEdit> plan_edit(const EditRequest& request, const FileSystem& files) {
  const Overlay overlay(files);
  Draft draft{request.site, overlay, {}, Mpm::Event, {}};
  draft.options.require_module_files = false;
  draft.options.keep = Keep::Known;
  read_draft(draft, request);
  Site before = draft.site;
  const MpmSettings settings = read_settings(before, std::nullopt);
  if (settings.mpm) draft.mpm = *settings.mpm;
  if (auto sound = refuse_broken(before, draft.mpm); !sound) return fail(std::move(sound).error());
  const bool switches = request.switch_to && *request.switch_to != draft.mpm;
  auto wishes = check_wishes(request.wishes, request.switch_to.value_or(draft.mpm));
  if (!wishes) return fail(std::move(wishes).error());
  if (switches) {
    const auto modules =
        request.site.require_module_files ? ModuleFiles::MustExist : ModuleFiles::NeedNotExist;
    if (auto done = switch_mpm(draft, *request.switch_to, modules); !done)
      return fail(std::move(done).error());
    *wishes = carried_over(settings, read_settings(draft.site, draft.mpm), draft.mpm, *wishes);
  }
  for (const CheckedWish& wish : *wishes)
    if (auto done = fulfil(draft, wish); !done) return fail(std::move(done).error());
  if (switches) remark_on_limit(draft, settings);
  if (auto sound = refuse_broken(draft.site, draft.mpm); !sound)
    return fail(std::move(sound).error());
  PlannedEdit planned = outcome(request, before, draft);
  planned.site = std::move(before);
  return planned;
}

}  // namespace mpm::config
