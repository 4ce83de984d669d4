// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/status_page_source.h"

#include <utility>

#include <fmt/core.h>

#include "agent/base/http_get.h"
#include "agent/scoreboard/status_page.h"

namespace mpm {
namespace {

using Kind = Error::Kind;

std::string with_auto(std::string url) {
  const auto fragment = url.find('#');
  if (fragment != std::string::npos) url.resize(fragment);
  if (url.find('?') == std::string::npos) url += "?auto";
  return url;
}

Error refusal(const std::string& url, int status) {
  const auto says = [&](Kind kind, std::string_view meaning) {
    return Error{kind, fmt::format("{} answered {}: {}", url, status, meaning)};
  };
  switch (status) {
    case 401:
      return says(Kind::Denied,
                  "it wants a password; allow this address without one (Require local)");
    case 403:
      return says(Kind::Denied, "we may not look; allow this address there (Require local)");
    case 404:
      return says(Kind::Malformed,
                  "mod_status is not at this path; correct the path, or add a Location with "
                  "SetHandler server-status");
    default:
      break;
  }
  if (status >= 300 && status < 400) {
    return says(Kind::Malformed, "it redirects; use the URL that it redirects to");
  }
  if (status >= 500) {
    return says(Kind::Unreachable, "the server cannot answer now; look into its error log");
  }
  return says(Kind::Malformed, "that is no status page; check the URL");
}

}  // namespace

StatusPageSource::StatusPageSource(std::string url, std::chrono::milliseconds deadline)
    : url_(with_auto(std::move(url))), deadline_(deadline) {}

Result<Scoreboard> StatusPageSource::read() {
  const auto answer = http_get(url_, {.deadline = deadline_});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status != 200) return fail(refusal(url_, answer->status));
  auto board = parse_status_page(answer->body, answer->date);
  if (!board) return fail(std::move(board.error()).in(url_));
  totals_ = totals_of_page(answer->body);
  return board;
}

}  // namespace mpm
