// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/file_answer.h"

#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include "agent/builtin/http_date.h"
#include "tests/support/temp_dir.h"

namespace mpm::builtin {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kModified = 1'700'000'000;  // Tue, 14 Nov 2023 22:13:20 GMT

class FileAnswers : public testing::Test {
 protected:
  FileAnswers() {
    dir_.write("root/hello.TXT", "0123456789");
    dir_.write("root/sub/index.html", "<p>");
    dir_.write("root/empty", "");
    dir_.write("root/a b/c", "x");
    dir_.write("outside", "secret");
    fs::create_symlink("hello.TXT", dir_ / "root/inside");
    fs::create_symlink("../outside", dir_ / "root/relative-out");
    fs::create_symlink("/etc/passwd", dir_ / "root/absolute-out");
    fs::create_symlink("..", dir_ / "root/parent");
    ::mkfifo((dir_ / "root/fifo").c_str(), 0600);
    fs::create_directory(dir_ / "root/bare");
    settings_.types = {{"txt", "text/plain"}, {"html", "text/html"}};
    const timespec times[2] = {{kModified, 0}, {kModified, 500'000}};
    ::utimensat(AT_FDCWD, (dir_ / "root/hello.TXT").c_str(), times, 0);
    root_.emplace(std::move(*DocumentRoot::open(dir_ / "root")));
  }

  FileAnswer answer(const std::string& path, Request request = {.method = Method::Get}) {
    const auto decoded = decode_path(path);
    if (!decoded) return {};
    return root_->answer(request, *decoded, settings_);
  }
  int status(const std::string& path, Request request = {.method = Method::Get}) {
    return answer(path, request).status;
  }

  TempDir dir_;
  Settings settings_;
  std::optional<DocumentRoot> root_;
};

TEST_F(FileAnswers, GivesAFile) {
  const FileAnswer file = answer("/hello.TXT");
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.length, 10);
  EXPECT_EQ(file.content_type, "text/plain");
  EXPECT_EQ(file.modified, kModified);
  EXPECT_EQ(file.etag, "\"a-60a24181e41f4\"");
  EXPECT_TRUE(file.file);
  EXPECT_EQ(status("/empty"), 200);
  EXPECT_EQ(status("/a%20b/c"), 200);
  EXPECT_EQ(status("/nothing"), 404);
  EXPECT_EQ(status("/hello.TXT/"), 404);
  EXPECT_EQ(status("/" + std::string(5000, 'x')), 404);
}

TEST_F(FileAnswers, NothingLeadsOutOfTheRoot) {
  EXPECT_EQ(status("/inside"), 200);
  for (const char* path : {"/relative-out", "/absolute-out", "/parent/outside"})
    EXPECT_EQ(status(path), 403) << path;
  for (const char* path :
       {"/../outside", "/%2e%2e/outside", "/.%2e/outside", "/sub/../../outside", "/..%2foutside",
        "/%2e%2e%2foutside", "/hello.TXT%00.html", "/%zz", "/%4"})
    EXPECT_EQ(decode_path(path), std::nullopt) << path;
  EXPECT_EQ(status("/sub/../hello.TXT"), 200);
}

TEST_F(FileAnswers, GivesTheIndexOfADirectory) {
  EXPECT_EQ(status("/sub/"), 200);
  EXPECT_EQ(answer("/sub/").content_type, "text/html");
  EXPECT_EQ(answer("/sub").status, 301);
  EXPECT_EQ(answer("/sub").location, "/sub/");
  EXPECT_EQ(answer("/a%20b", {.method = Method::Get, .query = "q=1"}).location, "/a%20b/?q=1");
  EXPECT_EQ(status("/bare/"), 403);
  EXPECT_EQ(status("/"), 403);
}

TEST_F(FileAnswers, ServesOnlyFiles) {
  EXPECT_EQ(status("/fifo"), 403);
  EXPECT_EQ(status("/hello.TXT", {.method = Method::Other}), 405);
}

TEST_F(FileAnswers, AnswersConditions) {
  const std::string etag = answer("/hello.TXT").etag;
  const auto with = [&](Request request) {
    if (request.method == Method::Other) request.method = Method::Get;
    return status("/hello.TXT", request);
  };
  const std::string same = http_date(kModified);
  const std::string before = http_date(kModified - 1);
  EXPECT_EQ(with({.if_none_match = etag}), 304);
  EXPECT_EQ(with({.if_none_match = "\"x\", W/" + etag}), 304);
  EXPECT_EQ(with({.if_none_match = "*"}), 304);
  EXPECT_EQ(with({.if_none_match = "\"x\""}), 200);
  EXPECT_EQ(with({.if_modified_since = same}), 304);
  EXPECT_EQ(with({.if_modified_since = before}), 200);
  EXPECT_EQ(with({.if_modified_since = "yesterday"}), 200);
  EXPECT_EQ(with({.if_modified_since = same, .if_none_match = "\"x\""}), 200);
  EXPECT_EQ(with({.if_match = "\"x\""}), 412);
  EXPECT_EQ(with({.if_match = etag}), 200);
  EXPECT_EQ(with({.if_unmodified_since = before}), 412);
  EXPECT_EQ(with({.if_unmodified_since = same}), 200);
}

TEST_F(FileAnswers, GivesAPart) {
  const auto part = [&](Request request) {
    request.method = Method::Get;
    const FileAnswer file = answer("/hello.TXT", request);
    return fmt::format("{} {}+{} {}", file.status, file.offset, file.length, file.content_range);
  };
  EXPECT_EQ(part({.range = "bytes=2-4"}), "206 2+3 bytes 2-4/10");
  EXPECT_EQ(part({.range = "bytes=7-"}), "206 7+3 bytes 7-9/10");
  EXPECT_EQ(part({.range = "bytes=-3"}), "206 7+3 bytes 7-9/10");
  EXPECT_EQ(part({.range = "bytes=0-999"}), "206 0+10 bytes 0-9/10");
  EXPECT_EQ(part({.range = "bytes=10-"}), "416 0+10 bytes */10");
  EXPECT_EQ(part({.range = "bytes=0-1,4-5"}), "200 0+10 ");
  EXPECT_EQ(part({.range = "bytes=4-2"}), "200 0+10 ");
  EXPECT_EQ(part({.range = "lines=1-2"}), "200 0+10 ");
  EXPECT_EQ(part({.range = "bytes=2-4", .if_range = "\"x\""}), "200 0+10 ");
  const std::string etag = answer("/hello.TXT").etag;
  EXPECT_EQ(part({.range = "bytes=2-4", .if_range = etag}), "206 2+3 bytes 2-4/10");
  EXPECT_EQ(answer("/hello.TXT", {.method = Method::Head, .range = "bytes=2-4"}).status, 200);
}

TEST(HttpDate, HasThreeForms) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(parse_http_date(text), 784111777) << text;
  for (const char* text :
       {"", "Sun", "Sun, 06 Nov 1994 08:49:37 GMT x", "Sun, 46 Nov 1994 08:49:37 GMT"})
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

RC_GTEST_PROP(DecodePath, NeverLeavesADotOrTwoSlashes, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "/", "..", ".", "%2e", "%2E%2e", "a", "%41", "%2f", "//", "b.c"));
  std::string path = "/";
  for (const std::string& piece : pieces)
    path += piece;
  const auto decoded = decode_path(path);
  if (!decoded) return;
  const std::string closed = *decoded + "/";
  RC_ASSERT(decoded->front() == '/');
  RC_ASSERT(decoded->find("//") == std::string::npos);
  RC_ASSERT(closed.find("/../") == std::string::npos);
  RC_ASSERT(closed.find("/./") == std::string::npos);
}

}  // namespace
}  // namespace mpm::builtin
