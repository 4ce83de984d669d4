// SPDX-License-Identifier: Apache-2.0
#include "agent/service/families.h"

#include <algorithm>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace mpm {
namespace {

prometheus::ClientMetric written(const MetricPoint& point, MetricType type) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : point.labels)
    metric.label.push_back({name, value});
  if (type == MetricType::Counter)
    metric.counter.value = point.value;
  else
    metric.gauge.value = point.value;
  return metric;
}

}  // namespace

void MetricFamilies::add(const MetricName& name, MetricLabels labels, double value) {
  auto family = std::ranges::find_if(
      families_, [&](const MetricFamily& known) { return known.name.name == name.name; });
  if (family == families_.end()) family = families_.insert(family, {name, {}});
  family->points.push_back({std::move(labels), value});
}

std::string metrics_text(const MetricFamilies& families) {
  std::vector<prometheus::MetricFamily> all;
  for (const MetricFamily& family : families.all()) {
    prometheus::MetricFamily next;
    next.name = family.name.name;
    next.help = family.name.help;
    next.type = family.name.type == MetricType::Counter ? prometheus::MetricType::Counter
                                                        : prometheus::MetricType::Gauge;
    for (const MetricPoint& point : family.points)
      next.metric.push_back(written(point, family.name.type));
    all.push_back(std::move(next));
  }
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace mpm
