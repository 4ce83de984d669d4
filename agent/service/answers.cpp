// SPDX-License-Identifier: Apache-2.0
#include "agent/service/answers.h"

namespace mpm {

std::string parameter(const ApiRequest& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

Result<std::optional<Seconds>> window(const ApiRequest& request) {
  const auto seconds = number<double>(request, "window", -1);
  if (!seconds) return fail(seconds.error());
  if (parameter(request, "window").empty()) return std::optional<Seconds>();
  if (!(*seconds > 0 && *seconds <= kLongestAsked))
    return fail(Error::Kind::Usage,
                fmt::format("window={}: give a number of seconds above 0", *seconds));
  return std::optional<Seconds>(*seconds);
}

}  // namespace mpm
