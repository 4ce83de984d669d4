// SPDX-License-Identifier: Apache-2.0
//
// What limits the server, on one scale of workers: how many are busy and idle, how many connections
// there are and ask for one, how many workers the last minutes wanted, what the memory would hold,
// and the limit as a line through all of it. What is longer than the scale ends in an arrow and
// says its number.
#pragma once

#include <QString>
#include <QWidget>
#include <cstdint>
#include <vector>

#include "gui/client/lately.h"
#include "gui/theme.h"
#include "schema/model/status.h"

namespace mpm::gui {

enum class Ink : std::uint8_t { Busy, Keepalive, Idle, Waiting, Wanted, Memory };

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

// What is known beside the last look.
struct CapacityBounds {
  std::int64_t memory_holds = 0;  // workers; 0: not known
  Lately lately;
};

// Pure.
Capacity capacity_of(const TargetStatus& server, const CapacityBounds& bounds);

// Connections that are open or half closed, by who has them. The kernel tells how many there are
// and how many were not accepted, the scoreboard how many workers are at one; the rest is event's,
// which keeps connections without a worker.
struct ConnectionParts {
  std::int64_t served = 0;     // by a worker
  std::int64_t keepalive = 0;  // a worker waits for their next request
  std::int64_t kept = 0;       // by no worker
  std::int64_t waiting = 0;    // to be accepted

  bool operator==(const ConnectionParts&) const = default;
};
ConnectionParts connections_of(const TargetStatus& server);

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
