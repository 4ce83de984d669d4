// SPDX-License-Identifier: Apache-2.0
#include "agent/service/site_source.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "agent/apache/binary.h"
#include "agent/apache/command_line.h"
#include "agent/base/file.h"
#include "agent/config/envvars.h"
#include "agent/config/glob.h"
#include "agent/files/process_reader.h"
#include "agent/target/successor.h"

namespace mpm {
namespace {

using config::FileKind;

// Where distributions keep things: the first file, HTTPD_ROOT, and what gives the variables.
struct Layout {
  std::string_view config_file;
  std::string_view server_root;
  std::string_view envvars;
};
constexpr std::array kLayouts = std::to_array<Layout>({
    {"/etc/apache2/apache2.conf", "/etc/apache2", "/etc/apache2/envvars"},  // Debian, Ubuntu
    {"/etc/httpd/conf/httpd.conf", "/etc/httpd", ""},                       // RHEL, Fedora, Arch
    {"/etc/apache2/httpd.conf", "/etc/apache2", ""},                        // openSUSE, Alpine
    {"/usr/local/etc/apache24/httpd.conf", "/usr/local", ""},               // FreeBSD
    {"/usr/local/apache2/conf/httpd.conf", "/usr/local/apache2", ""},       // Docker's, hand-built
});

constexpr std::array kBinaries = std::to_array<std::string_view>(
    {"/usr/sbin/apache2", "/usr/sbin/httpd", "/usr/sbin/httpd-prefork", "/usr/local/sbin/httpd",
     "/usr/local/apache2/bin/httpd"});

// What is in every httpd, and what Debian's has besides.
constexpr std::array kEverywhere =
    std::to_array<std::string_view>({"core.c", "http_core.c", "mod_so.c"});
constexpr std::array kDebian =
    std::to_array<std::string_view>({"core.c", "http_core.c", "mod_log_config.c", "mod_logio.c",
                                     "mod_so.c", "mod_unixd.c", "mod_version.c", "mod_watchdog.c"});
constexpr std::string_view kNewest = "2.4.71";

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

// HTTPD_ROOT of a hand-built server whose file is given: "/srv/x" for "/srv/x/conf/httpd.conf".
std::string guessed_root(const std::string& config_file) {
  const std::string folder = parent_of(config_file);
  return folder.size() > 5 && folder.compare(folder.size() - 5, 5, "/conf") == 0 ? parent_of(folder)
                                                                                 : folder;
}

const Layout* layout_of(const HostFiles& files, const std::string& config_file) {
  const auto* found = std::ranges::find_if(kLayouts, [&](const Layout& layout) {
    return config_file.empty() ? files.kind(std::string(layout.config_file)) == FileKind::Regular
                               : config_file == layout.config_file;
  });
  return found == kLayouts.end() ? nullptr : found;
}

std::optional<BinaryFacts> binary_in(const HostFiles& files) {
  for (const std::string_view path : kBinaries)
    if (const auto bytes = files.read(std::string(path)))
      if (auto facts = read_binary(*bytes)) return facts;
  return std::nullopt;
}

Result<void> take_environment(const OfflineSite& site, const HostFiles& files, const Layout* layout,
                              config::Environment& environment) {
  if (!site.envvars.empty()) {
    environment = config::read_envvars(site.envvars);
  } else if (layout != nullptr && !layout->envvars.empty()) {
    if (const auto script = files.read(std::string(layout->envvars)))
      environment = config::read_envvars(*script);
  }
  for (const std::string& entry : site.environment) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(Error::Kind::Usage,
                  fmt::format("'{}' sets no variable; write NAME=VALUE.", entry));
    const std::string name = entry.substr(0, equals);
    std::erase_if(environment, [&](const auto& variable) { return variable.first == name; });
    environment.emplace_back(name, entry.substr(equals + 1));
  }
  return {};
}

std::vector<std::string> strings(const auto& views) {
  return {views.begin(), views.end()};
}

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat left {};
  struct stat right {};
  return ::stat(a.c_str(), &left) == 0 && ::stat(b.c_str(), &right) == 0 &&
         left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

// A mount point, and what is mounted there: device and the path on it.
using Mount = std::array<std::string, 3>;

// proc(5), mountinfo: "36 35 98:0 /mnt1 /mnt2 rw,noatime - ext3 /dev/root rw".
std::set<Mount> mounts_in(const std::string& mountinfo) {
  std::set<Mount> mounts;
  std::istringstream lines(mountinfo);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id;
    std::string parent;
    Mount mount;
    if (words >> id >> parent >> mount[0] >> mount[1] >> mount[2]) mounts.insert(std::move(mount));
  }
  return mounts;
}

bool is_below(std::string_view path, std::string_view folder) {
  return !folder.empty() && path.size() > folder.size() && path.starts_with(folder) &&
         path[folder.size()] == '/';
}

// Where nothing of a configuration lies, and where services have mounts of their own.
bool is_of_the_system(std::string_view path) {
  constexpr std::array kSystem = std::to_array<std::string_view>({"/proc", "/sys", "/dev", "/run"});
  return std::ranges::any_of(kSystem,
                             [&](std::string_view folder) { return is_below(path, folder); });
}

// Whether the server has something mounted over a part of its configuration that we have not: one
// file is enough, and its folder, its root and the first file may be the host's all the same. What
// the first file includes may lie anywhere, so that a single file counts wherever it is mounted.
bool sees_other_files(const ProcFs& proc, const Target& target, const std::string& root) {
  const auto its = proc.text(fmt::format("{}/mountinfo", target.pid));
  const auto ours = proc.text("self/mountinfo");
  if (!its || !ours || *its == *ours) return false;
  const std::set<Mount> known = mounts_in(*ours);
  return std::ranges::any_of(mounts_in(*its), [&](const Mount& mount) {
    const std::string& point = mount[2];
    if (known.contains(mount) || is_of_the_system(point)) return false;
    struct stat found {};
    if (::stat((root + point).c_str(), &found) != 0 || is_same_file(root + point, point))
      return false;
    return S_ISREG(found.st_mode) || is_below(point, target.server_root) ||
           is_below(point, parent_of(target.config_file));
  });
}

// Whether the process is the one that was found: the same start of the same program, as far as the
// agent may see which one it runs.
bool is_still(const ProcFs& proc, const Target& target) {
  if (!still_runs(target, proc)) return false;
  const auto program = proc.exe(target.pid);
  return program ? *program == target.binary : program.error().kind == Error::Kind::Denied;
}

}  // namespace

config::SiteOptions site_options(const Target& target, const ProcFs& proc) {
  config::SiteOptions options;
  options.server_root = target.server_root;
  options.config_file = target.config_file;
  options.version = target.version;
  const CommandLine line = read_command_line(target.arguments);
  options.defines = line.defines;
  options.before = line.before;
  options.after = line.after;
  auto bytes = read_file(fmt::format("{}/{}/exe", proc.root(), target.pid));
  if (!bytes) bytes = read_regular_file(target.binary);
  if (const auto facts = bytes ? read_binary(*bytes) : std::nullopt) {
    options.builtin_sources = facts->builtin_sources;
    options.require_module_files = facts->loads_files;
  }
  const auto environment = proc.environment(target.pid);
  for (const std::string& entry : environment.value_or(std::vector<std::string>())) {
    const auto equals = entry.find('=');
    if (equals != std::string::npos)
      options.environment.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  // Another process's environment is no business of who reads this configuration.
  if (!is_still(proc, target)) options.environment.clear();
  return options;
}

std::string root_of(const ProcFs& proc, const Target& target) {
  std::string root = fmt::format("{}/{}/root", proc.root(), target.pid);
  const auto listed = list_directory(root);
  const bool denied = !listed && listed.error().kind == Error::Kind::Denied;
  const bool shared = is_same_file(root, "/") &&
                      is_same_file(root + target.config_file, target.config_file) &&
                      !sees_other_files(proc, target, root);
  return denied || shared ? std::string() : root;
}

FileReader reader_of(const ProcFs& proc, const Target& target) {
  FileReader reader = reader_of(proc, target.pid);
  // After it was read: what was another one's by then is not used.
  return is_still(proc, target) ? reader : nobody();
}

Result<SiteSource> offline_source(const OfflineSite& site) {
  SiteSource source;
  source.root = site.root == "/" ? std::string() : site.root;
  source.files = std::make_shared<const HostFiles>(source.root);
  config::SiteOptions& options = source.options;
  const Layout* layout = layout_of(*source.files, site.config_file);
  if (site.config_file.empty() && layout == nullptr)
    return fail(Error::Kind::Usage,
                fmt::format("No httpd configuration is at any of the usual places below {}; name "
                            "its first file with --file.",
                            site.root.empty() ? "/" : site.root));
  options.config_file = site.config_file.empty() ? layout->config_file : site.config_file;
  const auto binary = site.builtin.empty() ? binary_in(*source.files) : std::nullopt;
  if (!site.server_root.empty())
    options.server_root = site.server_root;
  else
    options.server_root =
        layout != nullptr ? std::string(layout->server_root) : guessed_root(options.config_file);
  if (!site.builtin.empty())
    options.builtin_sources = site.builtin;
  else if (binary)
    options.builtin_sources = binary->builtin_sources;
  else
    options.builtin_sources = layout == kLayouts.data() ? strings(kDebian) : strings(kEverywhere);
  options.version = site.version;
  if (options.version.empty()) options.version = binary ? binary->version : kNewest;
  // A tree that was copied from elsewhere comes without its modules.
  options.require_module_files = binary.has_value();
  options.defines = site.defines;
  if (auto taken = take_environment(site, *source.files, layout, options.environment); !taken)
    return fail(std::move(taken.error()));
  return source;
}

}  // namespace mpm
