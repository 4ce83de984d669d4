// SPDX-License-Identifier: Apache-2.0
#include "gui/page/advice_page.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include "gui/page/plain_label.h"
#include "gui/page/table_view.h"
#include "gui/plot/memory_bars.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

QLabel* heading(const QString& text, QWidget* parent) {
  QLabel* label = plain_label(parent, Weight::Strong);
  label->setText(text);
  return label;
}

}  // namespace

AdvicePage::AdvicePage(QWidget* parent)
    : QWidget(parent),
      evidence_(evidence_headings()),
      changes_(proposed_headings()),
      grade_(plain_label(this, Weight::Large)),
      verdict_(plain_label(this, Weight::Large)),
      basis_(plain_label(this, Weight::Small)),
      list_(new QListView(this)),
      claim_(plain_label(this)),
      nothing_(plain_label(this)),
      proposed_(new QWidget(this)),
      block_(new QPlainTextEdit(this)),
      memory_(new MemoryBars(this)),
      review_(new QPushButton(tr("&Review the change..."), this)),
      history_(new QPushButton(tr("Show in the histor&y"), this)),
      splitter_(new QSplitter(Qt::Horizontal, this)) {
  grade_->setWordWrap(false);
  grade_->setAccessibleName(tr("Grade"));
  auto* head = new QHBoxLayout;
  head->addWidget(grade_, 0, Qt::AlignTop);
  auto* words = new QVBoxLayout;
  words->addWidget(verdict_);
  words->addWidget(basis_);
  head->addLayout(words, 1);
  head->addWidget(review_, 0, Qt::AlignTop);
  auto* column = new QVBoxLayout(this);
  column->addLayout(head);
  splitter_->addWidget(findings_part());
  splitter_->addWidget(changes_part());
  splitter_->setStretchFactor(0, 4);
  splitter_->setStretchFactor(1, 6);
  splitter_->setSizes({420, 580});
  splitter_->setChildrenCollapsible(false);
  column->addWidget(splitter_, 1);
  connect(history_, &QPushButton::clicked, this, &AdvicePage::history_wanted);
  connect(review_, &QPushButton::clicked, this, &AdvicePage::change_wanted);
  show_no_proposal({});
}

QWidget* AdvicePage::findings_part() {
  auto* part = new QWidget(this);
  auto* column = new QVBoxLayout(part);
  column->setContentsMargins(0, 0, 6, 0);
  column->addWidget(heading(tr("What was found, worst first"), part));
  list_->setModel(&findings_);
  list_->setWordWrap(true);
  list_->setAlternatingRowColors(true);
  list_->setAccessibleName(tr("Findings"));
  list_->setResizeMode(QListView::Adjust);
  column->addWidget(list_, 3);
  column->addWidget(nothing_);
  column->addWidget(claim_);
  auto* row = new QHBoxLayout;
  row->addWidget(heading(tr("What it rests on"), part), 1);
  row->addWidget(history_);
  column->addLayout(row);
  QTableView* evidence = table_view(&evidence_, tr("Evidence"), Rows::Read, part);
  // The names are the long ones: they are wrapped in the room that the numbers leave.
  evidence->horizontalHeader()->setStretchLastSection(false);
  evidence->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  evidence->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  column->addWidget(evidence, 2);
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& current) { show_finding(current.row()); });
  connect(&findings_, &FindingsModel::dataChanged, this,
          [this] { show_finding(list_->currentIndex().row()); });
  return part;
}

QWidget* AdvicePage::changes_part() {
  auto* content = new QWidget(this);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(6, 0, 0, 0);
  auto* proposed = new QVBoxLayout(proposed_);
  proposed->setContentsMargins(0, 0, 0, 0);
  proposed->addWidget(heading(tr("What to change"), proposed_));
  QTableView* table = table_view(&changes_, tr("Proposed changes"), Rows::Read, proposed_);
  table->setMinimumHeight(130);
  proposed->addWidget(table);
  auto* row = new QHBoxLayout;
  block_->setReadOnly(true);
  block_->setTabChangesFocus(true);
  block_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  block_->setAccessibleName(tr("Directives to paste"));
  block_->setFixedHeight(96);
  row->addWidget(block_, 1);
  auto* copy = new QPushButton(tr("&Copy"), proposed_);
  copy->setAccessibleName(tr("Copy the directives"));
  connect(copy, &QPushButton::clicked, this,
          [this] { QGuiApplication::clipboard()->setText(block_->toPlainText()); });
  row->addWidget(copy, 0, Qt::AlignTop);
  proposed->addLayout(row);
  column->addWidget(proposed_);
  column->addWidget(heading(tr("What it takes of the memory"), content));
  column->addWidget(memory_);
  column->addStretch(1);
  auto* area = new QScrollArea(this);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setWidget(content);
  return area;
}

void AdvicePage::show_proposal(const Proposal& proposal) {
  grade_->setText(proposal.grade == "-" ? QString() : tr("Grade %1").arg(shown(proposal.grade)));
  verdict_->setText(shown(proposal.verdict));
  QString basis = tr("From %1 looks in the last %2; confidence: %3")
                      .arg(number(proposal.samples), seconds(proposal.observed_seconds),
                           word(proposal.confidence));
  if (!proposal.weakest.empty()) basis += tr(", because %1").arg(shown(proposal.weakest));
  basis_->setText(basis + u'.');
  findings_.take(proposal.findings);
  if (!list_->currentIndex().isValid() && findings_.rowCount() > 0)
    list_->setCurrentIndex(findings_.index(0));
  show_finding(list_->currentIndex().row());
  nothing_->setText(tr("No rule found anything to say."));
  nothing_->setVisible(proposal.findings.empty());
  changes_.take(proposed_rows(proposal.changes));
  const QString block = shown(proposal.block);
  if (block != block_->toPlainText()) block_->setPlainText(block);
  proposed_->setVisible(!proposal.changes.empty());
  review_->setVisible(!proposal.changes.empty());
  memory_->show_sum(proposal.memory);
}

void AdvicePage::show_no_proposal(const QString& why) {
  grade_->clear();
  verdict_->setText(why.isEmpty() ? tr("There is no advice yet.") : why);
  basis_->clear();
  findings_.take({});
  show_finding(-1);
  nothing_->setVisible(false);
  changes_.take({});
  proposed_->setVisible(false);
  review_->setVisible(false);
  memory_->show_sum(std::nullopt);
}

void AdvicePage::show_finding(int row) {
  const Finding* finding = findings_.at(row);
  claim_->setText(finding == nullptr ? QString() : shown(finding->advice));
  claim_->setVisible(!claim_->text().isEmpty());
  evidence_.take(finding == nullptr ? std::vector<TableRow>() : evidence_rows(finding->evidence));
  history_->setEnabled(finding != nullptr && !finding->evidence.empty());
  Q_EMIT finding_chosen();
}

const Finding* AdvicePage::finding() const {
  return findings_.at(list_->currentIndex().row());
}

QByteArray AdvicePage::layout_state() const {
  return splitter_->saveState();
}

void AdvicePage::restore_layout(const QByteArray& state) {
  splitter_->restoreState(state);
}

}  // namespace mpm::gui
