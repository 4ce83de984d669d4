// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/file_answer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "agent/builtin/http_date.h"

namespace mpm::builtin {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> unescaped(std::string_view path) {
  std::string text;
  text.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '%') {
      if (i + 2 >= path.size()) return std::nullopt;
      const auto high = hex_digit(path[i + 1]);
      const auto low = hex_digit(path[i + 2]);
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high * 16 + *low);
      if (c == '/') return std::nullopt;
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    text += c;
  }
  return text;
}

// "/a b/" as it has to stand in a Location.
std::string escaped(std::string_view path) {
  constexpr std::string_view kPlain = "-._~!$&'()*+,;=:@/";
  std::string text;
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || kPlain.find(c) != std::string_view::npos)
      text += c;
    else
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return text;
}

UniqueFd open_below(int directory, const char* name) {
  open_how how{};
  // Not blocking: a FIFO would wait for a writer.
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, directory, name, &how, sizeof how)));
}

int status_of_errno(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
      return 404;
    default:
      return 403;  // EXDEV and ELOOP: a link that leads out
  }
}

std::string_view type_of(const std::string& path, const Settings& settings) {
  const auto dot = path.rfind('.');
  if (dot == std::string::npos || path.find('/', dot) != std::string::npos) return {};
  std::string extension = path.substr(dot + 1);
  std::ranges::transform(extension, extension.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto found = settings.types.find(extension);
  return found == settings.types.end() ? std::string_view() : std::string_view(found->second);
}

// `tag` is one of the list, or the list is "*". Weak tags match where the comparison is weak.
bool lists_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto from = list.find_first_not_of(" \t,");
    if (from == std::string_view::npos) return false;
    list.remove_prefix(from);
    if (list.front() == '*') return true;
    if (list.substr(0, 2) == "W/") list.remove_prefix(2);
    const auto end =
        list.empty() || list.front() != '"' ? std::string_view::npos : list.find('"', 1);
    if (end == std::string_view::npos) return false;
    if (list.substr(0, end + 1) == tag) return true;
    list.remove_prefix(end + 1);
  }
  return false;
}

// RFC 9110 13.2.2: 0 to go on, else 304 or 412.
int condition(const Request& request, const FileAnswer& file) {
  const bool safe = request.method == Method::Get || request.method == Method::Head;
  if (!request.if_match.empty()) {
    if (!lists_tag(request.if_match, file.etag)) return 412;
  } else if (!request.if_unmodified_since.empty()) {
    const auto since = parse_http_date(request.if_unmodified_since);
    if (since && file.modified > *since) return 412;
  }
  if (!request.if_none_match.empty())
    return lists_tag(request.if_none_match, file.etag) ? (safe ? 304 : 412) : 0;
  if (!request.if_modified_since.empty() && safe) {
    const auto since = parse_http_date(request.if_modified_since);
    if (since && file.modified <= *since) return 304;
  }
  return 0;
}

bool range_still_holds(const Request& request, const FileAnswer& file) {
  if (request.if_range.empty()) return true;
  if (request.if_range.front() == '"') return request.if_range == file.etag;
  const auto date = parse_http_date(request.if_range);
  return date && *date == file.modified;
}

void take_part(const Request& request, FileAnswer& answer) {
  if (request.range.empty() || request.method != Method::Get || !range_still_holds(request, answer))
    return;
  const ByteRange range = parse_range(request.range, answer.size);
  if (range.kind == ByteRange::Kind::Whole) return;
  if (range.kind == ByteRange::Kind::Unsatisfiable) {
    answer.status = 416;
    answer.content_range = fmt::format("bytes */{}", answer.size);
    return;
  }
  answer.status = 206;
  answer.offset = range.first;
  answer.length = range.length;
  answer.content_range =
      fmt::format("bytes {}-{}/{}", range.first, range.first + range.length - 1, answer.size);
}

FileAnswer with_status(int status) {
  FileAnswer answer;
  answer.status = status;
  return answer;
}

}  // namespace

std::optional<std::string> decode_path(std::string_view path) {
  const auto text = unescaped(path);
  if (!text || text->empty() || text->front() != '/') return std::nullopt;
  std::string result;
  bool to_directory = false;
  for (std::size_t from = 0; from < text->size();) {
    const std::size_t end = std::min(text->find('/', from), text->size());
    const std::string_view name = std::string_view(*text).substr(from, end - from);
    to_directory = end < text->size() || name.empty() || name == "." || name == "..";
    if (name == "..") {
      if (result.empty()) return std::nullopt;
      result.erase(result.rfind('/'));
    } else if (!name.empty() && name != ".") {
      result += '/';
      result += name;
    }
    from = end + 1;
  }
  if (to_directory || result.empty()) result += '/';
  return result;
}

ByteRange parse_range(std::string_view header, std::int64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const ByteRange whole;
  if (header.substr(0, kUnit.size()) != kUnit) return whole;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) return whole;
  const auto number = [](std::string_view text) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
  };
  const std::string_view left = header.substr(0, dash);
  const std::string_view right = header.substr(dash + 1);
  if (left.empty()) {
    const auto last = number(right);
    if (!last) return whole;
    const std::int64_t length = std::min(*last, size);
    if (length == 0) return {ByteRange::Kind::Unsatisfiable, 0, 0};
    return {ByteRange::Kind::Part, size - length, length};
  }
  const auto first = number(left);
  const auto last = right.empty() ? std::optional<std::int64_t>(size - 1) : number(right);
  if (!first || !last) return whole;
  if (!right.empty() && *last < *first) return whole;
  if (*first >= size) return {ByteRange::Kind::Unsatisfiable, 0, 0};
  return {ByteRange::Kind::Part, *first, std::min(*last, size - 1) - *first + 1};
}

Result<DocumentRoot> DocumentRoot::open(const std::string& path) {
  UniqueFd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return fail(system_error(errno, path));
  return DocumentRoot(std::move(directory));
}

FileAnswer DocumentRoot::answer(const Request& request, const std::string& path,
                                const Settings& settings) const {
  if (request.method != Method::Get && request.method != Method::Head) return with_status(405);
  std::string name = path.substr(1);
  const bool wants_directory = name.empty() || name.back() == '/';
  FileAnswer answer;
  struct stat about {};
  int error = ENOENT;
  const auto open = [&](const std::string& file) {
    answer.file = open_below(directory_.get(), file.empty() ? "." : file.c_str());
    if (answer.file && ::fstat(answer.file.get(), &about) == 0) return true;
    error = errno;
    return false;
  };
  if (wants_directory) {
    const auto index = std::ranges::find_if(settings.directory_index, [&](const std::string& file) {
      return open(name + file) && S_ISREG(about.st_mode);
    });
    if (index == settings.directory_index.end())
      return with_status(open(name) ? 403 : status_of_errno(error));
    name += *index;
  } else if (!open(name)) {
    return with_status(status_of_errno(error));
  }
  if (S_ISDIR(about.st_mode)) {
    FileAnswer moved = with_status(301);
    moved.location = escaped(path) + "/";
    if (!request.query.empty()) moved.location += "?" + std::string(request.query);
    return moved;
  }
  if (!S_ISREG(about.st_mode)) return with_status(403);

  answer.size = answer.length = about.st_size;
  answer.modified = about.st_mtim.tv_sec;
  answer.etag = fmt::format("\"{:x}-{:x}\"", about.st_size,
                            about.st_mtim.tv_sec * 1'000'000 + about.st_mtim.tv_nsec / 1000);
  answer.content_type = type_of(name, settings);
  const int stopped = condition(request, answer);
  answer.status = stopped != 0 ? stopped : 200;
  if (stopped == 0) take_part(request, answer);
  if (answer.status != 200 && answer.status != 206) answer.file.reset();
  return answer;
}

}  // namespace mpm::builtin
