// SPDX-License-Identifier: Apache-2.0
//
// mpmctl's end of the agent's socket, against the agent's own server.
#include "cli/client.h"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "agent/service/http_server.h"
#include "schema/codec/json.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

TEST(Client, AsksWheneverItLikesHoweverSoonAnIdleConnectionEnds) {
  const TempDir dir;
  Door door;
  // Long enough for a busy machine to bring the first request of a connection.
  door.limits.idle = 100ms;
  const auto server = HttpServer::listen(
      dir / "agent.sock",
      [](const ApiRequest&) {
        return ApiResponse{200, "application/json", to_json(HealthReport())};
      },
      door);
  ASSERT_TRUE(server) << server.error().what;
  Client client(dir / "agent.sock", 5s);
  int refused = 0;
  // Around the moment at which a connection would end that was kept.
  for (auto pause = 99800us; pause < 100800us; pause += 25us) {
    if (const auto health = client.health(); !health) ++refused;
    std::this_thread::sleep_until(steady_clock::now() + pause);
  }
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace mpm
