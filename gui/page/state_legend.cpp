// SPDX-License-Identifier: Apache-2.0
#include "gui/page/state_legend.h"

#include <QPainter>

#include "gui/plot/board_picture.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

constexpr int kSide = 16;
constexpr int kLine = 22;
constexpr int kGap = 16;

}  // namespace

StateLegend::StateLegend(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Workers by state"));
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
}

void StateLegend::show_counts(const BoardCounts& counts) {
  counts_ = counts;
  QStringList words;
  for (const Entry& entry : entries())
    if (!entry.none) words << entry.text;
  setAccessibleDescription(words.join(QStringLiteral(", ")));
  update();
}

std::vector<StateLegend::Entry> StateLegend::entries() const {
  const Theme theme = theme_of(palette());
  const int side = qRound(kSide * devicePixelRatioF());
  std::vector<Entry> entries;
  const auto add = [&](WorkerState state, Standing standing, const QString& text,
                       std::int64_t count) {
    Entry entry{cell_image(state, standing, side, theme),
                QStringLiteral("%1 %2").arg(number(count), text), count == 0};
    entry.look.setDevicePixelRatio(devicePixelRatioF());
    entries.push_back(std::move(entry));
  };
  // What is dead is no worker.
  for (std::size_t state = 1; state < counts_.of.size(); ++state)
    add(static_cast<WorkerState>(state), Standing::Present, word(static_cast<WorkerState>(state)),
        counts_.of[state]);
  add(WorkerState::Writing, Standing::Deaf, tr("processes that take no connection"),
      counts_.deaf_processes);
  add(WorkerState::Writing, Standing::Old, tr("old processes, finishing"), counts_.old_processes);
  return entries;
}

QSize StateLegend::sizeHint() const {
  return {400, heightForWidth(900)};
}

int StateLegend::heightForWidth(int width) const {
  return flow(nullptr, width);
}

int StateLegend::flow(QPainter* painter, int width) const {
  const QFontMetrics metrics(font());
  const Theme theme = theme_of(palette());
  int x = 0;
  int y = 0;
  for (const Entry& entry : entries()) {
    const int wide = kSide + 6 + metrics.horizontalAdvance(entry.text);
    if (x > 0 && x + wide > width) {
      x = 0;
      y += kLine;
    }
    if (painter != nullptr) {
      painter->drawImage(QPointF(x, y + (kLine - kSide) / 2.0), entry.look);
      painter->setPen(entry.none ? theme.faint : palette().color(QPalette::WindowText));
      painter->drawText(QRect(x + kSide + 6, y, wide, kLine), Qt::AlignVCenter, entry.text);
    }
    x += wide + kGap;
  }
  return y + kLine;
}

void StateLegend::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  flow(&painter, width());
}

}  // namespace mpm::gui
