// SPDX-License-Identifier: Apache-2.0
#include "gui/page/server_delegate.h"

#include <QApplication>
#include <QPainter>

#include "gui/model/servers_model.h"
#include "gui/theme.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

constexpr int kPad = 8;
constexpr int kMark = 22;
constexpr int kVerdictLines = 3;
constexpr int kLinkLines = 2;  // of an agent's connection

QFont name_font(QFont font) {
  font.setBold(true);
  return font;
}

QFont sentence_font(QFont font) {
  font.setPointSizeF(font.pointSizeF() * 0.9);
  return font;
}

}  // namespace

void ServerDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
  QStyleOptionViewItem item = option;
  initStyleOption(&item, index);
  item.text.clear();
  const QStyle* style = item.widget != nullptr ? item.widget->style() : QApplication::style();
  style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

  const bool chosen = (option.state & QStyle::State_Selected) != 0;
  const QColor text = option.palette.color(chosen ? QPalette::HighlightedText : QPalette::Text);
  const auto health = static_cast<Health>(index.data(ServersModel::kHealth).toInt());
  const QRect room = option.rect.adjusted(kPad, kPad, -kPad, -kPad);
  painter->save();
  painter->setPen(chosen ? text : theme_of(option.palette).health(health));
  painter->setFont(name_font(option.font));
  painter->drawText(QRect(room.left(), room.top(), kMark, room.height()), Qt::AlignTop,
                    mark(health));
  painter->setPen(text);
  const QRect words = room.adjusted(kMark, 0, 0, 0);
  const QFontMetrics metrics(name_font(option.font));
  painter->drawText(words, Qt::AlignTop,
                    metrics.elidedText(index.data().toString(), Qt::ElideRight, words.width()));
  painter->setFont(sentence_font(option.font));
  painter->drawText(words.adjusted(0, metrics.height() + 2, 0, 0), Qt::AlignTop | Qt::TextWordWrap,
                    index.data(ServersModel::kSentence).toString());
  painter->restore();
}

QSize ServerDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const int name = QFontMetrics(name_font(option.font)).height();
  const int line = QFontMetrics(sentence_font(option.font)).lineSpacing();
  return {200,
          2 * kPad + name + 2 + (index.parent().isValid() ? kVerdictLines : kLinkLines) * line};
}

}  // namespace mpm::gui
