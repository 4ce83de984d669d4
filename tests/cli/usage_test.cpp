// SPDX-License-Identifier: Apache-2.0
//
// Command lines that cannot be meant: each is refused before an agent is started or asked, with
// exit status 2 and one sentence that names what is wrong.
#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/child.h"
#include "tests/support/temp_dir.h"

namespace mpm::test {
namespace {

struct Line {
  std::vector<std::string> words;
  const char* named;  // what its sentence says
};

std::ostream& operator<<(std::ostream& out, const Line& line) {
  for (const std::string& word : line.words)
    out << word << ' ';
  return out;
}

class Usage : public ::testing::TestWithParam<Line> {
 protected:
  // No agent answers there, and none may be started: it would be a status of 3.
  Finished mpmctl(std::vector<std::string> words) const {
    words.insert(words.begin(), {MPM_CTL, "--agent", dir_ / "nobody"});
    return run(words, {.environment = {"PATH=/usr/bin:/bin", "XDG_RUNTIME_DIR=" + dir_.path(),
                                       "XDG_STATE_HOME=" + dir_.path()}});
  }
  TempDir dir_;
};

TEST_P(Usage, IsRefusedWithOneSentence) {
  const Finished finished = mpmctl(GetParam().words);
  EXPECT_EQ(finished.status, 2) << finished.err;
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  EXPECT_EQ(finished.err.compare(0, 8, "mpmctl: "), 0) << finished.err;
  EXPECT_EQ(finished.err.substr(finished.err.size() - 2), ".\n") << finished.err;
  EXPECT_NE(finished.err.find(GetParam().named), std::string::npos) << finished.err;
}

INSTANTIATE_TEST_SUITE_P(Top, Usage,
                         ::testing::Values(Line{{"top", "--count", "3"}, "--batch"},
                                           Line{{"top", "--batch", "--count", "0"}, "'0'"},
                                           Line{{"top", "--every", "0.01"}, "0.1 seconds"},
                                           Line{{"top", "--every", "2d"}, "'2d'"},
                                           Line{{"top", "web"}, "'web'"},
                                           Line{{"apply", "--auto", "--every", "0.5"}, "1 second"},
                                           Line{{"help", "frobnication"}, "frobnication"}));

INSTANTIATE_TEST_SUITE_P(
    Config, Usage,
    ::testing::Values(
        Line{{"config"}, "--help"}, Line{{"config", "frobnicate"}, "frobnicate"},
        Line{{"config", "set"}, "No directive"}, Line{{"config", "set", ":8080"}, "No directive"},
        Line{{"config", "set", "MaxRequestWorkers"}, "is given no value"},
        Line{{"config", "set", "MaxRequestWorkers="}, "sets nothing"},
        Line{{"config", "set", "=400"}, "sets nothing"},
        Line{{"config", "set", "Max-Workers=400"}, "sets nothing"},
        Line{{"config", "set", "Timeout=1", "Timeout=2"}, "twice"},
        Line{{"config", "set", "Timeout=1", "timeout=2"}, "twice"},
        Line{{"config", "set", "Timeout=1", "4711", ":80"}, "two servers"},
        Line{{"config", "set", "Timeout=1", ":0"}, ":0"},
        Line{{"config", "set", "Timeout=1", ":70000"}, ":70000"},
        Line{{"config", "set", "Timeout=1", "--file", "/a", "4711"}, "--file"},
        Line{{"config", "set", "Timeout=1", "--root", "/no/such/folder"}, "/no/such/folder"},
        Line{{"config", "set", "Timeout=1", "--root", "/", "--file", "a.conf"}, "slash"},
        Line{{"config", "set", "Timeout=1", "--file", "/a", "--envvars", "/no/such"}, "/no/such"},
        Line{{"config", "set", "Timeout=1", "--envvars", "/tmp"}, "/tmp"},
        Line{{"config", "set", "Timeout=1", "--frob"}, "--frob"},
        Line{{"config", "set", "Timeout=1", "--write", "--file"}, "--file"},
        Line{{"config", "unset"}, "No directive"},
        Line{{"config", "unset", "Timeout", "Timeout"}, "twice"},
        Line{{"config", "unset", "Timeout=1"}, "name the directive alone"},
        Line{{"config", "get"}, "No directive"},
        Line{{"config", "get", "Timeout="}, "name the directive alone"},
        Line{{"config", "get", "Timeout", "--write"}, "--write"}, Line{{"config", "mpm"}, "MPM"},
        Line{{"config", "mpm", "itk"}, "itk"}, Line{{"config", "mpm", "event", "worker"}, "MPM"},
        Line{{"config", "check", "Timeout"}, "Timeout"},
        Line{{"config", "show", "a.conf"}, "a.conf"}, Line{{"config", "explain"}, "One directive"},
        Line{{"config", "explain", "Timeout", "KeepAlive"}, "One directive"},
        Line{{"config", "explain", "Timeout", "--root", "/"}, "--root"},
        Line{{"config", "diff"}, "Two servers"}, Line{{"config", "diff", ":80"}, "Two servers"},
        Line{{"config", "diff", ":80", ":81", ":82"}, "Two servers"},
        Line{{"config", "diff", "/no/such/file", ":80"}, "/no/such/file"},
        Line{{"config", "diff", "frob", ":80"}, "frob"}));

INSTANTIATE_TEST_SUITE_P(
    History, Usage,
    ::testing::Values(
        Line{{"history", "--from", "yesterday"}, "--from: 'yesterday'"},
        Line{{"history", "--from", ""}, "--from"},
        Line{{"history", "--from", "now"}, "leaves no time"},
        Line{{"history", "--from", "-3h"}, "-3h"}, Line{{"history", "--from", "11y"}, "11y"},
        Line{{"history", "--to", "2026-13-01T00:00:00Z"}, "--to: '2026-13"},
        Line{{"history", "--step", "0"}, "--step"}, Line{{"history", "--step", "2d"}, "--step"},
        Line{{"history", "--csv", "--json"}, "--csv and --json"},
        Line{{"history", "frob"}, "'frob' is not a server"}, Line{{"history", ":80", ":81"}, ":81"},
        Line{{"history", "--for", "5m"}, "--for"}));

INSTANTIATE_TEST_SUITE_P(
    Changes, Usage,
    ::testing::Values(
        Line{{"apply", "MaxRequestWorkers"}, "is given no value"},
        Line{{"apply", "MaxRequestWorkers="}, "sets nothing"},
        Line{{"apply", "Timeout=1", "Timeout=2"}, "twice"},
        Line{{"apply", "Timeout=1", "--unset", "Timeout"}, "twice"},
        Line{{"apply", "--unset"}, "--unset"}, Line{{"apply", "--unset", "Max=4"}, "Max=4"},
        Line{{"apply", "--mpm", "itk"}, "itk"}, Line{{"apply", "--mpm", ""}, "--mpm"},
        Line{{"apply", "--allow", "violence"}, "none of graceful, restart, stop-start"},
        Line{{"apply", "--watch", "soon"}, "--watch"}, Line{{"apply", "--watch", "-5"}, "-5"},
        Line{{"apply", "--watch", "2d"}, "--watch"}, Line{{"apply", "--for", "0"}, "--for"},
        Line{{"apply", "4711", "4712"}, "two servers"},
        Line{{"apply", "Timeout=1", "--root", "/"}, "--root"},
        Line{{"undo", "seven"}, "'seven' is not a whole number"},
        Line{{"frobnicate"}, "frobnicate"}, Line{{"doctor", "surplus"}, "surplus"},
        Line{{"--color", "red", "status"}, "auto, always, never"},
        Line{{"apply", "--for", ""}, "--for"}, Line{{"undo", "0"}, "0"}, Line{{"undo", "-1"}, "-1"},
        Line{{"undo", "7", "8"}, "8"}, Line{{"undo", "--allow", "7"}, "--allow"},
        Line{{"show"}, "ID"}, Line{{"show", "x"}, "x"}, Line{{"show", "7", "8"}, "8"},
        Line{{"changes", "--limit", "0"}, "--limit"}, Line{{"changes", "--limit", "x"}, "--limit"},
        Line{{"changes", "7"}, "7"}));

}  // namespace
}  // namespace mpm::test
