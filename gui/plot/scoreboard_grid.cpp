// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/scoreboard_grid.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "gui/words.h"

namespace mpm::gui {

ScoreboardGrid::ScoreboardGrid(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  // It paints all of itself.
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Scoreboard: a cell for each worker"));
  setMinimumSize(160, 60);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ScoreboardGrid::set_board(const ScoreboardView& board) {
  const bool same_shape = slots_shown(board) == slots_shown(board_);
  board_ = board;
  if (!same_shape) lay_out();
  for (std::optional<CellId>* id : {&current_, &pointed_})
    if (*id && geometry_.processes() <= (*id)->process) id->reset();
  tell();
  update();
}

void ScoreboardGrid::clear() {
  workers_ = {};
  set_board({});
}

void ScoreboardGrid::set_workers(const WorkerList& workers) {
  workers_ = workers;
  tell();
}

WorkerWords ScoreboardGrid::words() const {
  const auto id = looked();
  const auto worker = id ? worker_at(workers_, board_, *id) : std::nullopt;
  if (!worker) return {};
  WorkerWords words = words_of(*worker);
  if (words.what.isEmpty() && !workers_.missing.empty())
    words.what = u' ' + shown(workers_.missing);
  return words;
}

QString ScoreboardGrid::sentence() const {
  const auto id = looked();
  if (!id) return {};
  const WorkerWords words = this->words();
  return sentence_of(board_, *id) + words.what + words.when;
}

void ScoreboardGrid::lay_out() {
  // What the scroll area around it has; the grid grows beyond only when the smallest cells do.
  const int room = parentWidget() != nullptr ? parentWidget()->height() : height();
  picture_.clear();
  geometry_ = GridGeometry(slots_shown(board_), {width(), room});
  setMinimumHeight(geometry_.fits() ? 60 : geometry_.height());
  update();
}

void ScoreboardGrid::resizeEvent(QResizeEvent* /*event*/) {
  lay_out();
}

void ScoreboardGrid::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) update();
  QWidget::changeEvent(event);
}

void ScoreboardGrid::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  const Theme theme = theme_of(palette());
  // The picture covers what is above.
  const int top = board_.processes.empty() ? 0 : geometry_.height();
  painter.fillRect(QRect(0, top, width(), height() - top), theme.ground);
  if (board_.processes.empty()) return;
  picture_.set_look(theme, geometry_.cell(), devicePixelRatioF());
  painter.drawImage(0, 0, picture_.draw(board_, geometry_, width()));
  if (geometry_.label() > 0) paint_labels(painter, theme);
  if (!current_) return;
  const CellPlace place = geometry_.place(*current_);
  painter.setPen(QPen(theme.text, 2));
  painter.drawRect(place.x, place.y, geometry_.cell(), geometry_.cell());
}

void ScoreboardGrid::paint_labels(QPainter& painter, const Theme& theme) const {
  QFont small = font();
  small.setPixelSize(11);
  painter.setFont(small);
  const QFontMetrics metrics(small);
  for (int p = 0; p < geometry_.processes(); ++p) {
    const ProcessView& process = board_.processes[static_cast<std::size_t>(p)];
    QString label = QString::number(process.pid);
    const Standing standing = standing_of(process, board_);
    if (standing == Standing::Old) label += tr(" old");
    if (standing == Standing::Deaf) label += tr(" full");
    painter.setPen(standing == Standing::Present ? theme.faint : theme.text);
    const CellPlace block = geometry_.block(p);
    painter.drawText(block.x, block.y + geometry_.label() - 4,
                     metrics.elidedText(label, Qt::ElideRight, geometry_.block_width()));
  }
}

bool ScoreboardGrid::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto id = geometry_.at(help->pos().x(), help->pos().y());
    if (id)
      QToolTip::showText(help->globalPos(), sentence(), this);
    else
      QToolTip::hideText();
    return true;
  }
  return QWidget::event(event);
}

void ScoreboardGrid::mousePressEvent(QMouseEvent* event) {
  if (const auto id = geometry_.at(event->pos().x(), event->pos().y())) go_to(*id);
}

void ScoreboardGrid::mouseMoveEvent(QMouseEvent* event) {
  point_at(geometry_.at(event->pos().x(), event->pos().y()));
}

void ScoreboardGrid::leaveEvent(QEvent* /*event*/) {
  point_at(std::nullopt);
}

void ScoreboardGrid::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  tell();
}

void ScoreboardGrid::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  point_at(std::nullopt);
  tell();
}

void ScoreboardGrid::point_at(std::optional<CellId> id) {
  if (id == pointed_) return;
  pointed_ = id;
  tell();
}

void ScoreboardGrid::keyPressEvent(QKeyEvent* event) {
  if (board_.processes.empty()) return QWidget::keyPressEvent(event);
  const CellId from = current_.value_or(CellId{0, 0});
  switch (event->key()) {
    case Qt::Key_Right:
      return go_to(current_ ? geometry_.beside(from, 1) : from);
    case Qt::Key_Left:
      return go_to(geometry_.beside(from, -1));
    case Qt::Key_Down:
      return go_to(current_ ? geometry_.below(from, 1) : from);
    case Qt::Key_Up:
      return go_to(geometry_.below(from, -1));
    case Qt::Key_Home:
      return go_to({0, 0});
    case Qt::Key_End:
      return go_to(geometry_.beside({geometry_.processes() - 1, 0}, 1 << 20));
    case Qt::Key_Escape:
      current_.reset();
      tell();
      return update();
    default:
      return QWidget::keyPressEvent(event);
  }
}

void ScoreboardGrid::go_to(CellId id) {
  current_ = id;
  // Where the keyboard went is looked at, wherever the mouse was left.
  pointed_.reset();
  tell();
  update();
}

void ScoreboardGrid::tell() {
  const auto id = looked();
  const auto pid = id && isVisible()
                       ? std::optional(board_.processes[static_cast<std::size_t>(id->process)].pid)
                       : std::nullopt;
  if (pid != asked_) Q_EMIT looked_at(asked_ = pid);
  const QString told = sentence();
  if (told == told_) return;
  told_ = told;
  Q_EMIT sentence_changed(told);
  // A screen reader is not told anew how long it goes on already.
  const QString description = id ? sentence_of(board_, *id) + words().what : QString();
  if (description == accessibleDescription()) return;
  setAccessibleDescription(description);
  QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
  QAccessible::updateAccessibility(&changed);
}

}  // namespace mpm::gui
