// SPDX-License-Identifier: Apache-2.0
//
// Any bytes are a configuration file: its lines tile it, every byte of a line maps to the same
// byte of the file, and reading it as a site ends.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "agent/config/site.h"
#include "agent/config/tree.h"
#include "tests/support/memory_files.h"

namespace {

void require(bool law) {
  if (!law) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mpm::config;
  const std::string bytes(data, data + size);
  const Tree tree = Tree::read(bytes);
  std::size_t at = 0;
  for (const Line& line : tree.lines()) {
    require(line.bytes.begin == at && line.bytes.end > at);
    at = line.bytes.end;
    for (std::size_t i = 0; i < line.text.size(); ++i) {
      const Span one = Tree::physical(line, Span{i, i + 1});
      require(one.size() == 1 && bytes[one.begin] == line.text[i]);
    }
  }
  require(at == bytes.size());
  SiteOptions options;
  options.server_root = "/R";
  options.config_file = "httpd.conf";
  options.version = "2.4.57";
  options.builtin_sources = {"core.c", "event.c", "mod_macro.c", "mod_version.c"};
  MemoryFiles files;
  files.add("/R/httpd.conf", bytes);
  read_site(options, files);
  return 0;
}
