// SPDX-License-Identifier: Apache-2.0
//
// The status page's sums, and its lines about balancers:
//
//   CPUUser: .12
//   Load1: 0.5
//   ProxyBalancer[0]Name: balancer://app
//   ProxyBalancer[0]Worker[1]Sent: 5588K
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "agent/scoreboard/page_fields.h"
#include "agent/scoreboard/totals.h"

namespace mpm {
namespace {

// More workers of balancers than a page that fits our limit for pages can describe honestly.
constexpr std::size_t kMostBalancerWorkers = 4096;
constexpr std::string_view kBalancer = "ProxyBalancer[";

// APR prints ".5" and "7.9e-6"; a unit may follow, "5588K".
std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || !std::isfinite(value) || value < 0) return std::nullopt;
  return value;
}

std::optional<double> number(const PageFields& fields, std::string_view name) {
  const auto field = fields.find(name);
  return field == fields.end() ? std::nullopt : number(field->second);
}

std::optional<std::int64_t> count_of(const PageFields& fields, std::string_view name) {
  constexpr double kMost = 1e15;
  const auto value = number(fields, name);
  if (!value || *value > kMost) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::optional<double> sum_of(const PageFields& fields, std::string_view one,
                             std::string_view other) {
  const auto first = number(fields, one);
  const auto second = number(fields, other);
  if (!first || !second) return std::nullopt;
  return *first + *second;
}

std::optional<std::array<double, 3>> load_of(const PageFields& fields) {
  const auto one = number(fields, "Load1");
  const auto five = number(fields, "Load5");
  const auto fifteen = number(fields, "Load15");
  if (!one || !five || !fifteen) return std::nullopt;
  return std::array<double, 3>{*one, *five, *fifteen};
}

// mod_proxy's apr_strfsize: "712 ", "5588K", "5.5M", "1.2G".
double kilobytes(std::string_view text) {
  constexpr double kStep = 1024;
  const double value = number(text).value_or(0);
  if (text.find('K') != std::string_view::npos) return value;
  if (text.find('M') != std::string_view::npos) return value * kStep;
  if (text.find('G') != std::string_view::npos) return value * kStep * kStep;
  return value / kStep;
}

void set(BalancerWorker& worker, std::string_view what, std::string_view value) {
  if (what == "Name") worker.worker = value;
  if (what == "Status") worker.status = value;
  if (what == "Elected") worker.elected = number(value).value_or(0);
  if (what == "Busy") worker.busy = number(value).value_or(0);
  if (what == "Sent") worker.sent_kilobytes = kilobytes(value);
  if (what == "Rcvd") worker.received_kilobytes = kilobytes(value);
}

// "ProxyBalancer[0]Worker[1]Sent" is "0", "1" and "Sent"; of "ProxyBalancer[0]Name" the second
// is empty.
struct BalancerField {
  std::string_view balancer, worker, what;
};
std::optional<BalancerField> balancer_field(std::string_view name) {
  constexpr std::string_view kWorker = "Worker[";
  if (!name.starts_with(kBalancer)) return std::nullopt;
  name.remove_prefix(kBalancer.size());
  const auto end = name.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  BalancerField field{name.substr(0, end), {}, name.substr(end + 1)};
  if (!field.what.starts_with(kWorker)) return field;
  field.what.remove_prefix(kWorker.size());
  const auto close = field.what.find(']');
  if (close == std::string_view::npos) return std::nullopt;
  field.worker = field.what.substr(0, close);
  field.what.remove_prefix(close + 1);
  return field;
}

std::vector<BalancerWorker> balancers_of(const PageFields& fields) {
  std::map<std::string_view, std::string_view> names;
  std::map<std::pair<std::string_view, std::string_view>, BalancerWorker> workers;
  for (const auto& [name, value] : fields) {
    const auto field = balancer_field(name);
    if (!field) continue;
    if (field->worker.empty()) {
      if (field->what == "Name") names[field->balancer] = value;
    } else if (workers.size() < kMostBalancerWorkers) {
      set(workers[{field->balancer, field->worker}], field->what, value);
    }
  }
  std::vector<BalancerWorker> found;
  for (auto& [place, worker] : workers) {
    worker.balancer = names[place.first];
    found.push_back(std::move(worker));
  }
  return found;
}

}  // namespace

ServerTotals totals_of_page(std::string_view page) {
  const PageFields fields = fields_of(page);
  ServerTotals totals;
  totals.cpu_user_seconds = sum_of(fields, "CPUUser", "CPUChildrenUser");
  totals.cpu_system_seconds = sum_of(fields, "CPUSystem", "CPUChildrenSystem");
  if (const auto duration = number(fields, "Total Duration"))
    totals.duration_seconds = *duration / 1000;
  if (const auto version = fields.find("ServerVersion"); version != fields.end())
    totals.server_version = version->second;
  totals.config_generation = count_of(fields, "ParentServerConfigGeneration");
  totals.processes = count_of(fields, "Processes");
  totals.stopping = count_of(fields, "Stopping");
  totals.load = load_of(fields);
  totals.balancers = balancers_of(fields);
  return totals;
}

}  // namespace mpm
