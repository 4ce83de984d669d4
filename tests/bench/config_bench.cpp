// SPDX-License-Identifier: Apache-2.0
//
// How long a site takes to be read, and what an edit of it costs beside other programs; see
// edit_bench.h. Ends with a status of 1 when a bar is missed.
#include <cstdlib>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "agent/config/site.h"
#include "agent/config/tree.h"
#include "tests/bench/edit_bench.h"
#include "tests/support/memory_files.h"

namespace mpm::config {
namespace {

// One virtual host in eight lines, as hosting panels write them.
std::string text_of(int lines) {
  std::string text;
  for (int host = 0; host * 8 < lines; ++host) {
    const std::string name = "www" + std::to_string(host) + ".example.org";
    text += "<VirtualHost *:80>\n    ServerName " + name + "\n    DocumentRoot \"/srv/" + name +
            "\"\n    # its own log\n    CustomLog ${LOGS}/" + name +
            ".log combined\n    <IfModule mod_ssl.c>\n    </IfModule>\n</VirtualHost>\n";
  }
  return text;
}

SiteOptions options() {
  SiteOptions result;
  result.server_root = "/R";
  result.config_file = "httpd.conf";
  result.version = "2.4.57";
  result.builtin_sources = {"core.c", "event.c", "mod_so.c", "mod_version.c"};
  result.environment = {{"LOGS", "/var/log"}};
  return result;
}

void read_lines(benchmark::State& state) {
  const std::string text = text_of(static_cast<int>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(Tree::read(text));
}
BENCHMARK(read_lines)->Arg(20'000)->Unit(benchmark::kMillisecond);

void read_one_file(benchmark::State& state) {
  MemoryFiles files;
  files.add("/R/httpd.conf", text_of(static_cast<int>(state.range(0))));
  for (auto _ : state)
    benchmark::DoNotOptimize(read_site(options(), files));
}
BENCHMARK(read_one_file)->Arg(20'000)->Arg(80'000)->Unit(benchmark::kMillisecond);

void read_many_files(benchmark::State& state) {
  MemoryFiles files;
  files.add("/R/httpd.conf", "Include sites/*.conf\n");
  for (int i = 0; i < 500; ++i)
    files.add("/R/sites/" + std::to_string(i) + ".conf", text_of(40));
  for (auto _ : state)
    benchmark::DoNotOptimize(read_site(options(), files));
}
BENCHMARK(read_many_files)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mpm::config

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "edit") return mpm::bench::edit_once(argv[2]);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  // First: a child's peak of memory is at least what its parent held when it began.
  const bool held = mpm::bench::measure_edits();
  benchmark::RunSpecifiedBenchmarks();
  return held ? EXIT_SUCCESS : EXIT_FAILURE;
}
