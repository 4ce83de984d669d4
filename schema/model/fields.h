// SPDX-License-Identifier: Apache-2.0
//
// A type of the contract names its fields once, in a static function called describe, which hands
// all of them to whoever calls it:
//
//   struct Evidence {
//     std::string metric;
//     double value = 0;
//     template <class Use>
//     static constexpr auto describe(Use use) {
//       return use(Field{"metric", &Evidence::metric}, Field{"value", &Evidence::value});
//     }
//   };
//
// A template costs those nothing who include the type and do not go over its fields; a tuple of
// them took most of the time of a compiler.
//
// JSON, SQL, OpenAPI's contract test and the CLI's tables are all written against that one
// list, so that a field cannot be in one of them and missing in another.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mpm {

template <class Class, class Type>
struct Field {
  constexpr Field(std::string_view n, Type Class::*m) : name(n), member(m) {}
  std::string_view name;
  Type Class::*member;
};

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

struct CountFields {
  template <class... Fields>
  constexpr std::size_t operator()(const Fields&...) const {
    return sizeof...(Fields);
  }
};

template <class T>
concept Described = requires {
  T::describe(CountFields{});
};

// Calls visit(name, member) for every field of `value`, in the order of describe.
template <class T, class Visit>
requires Described<std::remove_const_t<T>>
constexpr void each_field(T& value, Visit&& visit) {
  std::remove_const_t<T>::describe(
      [&](const auto&... field) { (visit(field.name, value.*field.member), ...); });
}

}  // namespace mpm
