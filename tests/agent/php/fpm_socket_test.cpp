// SPDX-License-Identifier: Apache-2.0
//
// Which of httpd's arguments lead to which of php-fpm's sockets, in one network of one host.
#include "agent/php/fpm_socket.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace mpm {
namespace {

bool leads(std::string_view args, std::string_view listen) {
  return std::ranges::any_of(sockets_named(args), [&](const FpmSocket& named) {
    return reaches(named, listened_at(listen));
  });
}

TEST(FpmSocket, APathIsNamedAsAWhole) {
  EXPECT_TRUE(leads("\"proxy:unix:/run/php.sock|fcgi://localhost\"", "/run/php.sock"));
  EXPECT_TRUE(leads("/ unix:/run/php.sock|fcgi://localhost/srv/", "/run/php.sock"));
  EXPECT_FALSE(leads("\"proxy:unix:/run/php.sock.2|fcgi://localhost\"", "/run/php.sock"));
  EXPECT_FALSE(leads("\"proxy:unix:/run/php|fcgi://localhost\"", "/run/php.sock"));
  EXPECT_FALSE(leads("/run/php.sock", "/run/php.sock")) << "a path is not yet a socket";
  EXPECT_FALSE(leads("\"proxy:unix:|fcgi://localhost\"", ""));
  EXPECT_FALSE(leads("\"proxy:unix:/run/php.sock|fcgi://127.0.0.1:9000\"", "9000"))
      << "the address behind a path is not connected to";
}

struct Row {
  std::string_view named;
  std::string_view listened;
  bool leads;
};

TEST(FpmSocket, AnAddressLeadsToWhoListensAtIt) {
  constexpr Row kRows[] = {
      // all addresses: a port alone, [::] of both families, 0.0.0.0 of one
      {"127.0.0.1:9000", "9000", true},
      {"localhost:9000", "9000", true},
      {"[::1]:9000", "9000", true},
      {"127.0.0.2:9000", "9000", true},
      {"127.0.0.1:9000", "[::]:9000", true},
      {"[::1]:9000", "[::]:9000", true},
      {"127.0.0.1:9000", "0.0.0.0:9000", true},
      {"localhost:9000", "0.0.0.0:9000", true},
      {"[::1]:9000", "0.0.0.0:9000", false},
      {"0.0.0.0:9000", "9000", true},
      // which may be another host's
      {"192.0.2.7:9000", "9000", false},
      {"php:9000", "0.0.0.0:9000", false},
      // the loopback
      {"127.0.0.1:9000", "127.0.0.1:9000", true},
      {"localhost:9000", "127.0.0.1:9000", true},
      {"localhost:9000", "[::1]:9000", true},
      {"LocalHost:9000", "localhost:9000", true},
      {"127.0.0.1:9000", "localhost:9000", true},
      {"[::1]:9000", "[::1]:9000", true},
      {"[0:0:0:0:0:0:0:1]:9000", "[::1]:9000", true},
      {"127.0.0.1:9000", "[::1]:9000", false},
      {"127.0.0.1:9000", "127.0.0.2:9000", false},
      // one address
      {"10.0.0.5:9000", "10.0.0.5:9000", true},
      {"127.0.0.1:9000", "10.0.0.5:9000", false},
      {"localhost:9000", "10.0.0.5:9000", false},
      {"10.0.0.6:9000", "10.0.0.5:9000", false},
      {"PHP.internal:9000", "php.internal:9000", true},
      {"127.0.0.1:9000", "php.internal:9000", false},
      // ports
      {"127.0.0.1:9001", "9000", false},
      {"127.0.0.1:90001", "9000", false},
      {"127.0.0.1", "9000", false},
      {"127.0.0.1:", "9000", false},
      {"127.0.0.1:9000", "", false},
      {"127.0.0.1:9000", "127.0.0.1:", false},
      {"127.0.0.1:9000", "/run/9000", false},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(leads("\"proxy:fcgi://" + std::string(row.named) + "/srv\"", row.listened), row.leads)
        << row.named << " and " << row.listened;
}

TEST(FpmSocket, ArgumentsAreReadAsModProxyWritesThem) {
  using Sockets = std::vector<FpmSocket>;
  const Sockets port{{"", "127.0.0.1", 9000}};
  EXPECT_EQ(sockets_named("\"proxy:fcgi://127.0.0.1:9000\""), port);
  EXPECT_EQ(sockets_named("^/(.*)$ fcgi://127.0.0.1:9000/srv/$1"), port);
  EXPECT_EQ(sockets_named("fcgi://127.0.0.1:9000 retry=0"), port);
  EXPECT_EQ(sockets_named("http://127.0.0.1:9000/"), Sockets());
  EXPECT_EQ(sockets_named("'unix:/run/a b|fcgi://x' fcgi://[::1]:9000/"),
            (Sockets{{"/run/a", "", 0}, {"", "::1", 9000}}));
  EXPECT_EQ(sockets_named("fcgi://fcgi://"), Sockets());
}

}  // namespace
}  // namespace mpm
