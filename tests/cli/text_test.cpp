// SPDX-License-Identifier: Apache-2.0
//
// Amounts, words and columns: the small parts that every report is made of.
#include "cli/text.h"

#include <gtest/gtest.h>

#include "cli/amount.h"
#include "cli/duration.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/style.h"

namespace mpm {
namespace {

using Strings = std::vector<std::string>;

TEST(Text, KnowsHowWideItIs) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("gr\xc3\xb6\xc3\x9f"
                          "e"),
            5);
  EXPECT_EQ(display_width("\xe6\x97\xa5\xe6\x9c\xac"), 4);
  EXPECT_EQ(display_width("e\xcc\x81"), 1) << "a combining accent takes no column";
  EXPECT_EQ(display_width("\xff\xfe"), 2);
}

TEST(Text, ShowsNothingThatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[31mb\x07"), "a?[31mb?");
  EXPECT_EQ(printable("a\tb\nc"), "a b c");
  EXPECT_EQ(printable("\xc2\x9b"
                      "1m"),
            "?1m")
      << "C1 is an escape of one character";
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "txt"),
            "?txt")
      << "text that runs backwards";
  EXPECT_EQ(printable("caf\xe9"), "caf?");
  EXPECT_EQ(printable_lines("a\n\tb\x1b"), "a\n\tb?");
}

TEST(Text, BreaksAtBlanks) {
  EXPECT_EQ(wrapped("one two three", 8), (Strings{"one two", "three"}));
  EXPECT_EQ(wrapped("", 8), Strings{""});
  EXPECT_EQ(wrapped("abcdefghij", 4), (Strings{"abcd", "efgh", "ij"}));
}

TEST(Text, IsPaddedAndNeverCut) {
  EXPECT_EQ(padded("ab", 4), "ab  ");
  EXPECT_EQ(padded("ab", 4, Align::Right), "  ab");
  EXPECT_EQ(padded("abcdef", 4), "abcdef");
}

TEST(Amount, HasTheUnitThatSuits) {
  EXPECT_EQ(megabytes(Bytes{15309210}), "14.6 MB");
  EXPECT_EQ(megabytes(Bytes{512}), "512 B");
  EXPECT_EQ(count(1234567), "1,234,567");
  EXPECT_EQ(plural(1, "worker"), "1 worker");
  EXPECT_EQ(plural(2, "process"), "2 processes");
  EXPECT_EQ(duration(95), "1 min 35 s");
  EXPECT_EQ(duration(0.0004), "0.4 ms");
  EXPECT_EQ(percent(0.0213), "2.1 %");
  EXPECT_EQ(percent(0.43), "43 %");
}

TEST(Options, ReadADuration) {
  EXPECT_EQ(parse_duration("45"), 45);
  EXPECT_EQ(parse_duration("45s"), 45);
  EXPECT_EQ(parse_duration("10m"), 600);
  EXPECT_EQ(parse_duration("1.5h"), 5400);
  for (const char* text : {"", "soon", "0", "-5s", "2d", "25h", "1e9", "5 s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Options, ReadATarget) {
  for (const char* text : {"4711", ":8080", "http://127.0.0.1/server-status", "https://a.b/x?auto"})
    EXPECT_TRUE(parse_target(text)) << text;
  for (const char* text : {"web", ":0", ":99999", "-1", "ftp://x", "4711x"})
    EXPECT_EQ(parse_target(text).error().kind, Error::Kind::Usage) << text;
}

TEST(StyleFor, FollowsTheTerminalAndWhatWasAsked) {
  Surroundings terminal;
  terminal.terminal = true;
  terminal.term = "xterm";
  EXPECT_TRUE(style_for(ColorChoice::Auto, terminal).color);
  EXPECT_FALSE(style_for(ColorChoice::Never, terminal).color);
  EXPECT_FALSE(style_for(ColorChoice::Auto, {}).color);
  EXPECT_TRUE(style_for(ColorChoice::Always, {}).color);

  Surroundings quiet = terminal;
  quiet.no_color = "1";
  EXPECT_FALSE(style_for(ColorChoice::Auto, quiet).color);
  EXPECT_TRUE(style_for(ColorChoice::Always, quiet).color);
  Surroundings dumb = terminal;
  dumb.term = "dumb";
  EXPECT_FALSE(style_for(ColorChoice::Auto, dumb).color);
}

TEST(StyleFor, FollowsTheLocaleAndTheWidth) {
  Surroundings surroundings;
  surroundings.locale = "de_DE.UTF-8";
  surroundings.terminal_width = 500;
  EXPECT_TRUE(style_for(ColorChoice::Auto, surroundings).utf8);
  EXPECT_EQ(style_for(ColorChoice::Auto, surroundings).width, kWidest);
  surroundings.locale = "C";
  surroundings.terminal_width = 3;
  EXPECT_FALSE(style_for(ColorChoice::Auto, surroundings).utf8);
  EXPECT_EQ(style_for(ColorChoice::Auto, surroundings).width, kNarrowest);
}

TEST(ExitStatusOf, AnErrorIsItsKinds) {
  EXPECT_EQ(static_cast<int>(exit_status(Error::Kind::Usage)), 2);
  EXPECT_EQ(static_cast<int>(exit_status(Error::Kind::Denied)), 4);
  EXPECT_EQ(static_cast<int>(exit_status(Error::Kind::Conflict)), 4);
  for (const Error::Kind kind :
       {Error::Kind::NotFound, Error::Kind::Malformed, Error::Kind::Unreachable,
        Error::Kind::TimedOut, Error::Kind::Internal})
    EXPECT_EQ(static_cast<int>(exit_status(kind)), 3);
}

}  // namespace
}  // namespace mpm
