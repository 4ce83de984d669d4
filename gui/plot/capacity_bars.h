// SPDX-License-Identifier: Apache-2.0
//
// What limits the server, on one scale of workers: how many are busy and idle, how many connections
// ask for one, what the memory would hold, and the limit as a line through all of it. What is
// longer than the scale ends in an arrow and says its number.
#pragma once

#include <QString>
#include <QWidget>
#include <cstdint>
#include <vector>

#include "gui/theme.h"
#include "schema/model/proposal.h"
#include "schema/model/status.h"

namespace mpm::gui {

enum class Ink : std::uint8_t { Busy, Keepalive, Idle, Waiting, Memory };

struct BarPart {
  Ink ink = Ink::Busy;
  std::int64_t workers = 0;
};

struct Bar {
  QString name;
  QString value;  // the numbers in words
  std::vector<BarPart> parts;
};

struct Capacity {
  std::vector<Bar> bars;
  std::int64_t limit = 0;  // 0: not known
  std::int64_t scale = 1;  // workers over the whole width
};

// Pure. `memory_holds`: workers that the budget holds; 0: not known.
Capacity capacity_of(const TargetStatus& server, std::int64_t memory_holds);

class CapacityBars : public QWidget {
  Q_OBJECT

 public:
  explicit CapacityBars(QWidget* parent = nullptr);

  void show_capacity(Capacity capacity);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void paint_bar(QPainter& painter, const Bar& bar, const QRect& room, const Theme& theme) const;

  Capacity capacity_;
};

}  // namespace mpm::gui
