// SPDX-License-Identifier: Apache-2.0
//
// Unified diffs of files, read-only: lines that come are marked by their sign and a ground, and so
// are those that go.
#pragma once

#include <QPlainTextEdit>
#include <vector>

#include "schema/model/config_edit.h"

namespace mpm::gui {

class DiffView : public QPlainTextEdit {
  Q_OBJECT

 public:
  explicit DiffView(QWidget* parent = nullptr);

  void show_files(const std::vector<FileChange>& files);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void colour();
};

}  // namespace mpm::gui
