// SPDX-License-Identifier: Apache-2.0
//
// The executor over a world of one file and one server that can end, fail or say no at each step:
// whatever happens, the server serves what it served before, or what was saved, written, checked,
// loaded, seen and watched.
#include "agent/apply/executor.h"

#include <functional>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace mpm::apply {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Killed {};

class StillClock final : public Clock {
 public:
  Instant now() const override { return Instant(std::chrono::milliseconds(1700000000000)); }
  std::chrono::steady_clock::time_point mono() const override { return {}; }
  bool sleep_until(std::chrono::steady_clock::time_point, std::stop_token) override { return true; }
};

enum class Content { Old, Half, New };

// When the process ends: in step `step` of those taken in this life, before, amid or after it.
enum class Moment { Before, Amid, After };

class World final : public Hands {
 public:
  Content file = Content::Old;
  Content served = Content::Old;  // Half: the server is down
  bool saved = false;
  std::set<Effect> taken_since_plan;
  std::vector<Effect> order;

  std::set<Effect> refused;  // these fail, having done half
  std::function<void(Effect)> taking;
  int kill_at = -1;
  Moment moment = Moment::Before;

  void live_again() {
    steps_ = 0;
    kill_at = -1;
  }

  Result<std::string> take(Effect effect, const ChangeRecord&, const std::stop_token&) override {
    const bool last = steps_++ == kill_at;
    if (last && moment == Moment::Before) throw Killed{};
    order.push_back(effect);
    if (taking) taking(effect);
    const bool no = refused.count(effect) != 0;
    half(effect);
    if (last && moment == Moment::Amid) throw Killed{};
    if (no) return fail(Error::Kind::Denied, "no");
    whole(effect);
    taken_since_plan.insert(effect);
    if (last) throw Killed{};
    return "done";
  }

 private:
  void half(Effect effect) {
    if (effect == Effect::Write) {
      EXPECT_TRUE(saved) << "written unsaved";
      file = Content::Half;
    }
    if (effect == Effect::Restore) {
      EXPECT_TRUE(saved) << "restored unsaved";
      file = Content::Half;
    }
    if (effect == Effect::Load) {
      EXPECT_TRUE(taken_since_plan.count(Effect::Check) != 0) << "loaded unchecked";
      served = Content::Half;
    }
    if (effect == Effect::LoadBack) {
      EXPECT_EQ(file, Content::Old) << "loaded back before the file was";
      if (served != Content::Old) served = Content::Half;
    }
  }
  void whole(Effect effect) {
    if (effect == Effect::BackUp) saved = true;
    if (effect == Effect::Write) file = Content::New;
    if (effect == Effect::Restore) file = Content::Old;
    if (effect == Effect::Load || effect == Effect::LoadBack) served = file;
  }

  int steps_ = 0;
};

class ChangeInAWorld : public testing::Test {
 protected:
  ChangeInAWorld() : journal_(*Journal::open(dir_.path())) {}

  std::int64_t begin() {
    ChangeRecord change;
    change.at = clock_.now();
    return journal_.begin(change, "").value();
  }
  Result<Phase> carry_out(World& world, std::int64_t id, const std::stop_token& stop = {}) {
    return Executor(journal_, world, clock_).carry_out(id, stop);
  }
  void recover(World& world) {
    const auto open = journal_.open_changes();
    ASSERT_TRUE(open);
    for (const ChangeRecord& change : *open)
      ASSERT_TRUE(Executor(journal_, world, clock_).resume(change));
  }
  Phase phase(std::int64_t id) { return journal_.find(id)->steps.back().phase; }

  void expect_safe(const World& world, std::int64_t id) {
    const Phase ended = phase(id);
    if (ended == Phase::Kept) {
      EXPECT_EQ(world.file, Content::New);
      EXPECT_EQ(world.served, Content::New);
      EXPECT_EQ(world.taken_since_plan.count(Effect::Verify), 1U);
      EXPECT_EQ(world.taken_since_plan.count(Effect::Watch), 1U);
    } else {
      EXPECT_TRUE(ended == Phase::Undone || ended == Phase::Abandoned) << static_cast<int>(ended);
      EXPECT_EQ(world.file, Content::Old);
      EXPECT_EQ(world.served, Content::Old);
    }
  }

  const TempDir dir_{TempDir::in_memory()};
  StillClock clock_;
  Journal journal_;
};

TEST_F(ChangeInAWorld, IsKeptAfterEveryStepInOrder) {
  World world;
  const auto id = begin();
  EXPECT_EQ(carry_out(world, id).value_or(Phase::Stuck), Phase::Kept);
  EXPECT_THAT(world.order, ElementsAre(Effect::BackUp, Effect::Write, Effect::Check, Effect::Load,
                                       Effect::Verify, Effect::Watch));
  expect_safe(world, id);
}

TEST_F(ChangeInAWorld, IsTakenBackWhereverAStepSaysNo) {
  for (const Effect effect : {Effect::BackUp, Effect::Write, Effect::Check, Effect::Load,
                              Effect::Verify, Effect::Watch}) {
    World world;
    world.refused = {effect};
    const auto id = begin();
    ASSERT_TRUE(carry_out(world, id));
    EXPECT_NE(phase(id), Phase::Kept);
    expect_safe(world, id);
  }
}

TEST_F(ChangeInAWorld, IsStuckAndSaysSoWhenItCannotBeTakenBack) {
  for (const Effect effect : {Effect::Restore, Effect::LoadBack}) {
    World world;
    world.refused = {Effect::Watch, effect};
    const auto id = begin();
    EXPECT_EQ(carry_out(world, id).value_or(Phase::Kept), Phase::Stuck);
    EXPECT_EQ(journal_.find(id)->steps.back().detail, "no");
  }
}

TEST_F(ChangeInAWorld, IsTakenBackWhenAStopIsAskedFor) {
  World world;
  std::stop_source stop;
  stop.request_stop();
  const auto id = begin();
  EXPECT_EQ(carry_out(world, id, stop.get_token()).value_or(Phase::Kept), Phase::Abandoned);
  EXPECT_TRUE(world.order.empty());
}

TEST_F(ChangeInAWorld, IsTakenBackWhenItsJournalCannotBeReadAnyMore) {
  World world;
  world.taking = [this](Effect effect) {
    if (effect != Effect::Check) return;
    auto other = Database::open(dir_ / "changes.db", Durability::Every);
    ASSERT_TRUE(other && other->execute("UPDATE change SET plan = 'torn'"));
  };
  const auto ended = carry_out(world, begin());
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().what, HasSubstr("was taken back"));
  EXPECT_EQ(world.file, Content::Old);
  EXPECT_EQ(world.served, Content::Old);
}

// Ended at every point of every life, with every step that may say no, and once more at every
// point of the recovery.
TEST_F(ChangeInAWorld, EndedAnywhereAndAgainServesTheOldOrTheWatchedNewOne) {
  int runs = 0;
  const std::vector<std::set<Effect>> refusals{{},
                                               {Effect::BackUp},
                                               {Effect::Write},
                                               {Effect::Check},
                                               {Effect::Load},
                                               {Effect::Verify},
                                               {Effect::Watch}};
  const std::vector<Moment> moments{Moment::Before, Moment::Amid, Moment::After};
  for (const auto& refused : refusals)
    for (int first = 0; first < 8; ++first)
      for (const Moment when : moments)
        for (int second = -1; second < 2; ++second)
          for (const Moment again : moments) {
            if (second < 0 && again != Moment::Before) continue;
            World world;
            world.refused = refused;
            world.kill_at = first;
            world.moment = when;
            const auto id = begin();
            bool killed = false;
            try {
              ASSERT_TRUE(carry_out(world, id));
            } catch (const Killed&) {
              killed = true;
            }
            if (killed) {
              for (const int at : {second, -1}) {
                world.live_again();
                world.kill_at = at;
                world.moment = again;
                try {
                  recover(world);
                } catch (const Killed&) {
                  continue;
                }
              }
            }
            expect_safe(world, id);
            ++runs;
          }
  EXPECT_EQ(runs, 7 * 8 * 3 * (1 + 2 * 3));
}

}  // namespace
}  // namespace mpm::apply
