// SPDX-License-Identifier: Apache-2.0
#include "gui/page/change_page.h"

#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <chrono>

#include "gui/client/live_feed.h"
#include "gui/page/change_detail.h"
#include "gui/page/plain_label.h"
#include "gui/page/table_view.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;

constexpr auto kRecordEvery = 500ms;
constexpr auto kListEvery = 4s;
constexpr const char* kMostChanges = "100";

QString nothing_reviewed() {
  return ChangePage::tr(
      "Nothing is being changed. Open the advice and review what it proposes, or choose an earlier "
      "change at the left.");
}

}  // namespace

ChangePage::ChangePage(AgentClient& hands, QWidget* parent)
    : QWidget(parent),
      hands_(hands),
      past_(past_headings()),
      list_(table_view(&past_, tr("Earlier changes"), Rows::Choose, this)),
      empty_(plain_label(this)),
      detail_(new ChangeDetail(this)),
      splitter_(new QSplitter(Qt::Horizontal, this)) {
  auto* left = new QWidget(this);
  auto* column = new QVBoxLayout(left);
  column->setContentsMargins(0, 0, 6, 0);
  QLabel* title = plain_label(left, Weight::Strong);
  title->setText(tr("What was changed, the newest first"));
  column->addWidget(title);
  column->addWidget(empty_);
  column->addWidget(list_, 1);
  column->addStretch(0);
  list_->setWordWrap(false);
  splitter_->addWidget(left);
  splitter_->addWidget(detail_);
  splitter_->setStretchFactor(0, 4);
  splitter_->setStretchFactor(1, 6);
  splitter_->setChildrenCollapsible(false);
  auto* page = new QVBoxLayout(this);
  page->addWidget(splitter_);
  next_record_.setSingleShot(true);
  next_list_.setSingleShot(true);
  connect(&next_record_, &QTimer::timeout, this, &ChangePage::ask_record);
  connect(&next_list_, &QTimer::timeout, this, &ChangePage::ask_list);
  connect(list_, &QTableView::clicked, this,
          [this](const QModelIndex& index) { follow(index.data(RowsModel::kId).toLongLong()); });
  connect(list_, &QTableView::activated, this,
          [this](const QModelIndex& index) { follow(index.data(RowsModel::kId).toLongLong()); });
  connect(detail_, &ChangeDetail::restart_allowed, this, [this](bool allowed) {
    request_.most_restart = allowed ? preview_.plan.restart : RestartClass::Graceful;
    preview();
  });
  connect(detail_, &ChangeDetail::apply_wanted, this, &ChangePage::begin);
  connect(detail_, &ChangeDetail::undo_wanted, this, &ChangePage::undo);
  detail_->show_nothing(nothing_reviewed());
  take_list({});
}

void ChangePage::review(const Proposal& proposal) {
  request_ = {};
  request_.question.target = std::to_string(proposal.pid);
  request_.question.basis = proposal.basis;
  request_.because = proposal.verdict;
  request_.window_seconds = kAdviceSeconds;
  for (const Change& change : proposal.changes)
    request_.question.wishes.push_back({change.directive, std::to_string(change.to)});
  followed_ = 0;
  list_->clearSelection();
  detail_->show_nothing(tr("Asking what it would change..."));
  preview();
}

void ChangePage::forget() {
  if (followed_ == 0) detail_->show_nothing(nothing_reviewed());
}

void ChangePage::set_hands(bool ready, const QString& why) {
  ready_ = ready;
  detail_->set_waiting(!ready);
  if (!ready) {
    detail_->show_error(why);
    if (isVisible() || open_) next_list_.start(kListEvery);
    return;
  }
  detail_->show_error({});
  if (isVisible()) ask_list();
  if (preview_wanted_) preview();
  if (goes_on() && !next_record_.isActive()) ask_record();
}

void ChangePage::preview() {
  preview_wanted_ = !ready_;
  if (!ready_) return Q_EMIT hands_wanted();
  detail_->set_waiting(true);
  hands_.post<ChangePreview>(route::kChangePreview, request_,
                             [this](Result<ChangePreview> preview) {
                               if (followed_ != 0) return;
                               if (!preview) return failed(preview.error());
                               preview_ = *preview;
                               detail_->show_preview(preview_, request_.most_restart);
                               detail_->set_waiting(!ready_);
                             });
}

void ChangePage::begin() {
  // What was shown is what is made, of the server that was shown, or nothing is.
  request_.question.basis = preview_.plan.basis;
  request_.unloaded_too = !preview_.unloaded.empty();
  if (preview_.plan.pid != 0) request_.question.target = std::to_string(preview_.plan.pid);
  detail_->set_waiting(true);
  hands_.post<ChangeRecord>(route::kChangeBegin, request_, [this](Result<ChangeRecord> begun) {
    if (!begun) return failed(begun.error());
    set_open(true);
    followed_ = begun->id;
    take_record(*begun);
    ask_list();
  });
}

void ChangePage::undo() {
  UndoRequest request;
  request.id = record_.id;
  // The button named it.
  request.most_restart = record_.plan.restart;
  detail_->set_waiting(true);
  hands_.post<ChangeRecord>(route::kChangeUndo, request, [this](Result<ChangeRecord> begun) {
    if (!begun) return failed(begun.error());
    set_open(true);
    followed_ = begun->id;
    take_record(*begun);
    ask_list();
  });
}

void ChangePage::follow(std::int64_t id) {
  if (id == 0) return;
  followed_ = id;
  ask_record();
}

void ChangePage::ask_record() {
  next_record_.stop();
  hands_.get<ChangeRecord>(route::kChange, {{"id", std::to_string(followed_)}},
                           [this, asked = followed_](Result<ChangeRecord> record) {
                             if (asked != followed_) return;
                             if (record) return take_record(*record);
                             failed(record.error());
                             if (goes_on()) next_record_.start(kListEvery);
                           });
}

void ChangePage::take_record(const ChangeRecord& record) {
  record_ = record;
  detail_->show_record(record);
  detail_->set_waiting(!ready_);
  if (!has_ended(phase_of(record))) return next_record_.start(kRecordEvery);
  if (open_) ask_list();
  set_open(false);
}

void ChangePage::ask_list() {
  next_list_.stop();
  if (!ready_) return Q_EMIT hands_wanted();
  hands_.get<ChangeList>(route::kChanges, {{"limit", kMostChanges}},
                         [this](Result<ChangeList> list) {
                           if (list) take_list(*list);
                           if (!list) empty_->setText(shown(list.error().what));
                           empty_->setVisible(!list || list->changes.empty());
                           if (isVisible()) next_list_.start(kListEvery);
                         });
}

void ChangePage::take_list(const ChangeList& list) {
  past_.take(past_rows(list));
  empty_->setText(tr("Nothing was changed here yet."));
  empty_->setVisible(list.changes.empty());
  list_->setVisible(!list.changes.empty());
}

void ChangePage::failed(const Error& error) {
  detail_->show_error(shown(error.what));
  detail_->set_waiting(!ready_);
}

bool ChangePage::goes_on() const {
  return followed_ != 0 && (record_.id != followed_ || !has_ended(phase_of(record_)));
}

void ChangePage::set_open(bool open) {
  if (open == open_) return;
  open_ = open;
  Q_EMIT change_open(open);
}

void ChangePage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  ask_list();
}

void ChangePage::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  next_list_.stop();
}

QByteArray ChangePage::layout_state() const {
  return splitter_->saveState();
}

void ChangePage::restore_layout(const QByteArray& state) {
  splitter_->restoreState(state);
}

}  // namespace mpm::gui
