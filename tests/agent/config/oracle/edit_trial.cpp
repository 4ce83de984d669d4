// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/config/oracle/edit_trial.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/apply/file_swap.h"
#include "agent/config/draft.h"
#include "agent/config/settings.h"
#include "agent/config/tree.h"
#include "agent/files/host_files.h"
#include "tests/support/bytes_of.h"

namespace mpm::config {
namespace {

namespace fs = std::filesystem;

// As on a file system that syncs nothing: thousands of edits need not outlive a power cut, and
// would wait for a busy disk.
class UnsyncedWorld : public apply::FileWorld {
  int admit(apply::Call call) override { return call == apply::Call::Sync ? EINVAL : 0; }
};

// One directive of httpd's dump: "0 maxrequestworkers 150 | /R/httpd.conf:3".
struct Node {
  std::string depth, name, arguments, place;
};

Node node_of(const std::string& line) {
  const std::size_t bar = line.rfind(" | ");
  const std::string head = line.substr(0, bar);
  const std::size_t name = head.find(' ') + 1;
  const std::size_t arguments = std::min(head.find(' ', name), head.size());
  return {head.substr(0, name - 1), head.substr(name, arguments - name),
          arguments < head.size() ? head.substr(arguments + 1) : std::string(),
          line.substr(bar + 3)};
}

// What of a dump is of the directive in the server's own configuration, and what is not.
struct Parted {
  std::vector<Node> own;
  std::vector<std::string> others;  // without their places, which move with the lines
};

Parted parted(const Reading& reading, const Directive& directive) {
  Parted result;
  for (const std::string& line : reading.directives) {
    Node node = node_of(line);
    const bool own = node.depth == "0" &&
                     (node.name == lower(directive.name) ||
                      (!directive.old_name.empty() && node.name == lower(directive.old_name)));
    if (own)
      result.own.push_back(std::move(node));
    else
      result.others.push_back(fmt::format("{} {} {}", node.depth, node.name, node.arguments));
  }
  return result;
}

std::string value_of(const Node& node) {
  std::size_t at = 0;
  return next_word(node.arguments, at).value;
}

// One line of one file, however often and under whatever names it is read.
bool of_one_place(const std::vector<Node>& nodes, const HostFiles& files) {
  std::set<std::string> places;
  for (const Node& node : nodes) {
    const std::size_t colon = node.place.rfind(':');
    const auto real = files.real_path(node.place.substr(0, colon));
    places.insert((real ? *real : node.place) + node.place.substr(colon));
  }
  return places.size() == 1;
}

std::string fault_of_own(const Parted& was, const Parted& is, const std::string& value,
                         const HostFiles& files) {
  if (is.own.empty()) return "httpd does not read the new value\n";
  if (value_of(is.own.back()) != value)
    return fmt::format("httpd reads '{}' last\n", is.own.back().arguments);
  if (was.own.empty())
    return of_one_place(is.own, files) ? "" : "it was added in more than one place\n";
  if (was.own.size() != is.own.size()) return "an occurrence came or went\n";
  std::vector<Node> changed;
  for (std::size_t i = 0; i < is.own.size(); ++i)
    if (was.own[i].arguments != is.own[i].arguments || was.own[i].name != is.own[i].name)
      changed.push_back(is.own[i]);
  if (changed.empty()) return "no value changed\n";
  return of_one_place(changed, files) ? "" : "more than one value changed\n";
}

std::string fault_of(const Reading& before, const Reading& after, const Directive& directive,
                     const std::string& value, const HostFiles& files) {
  if (after.refused) return fmt::format("httpd refuses it: {}\n", after.message);
  const Parted was = parted(before, directive);
  const Parted is = parted(after, directive);
  std::string fault;
  if (was.others != is.others) {
    const auto [a, b] =
        std::mismatch(was.others.begin(), was.others.end(), is.others.begin(), is.others.end());
    fault +=
        fmt::format("something else changed: '{}' became '{}'\n",
                    a == was.others.end() ? "nothing" : *a, b == is.others.end() ? "nothing" : *b);
  }
  if (before.names != after.names) fault += "the names that are defined changed\n";
  if (before.modules != after.modules) fault += "the modules changed\n";
  if (before.server_root != after.server_root) fault += "ServerRoot changed\n";
  return fault + fault_of_own(was, is, value, files);
}

struct ChangedLines {
  std::vector<std::string> gone, come;
};

ChangedLines changed_lines(const PlannedEdit& planned) {
  ChangedLines lines;
  for (const FileChange& file : planned.plan.files) {
    std::istringstream diff(file.diff);
    for (std::string line; std::getline(diff, line);) {
      if (line.compare(0, 4, "--- ") == 0 || line.compare(0, 4, "+++ ") == 0) continue;
      if (line.front() == '-') lines.gone.push_back(line);
      if (line.front() == '+') lines.come.push_back(line);
    }
  }
  return lines;
}

// "1\\" and "11" on the next line: the value of two lines becomes one of one line, for good.
bool is_broken_value(const ChangedLines& lines, const std::string& value) {
  return lines.gone.size() > 1 &&
         std::none_of(lines.gone.begin(), lines.gone.end(), [&](const std::string& line) {
           return line.find(value) != std::string::npos;
         });
}

bool is_apart(const PlannedEdit& planned) {
  return std::any_of(planned.plan.files.begin(), planned.plan.files.end(),
                     [](const FileChange& file) {
                       return (file.path + file.diff).find("mpmctl") != std::string::npos;
                     });
}

// Built-in modules by both of their names, as <IfModule> may ask for either.
void name_builtin(SiteOptions& options) {
  for (const std::string& source : options.builtin_sources) {
    if (source == "http_core.c" || source == "core.c")
      options.builtin_identifiers.push_back(source == "core.c" ? "core_module" : "http_module");
    else
      options.builtin_identifiers.push_back(source.substr(4, source.size() - 6) + "_module");
  }
}

}  // namespace

EditTrial::EditTrial(const HttpdJail& jail, SiteOptions options, std::string place)
    : jail_(jail), options_(std::move(options)), place_(std::move(place)) {
  before_ = read_by_httpd(jail_.ask_with_modules(options_));
  name_builtin(options_);
  site_ = read_site(options_, HostFiles(jail_.path()));
  mpm_ = read_settings(site_, std::nullopt).mpm;
}

std::optional<std::string> EditTrial::written(const Directive& directive) const {
  return written_value(site_, directive);
}

EditRequest EditTrial::request(std::vector<Wish> wishes) const {
  EditRequest request;
  request.site = options_;
  request.wishes = std::move(wishes);
  return request;
}

Result<PlannedEdit> EditTrial::make(const EditRequest& request) const {
  auto planned = plan_edit(request, HostFiles(jail_.path()));
  if (!planned || planned->files.empty()) return planned;
  UnsyncedWorld world;
  const apply::BackupOptions saved{backups_ / std::to_string(made_++), jail_.path()};
  if (auto done = apply::swap_files(world, planned->files, saved); !done)
    return fail(std::move(done).error());
  return planned;
}

Snapshot EditTrial::snapshot() const {
  Snapshot result;
  for (const auto& entry : fs::recursive_directory_iterator(jail_.path() + place_)) {
    std::string& there = result[entry.path().string()];
    if (entry.is_symlink())
      there = "link " + fs::read_symlink(entry.path()).string();
    else
      there = entry.is_directory() ? "directory" : "file " + bytes_of(entry.path());
  }
  return result;
}

void EditTrial::bring_back(const Snapshot& snapshot) const {
  for (const auto& [path, there] : this->snapshot())
    if (snapshot.count(path) == 0) fs::remove_all(path);
  for (const auto& [path, there] : snapshot)
    if (there.compare(0, 5, "file ") == 0 && bytes_of(path) != there.substr(5))
      std::ofstream(path, std::ios::binary) << there.substr(5);
}

std::string EditTrial::inverse_fault(const Directive& directive, const Snapshot& original) const {
  const auto was = written(directive);
  const std::vector<Wish> back{{std::string(directive.name), was}};
  // "1e3" and the like are values that httpd takes and that are not ours to write.
  if (was && !check_wishes(back, *mpm_)) return {};
  if (const auto made = make(request(back)); !made)
    return "the way back: " + made.error().what + "\n";
  return snapshot() == original ? "" : "the way back does not give the very bytes\n";
}

TrialOutcome EditTrial::set(const Directive& directive, const std::string& value) const {
  const Snapshot original = snapshot();
  const auto was = written(directive);
  TrialOutcome outcome;
  const auto made = make(request({{std::string(directive.name), value}}));
  if (!made) {
    outcome.refusal = made.error().what;
    const std::string place = read_by_httpd(jail_.test(options_)).place;
    outcome.unsound = made.error().kind == Error::Kind::Malformed && !place.empty() &&
                      outcome.refusal.find("as it is, at " + place) != std::string::npos;
    return outcome;
  }
  outcome.fault = fault_of(before_, read_by_httpd(jail_.ask_with_modules(options_)), directive,
                           value, HostFiles(jail_.path()));
  const ChangedLines lines = changed_lines(*made);
  const bool broken = was && is_broken_value(lines, *was);
  if (lines.gone.size() != (was ? 1 : 0) && !broken)
    outcome.fault += fmt::format("{} lines went\n", lines.gone.size());
  if (lines.come.size() != 1 && !is_apart(*made))
    outcome.fault += fmt::format("{} lines came\n", lines.come.size());
  if (!broken) outcome.fault += inverse_fault(directive, original);
  if (!outcome.fault.empty())
    for (const FileChange& file : made->plan.files)
      outcome.fault += file.diff;
  bring_back(original);
  return outcome;
}

std::string other_value(const Directive& directive, const std::optional<std::string>& written) {
  if (directive.name == "ScoreBoardFile") return written == "/run/a" ? "/run/b" : "/run/a";
  if (directive.kind == ValueKind::Word) return written && lower(*written) == "off" ? "On" : "Off";
  return written == "12" ? "13" : "12";
}

}  // namespace mpm::config
