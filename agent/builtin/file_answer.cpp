// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/file_answer.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "agent/base/file.h"
#include "agent/config/tree.h"

namespace mpm::builtin {
namespace {

using RangeKind = ByteRange::Kind;

// A FIFO is opened without waiting for its writer, and no terminal becomes ours.
constexpr int kRead = O_RDONLY | O_NONBLOCK | O_NOCTTY;

enum class Kind : std::uint8_t { Regular, Directory, Forbidden, Missing, Broken };

struct Found {
  Kind kind = Kind::Broken;
  UniqueFd fd;
  struct stat facts {};
};

// errno says why there is none.
UniqueFd open_below(int directory, const char* name, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something was renamed while the kernel went over a link's "..".
  for (int attempt = 0;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, directory, name, &how, sizeof how);
    if (fd >= 0) return UniqueFd(static_cast<int>(fd));
    if (errno != EINTR && (errno != EAGAIN || attempt == 16)) return UniqueFd();
  }
}

Kind kind_of_error(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
      return Kind::Missing;
    case EXDEV:  // it leads out of the root
    case ELOOP:
    case EACCES:
    case EPERM:
    case ENXIO:  // a socket, or a device without its driver
    case ENODEV:
      return Kind::Forbidden;
    default:
      return Kind::Broken;
  }
}

// `path` begins with '/'.
Found find(int root, const std::string& path, int flags) {
  Found found;
  found.fd = open_below(root, path.size() == 1 ? "." : path.c_str() + 1, flags);
  if (!found.fd) {
    found.kind = kind_of_error(errno);
  } else if (::fstat(found.fd.get(), &found.facts) == 0) {
    found.kind = S_ISREG(found.facts.st_mode)   ? Kind::Regular
                 : S_ISDIR(found.facts.st_mode) ? Kind::Directory
                                                : Kind::Forbidden;
  }
  return found;
}

int status_of(Kind kind) {
  switch (kind) {
    case Kind::Missing:
      return 404;
    case Kind::Broken:
      return 500;
    default:
      return 403;
  }
}

FileAnswer refused(int status) {
  FileAnswer answer;
  answer.status = status;
  return answer;
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

FileAnswer moved_to_directory(const std::string& path, std::string_view query) {
  FileAnswer answer = refused(301);
  for (const char c : path) {
    const bool plain =
        is_alphanumeric(c) || std::string_view("/-._~!$&'()*+,;=:@").find(c) != std::string::npos;
    if (plain)
      answer.location += c;
    else
      answer.location += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  answer.location += '/';
  if (!query.empty()) answer.location.append("?").append(query);
  return answer;
}

// By the last extension of the last name. As for mod_mime, ".profile" is a name without one.
std::string_view type_of(std::string_view path, const Settings& settings) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  name.remove_prefix(std::min(name.find_first_not_of('.'), name.size()));
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  const auto type = settings.types.find(config::lower(name.substr(dot + 1)));
  return type == settings.types.end() ? std::string_view{} : std::string_view(type->second);
}

// FileETag MTime Size, httpd's default.
std::string etag_of(const struct stat& facts) {
  const std::int64_t modified_us =
      std::int64_t{facts.st_mtim.tv_sec} * 1'000'000 + facts.st_mtim.tv_nsec / 1000;
  return fmt::format("\"{:x}-{:x}\"", static_cast<std::uint64_t>(facts.st_size),
                     static_cast<std::uint64_t>(modified_us));
}

// Whether a list of entity tags names `etag`, which is a strong one. Tags may hold commas.
bool names(std::string_view list, std::string_view etag, bool weak_ones_count) {
  if (list == "*") return true;
  for (;;) {
    list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
    const bool weak = list.starts_with("W/");
    if (weak) list.remove_prefix(2);
    const std::size_t end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return false;
    if (list.substr(0, end + 1) == etag && (weak_ones_count || !weak)) return true;
    list.remove_prefix(end + 1);
  }
}

// 412, 304, or 0 to go on: in the order of RFC 9110 13.2.2. A date that is none does not count.
int failed_condition(const Request& request, const FileAnswer& file) {
  if (!request.if_match.empty()) {
    if (!names(request.if_match, file.etag, false)) return 412;
  } else if (const auto date = parse_http_date(request.if_unmodified_since)) {
    if (file.modified > *date) return 412;
  }
  if (!request.if_none_match.empty()) {
    if (names(request.if_none_match, file.etag, true)) return 304;
  } else if (const auto date = parse_http_date(request.if_modified_since)) {
    if (file.modified <= *date) return 304;
  }
  return 0;
}

// RFC 9110 13.1.5: only the very same file is continued, so a weak tag fits none.
bool range_is_wanted(const Request& request, const FileAnswer& file) {
  if (request.method != Method::Get || request.range.empty()) return false;
  if (request.if_range.empty() || request.if_range == file.etag) return true;
  const auto date = parse_http_date(request.if_range);
  return date && *date == file.modified;
}

void take_range(const ByteRange& range, FileAnswer& file) {
  switch (range.kind) {
    case RangeKind::Whole:
      return;
    case RangeKind::Part:
      file.status = 206;
      file.offset = range.first;
      file.length = range.length;
      file.content_range =
          fmt::format("bytes {}-{}/{}", range.first, range.first + range.length - 1, file.size);
      return;
    case RangeKind::Unsatisfiable:
      file.status = 416;
      file.length = 0;
      file.content_range = fmt::format("bytes */{}", file.size);
      return;
  }
}

FileAnswer answer_with(Found found, const Request& request, const std::string& path,
                       const Settings& settings) {
  FileAnswer answer;
  answer.size = found.facts.st_size;
  answer.modified = found.facts.st_mtim.tv_sec;
  answer.content_type = type_of(path, settings);
  answer.etag = etag_of(found.facts);
  answer.status = failed_condition(request, answer);
  if (answer.status != 0) return answer;
  answer.status = 200;
  answer.length = answer.size;
  if (range_is_wanted(request, answer)) take_range(parse_range(request.range, answer.size), answer);
  if (request.method == Method::Get && answer.length > 0) answer.file = std::move(found.fd);
  return answer;
}

FileAnswer answer_directory(int root, const Request& request, const std::string& path,
                            const Settings& settings) {
  for (const std::string& name : settings.directory_index) {
    // "/not-here.html" is of the whole site, as for mod_dir.
    const std::string index = name.starts_with('/') ? name : path + name;
    Found found = find(root, index, kRead);
    if (found.kind == Kind::Regular) return answer_with(std::move(found), request, index, settings);
    if (found.kind != Kind::Missing && found.kind != Kind::Directory)
      return refused(status_of(found.kind));
  }
  return refused(status_of(find(root, path, O_PATH).kind));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Appends a name with its %xx resolved.
bool append_decoded(std::string_view name, std::string& decoded) {
  for (std::size_t at = 0; at < name.size(); ++at) {
    char c = name[at];
    if (c == '%') {
      if (name.size() - at < 3) return false;
      const int high = hex_digit(name[at + 1]);
      const int low = hex_digit(name[at + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      if (c == '/') return false;
      at += 2;
    }
    if (c == '\0') return false;
    decoded += c;
  }
  return true;
}

// nullopt: not digits alone. A number too large is as large as can be.
std::optional<std::int64_t> number_of(std::string_view digits) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (digits.empty()) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number > (kMost - 9) / 10 ? kMost : number * 10 + (c - '0');
  }
  return number;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

}  // namespace

std::optional<std::string> decode_path(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::string decoded = "/";  // ends in '/' before each name
  decoded.reserve(path.size());
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::size_t begin = decoded.size();
    if (!append_decoded(path.substr(at, end - at), decoded)) return std::nullopt;
    const std::string_view name = std::string_view(decoded).substr(begin);
    if (name.empty() || name == ".") {
      decoded.resize(begin);
    } else if (name == "..") {
      if (begin == 1) return std::nullopt;
      decoded.resize(decoded.rfind('/', begin - 2) + 1);
    } else if (end < path.size()) {
      decoded += '/';
    }
    at = end + 1;
  }
  return decoded;
}

ByteRange parse_range(std::string_view header, std::int64_t size) {
  const ByteRange whole;
  const std::size_t equals = header.find('=');
  if (equals == std::string_view::npos ||
      !config::equal_ignoring_case(header.substr(0, equals), "bytes"))
    return whole;
  const std::string_view range = trimmed(header.substr(equals + 1));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view before = range.substr(0, dash);
  const std::string_view after = range.substr(dash + 1);

  const auto last = number_of(after);
  if (before.empty()) {
    if (!last) return whole;
    if (*last == 0) return {.kind = RangeKind::Unsatisfiable};
    if (size == 0) return whole;  // it can be had, and Content-Range has no words for it
    const std::int64_t length = std::min(*last, size);
    return {.kind = RangeKind::Part, .first = size - length, .length = length};
  }
  const auto first = number_of(before);
  if (!first || (!last && !after.empty()) || (last && *last < *first)) return whole;
  if (*first >= size) return {.kind = RangeKind::Unsatisfiable};
  const std::int64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {.kind = RangeKind::Part, .first = *first, .length = end - *first + 1};
}

Result<DocumentRoot> DocumentRoot::open(const std::string& path) {
  UniqueFd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return fail(system_error(errno, path).in("the document root cannot be opened"));
  if (!open_below(directory.get(), ".", O_PATH))
    return fail(
        system_error(errno, path)
            .in("openat2, which keeps requests below the document root and needs Linux 5.6"));
  return DocumentRoot(std::move(directory));
}

FileAnswer DocumentRoot::answer(const Request& request, const std::string& path,
                                const Settings& settings) const {
  if (request.method != Method::Get && request.method != Method::Head) return refused(405);
  if (!path.starts_with('/')) return refused(404);
  const int root = directory_.get();
  if (path.ends_with('/')) return answer_directory(root, request, path, settings);

  Found found = find(root, path, kRead);
  if (found.kind == Kind::Regular) return answer_with(std::move(found), request, path, settings);
  // A directory may be there to be entered, and not to be read.
  const bool is_directory =
      found.kind == Kind::Directory ||
      (found.kind == Kind::Forbidden && find(root, path, O_PATH).kind == Kind::Directory);
  if (is_directory) return moved_to_directory(path, request.query);
  return refused(status_of(found.kind));
}

}  // namespace mpm::builtin
