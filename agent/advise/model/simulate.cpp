// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/model/simulate.h"

#include <algorithm>
#include <cmath>

#include "agent/advise/model/clients.h"

namespace mpm::model {
namespace {

using std::chrono::seconds;

// Arrivals, requests and the choice of a child have chance of their own, so that the same clients
// ask the same of two servers that are compared.
constexpr std::uint64_t kOfArrivals = 0xA221;
constexpr std::uint64_t kOfChoices = 0xC401;
constexpr std::int32_t kMostDoublings = 6;  // of the pause between two tries to connect

class Simulation {
 public:
  Simulation(const Served& served, const LoadShape& load, const SimulationOptions& options)
      : served_(served),
        load_(load),
        options_(options),
        random_(options.seed),
        queue_(served.listen_backlog),
        arrivals_(load, Random(options.seed ^ kOfArrivals)),
        processors_(served.machine),
        backend_(served.machine),
        children_(served.pool, served.costs, calendar_, Random(options.seed ^ kOfChoices)) {
    if (load.requests_a_client > 1) ends_here_ = std::log1p(-1 / load.requests_a_client);
    result_.seconds.reserve(load.clients.size());
  }

  Simulated run() &&;

 private:
  void handle(const Event& event);
  void arrive(Time now);
  void connect(std::uint32_t index, Time now);
  void serve_queue(Time now);
  bool is_full() const {
    return options_.limiter != nullptr && serving_ >= options_.limiter->limit();
  }
  void begin(std::uint32_t index, Time now);
  void processor_over(const Processors::Done& done, Time now);
  void ask_backend(std::uint32_t index, Time now);
  void serve(const Backend::Service& service, Time now);
  void service_over(std::uint32_t index, Time now);
  void answered(std::uint32_t index, Time now);
  void keep(std::uint32_t index, Time now);
  void linger(std::uint32_t index, Time now);
  void next_request(std::uint32_t index, Time now);
  void keep_alive_over(std::uint32_t index, Time now);
  void second_over(Time now);
  void give_up_waiting(Time end);

  void ask(Connection& connection, Time due);
  void fail(Connection& connection);
  Time think() { return seconds_of(load_.think_seconds * random_.exponential()); }
  void later(std::uint32_t index, Time at, Happens what) {
    calendar_.add({.at = at, .index = index, .what = what});
  }

  const Served& served_;
  const LoadShape& load_;
  const SimulationOptions& options_;
  Random random_;
  Calendar calendar_;
  Connections connections_;
  ListenQueue queue_;
  Arrivals arrivals_;
  Processors processors_;
  Backend backend_;
  Children children_;
  double ends_here_ = 0;  // the logarithm of the share of requests after which a client goes on
  double slowdown_ = 1;   // by paging
  std::int32_t serving_ = 0;
  std::int32_t serving_first_ = 0;
  double begun_seconds_ = 0;  // of those that are served: the sum of when their workers began
  std::int64_t served_count_ = 0;
  Simulated result_;
};

Simulated Simulation::run() && {
  const Time end = seconds(load_.clients.size());
  children_.start(Time{}, options_.first_look);
  if (options_.graceful) calendar_.add({.at = *options_.graceful, .what = Happens::Graceful});
  if (end > Time{}) calendar_.add({.at = seconds(1), .what = Happens::SecondOver});
  for (;;) {
    const Time arrival = arrivals_.over() ? Time::max() : arrivals_.next();
    const Time event = calendar_.empty() ? Time::max() : calendar_.first().at;
    const Time processor = processors_.next();
    const Time now = std::min({arrival, event, processor});
    if (now > end) break;
    if (now == event) {
      handle(calendar_.take_first());
    } else if (now == processor) {
      processor_over(processors_.take_next(), now);
    } else {
      arrive(now);
      arrivals_.advance();
    }
  }
  give_up_waiting(end);
  result_.open = result_.requests - result_.answered - result_.failed;
  result_.children_started = children_.started();
  return std::move(result_);
}

// Those who are not answered yet, and waited for too long, wherever they are.
void Simulation::give_up_waiting(Time end) {
  for (Connection& connection : connections_.all())
    if (connection.counted && !connection.failed && end - connection.due > load_.patience)
      fail(connection);
}

void Simulation::handle(const Event& event) {
  switch (event.what) {
    case Happens::ServiceOver:
      return service_over(event.index, event.at);
    case Happens::NextRequest:
      return next_request(event.index, event.at);
    case Happens::KeepAliveOver:
      return keep_alive_over(event.index, event.at);
    case Happens::Connect:
      return connect(event.index, event.at);
    case Happens::SecondOver:
      return second_over(event.at);
    default:
      children_.handle(event);
      return serve_queue(event.at);
  }
}

void Simulation::ask(Connection& connection, Time due) {
  connection.due = due;
  connection.tries = 0;
  connection.counted = due >= options_.counted_from;
  if (connection.counted) ++result_.requests;
}

// Its client has left; what it asked for may still be done.
void Simulation::fail(Connection& connection) {
  connection.failed = true;
  if (!connection.counted) return;
  ++result_.failed;
  result_.response.add(load_.patience);
}

void Simulation::arrive(Time now) {
  const std::uint32_t index = connections_.add();
  Connection& connection = connections_[index];
  if (ends_here_ < 0)
    connection.left =
        1 + static_cast<std::int32_t>(std::log(arrivals_.random().share()) / ends_here_);
  ask(connection, now);
  connect(index, now);
}

void Simulation::connect(std::uint32_t index, Time now) {
  Connection& connection = connections_[index];
  if (!queue_.full()) {
    queue_.push(index);
    return serve_queue(now);
  }
  ++result_.refused;
  const Time pause = seconds(1) * (1 << std::min(connection.tries++, kMostDoublings));
  if (now + pause <= connection.due + load_.patience)
    return later(index, now + pause, Happens::Connect);
  if (connection.counted) result_.waiting.add(load_.patience);
  fail(connection);
  connections_.remove(index);
}

void Simulation::serve_queue(Time now) {
  while (!queue_.empty() && !is_full()) {
    const std::int32_t process = children_.accept(now);
    if (process < 0) return;
    const std::uint32_t index = queue_.front();
    queue_.pop();
    connections_[index].process = process;
    connections_[index].serial = children_.serial(process);
    begin(index, now);
  }
}

// A worker takes the request, also one whose client has left: nobody has told the server.
void Simulation::begin(std::uint32_t index, Time now) {
  Connection& connection = connections_[index];
  const Time waited = now - connection.due;
  if (connection.counted) result_.waiting.add(std::min(waited, load_.patience));
  if (waited > load_.patience) fail(connection);
  connection.begun = now;
  connection.served = true;
  ++serving_;
  if (connection.answered == 0) ++serving_first_;
  begun_seconds_ += in_seconds(now);
  const Time work = load_.processor.draw(random_);
  connection.service = load_.service.draw(random_);
  if (processors_.limited() && work > Time{}) return processors_.add(index, work, now);
  children_.worked(connection.process, in_seconds(work), 0);
  connection.service += work;
  ask_backend(index, now);
}

void Simulation::processor_over(const Processors::Done& done, Time now) {
  const std::uint32_t index = done.connection;
  children_.worked(connections_[index].process, done.ran, done.waited);
  if (connections_[index].service > Time{}) return ask_backend(index, now);
  answered(index, now);
}

void Simulation::ask_backend(std::uint32_t index, Time now) {
  const Backend::Service service{index, connections_[index].service};
  if (!backend_.limited() || backend_.begin(service)) serve(service, now);
}

void Simulation::serve(const Backend::Service& service, Time now) {
  const Time takes =
      slowdown_ > 1 ? seconds_of(in_seconds(service.takes) * slowdown_) : service.takes;
  later(service.connection, now + takes, Happens::ServiceOver);
}

void Simulation::service_over(std::uint32_t index, Time now) {
  if (backend_.limited())
    if (const auto next = backend_.next()) serve(*next, now);
  answered(index, now);
}

void Simulation::answered(std::uint32_t index, Time now) {
  Connection& connection = connections_[index];
  const Time response = now - connection.due;
  if (!connection.failed && response > load_.patience) {
    fail(connection);
  } else if (!connection.failed && connection.counted) {
    ++result_.answered;
    result_.response.add(response);
  }
  connection.counted = false;
  connection.served = false;
  if (options_.limiter != nullptr)
    options_.limiter->answered(now - connection.begun, serving_, now);
  --serving_;
  if (connection.answered == 0) --serving_first_;
  begun_seconds_ -= in_seconds(connection.begun);
  ++served_count_;
  const std::int32_t process = connection.process;
  children_.served(process);
  --connection.left;
  ++connection.answered;
  const bool leaves = connection.failed || connection.left == 0;
  const bool lingers = !connection.failed && connection.left == 0 && load_.kept_seconds > 0;
  const bool may_stay = served_.keep_alive && children_.goes_on(process, connection.serial) &&
                        (served_.max_keep_alive_requests == 0 ||
                         connection.answered <= served_.max_keep_alive_requests);
  if (may_stay && lingers) {
    linger(index, now);
  } else if (may_stay && !leaves) {
    keep(index, now);
  } else {
    children_.close(process, now);
    connection.process = -1;
    if (leaves)
      connections_.remove(index);
    else
      keep(index, now);
  }
  serve_queue(now);
}

// Until its client's next request: on the connection, while the server waits for it, or on a new
// one.
void Simulation::keep(std::uint32_t index, Time now) {
  Connection& connection = connections_[index];
  const Time due = now + think();
  connection.due = due;
  if (connection.process < 0) return later(index, due, Happens::NextRequest);
  if (children_.event_driven()) children_.park(connection.process);
  const Time limit = now + served_.keep_alive_timeout;
  if (due <= limit)
    later(index, due, Happens::NextRequest);
  else
    later(index, limit, Happens::KeepAliveOver);
}

// Nothing comes any more, but nobody knows.
void Simulation::linger(std::uint32_t index, Time now) {
  if (children_.event_driven()) children_.park(connections_[index].process);
  const Time kept = seconds_of(load_.kept_seconds * random_.exponential());
  later(index, now + std::min(kept, served_.keep_alive_timeout), Happens::KeepAliveOver);
}

void Simulation::next_request(std::uint32_t index, Time now) {
  Connection& connection = connections_[index];
  ask(connection, now);
  const std::int32_t process = connection.process;
  if (process >= 0) {
    // event closes what it keeps when it goes, and when no thread of the child is idle; the client
    // connects again.
    if (!children_.event_driven() ||
        (children_.goes_on(process, connection.serial) && children_.take_up(process)))
      return begin(index, now);
    connection.process = -1;
  }
  connection.answered = 0;
  connect(index, now);
}

void Simulation::keep_alive_over(std::uint32_t index, Time now) {
  Connection& connection = connections_[index];
  if (!children_.event_driven())
    children_.close(connection.process, now);
  else if (children_.goes_on(connection.process, connection.serial))
    children_.drop(connection.process);
  connection.process = -1;
  if (connection.left == 0)
    connections_.remove(index);
  else
    later(index, connection.due, Happens::NextRequest);
  serve_queue(now);
}

void Simulation::second_over(Time now) {
  SecondSeen seen{.children = children_.count(),
                  .queue = static_cast<std::int32_t>(queue_.size()),
                  .serving = serving_,
                  .serving_first = serving_first_,
                  .age_seconds = serving_ * in_seconds(now) - begun_seconds_,
                  .served = served_count_,
                  .refused = result_.refused,
                  .processor_seconds = processors_.busy_seconds(now)};
  if (options_.sweep_every > Time{} && now % options_.sweep_every == Time{})
    seen.sweep = children_.sweep();
  result_.most_processes = std::max(result_.most_processes, seen.children.processes);
  result_.most_bytes = std::max(result_.most_bytes, seen.children.bytes);
  slowdown_ = served_.machine.slowdown(seen.children.bytes);
  processors_.slow_down(slowdown_, now);
  if (slowdown_ > 1 && now >= options_.counted_from) ++result_.seconds_over_budget;
  result_.seconds.push_back(std::move(seen));
  calendar_.add({.at = now + seconds(1), .what = Happens::SecondOver});
}

}  // namespace

Simulated simulate(const Served& served, const LoadShape& load, const SimulationOptions& options) {
  return Simulation(served, load, options).run();
}

}  // namespace mpm::model
