// SPDX-License-Identifier: Apache-2.0
//
// What the minutes that are kept say of pools of workers that the server had, and of what they
// brought.
#include <utility>

#include <fmt/format.h>

#include "agent/history/history.h"

namespace mpm {

Result<std::vector<FullPool>> History::full_pools(const std::string& server, Instant from,
                                                  Instant to) {
  std::vector<FullPool> pools;
  const auto id = known(server);
  if (!id) return pools;
  auto statement = database_.prepare(
      "SELECT worker_limit, max(at), sum(saturated_seconds), sum(saturated_requests) FROM minute "
      "WHERE server = ? AND at >= ? AND at < ? AND saturated_requests > 0 AND "
      "2 * keepalive_sum < busy_sum AND reloads = 0 AND restarts = 0 GROUP BY worker_limit ORDER "
      "BY worker_limit");
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, *id);
  statement->bind(2, std::int64_t{from.time_since_epoch().count()});
  statement->bind(3, std::int64_t{to.time_since_epoch().count()});
  for (;;) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return pools;
    const double seconds = statement->real(2);
    pools.push_back({.at = Instant(Instant::duration(statement->integer(1))),
                     .workers = statement->integer(0),
                     .seconds = seconds,
                     .per_second = static_cast<double>(statement->integer(3)) / seconds});
  }
}

Result<std::optional<FullPool>> History::summed_up(const std::string& server, Instant from,
                                                   Instant to, std::string_view which,
                                                   std::int64_t beyond) {
  std::optional<FullPool> none;
  const auto id = known(server);
  if (!id) return none;
  auto statement = database_.prepare(fmt::format(
      "SELECT count(*), max(at), sum(busy_sum - keepalive_sum), sum(looks), sum(seconds), "
      "sum(requests) FROM minute WHERE server = ?1 AND at >= ?2 AND at < ?3 AND seconds > 0 AND "
      "reloads = 0 AND restarts = 0 AND busy_sum - keepalive_sum > ?4 * looks AND {}",
      which));
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, *id);
  statement->bind(2, std::int64_t{from.time_since_epoch().count()});
  statement->bind(3, std::int64_t{to.time_since_epoch().count()});
  statement->bind(4, beyond);
  const auto row = statement->step();
  if (!row) return fail(row.error());
  if (!*row || statement->integer(0) == 0) return none;
  const double seconds = statement->real(4);
  return FullPool{.at = Instant(Instant::duration(statement->integer(1))),
                  .workers = statement->integer(2) / statement->integer(3),
                  .seconds = seconds,
                  .per_second = static_cast<double>(statement->integer(5)) / seconds};
}

Result<Remembered> History::remembered(const std::string& server, Instant from, Instant to,
                                       std::int64_t worker_limit) {
  auto pools = full_pools(server, from, to);
  if (!pools) return fail(std::move(pools.error()));
  const auto crowd =
      summed_up(server, from, to, "saturated_seconds = 0 AND worker_limit > ?4", worker_limit);
  if (!crowd) return fail(crowd.error());
  const auto served = summed_up(server, from, to,
                                "saturated_seconds = seconds AND 2 * keepalive_sum >= busy_sum", 0);
  if (!served) return fail(served.error());
  return Remembered{std::move(*pools), *crowd, *served};
}

}  // namespace mpm
