// SPDX-License-Identifier: Apache-2.0
#include "gui/page/diff_view.h"

#include <QEvent>
#include <QFontDatabase>
#include <QTextBlock>

#include "gui/theme.h"
#include "gui/words.h"

namespace mpm::gui {

DiffView::DiffView(QWidget* parent) : QPlainTextEdit(parent) {
  setReadOnly(true);
  setTabChangesFocus(true);
  setLineWrapMode(QPlainTextEdit::NoWrap);
  setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  setAccessibleName(tr("What changes in the files"));
  setMinimumHeight(80);
}

void DiffView::show_files(const std::vector<FileChange>& files) {
  QString text;
  for (const FileChange& file : files) {
    const QString diff = shown(file.diff);
    text += diff.isEmpty() ? shown(file.path) : diff;
    if (!text.endsWith(u'\n')) text += u'\n';
  }
  if (text == toPlainText()) return;
  setPlainText(text);
  colour();
}

void DiffView::changeEvent(QEvent* event) {
  QPlainTextEdit::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) colour();
}

void DiffView::colour() {
  const Theme theme = theme_of(palette());
  QList<QTextEdit::ExtraSelection> selections;
  for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
    const QString line = block.text();
    const bool comes = line.startsWith(u'+') && !line.startsWith(u"+++");
    const bool goes = line.startsWith(u'-') && !line.startsWith(u"---");
    if (!comes && !goes) continue;
    QTextEdit::ExtraSelection selection;
    selection.format.setBackground(comes ? theme.added() : theme.removed());
    selection.format.setProperty(QTextFormat::FullWidthSelection, true);
    selection.cursor = QTextCursor(block);
    selections.push_back(selection);
  }
  setExtraSelections(selections);
}

}  // namespace mpm::gui
