// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/edit_bench.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "agent/config/edit.h"
#include "agent/files/host_files.h"
#include "tests/support/child.h"
#include "tests/support/temp_dir.h"

namespace mpm::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHttpd = "/usr/sbin/apache2";
constexpr int kRounds = 5;
constexpr int kLinesOfAHost = 8;

bool missed = false;

void report(const std::string& what, double ratio, double bar, const std::string& bar_text) {
  const bool held = ratio <= bar;
  missed = missed || !held;
  fmt::print("  {:<46} {:>8.3f} {} {}\n", what, ratio, held ? "holds " : "MISSES", bar_text);
}

// A virtual host as hosting panels write them.
void write_host(std::ostream& out, const std::string& root, int number) {
  const std::string name = fmt::format("www{}.example.org", number);
  out << "<VirtualHost *:80>\n    ServerName " << name << "\n    DocumentRoot \"" << root
      << "\"\n    # its own log\n    CustomLog ${LOGS}/" << name
      << ".log combined\n    <IfModule mod_ssl.c>\n    </IfModule>\n</VirtualHost>\n";
}

// A tree that httpd accepts: all in one file, or a file for each forty lines.
class Site {
 public:
  Site(int lines, bool one_file) : one_file_(one_file) {
    fs::create_directories(root() + "/sites");
    std::ofstream main(root() + "/httpd.conf");
    main << "ServerName localhost\nListen 127.0.0.1:80\nPidFile " << root() << "/pid\nErrorLog "
         << root() << "/error.log\nDefine LOGS " << root()
         << "\nLoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n"
            "MaxRequestWorkers 150\nLogFormat \"%h %>s\" combined\n";
    const int hosts = lines / kLinesOfAHost;
    for (int host = 0; host < hosts && one_file; ++host)
      write_host(main, root(), host);
    constexpr int kHostsOfAFile = 5;
    for (int host = 0; host < hosts && !one_file; host += kHostsOfAFile) {
      std::ofstream file(fmt::format("{}/sites/{:04}.conf", root(), host));
      for (int more = 0; more < kHostsOfAFile; ++more)
        write_host(file, root(), host + more);
    }
    if (!one_file) main << "Include sites/*.conf\n";
  }

  const std::string& root() const { return dir_.path(); }
  std::string main() const { return root() + "/httpd.conf"; }
  bool one_file() const { return one_file_; }

  bool says(const std::string& line) const {
    std::ifstream in(main());
    for (std::string text; std::getline(in, text);)
      if (text == line) return true;
    return false;
  }

 private:
  TempDir dir_;
  bool one_file_;
};

// The least of some rounds is what the work itself takes.
struct Cost {
  double seconds = 1e9;      // of wall-clock
  double cpu_seconds = 1e9;  // of the processor
  double megabytes = 1e9;
  void add(const Finished& finished) {
    seconds = std::min(seconds, finished.seconds);
    cpu_seconds = std::min(cpu_seconds, finished.cpu_seconds);
    megabytes = std::min(megabytes, static_cast<double>(finished.peak_kilobytes) / 1024);
  }
};

void must(bool good, const std::string& what, const Finished& finished) {
  if (good) return;
  fmt::print("{} did not do its work, so there is nothing to compare: {}{}\n", what, finished.out,
             finished.err);
  std::exit(EXIT_FAILURE);
}

Finished run_ours(const Site& site) {
  Finished finished = run({"/proc/self/exe", "edit", site.root()});
  must(finished.out.find("+MaxRequestWorkers 300") != std::string::npos, "our edit", finished);
  return finished;
}

Finished run_httpd(const Site& site) {
  Finished finished = run({kHttpd, "-d", site.root(), "-f", site.main(), "-t"});
  must(finished.status == 0, "apache2 -t", finished);
  return finished;
}

// With the one lens that it needs, which is augtool at its fastest.
Finished run_augtool(const Site& site, int value) {
  std::vector<std::string> words{"augtool", "--noautoload", "--transform",
                                 "Httpd.lns incl " + site.main()};
  if (!site.one_file())
    words.insert(words.end(), {"--transform", "Httpd.lns incl " + site.root() + "/sites/*.conf"});
  const std::string script = site.root() + "/augtool";
  std::ofstream(script) << fmt::format(
      "set /files{}/directive[. = 'MaxRequestWorkers']/arg {}\nsave\n", site.main(), value);
  words.insert(words.end(), {"--file", script});
  Finished finished = run(words, {.deadline = std::chrono::minutes(2)});
  must(site.says(fmt::format("MaxRequestWorkers {}", value)),
       "augtool (deploy/install-packages test brings it)", finished);
  return finished;
}

void print(const char* who, const Cost& cost) {
  fmt::print("  {:<26} {:>8.1f} ms {:>8.1f} ms CPU {:>8.1f} MB\n", who, cost.seconds * 1000,
             cost.cpu_seconds * 1000, cost.megabytes);
}

void beside_others(const char* name, const Site& site) {
  Cost ours, augtool, httpd;
  for (int round = 0; round < kRounds; ++round) {
    ours.add(run_ours(site));
    httpd.add(run_httpd(site));
    augtool.add(run_augtool(site, 151 + round));
  }
  fmt::print("{}\n", name);
  print("ours: read, set, diff", ours);
  print("augtool: set, save", augtool);
  print("apache2 -t", httpd);
  report("wall time over augtool's", ours.seconds / augtool.seconds, 1.0 / 20, "at most 1/20");
  report("peak memory over augtool's", ours.megabytes / augtool.megabytes, 1.0 / 3, "at most 1/3");
  report("wall time over apache2 -t's", ours.seconds / httpd.seconds, 1, "at most 1");
}

void along_a_line() {
  const Site small(20'000, true);
  const Site large(80'000, true);
  Cost of_small, of_large;
  for (int round = 0; round < kRounds; ++round) {
    of_small.add(run_ours(small));
    of_large.add(run_ours(large));
  }
  fmt::print("Four times the lines\n");
  print("20,000", of_small);
  print("80,000", of_large);
  // Of the processor: what else the machine does takes its time from the longer run.
  report("CPU time over four times that of 20,000", of_large.cpu_seconds / of_small.cpu_seconds / 4,
         1.2, "at most 1.2");
}

}  // namespace

int edit_once(const std::string& root) {
  config::EditRequest request;
  request.site.server_root = root;
  request.site.config_file = root + "/httpd.conf";
  request.site.version = "2.4.57";
  request.site.builtin_sources = {"core.c", "mod_so.c", "http_core.c", "mod_log_config.c"};
  request.mpm = Mpm::Event;
  request.wishes = {{"MaxRequestWorkers", "300"}};
  const auto planned = config::plan_edit(request, HostFiles(""));
  if (!planned) {
    fmt::print("{}\n", planned.error().what);
    return EXIT_FAILURE;
  }
  for (const FileChange& file : planned->plan.files)
    fmt::print("{}", file.diff);
  return EXIT_SUCCESS;
}

bool measure_edits() {
  beside_others("One file of 20,000 lines", Site(20'000, true));
  beside_others("500 files of 40 lines", Site(20'000, false));
  along_a_line();
  return !missed;
}

}  // namespace mpm::bench
