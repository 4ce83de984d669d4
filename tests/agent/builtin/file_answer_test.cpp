// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/file_answer.h"

#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace mpm::builtin {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view kModified = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kAfter = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr std::string_view kEtag = "\"a-2c9253ff64b60\"";  // 10 bytes, 784111777.5 s
constexpr std::string_view kWeakEtag = "W/\"a-2c9253ff64b60\"";

class FileAnswerTest : public testing::Test {
 protected:
  FileAnswerTest() {
    top_.write("secret.txt", "outside");
    top_.write("root/file.TXT", "0123456789");
    const timespec times[2] = {{784111777, 500'000'000}, {784111777, 500'000'000}};
    ::utimensat(AT_FDCWD, (top_ / "root/file.TXT").c_str(), times, 0);
    top_.write("root/empty.txt", "");
    top_.write("root/plain", "no extension");
    top_.write("root/with/index.html", "<p>");
    fs::create_directories(top_ / "root/without/deep");
    settings_.directory_index = {"index.htm", "index.html"};
    settings_.types = {{"txt", "text/plain"}, {"html", "text/html"}, {"gz", "application/gzip"}};
  }

  void link(const std::string& to, const std::string& name) const {
    fs::create_symlink(to, top_ / ("root/" + name));
  }

  FileAnswer answer(const std::string& path, const Request& request = get()) const {
    auto root = DocumentRoot::open(top_ / "root");
    EXPECT_TRUE(root.has_value());
    return root->answer(request, path, settings_);
  }
  int status(const std::string& path, const Request& request = get()) const {
    return answer(path, request).status;
  }

  static Request get() {
    Request request;
    request.method = Method::Get;
    return request;
  }
  // The status of file.TXT when this field of the request has that value.
  int with(std::string_view Request::*field, std::string_view value,
           Request request = get()) const {
    request.*field = value;
    return status("/file.TXT", request);
  }

  TempDir top_;
  Settings settings_;
};

std::string sent(const FileAnswer& answer) {
  std::string text(static_cast<std::size_t>(answer.length), '?');
  if (!answer.file) return "no file";
  const auto got = ::pread(answer.file.get(), text.data(), text.size(), answer.offset);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return text;
}

TEST_F(FileAnswerTest, TellsWhatItKnowsOfAFile) {
  const FileAnswer file = answer("/file.TXT");
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(sent(file), "0123456789");
  EXPECT_EQ(file.offset, 0);
  EXPECT_EQ(file.length, 10);
  EXPECT_EQ(file.size, 10);
  EXPECT_EQ(file.modified, 784111777);
  EXPECT_EQ(file.content_type, "text/plain");
  EXPECT_EQ(file.etag, kEtag);
  EXPECT_EQ(file.location, "");
  EXPECT_EQ(file.content_range, "");
}

TEST_F(FileAnswerTest, OpensNothingThatIsNotSent) {
  Request head;
  head.method = Method::Head;
  head.range = "bytes=0-1";
  const FileAnswer file = answer("/file.TXT", head);
  EXPECT_EQ(file.status, 200) << "a HEAD has no range";
  EXPECT_EQ(file.length, 10);
  EXPECT_FALSE(file.file);
  EXPECT_FALSE(answer("/empty.txt").file);
  EXPECT_EQ(status("/empty.txt"), 200);
}

TEST_F(FileAnswerTest, NamesTheTypeByTheLastExtension) {
  top_.write("root/a.tar.gz", "");
  top_.write("root/.html", "");
  top_.write("root/a.", "");
  top_.write("root/a.html/plain", "");
  EXPECT_EQ(answer("/a.tar.gz").content_type, "application/gzip");
  EXPECT_EQ(answer("/with/").content_type, "text/html");
  for (const char* path : {"/plain", "/.html", "/a.", "/a.html/plain"}) {
    const FileAnswer file = answer(path);
    EXPECT_EQ(file.status, 200) << path;
    EXPECT_EQ(file.content_type, "") << path;
  }
}

TEST_F(FileAnswerTest, NeverLeavesTheRoot) {
  link("../secret.txt", "up.txt");
  link(top_ / "secret.txt", "absolute.txt");
  link("/etc/passwd", "passwd");
  link("..", "parent");
  link("/proc/self/root", "magic");
  for (const char* path :
       {"/up.txt", "/absolute.txt", "/passwd", "/parent/secret.txt", "/parent/", "/parent",
        "/magic/etc/passwd", "/../secret.txt", "/with/../../secret.txt", "//etc/passwd"})
    EXPECT_EQ(status(path), 403) << path;
}

TEST_F(FileAnswerTest, DecodedPathsDoNotLeaveTheRootEither) {
  for (const char* path : {"/../secret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt",
                           "/with/.%2E/../secret.txt", "/..%2fsecret.txt", "/..%00/secret.txt"})
    EXPECT_EQ(decode_path(path), std::nullopt) << path;
  for (const char* path : {"/%252e%252e/secret.txt", "/..%5csecret.txt", "/...//secret.txt"})
    EXPECT_EQ(status(decode_path(path).value()), 404) << path;
}

TEST_F(FileAnswerTest, FollowsLinksThatStayInside) {
  link("file.TXT", "link.txt");
  link("../root/file.TXT", "around.txt");
  link("with", "other");
  link("../file.TXT", "with/above.txt");
  EXPECT_EQ(sent(answer("/link.txt")), "0123456789");
  EXPECT_EQ(sent(answer("/with/above.txt")), "0123456789");
  EXPECT_EQ(sent(answer("/other/")), "<p>");
  EXPECT_EQ(status("/around.txt"), 403) << "it leaves the root on its way";
  link(top_ / "root/file.TXT", "absolute.txt");
  EXPECT_EQ(status("/absolute.txt"), 403) << "it begins outside";
  link("loop", "loop");
  EXPECT_EQ(status("/loop"), 403);
}

TEST_F(FileAnswerTest, ServesRegularFilesOnly) {
  ASSERT_EQ(::mkfifo((top_ / "root/fifo").c_str(), 0644), 0);
  EXPECT_EQ(status("/fifo"), 403) << "and does not wait for a writer";
  EXPECT_EQ(status("/fifo/"), 404);
}

TEST_F(FileAnswerTest, KnowsWhatIsMissing) {
  link("nowhere", "dangling");
  for (const char* path :
       {"/none", "/none/", "/none/deeper", "/file.TXT/", "/file.TXT/deeper", "/dangling", ""})
    EXPECT_EQ(status(path), 404) << path;
  EXPECT_EQ(status("/" + std::string(300, 'a')), 404) << "a name too long";
  EXPECT_EQ(status("/" + std::string(5000, 'a')), 404) << "a path too long";
}

TEST_F(FileAnswerTest, SendsADirectoryItsIndexOrNothing) {
  EXPECT_EQ(sent(answer("/with/")), "<p>");
  EXPECT_EQ(status("/without/"), 403);
  EXPECT_EQ(status("/"), 403);
  top_.write("root/index.htm", "first");
  top_.write("root/index.html", "second");
  EXPECT_EQ(sent(answer("/")), "first");
  fs::create_directories(top_ / "root/without/index.htm");
  EXPECT_EQ(status("/without/"), 403) << "a directory is no index";
  link("../../secret.txt", "without/index.html");
  EXPECT_EQ(status("/without/"), 403);
  settings_.directory_index = {"/file.TXT"};
  EXPECT_EQ(sent(answer("/without/")), "0123456789") << "an index may be of the whole site";
}

TEST_F(FileAnswerTest, SendsADirectoryWithoutItsSlashThere) {
  EXPECT_EQ(status("/with"), 301);
  EXPECT_EQ(answer("/with").location, "/with/");
  EXPECT_EQ(answer("/without/deep").location, "/without/deep/");
  Request request = get();
  request.query = "a=%20b";
  EXPECT_EQ(answer("/with", request).location, "/with/?a=%20b");
  const std::string odd = "/a b%?#\"\r\n<\xc3\xa4>";
  fs::create_directories(top_.path() + "/root" + odd);
  EXPECT_EQ(answer(odd).location, "/a%20b%25%3F%23%22%0D%0A%3C%C3%A4%3E/");
}

TEST_F(FileAnswerTest, OnlyGetAndHeadAreForFiles) {
  for (const Method method : {Method::Options, Method::Trace, Method::Other}) {
    Request request;
    request.method = method;
    EXPECT_EQ(status("/file.TXT", request), 405);
    EXPECT_EQ(status("/none", request), 405);
  }
}

TEST_F(FileAnswerTest, ObeysPermissions) {
  ASSERT_EQ(::chmod(top_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod((top_ / "root").c_str(), 0755), 0);
  ASSERT_EQ(::chmod((top_ / "root/with/index.html").c_str(), 0644), 0);
  ASSERT_EQ(::chmod((top_ / "root/file.TXT").c_str(), 0200), 0);
  ASSERT_EQ(::chmod((top_ / "root/with").c_str(), 0311), 0);
  ASSERT_EQ(::chmod((top_ / "root/without").c_str(), 0600), 0);
  // Where the tests run as root, nothing is denied to this thread but as to somebody else.
  const auto before = static_cast<uid_t>(::setfsuid(65534));
  const int file = status("/file.TXT");
  const int directory = status("/with");
  const int index = status("/with/");
  const int below = status("/without/deep");
  ::setfsuid(before);
  EXPECT_EQ(file, 403);
  EXPECT_EQ(directory, 301) << "it may be entered";
  EXPECT_EQ(index, 200);
  EXPECT_EQ(below, 403);
}

TEST_F(FileAnswerTest, IfMatchWantsTheSameFile) {
  const auto status_with = [&](std::string_view value) { return with(&Request::if_match, value); };
  EXPECT_EQ(status_with("*"), 200);
  EXPECT_EQ(status_with(kEtag), 200);
  EXPECT_EQ(status_with("\"x,y\" , " + std::string(kEtag)), 200);
  EXPECT_EQ(status_with(kWeakEtag), 412) << "a weak tag is never the same";
  EXPECT_EQ(status_with("\"x\""), 412);
  EXPECT_EQ(status_with("garbage"), 412);
}

TEST_F(FileAnswerTest, IfUnmodifiedSinceWantsAnOldFile) {
  const auto field = &Request::if_unmodified_since;
  EXPECT_EQ(with(field, kBefore), 412);
  EXPECT_EQ(with(field, kModified), 200);
  EXPECT_EQ(with(field, kAfter), 200);
  EXPECT_EQ(with(field, "garbage"), 200);
  Request request = get();
  request.if_match = kEtag;
  EXPECT_EQ(with(field, kBefore, request), 200) << "If-Match is asked instead";
}

TEST_F(FileAnswerTest, IfNoneMatchWantsAnotherFile) {
  const auto field = &Request::if_none_match;
  EXPECT_EQ(with(field, "*"), 304);
  EXPECT_EQ(with(field, kEtag), 304);
  EXPECT_EQ(with(field, kWeakEtag), 304);
  EXPECT_EQ(with(field, "W/\"x\", ,\t" + std::string(kWeakEtag)), 304);
  EXPECT_EQ(with(field, "\"x\""), 200);
  EXPECT_EQ(with(field, "\"unfinished"), 200);
  Request head = get();
  head.method = Method::Head;
  EXPECT_EQ(with(field, kEtag, head), 304);
}

TEST_F(FileAnswerTest, IfModifiedSinceWantsANewFile) {
  const auto field = &Request::if_modified_since;
  EXPECT_EQ(with(field, kBefore), 200);
  EXPECT_EQ(with(field, kModified), 304);
  EXPECT_EQ(with(field, kAfter), 304);
  EXPECT_EQ(with(field, "Sunday, 06-Nov-94 08:49:37 GMT"), 304);
  EXPECT_EQ(with(field, "Sun Nov  6 08:49:37 1994"), 304);
  EXPECT_EQ(with(field, "garbage"), 200);
  Request request = get();
  request.if_none_match = "\"x\"";
  EXPECT_EQ(with(field, kAfter, request), 200) << "If-None-Match is asked instead";
}

TEST_F(FileAnswerTest, ConditionsHaveTheirOrder) {
  Request request = get();
  request.if_none_match = kEtag;
  EXPECT_EQ(with(&Request::if_match, "\"x\"", request), 412);
  EXPECT_EQ(with(&Request::if_unmodified_since, kBefore, request), 412);
  EXPECT_EQ(with(&Request::range, "bytes=0-1", request), 304);
}

TEST_F(FileAnswerTest, ToldNothingNewItSendsNothing) {
  Request request = get();
  request.if_none_match = kEtag;
  const FileAnswer same = answer("/file.TXT", request);
  EXPECT_FALSE(same.file);
  EXPECT_EQ(same.length, 0);
  EXPECT_EQ(same.etag, kEtag);
  EXPECT_EQ(same.modified, 784111777);
}

TEST_F(FileAnswerTest, SendsTheRangeThatIsWanted) {
  Request request = get();
  request.range = "bytes=2-4";
  const FileAnswer part = answer("/file.TXT", request);
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(sent(part), "234");
  EXPECT_EQ(part.size, 10);
  EXPECT_EQ(part.content_range, "bytes 2-4/10");
  request.range = "bytes=10-";
  const FileAnswer none = answer("/file.TXT", request);
  EXPECT_EQ(none.status, 416);
  EXPECT_EQ(none.length, 0);
  EXPECT_FALSE(none.file);
  EXPECT_EQ(none.content_range, "bytes */10");
  EXPECT_EQ(with(&Request::range, "bytes=0-1,3-4"), 200);
}

TEST_F(FileAnswerTest, IfRangeWantsTheVerySameFile) {
  Request request = get();
  request.range = "bytes=0-1";
  const auto field = &Request::if_range;
  EXPECT_EQ(with(field, kEtag, request), 206);
  EXPECT_EQ(with(field, kWeakEtag, request), 200);
  EXPECT_EQ(with(field, "\"x\"", request), 200);
  EXPECT_EQ(with(field, kModified, request), 206);
  EXPECT_EQ(with(field, kAfter, request), 200);
  EXPECT_EQ(with(field, "garbage", request), 200);
}

TEST(DocumentRootTest, SaysWhyItCannotBeOpened) {
  const TempDir top;
  const auto missing = DocumentRoot::open(top / "none");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().kind, Error::Kind::NotFound);
  EXPECT_NE(missing.error().what.find(top / "none"), std::string::npos);
  top.write("file", "");
  EXPECT_FALSE(DocumentRoot::open(top / "file").has_value());
}

}  // namespace
}  // namespace mpm::builtin
