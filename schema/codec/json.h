// SPDX-License-Identifier: Apache-2.0
//
// JSON of every message, written and read over describe: a field of the type is a member of
// the object, in the same order and by the same name.
//
//   enumerators   their word (names.h)            Quantity    its number
//   Instant       "2026-11-23T08:40:00.123Z"      optional    the value, or null
//   vector        an array                        variant     whichever it holds
//
// Writing never fails: bytes that are no UTF-8 become U+FFFD (httpd takes any byte in a
// request or a file name), and a number that is none becomes null. Reading ignores members it
// does not know and takes an absent optional for null; anything else that does not fit is
// Malformed, with the path of the member: "targets[0].workers.busy: expected an integer".
#pragma once

#include <string>
#include <string_view>

#include "schema/model/result.h"

namespace mpm {

// Defined in json.cpp for every message and every type inside one.
template <class T>
std::string to_json(const T& value);

// Indented by two, for people.
template <class T>
std::string to_json_pretty(const T& value);

template <class T>
Result<T> from_json(std::string_view text);

}  // namespace mpm
