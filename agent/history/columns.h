// SPDX-License-Identifier: Apache-2.0
//
// A value of the contract as a row: its fields in the order of describe, those of a value inside
// it under its name ("tally_busy"), lists as JSON, distributions as bytes. The binder and the
// reader go through the same list, so a column cannot be in one and missing in the other.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "agent/history/sketch.h"
#include "agent/history/sqlite.h"
#include "schema/codec/json.h"
#include "schema/codec/names.h"
#include "schema/model/fields.h"
#include "schema/model/sample.h"
#include "schema/model/units.h"

namespace mpm {

// Calls visit(column, member) for every column. Sample's processes are rows of another table.
template <class T, class Visit>
void each_column(T& value, const std::string& prefix, Visit&& visit) {
  each_field(value, [&](std::string_view name, auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    const std::string column = prefix + std::string(name);
    if constexpr (Described<Member>)
      each_column(member, column + "_", visit);
    else if constexpr (!std::same_as<Member, std::vector<ProcessUsage>>)
      visit(column, member);
  });
}

// Likewise without their names, which cost more than the values.
template <class T, class Visit>
void each_member(T& value, Visit&& visit) {
  each_field(value, [&](std::string_view, auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (Described<Member>)
      each_member(member, visit);
    else if constexpr (!std::same_as<Member, std::vector<ProcessUsage>>)
      visit(member);
  });
}

template <class T>
std::vector<std::string> columns_of() {
  std::vector<std::string> names;
  T value;
  each_column(value, "", [&](const std::string& name, auto&) { names.push_back(name); });
  return names;
}

template <class T>
void bind_column(Statement& statement, int parameter, const T& value) {
  if constexpr (kIsVector<T>)
    statement.bind(parameter, std::string_view(to_json(value)));
  else if constexpr (std::same_as<T, Sketch>)
    statement.bind_bytes(parameter, value.encoded());
  else if constexpr (std::same_as<T, std::optional<double>>)
    value ? statement.bind(parameter, *value) : statement.bind_null(parameter);
  else if constexpr (kIsQuantity<T>)
    statement.bind(parameter, value.value);
  else if constexpr (std::same_as<T, Instant>)
    statement.bind(parameter, std::int64_t{value.time_since_epoch().count()});
  else if constexpr (std::is_enum_v<T>)
    statement.bind(parameter, name_of(value));
  else if constexpr (std::floating_point<T>)
    statement.bind(parameter, static_cast<double>(value));
  else
    statement.bind(parameter, static_cast<std::int64_t>(value));
}

// A word or a list that cannot be read leaves the value as it is.
template <class T>
void read_column(const Statement& statement, int column, T& value) {
  if constexpr (kIsVector<T>) {
    const std::string text = statement.text(column);
    if (text == "[]")
      value.clear();
    else if (auto list = from_json<T>(text))
      value = std::move(*list);
  } else if constexpr (std::same_as<T, Sketch>) {
    if (auto sketch = Sketch::decoded(statement.text(column))) value = std::move(*sketch);
  } else if constexpr (std::same_as<T, std::optional<double>>) {
    value.reset();
    if (!statement.is_null(column)) value = statement.real(column);
  } else if constexpr (kIsQuantity<T>) {
    value.value = statement.integer(column);
  } else if constexpr (std::same_as<T, Instant>) {
    value = Instant(std::chrono::milliseconds(statement.integer(column)));
  } else if constexpr (std::is_enum_v<T>) {
    if (const auto word = parse_name<T>(statement.text(column))) value = *word;
  } else if constexpr (std::floating_point<T>) {
    value = static_cast<T>(statement.real(column));
  } else {
    value = static_cast<T>(statement.integer(column));
  }
}

template <class T>
void bind_row(Statement& statement, int first, const T& value) {
  int parameter = first;
  each_member(value, [&](const auto& member) { bind_column(statement, parameter++, member); });
}

template <class T>
void read_row(const Statement& statement, int first, T& value) {
  int column = first;
  each_member(value, [&](auto& member) { read_column(statement, column++, member); });
}

}  // namespace mpm
