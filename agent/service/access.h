// SPDX-License-Identifier: Apache-2.0
//
// Who may ask the agent for what. Pure, and judged on the head of a request, before its body is
// read. There are two rights: to read, and to change; the second has the first in it.
//
//   Unix socket   root and the agent's own user change; the members of its group read. Who that is
//                 the kernel says, so that no file has to hold a secret.
//   port          a token says it, each with its right (tokens.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sys/types.h>

#include "agent/service/connection.h"
#include "agent/service/routes.h"
#include "agent/service/tokens.h"

namespace mpm {

// What a request takes: reading for a GET and for a question that is asked by POST, changing for
// whatever else there may be. An operation that is not known takes the most.
Right right_needed(std::string_view method, std::string_view path);

// Who a socket of the agent is for.
struct SocketUsers {
  uid_t own = 0;    // the agent's
  gid_t group = 0;  // whose members read
};
Right right_of(const Peer& peer, const SocketUsers& users);

// What is answered at once, without the request's being read any further; nothing when it may go
// on. Of its body: one that is too long, or may become it.
std::optional<ApiResponse> refusal_of_body(const ApiRequest& head);

// Of whoever asks, who has that right.
std::optional<ApiResponse> refusal(const ApiRequest& head, Right right);

// The same on a port: whoever asks is who its token says. It comes from no web page, neither one
// that says where it comes from nor one whose own name points here (`own_name` is this host's).
std::optional<ApiResponse> refusal_on_port(const ApiRequest& head, const Tokens& tokens,
                                           std::string_view own_name);

}  // namespace mpm
