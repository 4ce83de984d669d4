// SPDX-License-Identifier: Apache-2.0
//
// A type of the contract names its fields once, in a static member called kFields:
//
//   struct Evidence {
//     std::string metric;
//     double value = 0;
//     static constexpr std::tuple kFields{Field{"metric", &Evidence::metric},
//                                         Field{"value", &Evidence::value}};
//   };
//
// JSON, SQL, OpenAPI's contract test and the CLI's tables are all written against that one
// list, so that a field cannot be in one of them and missing in another.
#pragma once

#include <optional>
#include <string_view>
#include <tuple>
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

template <class T>
concept Described = requires {
  T::kFields;
};

// Calls visit(name, member) for every field of `value`, in the order of kFields.
template <class T, class Visit>
requires Described<std::remove_const_t<T>>
constexpr void each_field(T& value, Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field.name, value.*field.member), ...); },
             std::remove_const_t<T>::kFields);
}

}  // namespace mpm
