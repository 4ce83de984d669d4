// SPDX-License-Identifier: Apache-2.0
#include "agent/config/overlay.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/memory_files.h"

namespace mpm::config {
namespace {

MemoryFiles two_files() {
  MemoryFiles files{{"/a/x.conf", "x"}, {"/a/y.conf", "y"}};
  files.add_link("/b/l.conf", "../a/x.conf");
  return files;
}

TEST(Overlay, ShowsWhatIsBelowUntilItIsChanged) {
  const MemoryFiles files = two_files();
  Overlay overlay(files);
  EXPECT_EQ(overlay.read("/b/l.conf").value(), "x");
  EXPECT_EQ(overlay.real_path("/b/l.conf").value(), "/a/x.conf");
  EXPECT_TRUE(overlay.edits().empty());
}

TEST(Overlay, WritesThroughALinkToTheFileItLeadsTo) {
  const MemoryFiles files = two_files();
  Overlay overlay(files);
  overlay.write("/b/l.conf", "new");
  EXPECT_EQ(overlay.read("/a/x.conf").value(), "new");
  ASSERT_EQ(overlay.edits().size(), 1U);
  EXPECT_EQ(overlay.edits()[0], (FileEdit{"/a/x.conf", FileAction::Rewrite, "x", "new"}));
}

TEST(Overlay, RemovesALinkAndNotWhatItLeadsTo) {
  const MemoryFiles files = two_files();
  Overlay overlay(files);
  overlay.remove("/b/l.conf");
  EXPECT_EQ(overlay.kind("/b/l.conf"), FileKind::Missing);
  EXPECT_EQ(overlay.kind("/a/x.conf"), FileKind::Regular);
  EXPECT_EQ(overlay.edits().at(0), (FileEdit{"/b/l.conf", FileAction::Unlink, "../a/x.conf", ""}));
}

TEST(Overlay, ListsWhatCameAndNotWhatWent) {
  const MemoryFiles files = two_files();
  Overlay overlay(files);
  overlay.remove("/a/x.conf");
  overlay.write("/a/z.conf", "z");
  overlay.link("/a/m.conf", "z.conf");
  std::vector<std::string> names;
  const auto entries = overlay.list("/a");
  ASSERT_TRUE(entries);
  for (const Entry& entry : *entries)
    names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"m.conf", "y.conf", "z.conf"}));
  EXPECT_EQ(overlay.read("/a/m.conf").value(), "z");
  EXPECT_EQ(overlay.kind("/b/l.conf"), FileKind::Missing);
}

TEST(Overlay, MakesAFileBeforeTheLinkToItAndRemovesItAfterwards) {
  MemoryFiles files = two_files();
  Overlay overlay(files);
  overlay.link("/b/a.conf", "../a/new.conf");
  overlay.write("/a/new.conf", "n");
  overlay.remove("/a/x.conf");
  overlay.remove("/b/l.conf");
  std::vector<FileAction> actions;
  for (const FileEdit& edit : overlay.edits())
    actions.push_back(edit.action);
  EXPECT_EQ(actions, (std::vector<FileAction>{FileAction::Create, FileAction::Unlink,
                                              FileAction::Link, FileAction::Remove}));
}

// Counts what it is asked for.
class CountedFiles : public MemoryFiles {
 public:
  explicit CountedFiles(const MemoryFiles& files) : MemoryFiles(files) {}

  FileKind kind(const std::string& path) const override {
    ++asked;
    return MemoryFiles::kind(path);
  }
  Result<std::string> read(const std::string& path) const override {
    ++asked;
    return MemoryFiles::read(path);
  }
  Result<std::string> real_path(const std::string& path) const override {
    ++asked;
    return MemoryFiles::real_path(path);
  }

  mutable int asked = 0;
};

TEST(Overlay, AsksOnceForItselfAndAllItsCopies) {
  const CountedFiles files(two_files());
  const Overlay overlay(files);
  const auto look = [](const Overlay& at) {
    EXPECT_EQ(at.kind("/b/l.conf"), FileKind::Regular);
    EXPECT_EQ(at.read("/b/l.conf").value(), "x");
    EXPECT_EQ(at.read("/a/x.conf").value(), "x");
    EXPECT_EQ(at.kind("/a/gone.conf"), FileKind::Missing);
  };
  look(overlay);
  const int asked = files.asked;
  Overlay changed = overlay;
  changed.write("/a/y.conf", "other");
  look(changed);
  EXPECT_EQ(files.asked, asked);
}

TEST(Overlay, SaysNothingOfWhatCameToTheSame) {
  const MemoryFiles files = two_files();
  Overlay overlay(files);
  overlay.write("/a/x.conf", "other");
  overlay.write("/a/x.conf", "x");
  overlay.write("/a/n.conf", "n");
  overlay.remove("/a/n.conf");
  EXPECT_TRUE(overlay.edits().empty());
}

TEST(Overlay, AsksNothingMoreOfFilesThatAListingTold) {
  const CountedFiles files(two_files());
  const Overlay overlay(files);
  ASSERT_TRUE(overlay.list("/a"));
  EXPECT_EQ(overlay.real_path("/a").value(), "/a");
  const int asked = files.asked;
  EXPECT_EQ(overlay.kind("/a/x.conf"), FileKind::Regular);
  EXPECT_EQ(overlay.kind("/a/y.conf"), FileKind::Regular);
  EXPECT_LE(files.asked, asked + 1);  // where /a itself lies
  ASSERT_TRUE(overlay.list("/b"));
  EXPECT_EQ(overlay.real_path("/b/l.conf").value(), "/a/x.conf");
}

}  // namespace
}  // namespace mpm::config
