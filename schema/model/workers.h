// SPDX-License-Identifier: Apache-2.0
//
// What the workers of a server are doing, and for whom: read from the slots when someone asks, and
// never stored. The words (client, vhost, request, protocol) are what httpd noted of the request
// that a slot serves or served last. Clients made them up, other processes write them while they
// are read, and httpd cuts them: they are for people to look at, and nothing is decided by them.
// Without ExtendedStatus there are none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/sample.h"
#include "schema/model/scoreboard.h"
#include "schema/model/status.h"
#include "schema/model/units.h"

namespace mpm {

// Whether a client has the worker, or its last request is not over yet.
constexpr bool is_busy(WorkerState state) {
  return state >= WorkerState::Reading && state <= WorkerState::Graceful;
}

struct WorkerView {
  std::int32_t slot = 0;    // of its process
  std::int32_t thread = 0;  // within the slot; 0 under prefork
  std::int32_t pid = 0;     // as the server itself sees it; 0: unknown
  std::int32_t generation = 0;
  WorkerState state = WorkerState::Dead;
  bool serving = false;  // a request is being answered, and the words are its; else of the last one
  // Of the request that is served; else since the slot was last used. Absent without
  // ExtendedStatus.
  std::optional<double> age_seconds;
  std::optional<double> last_seconds;  // that the last request took; absent while one is served
  std::int64_t accesses = 0;           // requests of the slot, through all its processes
  std::int64_t bytes = 0;              // likewise
  std::string client;                  // an address, or a name: 63 characters
  std::string vhost;                   // "shop.example.org:443": 31 characters
  std::string request;                 // "GET /cart HTTP/1.1": 63 characters
  std::string protocol;                // "http/1.1", "h2": 15 characters

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"slot", &WorkerView::slot}, Field{"thread", &WorkerView::thread},
               Field{"pid", &WorkerView::pid}, Field{"generation", &WorkerView::generation},
               Field{"state", &WorkerView::state}, Field{"serving", &WorkerView::serving},
               Field{"age_seconds", &WorkerView::age_seconds},
               Field{"last_seconds", &WorkerView::last_seconds},
               Field{"accesses", &WorkerView::accesses}, Field{"bytes", &WorkerView::bytes},
               Field{"client", &WorkerView::client}, Field{"vhost", &WorkerView::vhost},
               Field{"request", &WorkerView::request}, Field{"protocol", &WorkerView::protocol});
  }
};

struct WorkerList {
  Instant at{};
  std::int32_t pid = 0;  // of the parent
  SourceKind source = SourceKind::SharedMemory;
  std::int64_t total = 0;  // that were asked for; `workers` has no more of them than the limit
  std::string missing;     // why there are no words, and what helps; empty when there are
  std::vector<WorkerView> workers;  // in the order of slot and thread

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &WorkerList::at}, Field{"pid", &WorkerList::pid},
               Field{"source", &WorkerList::source}, Field{"total", &WorkerList::total},
               Field{"missing", &WorkerList::missing}, Field{"workers", &WorkerList::workers});
  }
};

// A vhost or a client, by what it holds of the server. Rates are between two looks, and an
// estimate: what a slot served in between is put down to the one that its words name.
struct Holder {
  std::string name;
  std::int64_t busy = 0;                      // workers
  std::optional<double> requests_per_second;  // absent after one look alone
  std::optional<double> bytes_per_second;     // likewise
  std::optional<double> mean_age_seconds;     // of its requests that are being served

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"name", &Holder::name}, Field{"busy", &Holder::busy},
               Field{"requests_per_second", &Holder::requests_per_second},
               Field{"bytes_per_second", &Holder::bytes_per_second},
               Field{"mean_age_seconds", &Holder::mean_age_seconds});
  }
};

// Who holds the most workers, then who makes the most requests.
struct Holders {
  std::int64_t names = 0;        // that there are in all
  std::vector<Holder> foremost;  // no more than the limit
  Holder others;                 // the rest together, and who has no name; its own name is ""

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"names", &Holders::names}, Field{"foremost", &Holders::foremost},
               Field{"others", &Holders::others});
  }
};

// All of one server that a screen shows which is drawn anew several times a second. Its memory is
// of the last sweep, so that asking costs no more than a look at the scoreboard.
struct TopReport {
  Instant at{};
  std::optional<double> span_seconds;  // that the rates are over
  std::string missing;                 // as WorkerList::missing
  TargetStatus status;
  std::vector<ProcessUsage> processes;  // empty before the first sweep, and where none can be read
  Holders vhosts;
  Holders clients;
  std::vector<WorkerView> oldest;  // requests that are being served, the oldest first

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &TopReport::at}, Field{"span_seconds", &TopReport::span_seconds},
               Field{"missing", &TopReport::missing}, Field{"status", &TopReport::status},
               Field{"processes", &TopReport::processes}, Field{"vhosts", &TopReport::vhosts},
               Field{"clients", &TopReport::clients}, Field{"oldest", &TopReport::oldest});
  }
};

}  // namespace mpm
