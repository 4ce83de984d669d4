// SPDX-License-Identifier: Apache-2.0
//
// Values of the contract with something in every field, no two alike, and their comparison
// field by field: what is forgotten on the way through a codec is seen. Both go over describe,
// so a field that is added is filled and compared without a word here.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "schema/codec/names.h"
#include "schema/model/fields.h"
#include "schema/model/settings.h"
#include "schema/model/units.h"

namespace mpm::test {

class Filler {
 public:
  template <class T>
  void fill(T& value) {
    ++count_;
    if constexpr (Described<T>)
      each_field(value, [this](std::string_view, auto& field) { this->fill(field); });
    else if constexpr (std::same_as<T, SettingValue>)
      fill_one_of(value);
    else if constexpr (Named<T>)
      value = static_cast<T>(static_cast<std::size_t>(count_) % kWords<T>.size());
    else if constexpr (std::same_as<T, Instant>)
      value = Instant(std::chrono::milliseconds(1'795'423'200'000 + 1001 * count_));
    else if constexpr (std::same_as<T, std::string>)
      value = "word \"" + std::to_string(count_) + "\" é\n";
    else if constexpr (std::same_as<T, bool>)
      value = !value;
    else if constexpr (std::floating_point<T>)
      value = static_cast<T>(count_) + 0.1;
    else if constexpr (std::integral<T>)
      value = static_cast<T>(count_);
    else
      fill_holder(value);
  }

 private:
  void fill_one_of(SettingValue& value) {
    if (count_ % 2 == 0)
      fill(value.emplace<std::int64_t>());
    else
      fill(value.emplace<std::string>());
  }
  template <class Thing>
  void fill_holder(Quantity<Thing>& quantity) {
    fill(quantity.value);
  }
  template <class T>
  void fill_holder(std::optional<T>& optional) {
    fill(optional.emplace());
  }
  template <class T>
  void fill_holder(std::vector<T>& list) {
    list.resize(2);
    for (T& element : list)
      fill(element);
  }

  std::int64_t count_ = 0;
};

template <class T>
T filled() {
  T value{};
  Filler().fill(value);
  return value;
}

template <class T>
bool same(const T& a, const T& b);

template <class T>
bool same_held(const T& a, const T& b) {
  return a == b;
}
template <class T>
bool same_held(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}
template <class T>
bool same_held(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same(a[i], b[i])) return false;
  return true;
}

template <class T>
bool same(const T& a, const T& b) {
  if constexpr (Described<T>)
    return T::describe(
        [&](const auto&... field) { return (same(a.*field.member, b.*field.member) && ...); });
  else
    return same_held(a, b);
}

}  // namespace mpm::test
