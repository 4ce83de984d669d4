// SPDX-License-Identifier: Apache-2.0
#include "cli/served.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/table.h"
#include "cli/text.h"

namespace mpm {
namespace {

// Seconds: a request that lasts so long is worth a look.
constexpr double kLasting = 10;

Lead name(std::string_view text) {
  return {"  " + padded(text, 12), Tone::Faint};
}

// "shop.example.org:443 14, www.example.org:80 1, others 1".
std::string held(const Holders& holders) {
  std::vector<std::string> parts;
  for (const Holder& holder : holders.foremost)
    if (holder.busy > 0) parts.push_back(fmt::format("{} {}", holder.name, count(holder.busy)));
  if (holders.others.busy > 0)
    parts.push_back(fmt::format("others {}", count(holders.others.busy)));
  return joined(parts, ", ");
}

}  // namespace

bool is_worth_asking(const TargetStatus& status) {
  return status.health == Health::Saturated || status.health == Health::Strained ||
         status.oldest_request_seconds.value_or(0) >= kLasting;
}

std::string who_is_served(const TopReport& report, const Style& style) {
  if (!report.missing.empty())
    return "\n" + paragraph(name("Served"), report.missing, style, Tone::Caution);
  std::string text;
  if (const std::string vhosts = held(report.vhosts); !vhosts.empty())
    text += paragraph(name("Vhosts"), "busy workers: " + vhosts, style);
  if (const std::string clients = held(report.clients); !clients.empty())
    text += paragraph(name("Clients"), "busy workers: " + clients, style);
  bool first = true;
  for (const WorkerView& worker : report.oldest)
    text += paragraph(
        name(std::exchange(first, false) ? "Longest" : ""),
        fmt::format("{}: {} for {}, in process {}", duration(worker.age_seconds.value_or(0)),
                    worker.request, worker.client, worker.pid),
        style);
  return text.empty() ? text : "\n" + text;
}

}  // namespace mpm
