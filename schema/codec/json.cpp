// SPDX-License-Identifier: Apache-2.0
#include "schema/codec/json.h"

#include <cmath>
#include <concepts>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "schema/codec/instant.h"
#include "schema/codec/names.h"
#include "schema/model/apply_policy.h"
#include "schema/model/change.h"
#include "schema/model/config_edit.h"
#include "schema/model/doctor.h"
#include "schema/model/fields.h"
#include "schema/model/history.h"
#include "schema/model/lab.h"
#include "schema/model/launch.h"
#include "schema/model/messages.h"
#include "schema/model/observation.h"
#include "schema/model/proposal.h"
#include "schema/model/simulation.h"
#include "schema/model/units.h"
#include "schema/model/verdict.h"
#include "schema/model/workers.h"

namespace mpm {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json encoded(const T& value) {
  if constexpr (Described<T>) {
    Json object = Json::object();
    each_field(value, [&](std::string_view name, const auto& field) {
      object[std::string(name)] = encoded(field);
    });
    return object;
  } else if constexpr (kIsVector<T>) {
    Json array = Json::array();
    for (const auto& element : value)
      array.push_back(encoded(element));
    return array;
  } else if constexpr (kIsOptional<T>) {
    return value ? encoded(*value) : Json(nullptr);
  } else if constexpr (std::same_as<T, SettingValue>) {
    return std::visit([](const auto& held) { return Json(held); }, value);
  } else if constexpr (kIsQuantity<T>) {
    return Json(value.value);
  } else if constexpr (std::same_as<T, Instant>) {
    return Json(to_text(value));
  } else if constexpr (Named<T>) {
    return Json(name_of(value));
  } else if constexpr (std::floating_point<T>) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
  } else {
    return Json(value);
  }
}

// Where the reader is in the document, and what it found wrong there first.
struct Reader {
  std::string path;
  std::optional<Error> error;

  bool wrong(std::string_view expected) {
    if (!error)
      error = Error{Error::Kind::Malformed,
                    fmt::format("{}: expected {}", path.empty() ? "the message" : path, expected)};
    return false;
  }

  template <class T>
  bool read(const Json& json, T& into);
  template <class T>
  bool read_object(const Json& json, T& into);
  template <class T>
  bool read_member(const Json& object, std::string_view name, T& into);
  template <class T>
  bool read_array(const Json& json, std::vector<T>& into);
  template <class T>
  bool read_integer(const Json& json, T& into);
};

template <class T>
bool Reader::read_member(const Json& object, std::string_view name, T& into) {
  const std::size_t length = path.size();
  if (!path.empty()) path += '.';
  path += name;
  const auto found = object.find(std::string(name));
  bool fine = true;
  if (found != object.end())
    fine = read(*found, into);
  else if constexpr (!kIsOptional<T>)
    fine = wrong("it to be there");
  if (fine) path.resize(length);
  return fine;
}

template <class T>
bool Reader::read_object(const Json& json, T& into) {
  if (!json.is_object()) return wrong("an object");
  bool fine = true;
  each_field(into, [&](std::string_view name, auto& field) {
    fine = fine && read_member(json, name, field);
  });
  return fine;
}

template <class T>
bool Reader::read_array(const Json& json, std::vector<T>& into) {
  if (!json.is_array()) return wrong("an array");
  const std::size_t length = path.size();
  into.clear();
  for (std::size_t i = 0; i < json.size(); ++i) {
    path += fmt::format("[{}]", i);
    if (!read(json[i], into.emplace_back())) return false;
    path.resize(length);
  }
  return true;
}

template <class T>
bool Reader::read_integer(const Json& json, T& into) {
  if (!json.is_number_integer()) return wrong("an integer");
  if (json.is_number_unsigned()) {
    const auto value = json.get<std::uint64_t>();
    if (!std::in_range<T>(value)) return wrong("a smaller integer");
    into = static_cast<T>(value);
    return true;
  }
  const auto value = json.get<std::int64_t>();
  if (!std::in_range<T>(value)) return wrong("an integer in range");
  into = static_cast<T>(value);
  return true;
}

// One branch a kind of type, chosen by the compiler.
// NOLINTBEGIN(readability-function-cognitive-complexity)
template <class T>
bool Reader::read(const Json& json, T& into) {
  if constexpr (Described<T>) {
    return read_object(json, into);
  } else if constexpr (kIsVector<T>) {
    return read_array(json, into);
  } else if constexpr (kIsOptional<T>) {
    into.reset();
    return json.is_null() || read(json, into.emplace());
  } else if constexpr (std::same_as<T, SettingValue>) {
    if (json.is_string()) return read(json, into.template emplace<std::string>());
    if (json.is_number_integer()) return read(json, into.template emplace<std::int64_t>());
    return wrong("an integer or a string");
  } else if constexpr (kIsQuantity<T>) {
    return read_integer(json, into.value);
  } else if constexpr (std::same_as<T, Instant>) {
    const auto instant = json.is_string() ? parse_instant(json.template get<std::string>())
                                          : std::optional<Instant>();
    if (!instant) return wrong("a time such as 2026-11-23T08:40:00.123Z");
    into = *instant;
    return true;
  } else if constexpr (Named<T>) {
    const auto value =
        json.is_string() ? parse_name<T>(json.template get<std::string>()) : std::optional<T>();
    if (!value) return wrong(fmt::format("one of {}", fmt::join(kWords<T>, ", ")));
    into = *value;
    return true;
  } else if constexpr (std::same_as<T, bool>) {
    if (!json.is_boolean()) return wrong("true or false");
    into = json.template get<bool>();
    return true;
  } else if constexpr (std::integral<T>) {
    return read_integer(json, into);
  } else if constexpr (std::floating_point<T>) {
    if (!json.is_number()) return wrong("a number");
    into = json.template get<T>();
    return true;
  } else {
    if (!json.is_string()) return wrong("a string");
    into = json.template get<std::string>();
    return true;
  }
}
// NOLINTEND(readability-function-cognitive-complexity)

std::string dumped(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

template <class T>
std::string to_json(const T& value) {
  return dumped(encoded(value), -1);
}

template <class T>
std::string to_json_pretty(const T& value) {
  return dumped(encoded(value), 2);
}

template <class T>
Result<T> from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(Error::Kind::Malformed, "this is not JSON");
  T value;
  Reader reader;
  if (!reader.read(json, value)) return fail(std::move(*reader.error));
  return value;
}

// One line a type keeps nlohmann's headers, and their compile time, in this file.
#define MPM_JSON(T)                                 \
  template std::string to_json<T>(const T&);        \
  template std::string to_json_pretty<T>(const T&); \
  template Result<T> from_json<T>(std::string_view);

MPM_JSON(Admission)
MPM_JSON(AdmissionQuestion)
MPM_JSON(ApplyPolicy)
MPM_JSON(ChangeList)
MPM_JSON(ChangePreview)
MPM_JSON(ChangeRecord)
MPM_JSON(ChangeRequest)
MPM_JSON(ConfigQuestion)
MPM_JSON(DirectiveExplanation)
MPM_JSON(DoctorReport)
MPM_JSON(EditPlan)
MPM_JSON(HealthReport)
MPM_JSON(HistoryReport)
MPM_JSON(LabReport)
MPM_JSON(Launch)
MPM_JSON(LintReport)
MPM_JSON(ListenerUsage)
MPM_JSON(MemoryLimit)
MPM_JSON(MpmSettings)
MPM_JSON(Observation)
MPM_JSON(Policy)
MPM_JSON(Problem)
MPM_JSON(ProcessUsage)
MPM_JSON(Proposal)
MPM_JSON(Sample)
MPM_JSON(SampleList)
MPM_JSON(ScoreboardView)
MPM_JSON(SettingList)
MPM_JSON(SettingsComparison)
MPM_JSON(SimulationQuestion)
MPM_JSON(SimulationReport)
MPM_JSON(StatusReport)
MPM_JSON(Target)
MPM_JSON(TargetList)
MPM_JSON(TopReport)
MPM_JSON(UndoRequest)
MPM_JSON(WatchReport)
MPM_JSON(WorkerList)
MPM_JSON(std::vector<std::int64_t>)
MPM_JSON(std::vector<ListenerUsage>)
MPM_JSON(std::vector<MemoryLimit>)
#undef MPM_JSON

}  // namespace mpm
