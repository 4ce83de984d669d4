// SPDX-License-Identifier: Apache-2.0
//
// Whatever the bytes: the lines of a configuration, and its pools over two files of which the
// first may include the second, are the same when they are written down and read again; and each
// socket that is named leads to who listens at it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "agent/php/fpm_configuration.h"
#include "agent/php/fpm_socket.h"
#include "agent/php/fpm_text.h"
#include "tests/support/memory_files.h"

namespace {

using mpm::FpmLine;
using mpm::PhpPool;

void require(bool holds) {
  if (!holds) std::abort();
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// In quotes that are not in it. What has both was without quotes when it was read.
std::string written(const std::string& value) {
  if (!has(value, "\"")) return "\"" + value + "\"";
  if (!has(value, "'")) return "'" + value + "'";
  return value;
}

void lines_stay(std::string_view text) {
  const auto lines = mpm::fpm_lines(text);
  std::string again;
  for (const FpmLine& line : lines) {
    require(!line.name.empty() && !has(line.name, "\n"));
    again += line.value ? line.name + " = " + written(*line.value) + "\n" : "[" + line.name + "]\n";
  }
  require(mpm::fpm_lines(again) == lines);
}

// $pool can put a name into a value that no quotes hold, and another $pool.
bool can_be_written(const PhpPool& pool) {
  return !has(pool.name, "$pool") && !(has(pool.name, "\"") || has(pool.name, "'"));
}

void pools_stay(std::string_view text) {
  const auto half = std::min(text.find('\0'), text.size());
  mpm::config::MemoryFiles files;
  files.add("/etc/php-fpm.conf", std::string(text.substr(0, half)));
  files.add("/usr/etc/more.conf", std::string(text.substr(half)));
  const auto pools = mpm::fpm_pools({"/etc/php-fpm.conf", "/usr"}, files);
  std::vector<PhpPool> kept;
  std::string again;
  for (const PhpPool& pool : pools) {
    require(!pool.name.empty());
    require(!mpm::listened_at(pool.listen).is_relative());
    if (!can_be_written(pool) || has(pool.listen, "$pool")) continue;
    kept.push_back(pool);
    again += "[" + pool.name + "]\npm.max_children = " + std::to_string(pool.max_children) +
             "\nlisten = " + written(pool.listen) + "\n";
  }
  files.add("/etc/again.conf", again);
  const auto same = mpm::fpm_pools({"/etc/again.conf", "/usr"}, files);
  require(same.size() == kept.size());
  for (std::size_t at = 0; at < kept.size(); ++at) {
    require(same[at].name == kept[at].name && same[at].listen == kept[at].listen);
    require(same[at].max_children == kept[at].max_children);
  }
}

void sockets_are_theirs(std::string_view text) {
  for (const mpm::FpmSocket& socket : mpm::sockets_named(text)) {
    require(socket.port >= 0 && socket.port < 65536);
    require(socket.port != 0 || socket.path.starts_with('/'));
    require(mpm::reaches(socket, socket));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> exact(data, data + size);
  const std::string_view text(exact.data(), exact.size());
  lines_stay(text);
  pools_stay(text);
  sockets_are_theirs(text);
  const std::string_view first = text.substr(0, text.find('\n'));
  require(mpm::waiting_at(text, first).value_or(0) <= static_cast<std::int64_t>(size));
  if (const auto file = mpm::fpm_file_in(first)) require(has(first, *file));
  return 0;
}
