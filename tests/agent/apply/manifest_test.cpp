// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/manifest.h"

#include <gtest/gtest.h>

namespace mpm::apply {
namespace {

Manifest example() {
  Manifest manifest;
  manifest.root = "/proc/4711/root";
  SavedEdit rewrite;
  rewrite.edit.path = "/etc/a b%\n\xff.conf";
  rewrite.edit.action = FileAction::Rewrite;
  FileNature nature;
  nature.mode = 04640;
  nature.owner = {1, 2};
  nature.times = {{-5, 7}, {1795423200, 999999999}};
  nature.attributes = {{"security.selinux", std::string("a:b\0", 4)}, {"user.x y", ""}};
  rewrite.nature = nature;
  SavedEdit link;
  link.edit.path = "/l";
  link.edit.action = FileAction::Link;
  manifest.entries = {{rewrite, digest("old"), digest("new")}, {link, digest(""), digest("t")}};
  return manifest;
}

TEST(Manifest, IsReadAsItWasWritten) {
  const std::string text = to_text(example());
  const auto read = parse_manifest(text);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->root, "/proc/4711/root");
  ASSERT_EQ(read->entries.size(), 2U);
  EXPECT_EQ(read->entries[0].saved.edit.path, "/etc/a b%\n\xff.conf");
  EXPECT_EQ(read->entries[0].saved.nature->times.accessed.tv_sec, -5);
  EXPECT_FALSE(read->entries[1].saved.nature);
  EXPECT_EQ(to_text(*read), text);
}

TEST(Manifest, IsRefusedWhenAnyByteOfItIsAnotherOrIsMissing) {
  const std::string text = to_text(example());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(parse_manifest(damaged)) << i;
    EXPECT_FALSE(parse_manifest(text.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace mpm::apply
