// SPDX-License-Identifier: Apache-2.0
#include "cli/top/data.h"

#include <utility>

namespace mpm::top {
namespace {

constexpr std::int64_t kMostHolders = 100;
// A table of more rows is for nobody to read, and costs the agent and us more than the rest.
constexpr std::int64_t kMostWorkers = 4000;

template <class T>
std::optional<Error> take(Result<Answer<T>> answer, std::optional<T>& into) {
  if (!answer) return std::move(answer.error());
  into = std::move(answer->value);
  return std::nullopt;
}

}  // namespace

Result<Answers> ask(Client& client, const Asked& asked) {
  Answers answers;
  if (asked.page == Page::Servers) {
    if (auto error = take(client.targets(), answers.servers)) return fail(std::move(*error));
    return answers;
  }
  if (auto error = take(client.top(asked.target, kMostHolders), answers.report))
    return fail(std::move(*error));
  std::optional<Error> error;
  if (asked.page == Page::Workers) error = take(client.scoreboard(asked.target), answers.board);
  if (asked.page == Page::Requests)
    error = take(
        client.workers(
            {.target = asked.target, .state = asked.idle_too ? "" : "busy", .limit = kMostWorkers}),
        answers.workers);
  if (error) return fail(std::move(*error));
  return answers;
}

}  // namespace mpm::top
