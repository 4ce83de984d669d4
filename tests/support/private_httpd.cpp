// SPDX-License-Identifier: Apache-2.0
#include "tests/support/private_httpd.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "agent/base/file.h"
#include "schema/codec/names.h"
#include "tests/support/child.h"
#include "tests/support/loopback.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

constexpr const char* kModules = "/usr/lib/apache2/modules";

// Also a copy of it.
bool is_builtin(const HttpdOptions& options) {
  return std::filesystem::path(options.binary).filename() ==
         std::filesystem::path(MPM_HTTPD).filename();
}

// Whether that process was started with something of the directory.
bool runs_on(pid_t pid, const std::string& directory) {
  // A stream would throw when the process ends between opening and reading.
  const auto arguments = read_file(fmt::format("/proc/{}/cmdline", pid));
  return arguments && arguments->find(directory + "/") != std::string::npos;
}

// Children of a parent that is killed go on without it, so they are noted before.
std::vector<pid_t> children_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", pid));
  return {std::istream_iterator<pid_t>(file), {}};
}

// It is no child of the test: it went into the background by itself. A signal that comes while
// httpd starts or reads its configuration is forgotten, so it is told again.
void end(pid_t pid) {
  for (int second = 0; second < 15; ++second) {
    ::kill(pid, SIGTERM);
    if (wait_for([&] { return has_ended(pid); }, std::chrono::seconds(1))) return;
  }
  const std::vector<pid_t> children = children_of(pid);
  ::kill(pid, SIGKILL);
  for (const pid_t child : children)
    ::kill(child, SIGKILL);
}

std::string common_part(const HttpdOptions& options, const TempDir& dir, std::uint16_t port) {
  return fmt::format(
      "ServerRoot {0}\nServerName localhost\nListen 127.0.0.1:{1}\nPidFile {0}/httpd.pid\n"
      "ErrorLog {0}/error.log\nUser www-data\nGroup www-data\nDocumentRoot {0}/htdocs\n"
      "LoadModule mpm_{2}_module {3}/mod_mpm_{2}.so\n",
      dir.path(), port, name_of(options.mpm), kModules);
}

std::string builtin_configuration(const HttpdOptions& options, const TempDir& dir,
                                  std::uint16_t port) {
  return common_part(options, dir, port) +
         fmt::format(
             "CustomLog {0}/access.log combined\n<Location /work>\n  SetHandler mpm-work\n"
             "</Location>\n<Location /server-status>\n  SetHandler server-status\n</Location>\n"
             "Include {0}/extra.conf\n",
             dir.path());
}

std::string configuration(const HttpdOptions& options, const TempDir& dir, std::uint16_t port) {
  std::string text =
      common_part(options, dir, port) +
      fmt::format(
          "LoadModule authz_core_module {0}/mod_authz_core.so\n"
          "LoadModule dir_module {0}/mod_dir.so\n"
          "LoadModule mime_module {0}/mod_mime.so\nTypesConfig /dev/null\n"
          "LoadModule lab_module {1}\n<Location /lab>\n  SetHandler lab\n</Location>\n",
          kModules, MPM_LAB_MODULE);
  if (options.status_page)
    text += fmt::format(
        "LoadModule status_module {}/mod_status.so\n<Location /server-status>\n"
        "  SetHandler server-status\n</Location>\n",
        kModules);
  if (options.php)
    text += fmt::format(
        "LoadModule php_module {}/libphp8.2.so\n<FilesMatch \"\\.php$\">\n"
        "  SetHandler application/x-httpd-php\n</FilesMatch>\n",
        kModules);
  return text + fmt::format("Include {}/extra.conf\n", dir.path());
}

std::string read_log(const std::string& path) {
  std::ifstream log(path);
  std::ostringstream text;
  text << log.rdbuf();
  return text.str();
}

[[noreturn]] void give_up(const std::string& why, const TempDir& dir) {
  std::fprintf(stderr, "the private httpd %s\n%s\n", why.c_str(),
               read_log(dir / "error.log").c_str());
  std::abort();
}

}  // namespace

HttpdOptions builtin_httpd(Mpm mpm, std::string directives) {
  HttpdOptions options;
  options.mpm = mpm;
  options.directives = std::move(directives);
  options.binary = MPM_HTTPD;
  return options;
}

PrivateHttpd::PrivateHttpd(HttpdOptions options)
    : options_(std::move(options)), port_(free_port()) {
  // httpd's children are www-data, and the directory is the test's.
  ::chmod(dir_.path().c_str(), 0755);
  dir_.write("htdocs/index.html", "hello\n");
  dir_.write("htdocs/hello.php", "<?php echo 'hello';\n");
  dir_.write("httpd.conf", is_builtin(options_) ? builtin_configuration(options_, dir_, port_)
                                                : configuration(options_, dir_, port_));
  dir_.write("extra.conf", options_.directives);
  start();
}

PrivateHttpd::~PrivateHttpd() {
  stop();
  // What a sanitizer finds in a child of mpm-httpd stands in the log, and the child only dies.
  const std::string log = error_log();
  for (const char* finding : {"Sanitizer", "runtime error:"})
    if (log.find(finding) != std::string::npos) give_up("was found wrong", dir_);
}

void PrivateHttpd::start() {
  std::vector<std::string> arguments{options_.binary, "-f", dir_ / "httpd.conf"};
  std::istringstream more(options_.arguments);
  for (std::string word; more >> word;)
    arguments.push_back(word);
  arguments.insert(arguments.end(), {"-k", "start"});
  const Finished started = run(arguments);
  if (started.status != 0) give_up("did not start: " + started.err, dir_);
  auto is_there = [&] {
    std::ifstream file(dir_ / "httpd.pid");
    return static_cast<bool>(file >> pid_) &&
           get_status(port_, "/", std::chrono::seconds(2)) == 200;
  };
  if (!wait_for(is_there)) give_up("does not answer", dir_);
}

void PrivateHttpd::stop() {
  if (pid_ <= 0) return;
  // A stop and start may have given it another pid since, and its old one to somebody else.
  pid_t later = 0;
  std::ifstream(dir_ / "httpd.pid") >> later;
  for (const pid_t pid : {pid_, later})
    if (pid > 0 && runs_on(pid, dir_.path())) end(pid);
  pid_ = 0;
}

void PrivateHttpd::graceful() const {
  ::kill(pid_, SIGUSR1);
}
void PrivateHttpd::restart() const {
  ::kill(pid_, SIGHUP);
}

std::string PrivateHttpd::url(const std::string& path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::string PrivateHttpd::error_log() const {
  return read_log(dir_ / "error.log");
}

std::string PrivateHttpd::access_log() const {
  return read_log(dir_ / "access.log");
}

}  // namespace mpm
