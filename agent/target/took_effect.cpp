// SPDX-License-Identifier: Apache-2.0
#include "agent/target/took_effect.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/directives.h"

namespace mpm {
namespace {

// What mpm-httpd says where httpd would end: its parent goes on with what it had.
constexpr std::string_view kNotMade = "the restart is not made";

bool says(const std::vector<ServerMessage>& log, std::string_view words) {
  return std::ranges::any_of(log, [&](const ServerMessage& message) {
    return message.text.find(words) != std::string::npos;
  });
}

bool says_resumed(const std::vector<ServerMessage>& log) {
  return std::ranges::any_of(
      log, [](const ServerMessage& message) { return says_resuming(message.code); });
}

bool is_replaced(const EffectQuestion& question) {
  return question.after.alive && (question.after.pid != question.before.pid ||
                                  question.after.started != question.before.started);
}

std::pair<Seen, std::string> judge_workers(const BoardFacts& board) {
  if (board.workers > 0)
    return {Seen::InForce,
            fmt::format("Generation {} runs with {} process{} and {} workers.", board.generation,
                        board.processes, board.processes == 1 ? "" : "es", board.workers)};
  return {Seen::NotYet,
          fmt::format("Generation {} has begun, and has no worker yet.", board.generation)};
}

std::pair<Seen, std::string> judge_new_parent(const EffectQuestion& question) {
  const ServerEvidence& after = question.after;
  if (after.board) {
    auto judged = judge_workers(*after.board);
    judged.second = fmt::format("A new parent process runs, {}. {}", after.pid, judged.second);
    return judged;
  }
  if (after.answers == true)
    return {Seen::InForce, fmt::format("A new parent process runs, {}, and answers.", after.pid)};
  return {Seen::NotYet, fmt::format("A new parent process runs, {}.", after.pid)};
}

std::pair<Seen, std::string> judge_load(const EffectQuestion& question) {
  const ServerEvidence& after = question.after;
  if (!after.alive)
    return {Seen::NotInForce, fmt::format("The server does not run: process {} has ended, and none "
                                          "took its place.",
                                          after.pid)};
  if (is_replaced(question)) return judge_new_parent(question);
  if (says(question.log, kNotMade))
    return {Seen::NotInForce,
            "The server could not read its configuration, says so in its error "
            "log, and goes on as it was."};
  if (question.way == LoadWay::StopStart)
    return {Seen::NotYet, fmt::format("The old parent process {} runs still.", after.pid)};
  if (after.board && question.before.board) {
    if (after.board->generation > question.before.board->generation)
      return judge_workers(*after.board);
    return {Seen::NotYet,
            fmt::format("Generation {} runs, as before.", question.before.board->generation)};
  }
  if (!question.log_known)
    return {Seen::Unknown,
            "Whether the configuration was loaded cannot be seen: neither the "
            "scoreboard nor the error log can be read."};
  if (says_resumed(question.log))
    return {Seen::InForce, "The server says in its error log that it goes on after the restart."};
  return {Seen::NotYet, "The server has not said in its error log that it goes on."};
}

struct Look {
  const EffectQuestion& question;
  const ValueChange& change;
  std::int64_t from, to;

  bool raised() const { return to > from; }
};

using Judged = std::pair<Seen, std::string>;

Judged compared(std::int64_t seen, std::int64_t wanted, std::string_view what) {
  return {seen == wanted ? Seen::InForce : Seen::NotInForce, fmt::format("{} is {}.", what, seen)};
}

Judged judge_backlog(const Look& look) {
  const ServerEvidence& after = look.question.after;
  const std::int64_t wanted = after.somaxconn > 0 ? std::min(look.to, after.somaxconn) : look.to;
  Judged judged{Seen::Unknown, "The kernel does not tell the length of the listen queues."};
  for (const ListenerUsage& listener : after.listeners) {
    if (listener.queue_limit == 0) continue;
    judged = compared(listener.queue_limit, wanted,
                      fmt::format("The listen queue of port {}", listener.port));
    if (judged.first != Seen::InForce) return judged;
    if (wanted != look.to)
      judged.second += fmt::format(" The kernel allows no more (net.core.somaxconn {}).", wanted);
  }
  return judged;
}

Judged judge_threads(const BoardFacts& board, const Look& look) {
  const std::string text = fmt::format("A process runs {} threads.", board.threads);
  if (board.threads == look.to) return {Seen::InForce, text};
  return {board.threads < look.to ? Seen::NotYet : Seen::NotInForce, text};
}

Judged judge_worker_limit(const BoardFacts& board, const Look& look) {
  const std::string text = fmt::format("{} workers run.", board.workers);
  if (board.workers > look.to) return {Seen::NotYet, text};
  if (board.workers > look.from) return {Seen::InForce, text};
  return {Seen::Follows, fmt::format("{} No more than {} may.", text, look.to)};
}

Judged judge_count(std::int64_t seen, const Look& look, bool at_least, std::string_view what) {
  // Only a bound that moves into what is seen can show.
  if (look.raised() != at_least) return {Seen::Follows, fmt::format("{} {}.", seen, what)};
  const bool fits = at_least ? seen >= look.to : seen <= look.to;
  return {fits ? Seen::InForce : Seen::NotYet, fmt::format("{} {}.", seen, what)};
}

// Workers that serve are not spare, be they all that there may be or all that there are yet.
Judged judge_spare(const BoardFacts& board, const Look& look) {
  const bool all_serve = board.workers > 0 && board.idle == 0;
  if (board.idle < look.to && (all_serve || board.workers >= look.to))
    return {Seen::Follows,
            fmt::format("Of {} workers {} are idle, the others serve.", board.workers, board.idle)};
  return judge_count(board.idle, look, true, "workers are idle");
}

Judged judge_number(const Look& look) {
  const std::string& name = look.change.directive;
  if (same_name(name, "ListenBacklog")) return judge_backlog(look);
  const auto& board = look.question.after.board;
  const auto is = [&](std::string_view directive) { return same_name(name, directive); };
  const bool counted = is("ServerLimit") || is("ThreadLimit") || is("ThreadsPerChild") ||
                       is("MaxRequestWorkers") || is("StartServers") || is("MinSpareServers") ||
                       is("MinSpareThreads") || is("MaxSpareServers") || is("MaxSpareThreads");
  if (!counted) return {Seen::Follows, "Nothing outside of the server shows it."};
  if (!board) return {Seen::Unknown, "The scoreboard cannot be read."};
  if (is("ServerLimit")) return compared(board->server_limit, look.to, "The scoreboard's limit");
  if (is("ThreadLimit")) return compared(board->thread_limit, look.to, "The scoreboard's limit");
  if (is("ThreadsPerChild")) return judge_threads(*board, look);
  if (is("MaxRequestWorkers")) return judge_worker_limit(*board, look);
  if (is("StartServers")) return judge_count(board->processes, look, true, "processes run");
  if (is("MinSpareServers") || is("MinSpareThreads")) return judge_spare(*board, look);
  return judge_count(board->idle, look, false, "workers are idle");
}

ValueEffect judge_value(const EffectQuestion& question, Seen loaded, const ValueChange& change) {
  const auto* from = std::get_if<std::int64_t>(&change.from);
  const auto* to = std::get_if<std::int64_t>(&change.to);
  Judged judged{Seen::Follows, "Nothing outside of the server shows it."};
  if (from != nullptr && to != nullptr) judged = judge_number({question, change, *from, *to});
  // What is not loaded can neither follow nor be contradicted, whatever is seen.
  if (loaded != Seen::InForce && judged.first != Seen::Unknown) judged.first = loaded;
  const std::string wanted =
      to == nullptr ? std::get<std::string>(change.to) : fmt::format("{}", *to);
  return {change.directive, judged.first,
          fmt::format("{} {}: {}", change.directive, wanted, judged.second)};
}

std::optional<ValueEffect> judge_mpm(const EffectQuestion& question, Seen loaded) {
  const auto& wanted = question.configured_mpm;
  if (!wanted || question.before.mpm == wanted) return std::nullopt;
  const std::string_view name = name_of_mpm(*wanted);
  if (!question.after.mpm)
    return ValueEffect{"MPM", Seen::Unknown,
                       fmt::format("MPM {}: which one runs is not seen.", name)};
  const Seen seen = question.after.mpm == wanted ? Seen::InForce : Seen::NotInForce;
  return ValueEffect{"MPM", loaded == Seen::InForce ? seen : loaded,
                     fmt::format("MPM {}: {} runs.", name, name_of_mpm(*question.after.mpm))};
}

bool good(Seen seen) {
  return seen == Seen::InForce || seen == Seen::Follows;
}

}  // namespace

bool TookEffect::complete() const {
  return good(loaded) &&
         std::ranges::all_of(values, [](const ValueEffect& value) { return good(value.seen); });
}

bool TookEffect::failed() const {
  return loaded == Seen::NotInForce || std::ranges::any_of(values, [](const ValueEffect& value) {
           return value.seen == Seen::NotInForce;
         });
}

TookEffect took_effect(const EffectQuestion& question) {
  TookEffect effect;
  effect.replaced = is_replaced(question);
  std::tie(effect.loaded, effect.sentence) = judge_load(question);
  if (auto mpm = judge_mpm(question, effect.loaded)) effect.values.push_back(std::move(*mpm));
  for (const ValueChange& change : question.changes)
    effect.values.push_back(judge_value(question, effect.loaded, change));
  for (const ServerMessage& message : question.log)
    if (is_error(message) || !directive_not_followed(message.code).empty())
      effect.complaints.push_back(message);
  return effect;
}

}  // namespace mpm
