// SPDX-License-Identifier: Apache-2.0
//
// What config set, unset, mpm, check, explain and diff, and apply, changes and show print, whole,
// as it was once read and found good.
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/compare.h"
#include "cli/render.h"
#include "cli/text.h"
#include "tests/cli/change_values.h"
#include "tests/cli/edit_values.h"
#include "tests/cli/values.h"
#include "tests/support/golden.h"

namespace mpm::test {
namespace {

Style style_of(int width, bool utf8, bool color) {
  Style style;
  style.width = width;
  style.utf8 = utf8;
  style.color = color;
  return style;
}

struct Case {
  const char* name;
  std::function<std::string(const Style&)> text;
};

template <class Value>
Case shows(const char* name, Value value) {
  return {name, [value](const Style& style) { return render(value, style); }};
}

std::vector<Case> cases() {
  return {
      shows("plan-one-value", one_value()),
      shows("plan-written", written_values()),
      shows("plan-mpm", switched_mpm()),
      shows("plan-created", created_file()),
      shows("plan-nothing", nothing_to_change()),
      shows("check-faulty", faulty_configuration()),
      shows("check-clean", clean_configuration()),
      shows("explain", server_limit()),
      shows("diff", compared(event_settings(), worker_settings())),
      shows("diff-same", compared(event_settings(), event_settings())),
      shows("change-preview", allowed_change()),
      shows("change-refused", refused_change()),
      shows("change-unloaded", unloaded_change()),
      shows("change-kept", kept_change()),
      shows("change-undone", undone_change()),
      shows("change-abandoned", abandoned_change()),
      shows("change-stuck", stuck_change()),
      shows("change-watched", watched_change()),
      shows("change-undoing", undoing_change()),
      shows("changes", three_changes()),
      shows("changes-none", ChangeList{}),
  };
}

std::string without_escapes(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b')
      i = text.find('m', i);
    else
      plain += text[i];
  }
  return plain;
}

TEST(RenderEdits, PrintsWhatItPrintedWhenItWasRead) {
  for (const Case& entry : cases()) {
    const std::string name = std::string("cli/") + entry.name;
    EXPECT_TRUE(is_golden(name + ".80.txt", entry.text(style_of(80, true, false))));
    EXPECT_TRUE(is_golden(name + ".120.txt", entry.text(style_of(120, true, false))));
    EXPECT_TRUE(is_golden(name + ".ascii.txt", entry.text(style_of(80, false, false))));
    EXPECT_TRUE(is_golden(name + ".color.txt", entry.text(style_of(80, true, true))));
  }
}

TEST(RenderEdits, ColoursAddNothingButColours) {
  for (const Case& entry : cases())
    EXPECT_EQ(without_escapes(entry.text(style_of(80, true, true))),
              entry.text(style_of(80, true, false)))
        << entry.name;
}

TEST(RenderEdits, OtherLocalesGetAsciiAlone) {
  for (const Case& entry : cases())
    for (const char c : entry.text(style_of(80, false, false)))
      EXPECT_TRUE(c == '\n' || c == '\t' || (c >= ' ' && c <= '~')) << entry.name;
}

// But of a diff's lines, which are for patch(1) and stay as they are.
TEST(RenderEdits, EveryLineFitsItsWidth) {
  for (const Case& entry : cases())
    for (const int width : {70, 80, 120}) {
      std::istringstream lines(entry.text(style_of(width, true, false)));
      for (std::string line; std::getline(lines, line);) {
        const bool of_a_diff = line.find_first_of("+-@\\") == 0 || line.substr(0, 2) == " \t" ||
                               line.substr(0, 2) == " <";
        EXPECT_TRUE(of_a_diff || display_width(line) <= width) << entry.name << ": " << line;
      }
    }
}

TEST(RenderEdits, TheDiffIsWhatPatchTakes) {
  const EditPlan plan = one_value();
  EXPECT_NE(render(plan, style_of(60, true, false)).find(plan.files.front().diff),
            std::string::npos);
}

}  // namespace
}  // namespace mpm::test
