// SPDX-License-Identifier: Apache-2.0
#include "agent/service/access.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "schema/codec/routes.h"

namespace mpm {
namespace {

constexpr std::string_view kBearer = "Bearer ";

// Questions that are asked by POST because they are long, and change nothing.
constexpr std::array kQuestions{route::kConfigSettings.path,  route::kConfigCheck.path,
                                route::kConfigPlan.path,      route::kChangePreview.path,
                                route::kChangeAdmission.path, route::kSimulation.path};

constexpr int kUnauthorized = 401;
constexpr int kTooLarge = 413;
constexpr int kUnsupported = 415;

ApiResponse refused(Error error, int status = 0) {
  ApiResponse response = problem_response(error);
  if (status != 0) response.status = status;
  return response;
}

}  // namespace

Right right_needed(std::string_view method, std::string_view path) {
  if (method == "GET" || method == "HEAD") return Right::Read;
  const bool is_question =
      method == "POST" && std::ranges::find(kQuestions, path) != kQuestions.end();
  return is_question ? Right::Read : Right::Change;
}

Right right_of(const Peer& peer, const SocketUsers& users) {
  if (peer.uid == 0 || peer.uid == users.own) return Right::Change;
  return std::ranges::find(peer.gids, users.group) != peer.gids.end() ? Right::Read : Right::None;
}

std::optional<ApiResponse> refusal(const ApiRequest& head, Right right) {
  if (right == Right::None)
    return refused({Error::Kind::Denied,
                    "the agent answers root and the members of its group; become one of these, or "
                    "use mpmctl --no-daemon"});
  if (right < right_needed(head.method, head.path))
    return refused({Error::Kind::Denied,
                    fmt::format("{} {}: whoever asks may read here and not change; ask as root, or "
                                "with a token that may change",
                                head.method, head.path)});
  return std::nullopt;
}

std::optional<ApiResponse> refusal_of_body(const ApiRequest& head) {
  // Packed small it may be endless, and chunks say their length only at their end.
  if (head.is_packed)
    return refused({Error::Kind::Usage,
                    "send the request as it is, without Content-Encoding or Transfer-Encoding"},
                   kUnsupported);
  if (head.body_bytes > kMostBodyBytes)
    return refused(
        {Error::Kind::Usage, fmt::format("a request has at most {} bytes and this one has {}",
                                         kMostBodyBytes, head.body_bytes)},
        kTooLarge);
  return std::nullopt;
}

std::optional<ApiResponse> refusal_on_port(const ApiRequest& head, const Tokens& tokens,
                                           std::string_view own_name) {
  if (!head.origin.empty())
    return refused({Error::Kind::Denied, "the agent answers programs, and no web page"});
  // Every browser sends a Host; what sends none is no browser.
  if (!head.host.empty() && !is_own_host(head.host, own_name))
    return refused(
        {Error::Kind::Denied, fmt::format("Host {}: ask for this host by its address or as \"{}\"",
                                          head.host, own_name)});
  const std::string_view said = head.authorization;
  const Right right =
      said.starts_with(kBearer) ? tokens.right_of(said.substr(kBearer.size())) : Right::None;
  if (right == Right::None)
    return refused({Error::Kind::Denied,
                    "give a token of the agent's file of tokens, as Authorization: Bearer TOKEN"},
                   kUnauthorized);
  return refusal(head, right);
}

}  // namespace mpm
