// SPDX-License-Identifier: Apache-2.0
//
// What every operation of the API is made of: values out of a query or a body, and a result put
// into a response. Pure.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "agent/service/routes.h"
#include "schema/codec/json.h"
#include "schema/model/result.h"
#include "schema/model/units.h"

namespace mpm {

// The longest window that anybody may ask for, in seconds: a year.
inline constexpr double kLongestAsked = 365.0 * 24 * 3600;

template <class T>
ApiResponse answer(const Result<T>& result) {
  if (!result) return problem_response(result.error());
  return {200, "application/json", to_json(*result)};
}

// Of the query; empty when it is not there.
std::string parameter(const ApiRequest& request, const std::string& name);

// A number in the query; `fallback` when it is not there. Usage: it is none.
template <class T>
Result<T> number(const ApiRequest& request, const std::string& name, T fallback) {
  const std::string text = parameter(request, name);
  if (text.empty()) return fallback;
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return fail(Error::Kind::Usage, fmt::format("{}={}: this is not a number", name, text));
  return value;
}

// The query's "window", in seconds; nullopt when it is not there. Usage: it is none.
Result<std::optional<Seconds>> window(const ApiRequest& request);

// The value that the body is.
template <class T>
Result<T> body_of(const ApiRequest& request) {
  auto value = from_json<T>(request.body);
  if (!value) return fail(Error(value.error()).in("the body of the request"));
  return std::move(*value);
}

}  // namespace mpm
