// SPDX-License-Identifier: Apache-2.0
//
// What each command prints, whole, as it was once read and found good.
#include "cli/render.h"

#include <functional>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/cli/values.h"
#include "tests/support/golden.h"

namespace mpm::test {
namespace {

Style plain(int width) {
  Style style;
  style.width = width;
  return style;
}

Style rich(int width, bool color) {
  Style style = plain(width);
  style.color = color;
  style.utf8 = true;
  return style;
}

struct Case {
  const char* name;
  std::function<std::string(const Style&)> text;
};

std::vector<Case> cases() {
  return {
      {"targets", [](const Style& style) { return render(two_servers(), style); }},
      {"status-saturated", [](const Style& style) { return render(saturated_server(), style); }},
      {"status-quiet", [](const Style& style) { return render(quiet_server(), style); }},
      {"recommend-changes", [](const Style& style) { return render(changes_needed(), style); }},
      {"recommend-explained",
       [](const Style& style) { return render(changes_needed(), style, Detail::Explained); }},
      {"recommend-nothing", [](const Style& style) { return render(nothing_to_do(), style); }},
      {"recommend-too-little", [](const Style& style) { return render(too_little_data(), style); }},
      {"doctor", [](const Style& style) { return render(much_is_missing(), style); }},
      {"doctor-well",
       [](const Style& style) {
         return render(DoctorReport{.servers = 2, .findings = {}}, style);
       }},
      {"config", [](const Style& style) { return render(event_settings(), style); }},
  };
}

TEST(Render, PrintsWhatItPrintedWhenItWasRead) {
  for (const Case& entry : cases()) {
    const std::string name = std::string("cli/") + entry.name;
    EXPECT_TRUE(is_golden(name + ".80.txt", entry.text(rich(80, false))));
    EXPECT_TRUE(is_golden(name + ".120.txt", entry.text(rich(120, false))));
    EXPECT_TRUE(is_golden(name + ".ascii.txt", entry.text(plain(80))));
  }
  EXPECT_TRUE(
      is_golden("cli/status-saturated.color.txt", render(saturated_server(), rich(80, true))));
}

TEST(Render, NoEscapeCodeOfAServerReachesTheTerminal) {
  StatusReport report = saturated_server();
  report.targets[0].verdict = "red \x1b[31m alert \x07 \xc2\x9b";
  report.targets[0].version = "2.4\x1b]0;title\x07";
  const std::string text = render(report, plain(80));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
}

TEST(Render, ColoursAreNeverTheOnlySign) {
  // The same words with and without colour.
  const std::string with = render(saturated_server(), rich(80, true));
  EXPECT_NE(with.find("\x1b["), std::string::npos);
  EXPECT_NE(render(saturated_server(), plain(80)).find("saturated"), std::string::npos);
}

TEST(Render, EveryLineFitsItsWidth) {
  for (const int width : {80, 120})
    for (const std::string& text :
         {render(saturated_server(), plain(width)), render(changes_needed(), plain(width))}) {
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), static_cast<std::size_t>(width)) << line;
    }
}

}  // namespace
}  // namespace mpm::test
