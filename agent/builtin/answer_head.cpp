// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/answer_head.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>

#include <unistd.h>

#include "agent/builtin/compiled_in.h"
#include "agent/builtin/http_date.h"
#include "agent/builtin/status_page.h"

namespace mpm::builtin {
namespace {

struct Reason {
  int status;
  std::string_view text;
};
constexpr std::array kReasons = std::to_array<Reason>({
    {200, "OK"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {412, "Precondition Failed"},
    {414, "URI Too Long"},
    {416, "Range Not Satisfiable"},
    {431, "Request Header Fields Too Large"},
    {501, "Not Implemented"},
    {505, "HTTP Version Not Supported"},
});

std::string_view reason(int status) {
  const auto* found = std::ranges::find(kReasons, status, &Reason::status);
  return found == kReasons.end() ? "Internal Server Error" : found->text;
}

// The Date line, made once a second by each thread.
std::string_view date_line() {
  thread_local std::int64_t shown = -1;
  thread_local std::string line;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != shown) {
    line = "\r\nDate: " + http_date(now.tv_sec) + "\r\nServer: " + std::string(kServerVersion) +
           "\r\n";
    shown = now.tv_sec;
  }
  return line;
}

void append_number(std::string& out, std::int64_t number) {
  const fmt::format_int text(number);
  out.append(text.data(), text.size());
}

}  // namespace

void append_head(std::string& out, const HeadOptions& options) {
  out += "HTTP/1.1 ";
  append_number(out, options.status);
  out += ' ';
  out += reason(options.status);
  out += date_line();
  out += options.extra;
  if (options.length >= 0) {
    out += "Content-Length: ";
    append_number(out, options.length);
    out += "\r\n";
  }
  if (!options.keep_alive) {
    out += "Connection: close\r\n";
  } else {
    out += "Keep-Alive: timeout=";
    append_number(out, options.timeout_seconds);
    if (options.left > 0) {
      out += ", max=";
      append_number(out, options.left);
    }
    out += "\r\nConnection: Keep-Alive\r\n";
  }
  if (!options.type.empty()) {
    out += "Content-Type: ";
    out += options.type;
    out += "\r\n";
  }
  out += "\r\n";
}

void append_modified(fmt::memory_buffer& out, std::int64_t seconds) {
  fmt::format_to(std::back_inserter(out), "Last-Modified: {}\r\n", http_date(seconds));
}

std::string error_page(int status) {
  return fmt::format(
      "<!DOCTYPE html>\n<html><head><title>{0} {1}</title></head>\n<body><h1>{0} {1}</h1></body>"
      "</html>\n",
      status, reason(status));
}

void append_file(std::string& out, const FileAnswer& answer) {
  const std::size_t head = out.size();
  out.resize(head + static_cast<std::size_t>(answer.length));
  std::int64_t done = 0;
  while (done < answer.length) {
    const ssize_t got =
        ::pread(answer.file.get(), out.data() + head + static_cast<std::size_t>(done),
                static_cast<std::size_t>(answer.length - done), answer.offset + done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    done += got;
  }
}

StatusAnswer status_answer(const Seat& seat, std::string_view query) {
  const StatusQuery asked = status_query(query);
  const Settings& settings = seat.generation.settings;
  StatusFacts facts;
  facts.server_name = settings.server_name;
  facts.server_version = kServerVersion;
  facts.server_built = MPM_BUILT;
  facts.now_us = now_us();
  facts.config_generation = seat.generation.number + 1;
  facts.ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (::getloadavg(facts.load.data(), static_cast<int>(facts.load.size())) < 0) facts.load = {};
  if (asked.as_text)
    return {status_text(seat.board, settings, facts), "text/plain; charset=ISO-8859-1", ""};
  StatusAnswer page{status_html(seat.board, settings, facts, asked),
                    "text/html; charset=ISO-8859-1", ""};
  if (asked.refresh_seconds > 0) page.extra = fmt::format("Refresh: {}\r\n", asked.refresh_seconds);
  return page;
}

}  // namespace mpm::builtin
