// SPDX-License-Identifier: Apache-2.0
#include "agent/service/planning.h"

#include <algorithm>
#include <variant>

#include "agent/apache/directives.h"
#include "agent/target/error_log.h"

namespace mpm {
namespace {

config::EditRequest edit_request(const SiteSource& source, const ConfigQuestion& question) {
  config::EditRequest request;
  request.site = source.options;
  request.mpm = source.mpm;
  request.running = source.running;
  request.wishes = question.wishes;
  request.switch_to = question.mpm;
  return request;
}

}  // namespace

Result<config::PlannedEdit> planned(const SiteSource& source, const ConfigQuestion& question) {
  if (question.wishes.empty() && !question.mpm)
    return fail(Error::Kind::Usage,
                "Nothing is to be changed; name a directive as in MaxRequestWorkers=400.");
  auto edit = config::plan_edit(edit_request(source, question), *source.files);
  if (edit) edit->plan.pid = source.pid;
  return edit;
}

Result<void> made_from(const ConfigQuestion& question, const EditPlan& plan) {
  if (question.basis.empty() || question.basis == plan.basis) return {};
  return fail(Error::Kind::Conflict,
              "The configuration was changed by somebody else since this was planned; look at the "
              "new plan and take that.");
}

std::int64_t number_after(const MpmSettings& settings, const EditPlan& plan,
                          std::string_view directive) {
  const auto changed = std::ranges::find(plan.directives, directive, &DirectiveChange::directive);
  if (changed == plan.directives.end()) return number_in_force(settings, directive);
  const auto* number = std::get_if<std::int64_t>(&changed->to_effective);
  return number != nullptr ? *number : 0;
}

tl::unexpected<Error> daemons_change_nothing() {
  return fail(Error::Kind::Denied,
              "A daemon changes no server; use mpmctl, which does it with your own rights.");
}

std::string error_log_of(const config::Site& site) {
  std::string value;
  for (const config::ActiveDirective& directive : site.directives)
    if (directive.depth == 0 && same_name(directive.name, "ErrorLog")) value = directive.args;
  if (value.size() > 1 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return error_log_file(value, site.server_root).value_or("");
}

}  // namespace mpm
