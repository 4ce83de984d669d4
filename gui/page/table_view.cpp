// SPDX-License-Identifier: Apache-2.0
#include "gui/page/table_view.h"

#include <QHeaderView>

namespace mpm::gui {

QTableView* table_view(RowsModel* model, const QString& name, Rows rows, QWidget* parent) {
  auto* view = new QTableView(parent);
  view->setModel(model);
  view->setAccessibleName(name);
  view->setSelectionBehavior(QAbstractItemView::SelectRows);
  view->setSelectionMode(rows == Rows::Choose ? QAbstractItemView::SingleSelection
                                              : QAbstractItemView::NoSelection);
  view->setEditTriggers(QAbstractItemView::NoEditTriggers);
  view->setTabKeyNavigation(false);
  view->setWordWrap(true);
  view->setShowGrid(false);
  view->setAlternatingRowColors(true);
  view->setTextElideMode(Qt::ElideRight);
  view->verticalHeader()->hide();
  view->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  view->horizontalHeader()->setStretchLastSection(true);
  view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  view->horizontalHeader()->setHighlightSections(false);
  return view;
}

}  // namespace mpm::gui
