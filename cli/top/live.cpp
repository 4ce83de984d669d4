// SPDX-License-Identifier: Apache-2.0
#include "cli/top/live.h"

#include <chrono>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "cli/output.h"
#include "cli/top/draw.h"
#include "cli/top/feed.h"
#include "cli/top/state.h"

namespace mpm::top {
namespace {

std::chrono::milliseconds pace_of(const Options& options) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(options.every_seconds.value_or(kUsualPace)));
}

// By its pid the agent finds a server with a fraction of the work that a port takes.
void name_by_pid(const std::optional<TopReport>& report, std::string& target) {
  if (report && report->status.pid != 0) target = fmt::format("{}", report->status.pid);
}

// One round as text, or as the message itself.
Result<std::string> round(const Options& options, std::string& target, Client& client,
                          const Style& style) {
  if (options.json) {
    auto answer = client.top(target, options.limit);
    if (!answer) return fail(std::move(answer.error()));
    name_by_pid(answer->value, target);
    return std::move(answer->body) + "\n";
  }
  auto answers = ask(client, {Page::Requests, target});
  if (!answers) return fail(std::move(answers.error()));
  name_by_pid(answers->report, target);
  Picture picture;
  picture.answers = std::move(*answers);
  picture.every = pace_of(options);
  return report_text(picture, style);
}

Result<Outcome> in_batches(const Options& options, Client& client, const Style& style) {
  auto next = std::chrono::steady_clock::now();
  std::string target = options.target;
  for (std::int64_t done = 0; options.count == 0 || done < options.count; ++done) {
    if (done > 0) {
      next += pace_of(options);
      std::this_thread::sleep_until(next);
    }
    const auto text = round(options, target, client, style);
    if (!text) return fail(text.error());
    const std::string gap = done > 0 && !options.json ? "\n" : "";
    if (auto written = write_stdout(gap + *text); !written) return fail(written.error());
  }
  return Outcome{};
}

// Where several servers run and none is named, the first page is to choose one.
Result<State> begun(const Options& options, Client& client) {
  Asked asked;
  asked.target = options.target;
  if (!options.target.empty()) return first_state(asked);
  const auto servers = client.targets();
  if (!servers) return fail(servers.error());
  const auto& targets = servers->value.targets;
  if (targets.size() == 1) asked.target = fmt::format("{}", targets.front().target.pid);
  if (targets.size() > 1) asked.page = Page::Servers;
  State state = first_state(asked);
  state.may_choose = targets.size() > 1;
  return state;
}

// Until it is left.
void show(State state, Feed& feed, FullScreen& screen) {
  auto picture = feed.picture();
  while (!state.over) {
    screen.paint(drawn(state, *picture, screen.size(), screen.style()));
    const Event event = screen.wait(feed.descriptor());
    if (event.kind == Event::Kind::Gone) return;
    if (event.kind == Event::Kind::Key)
      state = pressed(std::move(state), event.key, picture->answers, screen.size());
    feed.want(state.asked, state.paused);
    picture = feed.picture();
  }
}

}  // namespace

Result<Outcome> live(const Options& options, Client& client, const Style& style,
                     FullScreen& screen) {
  if (options.batch || options.json) return in_batches(options, client, style);
  auto state = begun(options, client);
  if (!state) return fail(std::move(state.error()));
  auto first = ask(client, state->asked);
  if (!first) return fail(std::move(first.error()));
  name_by_pid(first->report, state->asked.target);
  if (auto opened = screen.open(style); !opened) return fail(std::move(opened.error()));
  Picture picture;
  picture.answers = std::move(*first);
  picture.every = pace_of(options);
  Feed feed(client, state->asked, std::move(picture));
  show(std::move(*state), feed, screen);
  screen.close();
  return Outcome{};
}

}  // namespace mpm::top
