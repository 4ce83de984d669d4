// SPDX-License-Identifier: Apache-2.0
//
// A table of texts as every page shows it: whole rows, the last column takes the room that is left,
// Tab goes on instead of through the cells.
#pragma once

#include <QTableView>
#include <cstdint>

#include "gui/model/rows_model.h"

namespace mpm::gui {

enum class Rows : std::uint8_t { Read, Choose };

QTableView* table_view(RowsModel* model, const QString& name, Rows rows, QWidget* parent);

}  // namespace mpm::gui
