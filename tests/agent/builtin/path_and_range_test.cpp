// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "agent/builtin/file_answer.h"

namespace mpm::builtin {
namespace {

using RangeKind = ByteRange::Kind;

TEST(DecodePathTest, ResolvesWhatIsEncodedAndWhatIsNoName) {
  const auto decoded = [](std::string_view path) { return decode_path(path).value_or("refused"); };
  EXPECT_EQ(decoded("/"), "/");
  EXPECT_EQ(decoded("/a/b.html"), "/a/b.html");
  EXPECT_EQ(decoded("/a%20b%41%c3%A4"), "/a bA\xc3\xa4");
  EXPECT_EQ(decoded("//a///b//"), "/a/b/");
  EXPECT_EQ(decoded("/./a/./b/."), "/a/b/");
  EXPECT_EQ(decoded("/a/../b"), "/b");
  EXPECT_EQ(decoded("/a/b/.."), "/a/");
  EXPECT_EQ(decoded("/a/%2e%2E/%2e/b"), "/b");
  EXPECT_EQ(decoded("/a/.."), "/");
  EXPECT_EQ(decoded("/..a/b../..."), "/..a/b../...");
  EXPECT_EQ(decoded("/%252e%252e"), "/%2e%2e") << "decoded once";
}

TEST(DecodePathTest, RefusesWhatIsMalformedOrClimbs) {
  using namespace std::string_view_literals;
  for (const std::string_view path :
       {""sv,       "a"sv,       "*"sv,         "../a"sv,       "/%"sv,       "/%4"sv,
        "/%4g"sv,   "/%zz"sv,    "/%4/a"sv,     "/%00"sv,       "/a\0b"sv,    "/a%2fb"sv,
        "/a%2Fb"sv, "/.."sv,     "/../a"sv,     "/a/../../b"sv, "/a/../.."sv, "/./.."sv,
        "//.."sv,   "/%2e%2e"sv, "/%2e%2e%2f"sv})
    EXPECT_EQ(decode_path(path), std::nullopt) << path;
}

void check_decoded(const std::string& path) {
  const auto decoded = decode_path(path);
  if (!decoded) return;
  RC_ASSERT(decoded->front() == '/');
  RC_ASSERT(decoded->size() <= path.size());
  const std::string closed = *decoded + "/";  // so that the last name has its '/' too
  RC_ASSERT(closed.find("/../") == std::string::npos);
  RC_ASSERT(closed.find("/./") == std::string::npos);
  RC_ASSERT(decoded->find("//") == std::string::npos);
  RC_ASSERT(decoded->find('\0') == std::string::npos);
}

RC_GTEST_PROP(DecodePathProperty, PathsOfOddPiecesComeOutClean, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("/", "/", "/", ".", "..", "a", "b.c", "%2e", "%2E%2e", "%41",
                                    "%25", "%2f", "%00", "%", "//", "/./", "/../"));
  std::string path = "/";
  for (const std::string& piece : pieces)
    path += piece;
  check_decoded(path);
}

RC_GTEST_PROP(DecodePathProperty, AnyBytesComeOutClean, (const std::string& bytes)) {
  check_decoded(bytes);
  check_decoded("/" + bytes);
}

RC_GTEST_PROP(DecodePathProperty, ACleanPathStaysAsItIs, ()) {
  const auto names = *rc::gen::container<std::vector<std::string>>(
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z'))));
  std::string path;
  for (const std::string& name : names)
    path += "/" + name;
  if (path.empty()) path = "/";
  RC_ASSERT(decode_path(path) == path);
}

TEST(ParseRangeTest, KnowsItsThreeForms) {
  const auto part = [](std::string_view header, std::int64_t size) {
    const ByteRange range = parse_range(header, size);
    EXPECT_EQ(range.kind, RangeKind::Part) << header;
    return std::pair(range.first, range.length);
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;
  EXPECT_EQ(part("bytes=0-99", 1000), Pair(0, 100));
  EXPECT_EQ(part("bytes=999-999", 1000), Pair(999, 1));
  EXPECT_EQ(part("bytes=900-5000", 1000), Pair(900, 100));
  EXPECT_EQ(part("bytes=900-", 1000), Pair(900, 100));
  EXPECT_EQ(part("bytes=0-", 1000), Pair(0, 1000));
  EXPECT_EQ(part("bytes=-1", 1000), Pair(999, 1));
  EXPECT_EQ(part("bytes=-5000", 1000), Pair(0, 1000));
  EXPECT_EQ(part("Bytes= 0-99 ", 1000), Pair(0, 100));
  EXPECT_EQ(part("bytes=1-99999999999999999999999999", 1000), Pair(1, 999));
}

TEST(ParseRangeTest, KnowsWhatCannotBeHad) {
  for (const char* header : {"bytes=1000-", "bytes=1000-1001", "bytes=-0",
                             "bytes=99999999999999999999-99999999999999999999"})
    EXPECT_EQ(parse_range(header, 1000).kind, RangeKind::Unsatisfiable) << header;
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, RangeKind::Unsatisfiable);
  EXPECT_EQ(parse_range("bytes=-5", 0).kind, RangeKind::Whole);
}

TEST(ParseRangeTest, SendsAllWhenItIsAskedForSomethingElse) {
  for (const char* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=1", "bytes=2-1", "bytes=a-b", "bytes=1-b",
        "bytes=+1-2", "bytes=0 - 1", "bytes=0-1,3-4", "bytes=0-1,", "bytes=-1,0-1", "bytes=--1",
        "lines=0-1", "bytes 0-1", "byte=0-1", "bytesx=0-1"})
    EXPECT_EQ(parse_range(header, 1000).kind, RangeKind::Whole) << header;
}

RC_GTEST_PROP(ParseRangeProperty, APartIsAPartOfTheFile, ()) {
  const auto number = [] {
    return *rc::gen::oneOf(rc::gen::just(std::string()),
                           rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 30),
                                        [](std::uint64_t n) { return std::to_string(n); }),
                           rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                                        [](std::uint64_t n) { return std::to_string(n); }));
  };
  const auto size = *rc::gen::element<std::int64_t>(0, 1, 20, std::int64_t{1} << 40,
                                                    std::numeric_limits<std::int64_t>::max());
  const std::string header = "bytes=" + number() + "-" + number();
  const ByteRange range = parse_range(header, size);
  if (range.kind != RangeKind::Part) return;
  RC_ASSERT(range.length > 0);
  RC_ASSERT(range.first >= 0);
  RC_ASSERT(range.first <= size - range.length);
}

}  // namespace
}  // namespace mpm::builtin
