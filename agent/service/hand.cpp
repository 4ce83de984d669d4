// SPDX-License-Identifier: Apache-2.0
#include "agent/service/hand.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <pwd.h>

#include "agent/service/answers.h"
#include "agent/service/proposed.h"
#include "schema/codec/routes.h"

namespace mpm {
namespace {

constexpr std::size_t kLongestEntry = 16384;  // of the database of users

std::string name_of_user(uid_t uid) {
  std::array<char, kLongestEntry> text{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, text.data(), text.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return fmt::format("user {}", uid);
}

std::string asker_of(const ApiRequest& request) {
  return request.peer ? name_of_user(request.peer->uid) : "nobody that is known";
}

}  // namespace

std::optional<ApiResponse> refusal_of_the_hand(const ApiRequest& head, const HandUsers& users) {
  const bool is_let_in =
      head.peer && (head.peer->uid == 0 ||
                    std::ranges::find(head.peer->gids, users.group) != head.peer->gids.end());
  if (is_let_in) return std::nullopt;
  return problem_response(
      {Error::Kind::Denied,
       fmt::format("the hand answers root and the members of the group {}; to become one: sudo "
                   "usermod --append --groups {} NAME, and log in anew",
                   users.group_name, users.group_name)});
}

Hand::Hand(Agent& agent, const ProcFs& proc, Clock& clock, ProposalSource proposals)
    : agent_(agent),
      proc_(proc),
      clock_(clock),
      proposals_(std::move(proposals)),
      asked_(clock.mono()) {}

std::chrono::milliseconds Hand::idle() const {
  if (agent_.leads_a_change()) return std::chrono::milliseconds(0);
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.mono() - asked_.load());
}

// Root's alone: anybody could start a program that looks like a server, with a configuration that
// lies where only root may write. Who has a server of their own needs no hand for it.
Result<Target> Hand::server(const std::string& name) {
  if (name.find("://") != std::string::npos)
    return fail(Error::Kind::Denied,
                "The hand changes servers of this host, and looks at no others; name one by its "
                "process id or by :PORT.");
  auto target = agent_.resolve(name);
  if (!target) return target;
  const auto status = proc_.status(target->pid);
  if (status && status->uid == 0) return target;
  return fail(Error::Kind::Denied,
              fmt::format("Process {} is not root's, and the hand changes no others: its own user "
                          "changes it by mpmctl --no-daemon apply.",
                          target->pid));
}

Result<Proposal> Hand::proposal(const std::string& name, std::optional<Seconds> window) {
  const auto target = server(name);
  if (!target) return fail(target.error());
  return proposals_(target->pid, window);
}

Result<Admission> Hand::admission(const AdmissionQuestion& question) {
  const auto target = server(question.target);
  if (!target) return fail(target.error());
  return agent_.change_admission(question);
}

Result<void> Hand::judge(const ChangeRequest& request, const ChangePreview& preview) {
  std::optional<Seconds> window;
  if (request.window_seconds) window = Seconds(*request.window_seconds);
  const auto proposal = proposals_(preview.plan.pid, window);
  if (!proposal) {
    Error error = proposal.error();
    return fail(std::move(error).in("What is proposed is not known"));
  }
  return is_proposed(request, preview, *proposal);
}

Result<Hand::Judged> Hand::judged(const ChangeRequest& request) {
  if (auto may = may_be_asked_of_the_hand(request); !may) return fail(std::move(may.error()));
  auto target = server(request.question.target);
  if (!target) return fail(std::move(target.error()));
  ChangeRequest same = request;
  same.question.target = std::to_string(target->pid);
  auto preview = agent_.change_preview(same);
  if (!preview) return fail(std::move(preview.error()));
  if (!preview->plan.files.empty() && preview->refusal.empty())
    if (auto proposed = judge(request, *preview); !proposed)
      preview->refusal = std::move(proposed.error().what);
  return Judged{std::move(*target), std::move(*preview)};
}

Result<ChangePreview> Hand::preview(const ChangeRequest& request) {
  auto found = judged(request);
  if (!found) return fail(std::move(found.error()));
  return std::move(found->preview);
}

Result<ChangeRecord> Hand::begin(ChangeRequest request, const std::string& asked_by) {
  auto found = judged(request);
  if (!found) return fail(std::move(found.error()));
  if (!found->preview.refusal.empty())
    return fail(Error::Kind::Denied, std::move(found->preview.refusal));
  // What was judged is what is made, of the server that was looked at, or nothing is.
  request.question.target = std::to_string(found->target.pid);
  request.question.basis = found->preview.plan.basis;
  request.unloaded_too = false;
  return agent_.change_begin(request, {asked_by, std::move(found->target)});
}

ApiResponse Hand::respond_to_post(const ApiRequest& request) {
  if (request.path == route::kChangeAdmission.path) {
    const auto question = body_of<AdmissionQuestion>(request);
    return question ? answer(admission(*question)) : problem_response(question.error());
  }
  if (request.path == route::kChangeUndo.path) {
    const auto asked = body_of<UndoRequest>(request);
    return asked ? answer(agent_.change_undo(*asked, asker_of(request)))
                 : problem_response(asked.error());
  }
  const auto asked = body_of<ChangeRequest>(request);
  if (!asked) return problem_response(asked.error());
  if (request.path == route::kChangePreview.path) return answer(preview(*asked));
  return answer(begin(*asked, asker_of(request)));
}

ApiResponse Hand::respond(const ApiRequest& request) {
  constexpr std::array kPosts{route::kChangeAdmission.path, route::kChangePreview.path,
                              route::kChangeBegin.path, route::kChangeUndo.path};
  constexpr std::array kGets{route::kHealth.path, route::kChanges.path, route::kChange.path};
  was_asked();
  if (request.method == "POST" && std::ranges::find(kPosts, request.path) != kPosts.end())
    return respond_to_post(request);
  if (request.method == "GET" && request.path == route::kProposal.path) {
    const auto over = window(request);
    return over ? answer(proposal(parameter(request, "target"), *over))
                : problem_response(over.error());
  }
  if (request.method == "GET" && std::ranges::find(kGets, request.path) != kGets.end())
    return mpm::respond(agent_, request);
  return problem_response(
      {Error::Kind::NotFound,
       fmt::format("{} {}: the hand has no such operation; the agent may have it", request.method,
                   request.path)});
}

}  // namespace mpm
