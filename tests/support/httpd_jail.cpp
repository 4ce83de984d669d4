// SPDX-License-Identifier: Apache-2.0
#include "tests/support/httpd_jail.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "tests/support/child.h"

namespace mpm {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "/usr/sbin/apache2";
constexpr const char* kModules = "/usr/lib/apache2/modules";
constexpr const char* kOracle = "/oracle/mod_oracle.so";
constexpr int kMostModules = 300;

void must(const std::error_code& error, const std::string& what) {
  if (!error) return;
  std::fprintf(stderr, "the jail of httpd cannot have %s: %s\n", what.c_str(),
               error.message().c_str());
  std::abort();
}

// The libraries of a program, as the dynamic linker finds them.
std::set<std::string> libraries(const std::string& file) {
  std::set<std::string> found;
  std::istringstream words(run({"ldd", file}).out);
  for (std::string word; words >> word;)
    if (word.front() == '/' && word.find(".so") != std::string::npos) found.insert(word);
  return found;
}

// Of "... Cannot load NAME into server: WHAT: why" the file that the linker looked for.
std::string missing_module(std::string_view error) {
  const std::string_view begin = "Cannot load ";
  const std::string_view end = " into server: ";
  const std::size_t from = error.find(begin);
  const std::size_t to = from == std::string_view::npos ? from : error.find(end, from);
  if (to == std::string_view::npos) return {};
  const std::string_view rest = error.substr(to + end.size());
  return std::string(rest.substr(0, rest.find(": ")));
}

// A link of a tree may lead out of the jail for us, although it does not for httpd.
bool lies_inside(const std::string& root, const std::string& path) {
  std::error_code error;
  const std::string real = fs::weakly_canonical(path, error).string();
  return !error && real.compare(0, root.size() + 1, root + "/") == 0;
}

std::vector<std::string> command_line(const std::string& root, const config::SiteOptions& options) {
  std::vector<std::string> words{"env", "-i", "PATH=/usr/sbin"};
  for (const auto& [name, value] : options.environment)
    words.push_back(fmt::format("{}={}", name, value));
  std::string forgotten;
  for (const std::string& source : debian_builtin_sources())
    if (std::find(options.builtin_sources.begin(), options.builtin_sources.end(), source) ==
        options.builtin_sources.end())
      forgotten += source + " ";
  if (!forgotten.empty()) words.push_back("MPM_ORACLE_FORGETS=" + forgotten);
  words.insert(words.end(), {"chroot", root, kProgram, "-d", options.server_root, "-f",
                             options.config_file, "-t"});
  for (const std::string& name : options.defines)
    words.insert(words.end(), {"-D", name});
  return words;
}

void add_texts(std::vector<std::string>& words, const config::SiteOptions& options) {
  for (const std::string& text : options.before)
    words.insert(words.end(), {"-C", text});
  for (const std::string& text : options.after)
    words.insert(words.end(), {"-c", text});
}

OracleAnswer answer_of(const std::vector<std::string>& words) {
  Finished finished = run(words);
  return OracleAnswer{finished.status, std::move(finished.out), std::move(finished.err)};
}

}  // namespace

HttpdJail::HttpdJail() {
  put_program(kProgram);
  for (const char* mpm : {"event", "worker", "prefork"})
    put_program(fmt::format("{}/mod_mpm_{}.so", kModules, mpm));
  put(MPM_ORACLE_MODULE, kOracle);
  put(MPM_MODULE_STUBS, "/oracle/module_stubs.so");
  make_directory("/tmp");
}

void HttpdJail::put(const std::string& from, const std::string& to) const {
  std::error_code error;
  fs::create_directories(fs::path(root_ / to).parent_path(), error);
  must(error, to);
  fs::copy(from, root_ / to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
  must(error, to);
}

void HttpdJail::write(const std::string& place, const std::string& bytes) const {
  root_.write(place.substr(1), bytes);
}

void HttpdJail::link(const std::string& place, const std::string& target) const {
  std::error_code error;
  fs::create_directories(fs::path(root_ / place).parent_path(), error);
  fs::create_symlink(target, root_ / place, error);
  must(error, place);
}

void HttpdJail::make_directory(const std::string& place) const {
  std::error_code error;
  fs::create_directories(root_ / place, error);
  must(error, place);
}

void HttpdJail::remove(const std::string& place) const {
  std::error_code ignored;
  fs::remove_all(root_ / place, ignored);
}

// A program or module with what it is linked with, at its own place. Libraries may be links.
void HttpdJail::put_program(const std::string& file) const {
  std::set<std::string> files = libraries(file);
  files.insert(file);
  for (const std::string& one : files) {
    std::error_code error;
    if (fs::exists(root_ / one, error)) continue;
    fs::create_directories(fs::path(root_ / one).parent_path(), error);
    fs::copy_file(one, root_ / one, error);
    must(error, one);
  }
}

OracleAnswer HttpdJail::ask(const config::SiteOptions& options) const {
  std::vector<std::string> words = command_line(root_.path(), options);
  add_texts(words, options);
  // Last, so that the lines before it have the numbers that they have without it.
  words.insert(words.end(), {"-C", fmt::format("LoadModule oracle_module {}", kOracle)});
  return answer_of(words);
}

OracleAnswer HttpdJail::ask_with_modules(const config::SiteOptions& options) const {
  OracleAnswer answer = ask(options);
  for (int n = 0; n < kMostModules && answer.status != 0 && put_module(answer.err); ++n)
    answer = ask(options);
  return answer;
}

OracleAnswer HttpdJail::test(const config::SiteOptions& options) const {
  std::vector<std::string> words = command_line(root_.path(), options);
  add_texts(words, options);
  return answer_of(words);
}

// True when the module that httpd could not load is another one now: nothing there becomes the
// real one, and a real one that lacks another module's symbols becomes a stub.
bool HttpdJail::put_module(std::string_view error) const {
  const std::string place = missing_module(error);
  if (place.empty() || place.front() != '/' || !lies_inside(root_.path(), root_ / place))
    return false;
  const std::string real = fmt::format("{}/{}", kModules, fs::path(place).filename().string());
  std::error_code ignored;
  const bool was_there = fs::exists(root_ / place, ignored);
  if (!was_there && fs::exists(real, ignored)) {
    put_program(real);
    if (place != real) put(real, place);
    return true;
  }
  if (was_there) remove(place);
  put(MPM_MODULE_STUBS, place);
  return error.find("undefined symbol") != std::string_view::npos || !was_there;
}

}  // namespace mpm
