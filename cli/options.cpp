// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/help_texts.h"
#include "cli/option_checks.h"
#include "cli/raw_options.h"
#include "cli/topics.h"
#include "cli/version.h"

namespace mpm {
namespace {

// CLI11's strings are std::string; ours are views into the program.
std::string text(std::string_view view) {
  return std::string(view);
}

void add_globals(CLI::App& app, Raw& raw) {
  app.add_option("--agent", raw.options.agent, "The agent's Unix socket")
      ->each([&raw](const std::string&) { raw.options.agent_named = true; })
      ->option_text("SOCKET (default " + text(kDefaultSocket) + ")");
  app.add_option("--hand", raw.options.hand,
                 "The socket of the hand, which makes proposed changes for who is not root")
      ->option_text("SOCKET (default " + text(kDefaultHand) + ")");
  app.add_flag("--no-daemon", raw.options.no_daemon,
               "Always use an agent of its own, started for this command");
  app.add_flag("--json", raw.options.json, "Print the agent's message itself");
  app.add_option("--color", raw.color, "Colours: auto (on a terminal), always, never")
      ->check(not_empty)
      ->option_text("WHEN");
  app.add_option("--timeout", raw.timeout, "How long to wait for an answer of the agent")
      ->check(not_empty)
      ->option_text("TIME (default 10s of a daemon, else 1m)");
  app.add_option("--state", raw.options.state,
                 "Where an agent of its own keeps changes and what they replaced")
      ->option_text("DIR");
  app.add_flag("--verbose", raw.options.verbose, "Say on stderr which agent is used and why");
  app.set_version_flag("--version", "mpmctl " + text(kVersion), "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
}

CLI::App* add_command(CLI::App& app, Raw& raw, std::string_view name, std::string_view about,
                      Command command) {
  CLI::App* sub = app.add_subcommand(text(name), text(about));
  sub->fallthrough();
  sub->final_callback([&raw, command] { raw.options.command = command; });
  return sub;
}

void add_target(CLI::App& command, Raw& raw) {
  command.add_option("TARGET", raw.target, "A process id, :PORT or the URL of a status page")
      ->option_text(" ");
}

void add_site(CLI::App& command, RawSite& site) {
  const auto add = [&command](std::string_view name, auto& into, std::string_view about,
                              std::string_view value) {
    command.add_option(text(name), into, text(about))
        ->option_text(text(value))
        ->group("A tree that no server runs");
  };
  add("--root", site.root, "Read it below this folder, as the server would below /", "DIR");
  add("--file", site.file, "Its first file; the usual one when not given", "FILE");
  add("--server-root", site.server_root, "httpd's -d", "DIR");
  command.add_option("-D", site.defines, "httpd's -D, as often as need be")
      ->allow_extra_args(false)
      ->option_text("NAME")
      ->group("A tree that no server runs");
  command.add_option("--env", site.environment, "A variable that the server would have")
      ->allow_extra_args(false)
      ->option_text("NAME=VALUE")
      ->group("A tree that no server runs");
  add("--envvars", site.envvars, "A script that sets them, as Debian's envvars", "FILE");
  add("--httpd-version", site.version, "For <IfVersion>", "VERSION");
}

CLI::App* add_config_command(CLI::App& config, Raw& raw, std::string_view name,
                             std::string_view about, std::string_view words, Command command) {
  CLI::App* sub = add_command(config, raw, name, about, command);
  if (!words.empty()) sub->add_option("WORD", raw.words, text(words))->option_text(" ");
  return sub;
}

void add_config(CLI::App& app, Raw& raw) {
  CLI::App* config =
      app.add_subcommand("config", "Look at a server's MPM configuration, and change it");
  config->fallthrough();
  config->require_subcommand(1);
  config->footer(text(kConfigFooter));
  const std::string_view server = "TARGET: a process id, :PORT or the URL of a status page";
  const auto with_site = [&raw](CLI::App* sub) { add_site(*sub, raw.site); };
  const auto writes = [&](CLI::App* sub) {
    sub->add_flag("--write", raw.options.write, "Write it; without this it is only shown");
    with_site(sub);
  };
  with_site(add_config_command(*config, raw, "show",
                               "Show each MPM directive: as written, in force, and where", server,
                               Command::ConfigShow));
  with_site(add_config_command(*config, raw, "get", "Print the value in force of directives",
                               "DIRECTIVE... [TARGET]", Command::ConfigGet));
  writes(add_config_command(*config, raw, "set",
                            "Show the change that gives directives other values, or write it",
                            "DIRECTIVE=VALUE... [TARGET]", Command::ConfigSet));
  writes(add_config_command(*config, raw, "unset", "Likewise, so that httpd's defaults hold again",
                            "DIRECTIVE... [TARGET]", Command::ConfigUnset));
  writes(add_config_command(*config, raw, "mpm", "Likewise, so that another MPM is loaded",
                            "MPM [TARGET]", Command::ConfigMpm));
  with_site(add_config_command(*config, raw, "check",
                               "Say what is wrong, without effect, or not what it looks like",
                               server, Command::ConfigCheck));
  add_config_command(*config, raw, "explain", "Say what a directive does, and what goes wrong",
                     "DIRECTIVE", Command::ConfigExplain);
  add_config_command(*config, raw, "diff", "Compare the directives of two servers or trees",
                     "A B: each a TARGET, a first file or a root folder", Command::ConfigDiff);
}

void add_loading(CLI::App& command, Raw& raw) {
  command.add_flag("--yes", raw.options.yes, "Do not ask");
  command
      .add_option("--allow", raw.allow,
                  "The hardest way of loading it: graceful, restart or stop-start")
      ->check(not_empty)
      ->option_text("WAY (default graceful)");
  command
      .add_option("--watch", raw.change_watch,
                  "Watch it so long at most; 0 does not watch; as the data decide when not given")
      ->check(not_empty)
      ->option_text("TIME");
}

void add_auto(CLI::App& apply, Raw& raw) {
  const auto* group = "By itself";
  apply
      .add_flag("--auto", raw.options.automatic,
                "Make what is recommended, round after round, as far as the policy allows")
      ->group(group);
  apply.add_option("--policy", raw.options.policy, "What --auto may do; see deploy/policy.toml")
      ->option_text("FILE")
      ->group(group);
  apply.add_option("--rounds", raw.options.rounds, "End after so many; goes on when not given")
      ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()))
      ->option_text("N")
      ->group(group);
  apply.add_option("--every", raw.every, "From one round to the next; 30 s when not given")
      ->option_text("TIME")
      ->group(group);
}

void add_changes(CLI::App& app, Raw& raw) {
  CLI::App* apply = add_command(
      app, raw, "apply", "Change a server's configuration, load it, watch it, undo it if it harms",
      Command::Apply);
  apply
      ->add_option("WORD", raw.words,
                   "DIRECTIVE=VALUE... [TARGET]; without one what recommend says")
      ->option_text(" ");
  // One word each time: what follows may be the server.
  apply->add_option("--unset", raw.unset, "Take a directive away, so that httpd's default holds")
      ->allow_extra_args(false)
      ->option_text("DIRECTIVE");
  apply->add_option("--mpm", raw.mpm, "Switch to this MPM")->check(not_empty)->option_text("MPM");
  apply
      ->add_option("--for", raw.watch, "How long to watch before recommending; 30 s when not given")
      ->check(not_empty)
      ->option_text("TIME");
  add_loading(*apply, raw);
  add_auto(*apply, raw);
  apply->footer(text(kApplyFooter));
  CLI::App* undo =
      add_command(app, raw, "undo", "Take a change back, as a change of its own", Command::Undo);
  undo->add_option("ID", raw.options.change_id, "Of the change; the newest that was kept")
      ->check(from_one)
      ->option_text(" ");
  add_loading(*undo, raw);
  CLI::App* changes =
      add_command(app, raw, "changes", "List what was changed on this host", Command::Changes);
  changes->add_option("--limit", raw.options.limit, "At most so many, the newest first")
      ->check(from_one)
      ->option_text("N (default 20)");
  CLI::App* show = add_command(app, raw, "show", "Tell what became of a change", Command::Show);
  show->add_option("ID", raw.options.change_id, "Of the change")
      ->check(from_one)
      ->required()
      ->option_text(" ");
}

// The commands that start a server of their own, and look at it with an agent of their own.
void add_shows(CLI::App& app, Raw& raw) {
  CLI::App* demo =
      add_command(app, raw, "demo", "Show status and recommend on a server of its own, under load",
                  Command::Demo);
  demo->add_option("--mpm", raw.mpm, "prefork, worker, event or winnt; event when not given")
      ->check(not_empty)
      ->option_text("MPM");
  demo->add_option("--for", raw.watch, "How long to watch it; 10 s when not given")
      ->check(not_empty)
      ->option_text("TIME");
  demo->footer(text(kDemoFooter));
  CLI::App* lab = add_command(app, raw, "lab", "Measure what the four MPMs make of the same load",
                              Command::Lab);
  lab->add_option("--for", raw.watch, "How long each gets requests; 5 s when not given")
      ->check(not_empty)
      ->option_text("TIME");
  lab->add_option("--rate", raw.options.rate, "Requests a second, answered or not")
      ->check(CLI::Range(1.0, 100'000.0))
      ->option_text("N (default 1000)");
  lab->add_option("--connections", raw.options.connections, "Connections that are kept, idle")
      ->check(CLI::Range(1, 20'000))
      ->option_text("N (default 1000)");
  lab->add_option("--html", raw.options.html, "Write the result as a page with charts as well")
      ->option_text("FILE");
  lab->footer(text(kLabFooter));
}

void add_simulate(CLI::App& app, Raw& raw) {
  CLI::App* simulate = add_command(
      app, raw, "simulate", "Say what other directives would have done under the load that was",
      Command::Simulate);
  simulate->add_option("WORD", raw.words, "DIRECTIVE=VALUE... [TARGET]; without one as it is")
      ->option_text(" ");
  simulate->add_option("--set", raw.set, "A directive and what it shall be, as often as need be")
      ->allow_extra_args(false)
      ->option_text("DIRECTIVE=VALUE");
  simulate->add_option("--from", raw.watch, "The load of so long ago; an hour when not given")
      ->check(not_empty)
      ->option_text("TIME");
  simulate->add_option("--html", raw.options.html, "Write the result as a page with charts as well")
      ->option_text("FILE");
  simulate->footer(text(kSimulateFooter));
}

void add_top(CLI::App& app, Raw& raw) {
  CLI::App* top = add_command(
      app, raw, "top", "Watch a server live: its workers, their requests, and who holds them",
      Command::Top);
  add_target(*top, raw);
  top->add_option("--every", raw.every, "From one round to the next, 0.1s at least")
      ->check(not_empty)
      ->option_text("TIME (default 1s)");
  top->add_flag("--batch", raw.options.batch, "Print text, round after round, and no screen");
  top->add_option("--count", raw.options.count, "End after so many rounds, of --batch or --json")
      ->check(from_one)
      ->option_text("N");
  top->footer(text(kTopFooter));
}

void add_history(CLI::App& app, Raw& raw) {
  CLI::App* history =
      add_command(app, raw, "history",
                  "Show how a server was, and what was recommended and changed", Command::History);
  add_target(*history, raw);
  const auto add = [history](std::string_view name, std::string& into, std::string_view about,
                             std::string_view value) {
    history->add_option(text(name), into, text(about))->check(not_empty)->option_text(text(value));
  };
  add("--from", raw.past_from,
      "From then on: a time ago, as 6h or 7d, or a time; 24h when not given", "TIME");
  add("--to", raw.past_to, "Until then, likewise; now when not given", "TIME");
  add("--step", raw.step, "Step by step, each so long, as 10s, 5m or 1h", "TIME");
  history->add_flag("--csv", raw.options.csv, "Print every field of every step, for spreadsheets");
  history->footer(text(kHistoryFooter));
}

void add_commands(CLI::App& app, Raw& raw) {
  app.require_subcommand(1);
  add_command(app, raw, "targets", "List every httpd that runs here", Command::Targets);
  add_target(
      *add_command(app, raw, "status", "Show how a server is right now: workers, memory, queues",
                   Command::Status),
      raw);
  add_command(app, raw, "doctor",
              "Say what is missing to see all of the servers, and what mends it", Command::Doctor);
  CLI::App* recommend = add_command(
      app, raw, "recommend", "Watch a server and say which MPM directives to change, and why",
      Command::Recommend);
  add_target(*recommend, raw);
  recommend
      ->add_option("--for", raw.watch, "How long to watch, as 30s, 10m or 1h; 30 s when not given")
      ->check(not_empty)
      ->option_text("TIME");
  recommend->add_flag("--explain", raw.options.explain,
                      "Print rule, claim and evidence of every finding");
  recommend->footer(text(kRecommendFooter));
  add_top(app, raw);
  add_simulate(app, raw);
  add_history(app, raw);
  add_config(app, raw);
  add_changes(app, raw);
  add_shows(app, raw);
  CLI::App* help =
      app.add_subcommand("help", "Explain a concept, as mpms or saturation, or a command");
  help->fallthrough();
  help->add_option("TOPIC", raw.topic, "A topic or a command; without one they are listed")
      ->option_text(" ");
}

// What `mpmctl help` prints of a topic, or of a command.
Result<std::string> help_on(CLI::App& app, const std::string& topic) {
  if (topic.empty()) return list_of_topics();
  if (const Topic* found = find_topic(topic)) return text_of(*found);
  const auto named = [&](const CLI::App* command) { return command->get_name() == topic; };
  for (CLI::App* command : app.get_subcommands(named))
    return command->help("mpmctl");
  return fail(
      Error::Kind::Usage,
      fmt::format("There is no topic and no command '{}'; mpmctl help lists the topics, and "
                  "mpmctl --help the commands.",
                  topic));
}

}  // namespace

Result<std::string> parse_target(std::string_view target) {
  const bool port = !target.empty() && target.front() == ':';
  std::int32_t value = 0;
  if (whole_number(port ? target.substr(1) : target, value) && value > 0 &&
      (!port || value <= 65535))
    return std::string(target);
  for (const std::string_view scheme : {"http://", "https://"})
    if (target.substr(0, scheme.size()) == scheme && target.size() > scheme.size())
      return std::string(target);
  return fail(Error::Kind::Usage,
              fmt::format("'{}' is not a server; name it by the process id of its parent, by a "
                          "port as in :8080, or by the URL of its status page.",
                          target));
}

// CLI11 reports by exceptions; they end here.
Result<std::variant<Options, Printout>> parse_options(int argc, const char* const* argv) {
  Raw raw;
  CLI::App app(text(kAbout), "mpmctl");
  bool asks_for_help = false;
  try {
    app.footer(text(kFooter));
    app.get_formatter()->column_width(28);
    add_globals(app, raw);
    add_commands(app, raw);
    app.parse(argc, argv);
    asks_for_help = app.got_subcommand("help");
  } catch (const CLI::CallForHelp&) {
    // help() of the app prints the help of the subcommand that was named.
    return Printout{app.help()};
  } catch (const CLI::CallForVersion& version) {
    return Printout{text(version.what()) + "\n"};
  } catch (const CLI::RequiredError& error) {
    const std::vector<std::string> unknown = app.remaining(true);
    return fail(usage(unknown.empty() || unknown.front().empty()
                          ? error.what()
                          : fmt::format("There is no {} '{}'",
                                        unknown.front().front() == '-' ? "option" : "command",
                                        unknown.front())));
  } catch (const CLI::Error& error) {
    return fail(usage(error.what()));
  }
  if (asks_for_help) {
    auto said = help_on(app, raw.topic);
    if (!said) return fail(said.error());
    return Printout{std::move(*said)};
  }
  auto options = judged(std::move(raw));
  if (!options) return fail(options.error());
  return *options;
}

}  // namespace mpm
