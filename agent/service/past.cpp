// SPDX-License-Identifier: Apache-2.0
//
// The use case of the past: which server is meant, also one that has ended, what was seen of it,
// and what became of what was recommended and changed.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/history/journal.h"
#include "agent/history/series.h"
#include "agent/service/agent.h"
#include "agent/service/server_family_names.h"
#include "agent/service/targets.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::hours kUsualSpan{24};
constexpr std::int64_t kUsualSteps = 600;
constexpr std::int64_t kMostSteps = 5000;
constexpr std::int64_t kMostChanges = 1000;
constexpr milliseconds kShortestStep{100};

// "0.0.0.0:80 /etc/apache2/apache2.conf": where it listens and what it reads are the same after
// every restart; a pid is not, and is used again.
std::string plain_name(const Target& target) {
  if (!target.url.empty()) return target.url.substr(0, target.url.find_first_of("?#"));
  std::string where = "unknown";
  if (!target.listeners.empty())
    where = address_text(target.listeners.front().address, target.listeners.front().port);
  return target.config_file.empty() ? where : fmt::format("{} {}", where, target.config_file);
}

bool is_called(const std::string& server, const std::string& name) {
  const std::string where = server.substr(0, server.find(' '));
  return server == name || (name.starts_with(':') && where.ends_with(name));
}

bool has_all(const ChangeRecord& change, const Proposal& proposal) {
  return std::ranges::all_of(proposal.changes, [&](const Change& wanted) {
    return std::ranges::any_of(change.plan.directives, [&](const DirectiveChange& made) {
      const auto* to = std::get_if<std::int64_t>(&made.to_effective);
      return made.directive == wanted.directive && to != nullptr && *to == wanted.to;
    });
  });
}

std::string what_became_of_it(const ChangeRecord& change) {
  const Phase phase = phase_of(change);
  switch (phase) {
    case Phase::Kept:
      return fmt::format("It was made as change {} and kept.", change.id);
    case Phase::Undone:
      return fmt::format("It was made as change {} and taken back.", change.id);
    case Phase::Abandoned:
      return fmt::format("It was begun as change {} and given up.", change.id);
    case Phase::Stuck:
      return fmt::format("It was made as change {} and could not be taken back.", change.id);
    default:
      return fmt::format("It is under way as change {}.", change.id);
  }
}

// What came of each proposal, and the changes themselves; by time.
std::vector<HistoryMark> told(std::vector<History::Mark> noted,
                              const std::vector<ChangeRecord>& changes) {
  std::vector<HistoryMark> marks;
  for (auto each = noted.begin(); each != noted.end(); ++each) {
    HistoryMark mark = std::move(each->mark);
    if (each->proposal && !each->proposal->changes.empty()) {
      const auto next = std::find_if(each + 1, noted.end(), [](const History::Mark& later) {
        return later.mark.kind == MarkKind::Recommended;
      });
      // The first one after it; changes come the newest first.
      const auto made =
          std::find_if(changes.rbegin(), changes.rend(), [&](const ChangeRecord& change) {
            return change.at >= mark.at && (next == noted.end() || change.at < next->mark.at) &&
                   has_all(change, *each->proposal);
          });
      mark.change = made == changes.rend() ? 0 : made->id;
      mark.sentence +=
          " " + (made == changes.rend() ? "It was not made." : what_became_of_it(*made));
    }
    marks.push_back(std::move(mark));
  }
  return marks;
}

}  // namespace

// Servers in containers may say the same of themselves: the later ones go by their place, too.
std::string Agent::history_name(const Target& target) const {
  const std::string plain = plain_name(target);
  // A server that was stopped and started may be found before its watch has seen the end.
  const auto lives = [&](const Watch& watched) {
    const std::int32_t pid = watched.target().pid;
    if (watched.ended() || pid == 0) return !watched.ended();
    const auto stat = proc_.stat(pid);
    return stat && stat->state != 'Z';  // it has ended, and nobody has waited for it yet
  };
  const auto is_taken = [&](const std::string& name) {
    return std::ranges::any_of(watches_, [&](const auto& entry) {
      return entry.second && entry.second->server() == name && lives(*entry.second);
    });
  };
  if (!is_taken(plain)) return plain;
  std::string placed = fmt::format("{} {}", plain, target.cgroup);
  return is_taken(placed) ? fmt::format("{} {}", placed, target.pid) : placed;
}

Result<std::vector<Sample>> Agent::samples_between(const Watch& watched, Instant from, Instant to) {
  return store_.read<std::vector<Sample>>(
      [&](History& history) { return history.range(watched.server(), from, to); });
}

Result<std::string> Agent::remembered(const std::string& name) {
  const auto target = resolve(name);
  if (target) return watch(*target)->server();
  const auto servers = store_.read<std::vector<std::string>>(
      [](History& history) { return Result<std::vector<std::string>>(history.servers()); });
  if (!servers) return fail(servers.error());
  std::vector<std::string> meant;
  std::ranges::copy_if(*servers, std::back_inserter(meant), [&](const std::string& server) {
    return name.empty() || is_called(server, name);
  });
  if (meant.size() != 1) return fail(target.error());
  return meant.front();
}

Result<HistoryReport> Agent::history(const HistoryQuestion& question) {
  const auto fields = chosen_fields(question.fields);
  if (!fields) return fail(fields.error());
  HistoryReport report;
  report.to = question.to.value_or(clock_.now());
  report.from = question.from.value_or(report.to - kUsualSpan);
  if (report.from >= report.to)
    return fail(Error::Kind::Usage, "from and to: the beginning has to be before the end");
  const milliseconds span = report.to - report.from;
  const milliseconds wanted =
      question.step ? std::chrono::duration_cast<milliseconds>(*question.step) : span / kUsualSteps;
  const milliseconds step =
      std::max({wanted, kShortestStep, (span + milliseconds(kMostSteps - 1)) / kMostSteps});
  auto server = remembered(question.target);
  if (!server) return fail(std::move(server.error()));
  report.server = std::move(*server);

  std::vector<History::Mark> noted;
  const auto series = store_.read<History::Series>([&](History& history) {
    auto marks = history.marks(report.server, report.from, report.to);
    if (!marks) return Result<History::Series>(fail(std::move(marks.error())));
    noted = std::move(*marks);
    return history.series(report.server, report.from, report.to, step);
  });
  if (!series) return fail(series.error());
  report.resolution = series->resolution;
  report.step_seconds = Seconds(std::max(step, shortest_step(series->resolution))).count();
  for (const SeriesField& field : *fields)
    report.fields.emplace_back(field.name);
  for (const Rollup& each : series->steps)
    report.points.push_back(point_of(each, *fields));
  add_changes(report, std::move(noted));
  return report;
}

// A journal that cannot be read, as with a daemon of another user, is no reason to tell nothing.
void Agent::add_changes(HistoryReport& report, std::vector<History::Mark> noted) {
  std::vector<ChangeRecord> changes =
      changes_.newest(kMostChanges).value_or(std::vector<ChangeRecord>());
  std::erase_if(changes, [&](const ChangeRecord& change) {
    return plain_name(change.target) != report.server &&
           !report.server.starts_with(plain_name(change.target) + " ");
  });
  report.marks = told(std::move(noted), changes);
  for (const ChangeRecord& change : changes) {
    if (change.at < report.from || change.at > report.to) continue;
    report.marks.push_back(
        {change.at, MarkKind::Changed,
         fmt::format("{}. {}", words_for(change.plan), what_became_of_it(change)), change.id});
  }
  std::ranges::stable_sort(report.marks, {}, &HistoryMark::at);
}

}  // namespace mpm
