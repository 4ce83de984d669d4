// SPDX-License-Identifier: Apache-2.0
//
// Two simulated courses of the same load, over each other: the server as it is as a thin grey line,
// as tried as a thick one that is dashed; workers, waiting connections and memory.
#pragma once

#include <QPolygonF>
#include <QWidget>
#include <optional>
#include <vector>

#include "schema/model/simulation.h"

namespace mpm::gui {

struct ForecastScale {
  double seconds = 1;  // over the width
  double most = 1;     // over the height
  double width = 1;    // pixels
  double height = 1;
};

// Pure.
template <class Of>
QPolygonF line_of(const std::vector<SimulatedPoint>& course, const ForecastScale& scale, Of of) {
  QPolygonF line;
  for (const SimulatedPoint& point : course)
    line.append(QPointF(point.at_seconds / scale.seconds * scale.width,
                        scale.height * (1 - static_cast<double>(of(point)) / scale.most)));
  return line;
}

class ForecastPlot : public QWidget {
  Q_OBJECT

 public:
  explicit ForecastPlot(QWidget* parent = nullptr);

  void show_report(std::optional<SimulationReport> report);
  QSize sizeHint() const override { return {500, 300}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::optional<SimulationReport> report_;
};

}  // namespace mpm::gui
