// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/binary.h"

#include <array>
#include <cstdio>
#include <memory>
#include <sstream>

#include <gtest/gtest.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

using namespace std::string_literals;

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> block{};
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), pipe.get()))
    text.append(block.data(), got);
  return text;
}

TEST(Binary, IsReadFromItsStrings) {
  const auto facts = read_binary(
      "\x7f\x45LF\0Apache/\0Apache/2.4.58 (Unix)\0 -D HTTPD_ROOT=\"/opt/httpd\"\n\0"
      " -D SERVER_CONFIG_FILE=\"conf/httpd.conf\"\n\0event.c\0mod_so.c\0http_core.c\0util.c\0"s);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->version, "2.4.58");
  EXPECT_EQ(facts->server_root, "/opt/httpd");
  EXPECT_EQ(facts->config_file, "conf/httpd.conf");
  EXPECT_EQ(facts->builtin_mpm, Mpm::Event);
  EXPECT_EQ(facts->builtin_sources,
            (std::vector<std::string>{"core.c", "event.c", "http_core.c", "mod_so.c"}));
}

TEST(Binary, OfAnotherProgramIsNone) {
  EXPECT_FALSE(read_binary(""));
  EXPECT_FALSE(read_binary("Apache/2.4.58 is what this client says"));
  EXPECT_FALSE(read_binary(" -D HTTPD_ROOT=\"no end"));
}

TEST(Binary, OfDebiansHttpdAgreesWithWhatItPrints) {
  const auto bytes = read_file("/usr/sbin/apache2");
  ASSERT_TRUE(bytes) << bytes.error().what;
  const auto facts = read_binary(*bytes);
  ASSERT_TRUE(facts);
  const std::string printed = output_of("/usr/sbin/apache2 -V 2>/dev/null");
  EXPECT_NE(printed.find("Apache/" + facts->version + " "), std::string::npos);
  EXPECT_NE(printed.find("HTTPD_ROOT=\"" + facts->server_root + "\""), std::string::npos);
  EXPECT_NE(printed.find("SERVER_CONFIG_FILE=\"" + facts->config_file + "\""), std::string::npos);

  // "Compiled in modules:" and then one source a line, indented.
  std::istringstream listed(output_of("/usr/sbin/apache2 -l 2>/dev/null"));
  std::vector<std::string> sources;
  for (std::string line; std::getline(listed, line);)
    if (line.rfind("  ", 0) == 0) sources.push_back(line.substr(2));
  std::sort(sources.begin(), sources.end());
  EXPECT_EQ(facts->builtin_sources, sources);
}

TEST(MappedMpm, IsTheModuleThatIsLoaded) {
  EXPECT_EQ(mapped_mpm("7f00-7f10 r-xp 0 08:01 1 /usr/lib/apache2/modules/mod_mpm_event.so\n"),
            Mpm::Event);
  EXPECT_EQ(mapped_mpm("7f00-7f10 r-xp 0 08:01 1 /x/mod_mpm_prefork.so (deleted)\n"), Mpm::Prefork);
  EXPECT_FALSE(mapped_mpm("7f00-7f10 r-xp 0 08:01 1 /usr/lib/libc.so.6\n"));
}

}  // namespace
}  // namespace mpm
