// SPDX-License-Identifier: Apache-2.0
//
// A grid on one seed, its best ones again on those that all are measured by, and then what lies
// around the best.
#include <algorithm>
#include <utility>

#include "tests/regret/arms.h"
#include "tests/regret/pools.h"

namespace mpm::regret {
namespace {

using Numbers = std::vector<std::int64_t>;

constexpr std::uint64_t kSearchSeed = 50;
constexpr std::size_t kAgain = 8;  // of the grid's best
constexpr std::int64_t kMostWorkers = 3000;

struct Axes {
  Numbers workers, backlogs, keep_alive, lives;
};

Axes axes_of(const Case& tried, Grid grid) {
  const bool prefork = tried.mpm == Mpm::Prefork;
  const bool fine = grid == Grid::Fine;
  Axes axes;
  if (prefork)
    axes.workers = fine ? Numbers{8, 12, 16, 24, 32, 48, 64, 80, 100, 130, 170, 256, 400, 600}
                        : Numbers{16, 40, 80, 150, 256, 600};
  else
    axes.workers =
        fine ? Numbers{6, 10, 16, 25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1400}
             : Numbers{16, 50, 150, 400, 1000};
  axes.backlogs = fine ? Numbers{64, 511, 4096} : Numbers{64, 511};
  axes.keep_alive = {5};
  if (tried.keeps_connections()) axes.keep_alive = fine ? Numbers{0, 1, 2, 5, 15} : Numbers{1, 5};
  axes.lives = {0};
  if (tried.memory.leaked > 0)
    axes.lives = fine ? Numbers{0, 100, 300, 1000} : Numbers{0, 150, 600};
  return axes;
}

struct Point {
  std::int64_t workers = 0;
  bool all_kept = false;  // the pool does not breathe
  std::int64_t backlog = 511;
  std::int64_t keep_alive = 5;
  std::int64_t life = 0;
};

Directives directives_of(const Case& tried, const Point& point) {
  Directives directives{{"ListenBacklog", point.backlog}};
  set_workers(tried.mpm, point.workers, directives);
  if (point.all_kept) keep_all(tried.mpm, point.workers, directives);
  if (tried.keeps_connections()) directives["KeepAliveTimeout"] = point.keep_alive;
  if (point.life > 0) directives["MaxConnectionsPerChild"] = point.life;
  return directives;
}

std::vector<Point> points_of(const Axes& axes) {
  std::vector<Point> points;
  for (const std::int64_t workers : axes.workers)
    for (const bool all_kept : {false, true})
      for (const std::int64_t backlog : axes.backlogs)
        for (const std::int64_t keep_alive : axes.keep_alive)
          for (const std::int64_t life : axes.lives)
            points.push_back({workers, all_kept, backlog, keep_alive, life});
  return points;
}

// Nothing is worth more than the budget.
double worth(const Outcome& outcome) {
  return outcome.seconds + (outcome.breaks_budget() ? 1000 : 0);
}

struct Best {
  Point point;
  Oracle found;

  void consider(const Case& tried, const Point& other) {
    Oracle rival{directives_of(tried, other), {}};
    rival.outcome = outcome_of(tried, rival.directives);
    if (!found.directives.empty() && worth(rival.outcome) >= worth(found.outcome)) return;
    point = other;
    found = std::move(rival);
  }
};

std::vector<Point> around(const Point& point) {
  std::vector<Point> others;
  for (const double times : {0.7, 0.85, 1.2, 1.5}) {
    Point other = point;
    other.workers = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(times * static_cast<double>(point.workers)), 2, kMostWorkers);
    others.push_back(other);
  }
  if (point.life > 0)
    for (const double times : {0.6, 1.6}) {
      Point other = point;
      other.life = static_cast<std::int64_t>(times * static_cast<double>(point.life));
      others.push_back(other);
    }
  return others;
}

}  // namespace

Oracle oracle(const Case& tried, Grid grid) {
  std::vector<std::pair<double, Point>> searched;
  for (const Point& point : points_of(axes_of(tried, grid)))
    searched.emplace_back(worth(outcome_of(tried, directives_of(tried, point), kSearchSeed)),
                          point);
  std::ranges::stable_sort(searched, {}, &std::pair<double, Point>::first);
  Best best;
  for (std::size_t i = 0; i < std::min(kAgain, searched.size()); ++i)
    best.consider(tried, searched[i].second);
  for (const Point& point : around(Point(best.point)))
    best.consider(tried, point);
  return best.found;
}

}  // namespace mpm::regret
