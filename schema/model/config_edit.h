// SPDX-License-Identifier: Apache-2.0
//
// A change to a configuration before anybody made it: which directives get which values, in
// which files, as a diff, and what it takes to put it in force. And what is wrong with a
// configuration, and what a directive means. Plain values; no behaviour.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/proposal.h"
#include "schema/model/scoreboard.h"
#include "schema/model/settings.h"

namespace mpm {

// A directive and what it shall be. Without a value it shall not be written any more, so that
// httpd's default holds.
struct Wish {
  std::string directive;
  std::optional<std::string> value;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"directive", &Wish::directive}, Field{"value", &Wish::value});
  }
};

// A configuration to be read without a server that runs it: a tree below `root`, or one file.
struct OfflineSite {
  std::string root;                      // of the file system that the tree lies in; "" is this one
  std::string server_root;               // -d
  std::string config_file;               // -f
  std::vector<std::string> defines;      // -D
  std::vector<std::string> environment;  // "NAME=value", over what envvars sets
  std::string envvars;               // text of a script that sets variables; empty: the tree's own
  std::vector<std::string> builtin;  // "mod_so.c", as httpd -l lists them; empty: usual ones
  std::string version;               // "2.4.57"; empty: the newest that is known

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(
        Field{"root", &OfflineSite::root}, Field{"server_root", &OfflineSite::server_root},
        Field{"config_file", &OfflineSite::config_file}, Field{"defines", &OfflineSite::defines},
        Field{"environment", &OfflineSite::environment}, Field{"envvars", &OfflineSite::envvars},
        Field{"builtin", &OfflineSite::builtin}, Field{"version", &OfflineSite::version});
  }
};

// What is asked of a configuration: a running server's, or a tree's.
struct ConfigQuestion {
  std::string target;                  // empty: the only server there is
  std::optional<OfflineSite> offline;  // then no server is looked for
  std::vector<Wish> wishes;
  std::optional<Mpm> mpm;  // to switch to
  std::string basis;  // write only what was planned from these bytes; empty: from whatever is there

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"target", &ConfigQuestion::target}, Field{"offline", &ConfigQuestion::offline},
               Field{"wishes", &ConfigQuestion::wishes}, Field{"mpm", &ConfigQuestion::mpm},
               Field{"basis", &ConfigQuestion::basis});
  }
};

enum class FileAction : std::uint8_t {
  Rewrite,  // its bytes change
  Create,   // it comes to be
  Remove,   // it goes
  Link,     // a symbolic link comes to be
  Unlink,   // a symbolic link goes
};

struct FileChange {
  std::string path;  // as the server sees it; the real file, not a link to it
  FileAction action = FileAction::Rewrite;
  std::string diff;  // unified; of a link the line that says where it leads

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"path", &FileChange::path}, Field{"action", &FileChange::action},
               Field{"diff", &FileChange::diff});
  }
};

// A directive before and after.
struct DirectiveChange {
  std::string directive;
  std::optional<std::string> from;  // as written; absent: it was not written
  std::optional<std::string> to;    // likewise, afterwards
  SettingValue from_effective;
  SettingValue to_effective;
  std::optional<std::string> file;  // where it stands afterwards, or stood
  std::optional<std::int64_t> line;
  RestartClass restart = RestartClass::Graceful;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"directive", &DirectiveChange::directive},
               Field{"from", &DirectiveChange::from}, Field{"to", &DirectiveChange::to},
               Field{"from_effective", &DirectiveChange::from_effective},
               Field{"to_effective", &DirectiveChange::to_effective},
               Field{"file", &DirectiveChange::file}, Field{"line", &DirectiveChange::line},
               Field{"restart", &DirectiveChange::restart});
  }
};

// What a set, an unset or a switch of the MPM would do, or did.
struct EditPlan {
  std::int32_t pid = 0;  // of the server; 0: of a tree that no server was named for
  std::optional<Mpm> mpm_before;
  std::optional<Mpm> mpm_after;
  std::vector<DirectiveChange> directives;
  std::vector<FileChange> files;                  // in the order in which they are to be made
  RestartClass restart = RestartClass::Graceful;  // the most that one of them needs
  std::vector<Remark> remarks;  // httpd's corrections of the new values, and what to know
  std::string basis;            // fingerprint of the configuration it was made from
  bool written = false;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"pid", &EditPlan::pid}, Field{"mpm_before", &EditPlan::mpm_before},
               Field{"mpm_after", &EditPlan::mpm_after}, Field{"directives", &EditPlan::directives},
               Field{"files", &EditPlan::files}, Field{"restart", &EditPlan::restart},
               Field{"remarks", &EditPlan::remarks}, Field{"basis", &EditPlan::basis},
               Field{"written", &EditPlan::written});
  }
};

// A directive that two configurations have differently.
struct SettingDifference {
  std::string directive;
  std::optional<std::string> a;  // as written; absent: it is not
  std::optional<std::string> b;
  std::optional<SettingValue> a_effective;  // absent: its MPM does not know it
  std::optional<SettingValue> b_effective;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"directive", &SettingDifference::directive}, Field{"a", &SettingDifference::a},
               Field{"b", &SettingDifference::b},
               Field{"a_effective", &SettingDifference::a_effective},
               Field{"b_effective", &SettingDifference::b_effective});
  }
};

// What mpmctl config diff prints with --json.
struct SettingsComparison {
  MpmSettings a;
  MpmSettings b;
  std::vector<SettingDifference> differences;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"a", &SettingsComparison::a}, Field{"b", &SettingsComparison::b},
               Field{"differences", &SettingsComparison::differences});
  }
};

// What mpmctl config get prints with --json.
struct SettingList {
  std::vector<Setting> settings;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"settings", &SettingList::settings});
  }
};

// Something in a configuration that is wrong, without effect, or not what it looks like.
struct LintFinding {
  std::string rule;  // "comment-continues"
  Severity severity = Severity::Note;
  std::string file;
  std::int64_t line = 0;  // the first physical line; 0: of the whole
  std::int64_t column = 0;
  std::string claim;  // what is so, and what httpd makes of it
  std::string mend;   // what to write instead; may be empty
  std::string code;   // httpd's own, "AH00513"; empty when it is silent

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"rule", &LintFinding::rule}, Field{"severity", &LintFinding::severity},
               Field{"file", &LintFinding::file}, Field{"line", &LintFinding::line},
               Field{"column", &LintFinding::column}, Field{"claim", &LintFinding::claim},
               Field{"mend", &LintFinding::mend}, Field{"code", &LintFinding::code});
  }
};

struct LintReport {
  std::int32_t pid = 0;
  std::optional<Mpm> mpm;
  std::string config_file;
  std::int64_t files = 0;             // that were read
  std::vector<LintFinding> findings;  // by file and line

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"pid", &LintReport::pid}, Field{"mpm", &LintReport::mpm},
               Field{"config_file", &LintReport::config_file}, Field{"files", &LintReport::files},
               Field{"findings", &LintReport::findings});
  }
};

// What a directive means, for whoever has to set it.
struct DirectiveExplanation {
  std::string directive;
  std::string old_name;                 // empty: none
  std::vector<Mpm> mpms;                // that know it
  std::string summary;                  // one sentence
  std::vector<std::string> paragraphs;  // what it does, what goes wrong, how it goes with others
  std::string unit;
  std::vector<std::string> defaults;  // a sentence for each MPM or for all
  std::string bounds;                 // what httpd takes, and what it makes of the rest
  RestartClass restart = RestartClass::Graceful;
  std::vector<Remark> codes;  // what httpd logs about it
  std::vector<std::string> see_also;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"directive", &DirectiveExplanation::directive},
               Field{"old_name", &DirectiveExplanation::old_name},
               Field{"mpms", &DirectiveExplanation::mpms},
               Field{"summary", &DirectiveExplanation::summary},
               Field{"paragraphs", &DirectiveExplanation::paragraphs},
               Field{"unit", &DirectiveExplanation::unit},
               Field{"defaults", &DirectiveExplanation::defaults},
               Field{"bounds", &DirectiveExplanation::bounds},
               Field{"restart", &DirectiveExplanation::restart},
               Field{"codes", &DirectiveExplanation::codes},
               Field{"see_also", &DirectiveExplanation::see_also});
  }
};

}  // namespace mpm
