// SPDX-License-Identifier: Apache-2.0
//
// A server in the list at the left: its health as a mark in its colour, its name, and its verdict
// in smaller letters below.
#pragma once

#include <QStyledItemDelegate>

namespace mpm::gui {

class ServerDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace mpm::gui
