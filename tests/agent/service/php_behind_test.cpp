// SPDX-License-Identifier: Apache-2.0
#include "agent/service/php_behind.h"

#include <gtest/gtest.h>

namespace mpm {
namespace {

TEST(PhpBehind, ASocketIsNamedByItsPath) {
  EXPECT_TRUE(names_socket("\"proxy:unix:/run/php.sock|fcgi://localhost\"", "/run/php.sock"));
  EXPECT_TRUE(names_socket("/ unix:/run/php.sock|fcgi://localhost/srv/", "/run/php.sock"));
  EXPECT_FALSE(names_socket("\"proxy:unix:/run/php.sock.2|fcgi://localhost\"", "/run/php.sock"));
  EXPECT_FALSE(names_socket("/run/php.sock", "/run/php.sock")) << "a path is not yet a socket";
  EXPECT_FALSE(names_socket("\"proxy:unix:|fcgi://localhost\"", ""));
}

TEST(PhpBehind, OrByAPortOfThisHost) {
  EXPECT_TRUE(names_socket("\"proxy:fcgi://127.0.0.1:9000\"", "9000"));
  EXPECT_TRUE(names_socket("^/(.*)$ fcgi://localhost:9000/srv/$1", "127.0.0.1:9000"));
  EXPECT_TRUE(names_socket("fcgi://[::1]:9000/", "[::1]:9000"));
  EXPECT_FALSE(names_socket("\"proxy:fcgi://127.0.0.1:90001\"", "9000"));
  EXPECT_FALSE(names_socket("\"proxy:fcgi://192.0.2.7:9000\"", "9000")) << "another host's";
  EXPECT_FALSE(names_socket("http://127.0.0.1:9000/", "9000"));
}

}  // namespace
}  // namespace mpm
