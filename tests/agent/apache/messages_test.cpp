// SPDX-License-Identifier: Apache-2.0
//
// Lines as httpd 2.4 wrote them.
#include "agent/apache/messages.h"

#include <gtest/gtest.h>

namespace mpm {
namespace {

TEST(Messages, OfTheLogAreTakenApart) {
  const auto messages = parse_messages(
      "[Wed Nov 25 12:00:00.123456 2026] [mpm_event:notice] [pid 70:tid 139] AH00489: "
      "Apache/2.4.71 (Debian) configured -- resuming normal operations\n"
      "[Wed Nov 25 12:00:01.5 2026] [core:notice] [pid 70:tid 139] AH00094: Command line: 'x'\n");
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].time, "Wed Nov 25 12:00:00.123456 2026");
  EXPECT_EQ(messages[0].module, "mpm_event");
  EXPECT_EQ(messages[0].level, "notice");
  EXPECT_EQ(messages[0].code, "AH00489");
  EXPECT_EQ(messages[0].text, "Apache/2.4.71 (Debian) configured -- resuming normal operations");
  EXPECT_TRUE(says_resuming(messages[0].code));
  EXPECT_FALSE(says_resuming(messages[1].code));
  EXPECT_FALSE(is_error(messages[0]));
}

TEST(Messages, KeepAnErrorsReasonBeforeItsCode) {
  const auto messages = parse_messages(
      "[Wed Nov 25 12:00:00 2026] [core:crit] [pid 7] (98)Address already in use: AH00072: "
      "make_sock: could not bind to address 127.0.0.1:80\n");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].code, "AH00072");
  EXPECT_EQ(messages[0].text,
            "(98)Address already in use: make_sock: could not bind to address 127.0.0.1:80");
  EXPECT_TRUE(is_error(messages[0]));
}

TEST(Messages, OfATestNameFileAndLine) {
  const auto messages = parse_messages(
      "AH00513: WARNING: MaxRequestWorkers of 130 is not an integer multiple\n"
      "AH00526: Syntax error on line 12 of /etc/apache2/mods-enabled/x.conf:\n"
      "Invalid command 'Nonsense', perhaps misspelled\n"
      "apache2: Syntax error on line 7 of /tmp/d.conf: Cannot load /x.so into server: gone\n"
      "apache2: Could not open configuration file /tmp/n.conf: No such file or directory\n"
      "Syntax OK\n\n");
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(messages[0].level, "warn");
  EXPECT_EQ(messages[0].text, "MaxRequestWorkers of 130 is not an integer multiple");
  EXPECT_EQ(messages[1].code, "AH00526");
  EXPECT_EQ(messages[1].file, "/etc/apache2/mods-enabled/x.conf");
  EXPECT_EQ(messages[1].line, 12);
  EXPECT_EQ(messages[1].text, "Invalid command 'Nonsense', perhaps misspelled");
  EXPECT_EQ(messages[2].file, "/tmp/d.conf");
  EXPECT_EQ(messages[2].line, 7);
  EXPECT_EQ(messages[2].text, "Cannot load /x.so into server: gone");
  EXPECT_EQ(messages[3].code, "");
  EXPECT_EQ(messages[3].file, "");
}

TEST(Messages, SurviveNonsense) {
  EXPECT_TRUE(parse_messages("").empty());
  for (const char* text :
       {"[", "[]", "]AH", "AH", "AH1234:", "AH12345", "AHxxxxx: y", "[a [b] c",
        "Syntax error on line ", "Syntax error on line 99999999999999999999 of /x:",
        "Syntax error on line 1 of ", "\r", "AH00526: Syntax error on line 1 of /x:"})
    EXPECT_LE(parse_messages(text).size(), 1U) << text;
}

TEST(Messages, S17_TellWhatIsNotFollowed) {
  EXPECT_EQ(directive_not_followed("AH00501"), "ServerLimit");
  EXPECT_EQ(directive_not_followed("AH00309"), "ThreadLimit");
  EXPECT_EQ(directive_not_followed("AH00516"), "MaxRequestWorkers");
  EXPECT_EQ(directive_not_followed("AH00489"), "");
  // A warning is one also where the word is missing, as on mpm-httpd's standard error.
  EXPECT_EQ(parse_messages("AH00513: MaxRequestWorkers of 130 is no multiple\n")[0].level, "warn");
}

}  // namespace
}  // namespace mpm
