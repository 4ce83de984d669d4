// SPDX-License-Identifier: Apache-2.0
//
// Our reading against httpd's own, over the corpus of configurations beside the project: each
// case holds the tree and, in expect.json, the directives that httpd had when it had read it.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agent/config/lines.h"
#include "agent/config/site.h"

namespace mpm::config {
namespace {

namespace fs = std::filesystem;

// The tree of a case, mounted at /R as it was when httpd read it; links are followed.
class CaseFiles final : public FileSystem {
 public:
  explicit CaseFiles(fs::path root) : root_(std::move(root)) {}
  FileKind kind(const std::string& path) const override {
    std::error_code error;
    const auto status = fs::status(host(path), error);
    if (fs::is_directory(status)) return FileKind::Directory;
    if (fs::is_regular_file(status)) return FileKind::Regular;
    return fs::exists(status) ? FileKind::Other : FileKind::Missing;
  }
  Result<std::string> read(const std::string& path) const override {
    std::ifstream in(host(path), std::ios::binary);
    if (!in) return fail(Error::Kind::NotFound, path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  Result<std::vector<Entry>> list(const std::string& path) const override {
    std::error_code error;
    std::vector<Entry> entries;
    for (const auto& entry : fs::directory_iterator(host(path), error)) {
      const std::string name = entry.path().filename().string();
      if (name == "expect.json") continue;
      entries.push_back({name, entry.symlink_status().type() == fs::file_type::directory});
    }
    if (error) return fail(Error::Kind::NotFound, path);
    return entries;
  }

 private:
  // Where links could not be kept, a file holds the target of the link that it stands for.
  fs::path host(const std::string& path) const {
    if (path.compare(0, 2, "/R") != 0) return fs::path("/nowhere") / path.substr(1);
    const fs::path file = root_ / fs::path(path).lexically_relative("/R");
    std::ifstream in(file, std::ios::binary);
    std::string text;
    if (!fs::is_regular_file(file) || !std::getline(in, text) || text.compare(0, 3, "../") != 0)
      return file;
    return (file.parent_path() / text).lexically_normal();
  }
  fs::path root_;
};

fs::path corpus() {
  return fs::path(MPM_CORPUS);
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(corpus() / "synthetic"))
    if (fs::exists(entry.path() / "expect.json")) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

Site read_case(const fs::path& root, const nlohmann::json& expected) {
  SiteOptions options;
  options.server_root = "/R";
  options.config_file = "/R/httpd.conf";
  options.version = "2.4.71";
  options.builtin_sources = {"core.c", "http_core.c", "mod_so.c", "mod_watchdog.c"};
  if (expected["mpm"].is_string())
    options.before.push_back("LoadModule mpm_" + expected["mpm"].get<std::string>() +
                             "_module x.so");
  options.defines = expected["defines"].get<std::vector<std::string>>();
  for (const auto& [name, value] : expected["env"].items())
    options.environment.emplace_back(name, value.get<std::string>());
  return read_site(options, CaseFiles(root));
}

bool refused(const Site& site) {
  return std::ranges::any_of(site.problems, &ConfigProblem::refused);
}

std::string shown(const std::string& file, std::int64_t line, int depth, const std::string& name,
                  const std::string& args) {
  return file + ":" + std::to_string(line) + " " + std::to_string(depth) + " " + lower_case(name) +
         " " + args;
}

// The cases list the MPMs' directives only.
bool is_listed(const std::string& name) {
  constexpr std::array kListed = std::to_array<std::string_view>(
      {"StartServers", "MinSpareServers", "MaxSpareServers", "MinSpareThreads", "MaxSpareThreads",
       "ThreadLimit", "ThreadsPerChild", "ServerLimit", "MaxRequestWorkers", "MaxClients",
       "MaxConnectionsPerChild", "MaxRequestsPerChild", "AsyncRequestWorkerFactor"});
  return std::ranges::any_of(kListed, [&](auto known) { return same_word(known, name); });
}

// The expectations write a backslash and bytes that are no ASCII as \\xNN.
std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text.compare(i, 2, "\\x") == 0 && i + 4 <= text.size();
    result += escape ? static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16)) : text[i];
    if (escape) i += 3;
  }
  return result;
}

class Corpus : public ::testing::TestWithParam<std::string> {};

TEST_P(Corpus, IsReadAsHttpdReadsIt) {
  const fs::path root = corpus() / "synthetic" / GetParam();
  std::ifstream in(root / "expect.json");
  const auto expected = nlohmann::json::parse(in);
  const Site site = read_case(root, expected);

  const bool error = expected["read"] == "error";
  ASSERT_EQ(refused(site), error) << (site.problems.empty() ? expected.value("message", "")
                                                            : site.problems.back().text);
  if (error) return;
  std::vector<std::string> theirs;
  for (const auto& node : expected["directives"])
    theirs.push_back(
        shown(node["file"], node["line"], node["depth"], node["name"], unescaped(node["args"])));
  std::vector<std::string> ours;
  for (const ActiveDirective& node : site.directives)
    if (is_listed(node.name))
      ours.push_back(shown(node.macro.empty() ? node.file : node.macro,
                           node.macro.empty() ? node.last_line : node.macro_line, node.depth,
                           node.name, node.args));
  EXPECT_EQ(ours, theirs);
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Synthetic, Corpus, ::testing::ValuesIn(cases()), test_name);

// Every file of the corpus, odd ones and binary ones included: the lines tile the bytes.
TEST(CorpusFiles, AreTiledByTheirLines) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const std::string bytes = text.str();
    std::size_t at = 0;
    std::int64_t line_number = 0;
    for (const LogicalLine& line : split_lines(bytes)) {
      ASSERT_EQ(line.begin, at) << entry.path();
      ASSERT_GT(line.end, line.begin);
      ASSERT_EQ(line.first_line, line_number + 1);
      at = line.end;
      line_number = line.last_line;
    }
    ASSERT_EQ(at, bytes.size()) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 500U);
}

}  // namespace
}  // namespace mpm::config
