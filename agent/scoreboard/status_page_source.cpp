// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/status_page_source.h"

#include <utility>

#include <fmt/format.h>

#include "agent/base/clock.h"
#include "agent/base/http_get.h"
#include "agent/scoreboard/status_page.h"

namespace mpm {
namespace {

// The answer's clock and ours differ, and uptime is cut to seconds.
constexpr std::chrono::seconds kJitter{3};

Error refused(const std::string& url, int status) {
  if (status == 401 || status == 403)
    return {Error::Kind::Denied,
            fmt::format("{} answered {}: mod_status does not allow this address; add it to the "
                        "Require of its <Location>",
                        url, status)};
  if (status == 404)
    return {Error::Kind::Malformed,
            fmt::format("{} answered 404: mod_status is not at this path; load it with SetHandler "
                        "server-status, or give the right path",
                        url)};
  if (status >= 500)
    return {Error::Kind::Unreachable,
            fmt::format("{} answered {}: the server has an error of its own", url, status)};
  return {
      Error::Kind::Malformed,
      fmt::format("{} answered {} where 200 was expected; give mod_status's own URL", url, status)};
}

}  // namespace

StatusPageSource::StatusPageSource(std::string url, std::chrono::milliseconds deadline)
    : url_(std::move(url)), deadline_(deadline) {
  if (url_.find('?') == std::string::npos) url_ += "?auto";
}

Instant StatusPageSource::started_before(std::int64_t uptime_seconds) {
  const Instant computed = SystemClock().now() - std::chrono::seconds(uptime_seconds);
  if (computed > restarted_ + kJitter || computed < restarted_ - kJitter) restarted_ = computed;
  return restarted_;
}

Result<Scoreboard> StatusPageSource::read() {
  const auto answer = http_get(url_, {.deadline = deadline_});
  if (!answer) return fail(answer.error());
  if (answer->status != 200) return fail(refused(url_, answer->status));
  auto page = parse_status_page(answer->body);
  if (!page) return fail(page.error().kind, fmt::format("{}: {}", url_, page.error().what));
  if (page->uptime_seconds) page->board.restarted = started_before(*page->uptime_seconds);
  return std::move(page->board);
}

}  // namespace mpm
