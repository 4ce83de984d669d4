// SPDX-License-Identifier: Apache-2.0
//
// A server we look after: who it is, how it was started, where its configuration is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/scoreboard.h"
#include "schema/model/units.h"

namespace mpm {

struct ListenAddress {
  std::string address;  // "127.0.0.1", "::", "0.0.0.0"
  std::int32_t port = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"address", &ListenAddress::address}, Field{"port", &ListenAddress::port});
  }
};

struct Target {
  std::int32_t pid = 0;  // the parent's; 0 for a server known only by its status page
  std::string url;       // of its status page, when that is how it was named
  std::string version;   // "2.4.71", empty when unknown
  std::optional<Mpm> mpm;
  std::string binary;                  // "/usr/sbin/apache2"
  std::vector<std::string> arguments;  // the parent's argv
  std::string server_root;             // HTTPD_ROOT or -d
  std::string config_file;             // absolute, as the server sees it
  std::string unit;                    // systemd's, empty when started by hand
  std::string cgroup;                  // its path below the cgroup mount
  Instant started{};
  // From boot to its start, in the kernel's clock ticks: with the pid it tells a process from all
  // others, also when the host's clock was set meanwhile. nullopt: it cannot be read.
  std::optional<std::uint64_t> start_ticks;
  std::int64_t children = 0;
  std::vector<ListenAddress> listeners;
  std::vector<std::string> losses;  // what could not be read, and what would make it readable

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"pid", &Target::pid}, Field{"url", &Target::url},
               Field{"version", &Target::version}, Field{"mpm", &Target::mpm},
               Field{"binary", &Target::binary}, Field{"arguments", &Target::arguments},
               Field{"server_root", &Target::server_root},
               Field{"config_file", &Target::config_file}, Field{"unit", &Target::unit},
               Field{"cgroup", &Target::cgroup}, Field{"started", &Target::started},
               Field{"start_ticks", &Target::start_ticks}, Field{"children", &Target::children},
               Field{"listeners", &Target::listeners}, Field{"losses", &Target::losses});
  }
};

}  // namespace mpm
