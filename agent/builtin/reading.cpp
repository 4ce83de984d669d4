// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/reading.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "agent/config/tree.h"

namespace mpm::builtin {
namespace {

using Kind = Error::Kind;
using config::equal_ignoring_case;

constexpr std::string_view kCombined = R"(%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i")";
constexpr std::string_view kCommon = R"(%h %l %u %t "%r" %>s %b)";

}  // namespace

Reading::Reading(const config::Site& site, Settings& settings)
    : site_(site), settings_(settings), transfer_format_(kCommon) {
  formats_["combined"] = kCombined;
  formats_["common"] = kCommon;
}

const Reading::Known* Reading::find(std::string_view name) {
  constexpr std::size_t kMany = 64;
  static constexpr std::array kKnown = std::to_array<Known>({
      {"Listen", 1, 2, &Reading::listen},
      {"DocumentRoot", 1, 1, &Reading::document_root},
      {"ServerName", 1, 1, &Reading::server_name},
      {"PidFile", 1, 1, &Reading::pid_file},
      {"ErrorLog", 1, 1, &Reading::error_log},
      {"LogLevel", 1, 1, &Reading::log_level},
      {"LogFormat", 1, 2, &Reading::log_format},
      {"CustomLog", 2, 2, &Reading::custom_log},
      {"TransferLog", 1, 1, &Reading::custom_log},
      {"User", 1, 1, &Reading::user},
      {"Group", 1, 1, &Reading::group},
      {"KeepAlive", 1, 1, &Reading::keep_alive},
      {"KeepAliveTimeout", 1, 1, &Reading::keep_alive_timeout},
      {"MaxKeepAliveRequests", 1, 1, &Reading::max_keep_alive},
      {"Timeout", 1, 1, &Reading::timeout},
      {"RequestReadTimeout", 1, 3, &Reading::request_read_timeout},
      {"GracefulShutdownTimeout", 1, 1, &Reading::graceful_shutdown},
      {"LimitRequestLine", 1, 1, &Reading::request_line},
      {"LimitRequestFieldSize", 1, 1, &Reading::request_field_size},
      {"LimitRequestFields", 1, 1, &Reading::request_fields},
      {"EnableSendfile", 1, 1, &Reading::sendfile},
      {"DirectoryIndex", 1, kMany, &Reading::directory_index},
      {"AddType", 2, kMany, &Reading::add_type},
      {"ExtendedStatus", 1, 1, &Reading::extended_status},
      {"ScoreBoardFile", 1, 1, &Reading::scoreboard_file},
      {"SetHandler", 1, 1, &Reading::set_handler},
      {"ListenBacklog", 1, 1, &Reading::backlog},
      {"MaxMemFree", 1, 1, &Reading::max_mem_free},
      {"ListenCoresBucketsRatio", 1, 1, &Reading::buckets},
      {"StartServers"},
      {"MinSpareServers"},
      {"MaxSpareServers"},
      {"MinSpareThreads"},
      {"MaxSpareThreads"},
      {"ThreadLimit"},
      {"ThreadsPerChild"},
      {"ServerLimit"},
      {"MaxRequestWorkers"},
      {"MaxClients"},
      {"MaxConnectionsPerChild"},
      {"MaxRequestsPerChild"},
      {"AsyncRequestWorkerFactor"},
      {"ThreadStackSize"},
      {"ServerRoot"},
      {"LoadModule", 2, 2},
  });
  const auto* found = std::ranges::find_if(
      kKnown, [&](const Known& known) { return equal_ignoring_case(known.name, name); });
  return found == kKnown.end() ? nullptr : found;
}

tl::unexpected<Error> Reading::refuse(const config::ActiveDirective& at, std::string_view why) {
  return fail(Kind::Malformed, fmt::format("{}:{}: {}", at.file, at.first_line, why));
}

Result<void> Reading::read() {
  for (const config::ActiveDirective& at : site_.directives) {
    at_ = &at;
    if (at.depth == 0) location_.clear();
    if (at.name.front() == '<') {
      if (const std::string why = section(at); !why.empty()) return refuse(at, why);
      continue;
    }
    const Known* known = find(at.name);
    if (known == nullptr)
      return refuse(at,
                    fmt::format("Invalid command '{}': mpm-httpd does not know this directive; "
                                "take it out, or put it in <IfModule> of the module that has it",
                                at.name));
    const bool in_location = known->take == &Reading::set_handler;
    if (at.depth > 0 && !in_location)
      return refuse(at, fmt::format("{} cannot occur within a section", at.name));
    Arguments words;
    for (config::Word& word : config::split_words(at.args))
      words.push_back(std::move(word.value));
    if (words.size() < known->least || words.size() > known->most)
      return refuse(at, fmt::format("{} takes {} arguments, and {} are given", at.name,
                                    known->least == known->most
                                        ? fmt::format("{}", known->least)
                                        : fmt::format("{} to {}", known->least, known->most),
                                    words.size()));
    if (known->take == nullptr) continue;
    if (const std::string why = (this->*known->take)(words); !why.empty())
      return refuse(at, fmt::format("{}: {}", at.name, why));
  }
  return finish();
}

std::string Reading::section(const config::ActiveDirective& at) {
  if (!equal_ignoring_case(at.name, "<Location"))
    return fmt::format("Invalid command '{}>': of the sections mpm-httpd knows <Location> alone",
                       at.name);
  if (at.depth > 0) return "<Location> cannot occur within a section";
  std::size_t from = 0;
  location_ = config::next_word(at.args, from).value;
  if (location_.empty() || location_.front() != '/')
    return "<Location> wants a path that begins with /";
  return {};
}

Result<void> Reading::finish() {
  for (const PendingLog& log : logs_) {
    const auto named = formats_.find(log.format);
    const std::string& text = log.format.empty()        ? transfer_format_
                              : named != formats_.end() ? named->second
                                                        : log.format;
    auto format = LogFormat::parse(text);
    if (!format) return refuse(*log.at, format.error().what);
    settings_.custom_logs.push_back({log.file, std::move(*format)});
  }
  const std::string place = settings_.config_file + ": ";
  if (settings_.listen.empty())
    return fail(Kind::Malformed,
                place + "no Listen: say where to listen, such as Listen 127.0.0.1:8080");
  std::ranges::sort(settings_.listen);
  if (std::ranges::adjacent_find(settings_.listen) != settings_.listen.end())
    return fail(Kind::Malformed, place + "two Listen directives name the same address and port");
  if (settings_.document_root.empty()) settings_.document_root = path("htdocs");
  if (settings_.pid_file.empty()) settings_.pid_file = path("logs/httpd.pid");
  if (settings_.server_name.empty()) settings_.server_name = "localhost";
  settings_.vhost = settings_.server_name;
  if (settings_.vhost.find(':') == std::string::npos)
    settings_.vhost += fmt::format(":{}", settings_.listen.front().port);
  return {};
}

}  // namespace mpm::builtin
