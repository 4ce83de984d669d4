// SPDX-License-Identifier: Apache-2.0
#include "cli/words.h"

#include <fmt/format.h>

#include "cli/text.h"
#include "schema/codec/names.h"

namespace mpm {

std::string_view words(Mpm mpm) {
  return name_of(mpm);
}

std::string_view words(const std::optional<Mpm>& mpm) {
  return mpm ? words(*mpm) : std::string_view("unknown MPM");
}

std::string text_of(const SettingValue& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number != nullptr ? fmt::format("{}", *number) : std::get<std::string>(value);
}

std::string_view words(Severity severity) {
  switch (severity) {
    case Severity::Fine:
      return "fine";
    case Severity::Note:
      return "note";
    case Severity::Advice:
      return "advice";
    case Severity::Warning:
      return "warning";
    case Severity::Danger:
      return "danger";
  }
  return "note";
}

std::string_view words(Confidence confidence) {
  switch (confidence) {
    case Confidence::None:
      return "none";
    case Confidence::Low:
      return "low";
    case Confidence::Medium:
      return "medium";
    case Confidence::High:
      return "high";
  }
  return "none";
}

std::string_view words(Health health) {
  switch (health) {
    case Health::Well:
      return "well";
    case Health::Strained:
      return "strained";
    case Health::Saturated:
      return "saturated";
    case Health::Unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view words(SourceKind source) {
  switch (source) {
    case SourceKind::SharedMemory:
      return "the server's shared memory";
    case SourceKind::ScoreboardFile:
      return "the ScoreBoardFile";
    case SourceKind::ModStatus:
      return "mod_status's page";
  }
  return "mod_status's page";
}

std::string_view words(RestartClass restart) {
  switch (restart) {
    case RestartClass::Graceful:
      return "graceful reload";
    case RestartClass::Restart:
      return "restart";
    case RestartClass::StopStart:
      return "stop and start";
  }
  return "stop and start";
}

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::Fine:
      return Tone::Good;
    case Severity::Note:
      return Tone::Faint;
    case Severity::Advice:
      return Tone::Notice;
    case Severity::Warning:
      return Tone::Caution;
    case Severity::Danger:
      return Tone::Bad;
  }
  return Tone::Plain;
}

Tone tone_of(Confidence confidence) {
  switch (confidence) {
    case Confidence::None:
      return Tone::Bad;
    case Confidence::Low:
      return Tone::Caution;
    case Confidence::Medium:
      return Tone::Notice;
    case Confidence::High:
      return Tone::Good;
  }
  return Tone::Plain;
}

Tone tone_of(Health health) {
  switch (health) {
    case Health::Well:
      return Tone::Good;
    case Health::Strained:
      return Tone::Caution;
    case Health::Saturated:
      return Tone::Bad;
    case Health::Unknown:
      return Tone::Faint;
  }
  return Tone::Plain;
}

Tone tone_of_grade(std::string_view grade) {
  if (grade == "A" || grade == "B") return Tone::Good;
  if (grade == "C" || grade == "D") return Tone::Caution;
  if (grade == "E" || grade == "F") return Tone::Bad;
  return Tone::Faint;
}

std::string_view mark(Severity severity, const Glyphs& glyphs) {
  switch (severity) {
    case Severity::Fine:
      return glyphs.fine;
    case Severity::Note:
      return glyphs.note;
    case Severity::Advice:
      return glyphs.advice;
    case Severity::Warning:
      return glyphs.warning;
    case Severity::Danger:
      return glyphs.danger;
  }
  return glyphs.note;
}

std::string server_name(const ServerName& server) {
  std::string name = server.pid > 0       ? fmt::format("httpd {}", server.pid)
                     : server.url.empty() ? std::string("httpd")
                                          : fmt::format("httpd at {}", printable(server.url));
  std::string facts = printable(server.version);
  if (!facts.empty()) facts += ", ";
  return fmt::format("{} ({}{})", name, facts, words(server.mpm));
}

std::string endpoint(std::string_view address, std::int32_t port) {
  const bool v6 = address.find(':') != std::string_view::npos;
  return v6 ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

}  // namespace mpm
