// SPDX-License-Identifier: Apache-2.0
//
// Metrics as values, and the one door to prometheus-cpp, which writes them down. A family is named
// once in a table, and families keep the order of their first point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mpm {

enum class MetricType : std::uint8_t { Gauge, Counter };

struct MetricName {
  std::string_view name;
  MetricType type = MetricType::Gauge;
  std::string_view help;
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

struct MetricPoint {
  MetricLabels labels;
  double value = 0;
};

struct MetricFamily {
  MetricName name;
  std::vector<MetricPoint> points;
};

class MetricFamilies {
 public:
  void add(const MetricName& name, MetricLabels labels, double value);
  void add(const MetricName& name, MetricLabels labels, std::int64_t value) {
    add(name, std::move(labels), static_cast<double>(value));
  }
  const std::vector<MetricFamily>& all() const { return families_; }

 private:
  std::vector<MetricFamily> families_;
};

// The text format 0.0.4 of Prometheus.
std::string metrics_text(const MetricFamilies& families);
inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace mpm
