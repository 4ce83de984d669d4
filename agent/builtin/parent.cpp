// SPDX-License-Identifier: Apache-2.0
//
// One pass of its loop is one of ap_wait_or_timeout's: reap a child that ended, at once and without
// maintenance; else sleep a second, then start what a restart left to start, or maintain.
#include "agent/builtin/parent.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/builtin/compiled_in.h"
#include "agent/builtin/mpm_mark.h"
#include "agent/builtin/privileges.h"

namespace mpm::builtin {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds kSecond{1000};

// httpd's codes by MPM: prefork, worker, event; winnt's own messages have others.
using Codes = std::array<std::string_view, 4>;
constexpr Codes kResuming{"AH00163", "AH00292", "AH00489", "AH00418"};
constexpr Codes kGraceful{"AH00171", "AH00297", "AH00493", ""};
constexpr Codes kHangup{"AH00173", "AH00298", "AH00494", ""};
constexpr Codes kTerminated{"AH00169", "AH00295", "AH00491", ""};
constexpr Codes kGracefulStop{"AH00170", "AH00296", "AH00492", ""};
constexpr Codes kAtLimit{"AH00161", "AH00286", "AH00484", ""};
constexpr Codes kNearLimit{"", "AH00287", "AH10159", ""};
constexpr Codes kFull{"", "AH00288", "AH03490", ""};
constexpr Codes kBusy{"AH00162", "AH00289", "AH00486", ""};

constexpr std::array kStops{SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGWINCH};

sigset_t heard() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : kStops)
    ::sigaddset(&set, signal);
  return set;
}

std::int32_t processors() {
  return static_cast<std::int32_t>(::sysconf(_SC_NPROCESSORS_ONLN));
}

// All that can fail of a generation: its logs, its document root, its user.
Result<std::unique_ptr<Generation>> make_generation(Settings settings, std::int32_t number) {
  auto logs = Logs::open(settings);
  if (!logs) return fail(std::move(logs.error()));
  auto root = DocumentRoot::open(settings.document_root);
  if (!root) return fail(std::move(root.error()).in("DocumentRoot"));
  if (auto who = check_identity(settings); !who) return fail(std::move(who.error()));
  return std::make_unique<Generation>(
      Generation{std::move(settings), std::move(*logs), std::move(*root), number});
}

}  // namespace

Result<std::unique_ptr<Parent>> Parent::prepare(Settings settings, ReadSettings read) {
  auto board = SharedScoreboard::create({settings.pool.server_limit, settings.pool.thread_limit},
                                        settings.scoreboard_file);
  if (!board) return fail(std::move(board.error()));
  std::unique_ptr<Parent> parent(new Parent(std::move(read), std::move(*board)));
  const std::int32_t count = bucket_count(settings, processors());
  auto buckets = open_buckets(settings, count);
  if (!buckets) return fail(std::move(buckets.error()));
  parent->buckets_ = std::move(*buckets);
  settings.pool = apache::with_buckets(settings.pool, count);
  auto generation = make_generation(std::move(settings), 0);
  if (!generation) return fail(std::move(generation.error()));
  parent->generation_ = std::move(*generation);
  return parent;
}

Parent::~Parent() = default;

void Parent::say(LogLevel level, std::string_view code, std::string_view text) const {
  generation_->logs.error(level, code, text);
}

void Parent::run() {
  const sigset_t set = heard();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  mpm_mark_ = mark_mpm(generation_->settings.pool.mpm);
  generation_->logs.take_stderr();
  start_children(generation_->settings.pool.start_servers);
  for (;;) {
    const Event event = serve_generation();
    const auto mpm = static_cast<std::size_t>(generation_->settings.pool.mpm);
    if (event == Event::Stop) {
      end_children_now();
      return say(LogLevel::Notice, kTerminated[mpm], "caught SIGTERM, shutting down");
    }
    if (event == Event::GracefulStop) {
      say(LogLevel::Notice, kGracefulStop[mpm], "caught SIGWINCH, shutting down gracefully");
      return stop_gracefully();
    }
    const bool graceful = event == Event::Graceful;
    say(LogLevel::Notice, graceful ? kGraceful[mpm] : kHangup[mpm],
        graceful ? "SIGUSR1 received.  Doing graceful restart"
                 : "SIGHUP received.  Attempting to restart");
    if (const auto next = next_generation(event); !next)
      say(LogLevel::Error, "",
          fmt::format("the restart is not made, the server goes on as it was: {}",
                      next.error().what));
  }
}

Result<void> Parent::next_generation(Event how) {
  auto settings = read_({board_.server_limit(), board_.thread_limit()});
  if (!settings) return fail(std::move(settings.error()));
  if (settings->pool.mpm != generation_->settings.pool.mpm)
    return fail(Error::Kind::Malformed,
                "AH00534: another MPM needs a stop and a start, a restart cannot change it");
  const auto kept = static_cast<std::int32_t>(buckets_.size());
  const std::int32_t count = how == Event::Graceful ? kept : bucket_count(*settings, processors());
  settings->pool = apache::with_buckets(settings->pool, count);
  std::vector<Pipe> pipes;
  for (std::int32_t i = 0; i < count; ++i) {
    auto pipe = Pipe::create(settings->pool.mpm);
    if (!pipe) return fail(std::move(pipe.error()));
    pipes.push_back(std::move(*pipe));
  }
  auto next = make_generation(std::move(*settings), generation_->number + 1);
  if (!next) return fail(std::move(next.error()));
  if (auto changed = change_listeners((*next)->settings, count); !changed) return changed;
  if (how == Event::Restart) {
    end_children_now();
    board_.clear();
    hold_off_ = 0;
  }
  generation_ = std::move(*next);
  put(board_.global().running_generation, generation_->number);
  generation_->logs.take_stderr();
  for (std::size_t i = 0; i < pipes.size(); ++i) {
    buckets_[i].pipe = std::move(pipes[i]);  // the end of the old one is the word to go
    if (how == Event::Restart) buckets_[i].rate = 1;
  }
  said_at_limit_ = said_near_limit_ = false;
  const std::int32_t wanted = generation_->settings.pool.start_servers;
  remaining_ = how == Event::Graceful ? wanted : 0;
  if (how == Event::Graceful)
    hold_off_ = apache::kHoldOff;
  else
    start_children(wanted);
  return {};
}

// Nothing is lost when a new address cannot be had: the sockets that serve stay as they are. But
// one that shares its address cannot be bound beside one that does not, so another number of
// buckets begins with none; a restart, which cuts requests anyway, is the only way to it.
Result<void> Parent::change_listeners(const Settings& settings, std::int32_t count) {
  if (count == static_cast<std::int32_t>(buckets_.size())) return follow_listen(buckets_, settings);
  end_children_now();
  const auto before = static_cast<std::int32_t>(buckets_.size());
  buckets_.clear();
  auto opened = open_buckets(settings, count);
  if (opened) {
    buckets_ = std::move(*opened);
    return {};
  }
  auto again = open_buckets(generation_->settings, before);
  if (!again) return again.map([](const auto&) {});
  buckets_ = std::move(*again);
  remaining_ = generation_->settings.pool.start_servers;
  return fail(std::move(opened.error()));
}

Parent::Event Parent::serve_generation() {
  const Settings& settings = generation_->settings;
  const auto mpm = static_cast<std::size_t>(settings.pool.mpm);
  for (const Remark& remark : settings.remarks)
    say(LogLevel::Warn, remark.code, remark.text);
  if (buckets_.size() > 1)
    say(LogLevel::Info, "AH02819",
        fmt::format("Using {} listeners bucket(s) based on {} online CPU cores and a ratio of {}",
                    buckets_.size(), processors(), settings.cores_buckets_ratio));
  say(LogLevel::Notice, kResuming[mpm],
      fmt::format("{} configured -- resuming normal operations", kServerVersion));
  for (;;) {
    if (reap()) {
      if (const Event event = wait(milliseconds(0)); event != Event::None) return event;
      continue;
    }
    if (const Event event = wait(kSecond); event != Event::None) return event;
    killed_in_a_row_ = 0;
    if (remaining_ > 0) {
      start_children(remaining_);
      remaining_ = 0;
      continue;
    }
    keep_up();
  }
}

Parent::Event Parent::wait(milliseconds longest) {
  const sigset_t set = heard();
  const timespec time{longest.count() / 1000, longest.count() % 1000 * 1'000'000};
  switch (::sigtimedwait(&set, nullptr, &time)) {
    case SIGTERM:
    case SIGINT:
      return Event::Stop;
    case SIGHUP:
      return Event::Restart;
    case SIGUSR1:
      return Event::Graceful;
    case SIGWINCH:
      return Event::GracefulStop;
    default:
      return Event::None;
  }
}

void Parent::keep_up() {
  tms used{};
  ::times(&used);
  put_times(board_.global().times, used);
  const auto count = static_cast<std::int32_t>(buckets_.size());
  const bool at_once = generation_->settings.pool.mpm == Mpm::Prefork;
  for (std::int32_t i = 0; i < (at_once ? 1 : count); ++i)
    if (!keep_up({i, at_once ? 1 : count})) return;
}

// False where a child could not be started.
bool Parent::keep_up(const Bucket& bucket) {
  const Pool& pool = generation_->settings.pool;
  ListenBucket& own = buckets_[static_cast<std::size_t>(bucket.number)];
  const apache::Upkeep upkeep =
      apache::maintain(pool, look(), used_, daemons_, {own.rate, hold_off_}, bucket);
  if (upkeep.busy)
    say(LogLevel::Info, kBusy[static_cast<std::size_t>(pool.mpm)],
        fmt::format("server seems busy, (you may need to increase StartServers, or Min/MaxSpare{}),"
                    " spawning {} children, there are {} idle, and {} total children",
                    pool.mpm == Mpm::Prefork ? "Servers" : "Threads", own.rate, upkeep.idle,
                    daemons_.total));
  own.rate = upkeep.pace.rate;
  hold_off_ = upkeep.pace.hold_off;
  say_shortage(upkeep.shortage, upkeep.idle);
  if (upkeep.end_one) {
    // Under prefork the buckets take turns.
    const std::size_t turn = bucket.of == 1 ? ended_++ % buckets_.size() : 0;
    buckets_[static_cast<std::size_t>(bucket.number) + turn].pipe.end_one();
  }
  return std::ranges::all_of(upkeep.start, [this](std::int32_t slot) { return start_child(slot); });
}

void Parent::say_shortage(Shortage shortage, std::int32_t idle) {
  const auto mpm = static_cast<std::size_t>(generation_->settings.pool.mpm);
  if (shortage == Shortage::AtLimit && !said_at_limit_) {
    said_at_limit_ = true;
    say(LogLevel::Error, kAtLimit[mpm],
        "server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting");
  } else if (shortage == Shortage::NearLimit && !said_near_limit_) {
    said_near_limit_ = true;
    say(LogLevel::Error, kNearLimit[mpm],
        fmt::format("server is within MinSpareThreads of MaxRequestWorkers ({} idle), consider "
                    "raising the MaxRequestWorkers setting",
                    idle));
  } else if (shortage == Shortage::ScoreboardFull) {
    say(LogLevel::Error, kFull[mpm],
        "scoreboard is full, not at MaxRequestWorkers. Increase ServerLimit.");
  }
}

void Parent::stop_gracefully() {
  for (ListenBucket& bucket : buckets_)
    bucket.listeners.clear();
  put(board_.global().running_generation, generation_->number + 1);
  for (ListenBucket& bucket : buckets_)
    bucket.pipe.end_all();
  const std::int32_t seconds = generation_->settings.graceful_shutdown_timeout;
  const auto until = steady_clock::now() + std::chrono::seconds(seconds);
  while (!children_.empty()) {
    if (seconds > 0 && steady_clock::now() >= until) return end_children_now();
    if (wait(milliseconds(50)) == Event::Stop) return end_children_now();
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;)
      children_.erase(pid);
  }
}

}  // namespace mpm::builtin
