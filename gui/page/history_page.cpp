// SPDX-License-Identifier: Apache-2.0
#include "gui/page/history_page.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "gui/client/agent_client.h"
#include "gui/page/plain_label.h"
#include "gui/page/table_view.h"
#include "gui/words.h"
#include "schema/codec/instant.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr double kStepsShown = 800;
constexpr double kCoarse = 1.6;  // as long as the steps wanted: finer ones are asked for
constexpr milliseconds kSoon = 80ms;
constexpr milliseconds kFollow = 5s;

struct Length {
  const char* text;
  std::chrono::seconds seconds;
};
constexpr std::array kLengths{
    Length{QT_TRANSLATE_NOOP("mpm::gui::HistoryPage", "&1 h"), 1h},
    Length{QT_TRANSLATE_NOOP("mpm::gui::HistoryPage", "&6 h"), 6h},
    Length{QT_TRANSLATE_NOOP("mpm::gui::HistoryPage", "&24 h"), 24h},
    Length{QT_TRANSLATE_NOOP("mpm::gui::HistoryPage", "&7 d"), 24h * 7},
    Length{QT_TRANSLATE_NOOP("mpm::gui::HistoryPage", "&30 d"), 24h * 30}};

}  // namespace

HistoryPage::HistoryPage(QWidget* parent)
    : QWidget(parent),
      plots_(new TimePlots(this)),
      marks_({tr("When"), tr("What"), tr("In words")}),
      table_(table_view(&marks_, tr("What happened"), Rows::Choose, this)),
      sentence_(plain_label(this, Weight::Small)) {
  auto* column = new QVBoxLayout(this);
  column->addLayout(build_head());
  column->addWidget(sentence_);
  column->addWidget(plots_, 1);
  build_table();
  column->addWidget(table_);
  sentence_->setAccessibleName(tr("What is shown"));
  soon_.setSingleShot(true);
  next_.setSingleShot(true);
  pool_.setMaxThreadCount(1);
  connect(&soon_, &QTimer::timeout, this, &HistoryPage::ask);
  connect(&next_, &QTimer::timeout, this, &HistoryPage::follow);
  connect(plots_, &TimePlots::span_wanted, this, [this](const TimeSpan& span) {
    follows_ = present() - span.to < 1s;
    check_length(0);
    want();
  });
  connect(plots_, &TimePlots::reset_wanted, this, [this] { show_last(length_); });
  show_last(length_);
}

HistoryPage::~HistoryPage() {
  pool_.waitForDone();
}

QHBoxLayout* HistoryPage::build_head() {
  auto* row = new QHBoxLayout;
  QLabel* label = plain_label(this, Weight::Strong);
  label->setText(tr("The last"));
  label->setWordWrap(false);
  row->addWidget(label);
  lengths_ = new QButtonGroup(this);
  for (const Length& each : kLengths) {
    auto* button = new QPushButton(tr(each.text), this);
    button->setCheckable(true);
    lengths_->addButton(button, static_cast<int>(each.seconds.count()));
    row->addWidget(button);
  }
  connect(lengths_, &QButtonGroup::idClicked, this,
          [this](int seconds) { show_last(std::chrono::seconds(seconds)); });
  row->addStretch(1);
  png_ = new QPushButton(tr("Save as &PNG..."), this);
  csv_ = new QPushButton(tr("Save as CS&V..."), this);
  row->addWidget(png_);
  row->addWidget(csv_);
  connect(png_, &QPushButton::clicked, this, [this] {
    ask_for_file(tr("Save the plots"), QStringLiteral("png"), &HistoryPage::save_png);
  });
  connect(csv_, &QPushButton::clicked, this, [this] {
    ask_for_file(tr("Save the numbers"), QStringLiteral("csv"), &HistoryPage::save_csv);
  });
  return row;
}

void HistoryPage::build_table() {
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            if (current.isValid())
              plots_->set_cursor(Instant(milliseconds(current.data(RowsModel::kId).toLongLong())));
          });
}

void HistoryPage::watch(AgentClient& client, const std::string& target) {
  if (&client == client_ && target == target_) return;
  client_ = &client;
  target_ = target;
  asked_ = 0;
  trouble_.clear();
  note_.clear();
  plots_->show_report(std::nullopt);
  plots_->show_evidence(std::nullopt);
  plots_->set_cursor(std::nullopt);
  show_marks();
  want();
}

void HistoryPage::set_live(bool live) {
  if (live == live_) return;
  live_ = live;
  // What was open may never be answered.
  asked_ = 0;
  if (live) want();
  say();
}

void HistoryPage::mark_evidence(std::optional<EvidenceMark> evidence) {
  plots_->show_evidence(std::move(evidence));
  say();
}

void HistoryPage::show_evidence() {
  const auto& evidence = plots_->evidence();
  if (!evidence) return;
  const auto length = evidence->span.to - evidence->span.from;
  follows_ = false;
  plots_->show_span(
      within_reason({evidence->span.from - length, evidence->span.to + length}, present()));
  want();
}

void HistoryPage::show_last(std::chrono::seconds length) {
  length_ = length;
  follows_ = true;
  check_length(static_cast<int>(length.count()));
  const Instant end = present();
  plots_->show_span({end - length, end});
  want();
}

// None is, when there is no button of that length.
void HistoryPage::check_length(int seconds) {
  lengths_->setExclusive(false);
  for (QAbstractButton* button : lengths_->buttons())
    button->setChecked(lengths_->id(button) == seconds);
  lengths_->setExclusive(true);
}

void HistoryPage::want() {
  say();
  if (asked_ != 0) wanted_ = true;
  if (asked_ == 0 && isVisible()) soon_.start(kSoon);
}

bool HistoryPage::has_enough() const {
  const auto& report = plots_->report();
  if (!report || !told_until_) return false;
  const TimeSpan& span = plots_->span();
  const double step = span.seconds() / kStepsShown;
  return report->from <= span.from && *told_until_ >= span.to &&
         report->step_seconds <= step * kCoarse;
}

void HistoryPage::ask() {
  if (target_.empty() || !live_ || asked_ != 0 || !isVisible()) return;
  if (has_enough()) return say();
  wanted_ = false;
  asked_ = ++questions_;
  next_.stop();
  const TimeSpan span = plots_->span();
  const auto half = (span.to - span.from) / 2;
  const Instant end = std::min(span.to + half, present());
  told_until_ = end;
  say();
  client_->get<HistoryReport>(
      route::kHistory,
      {{"target", target_},
       {"from", to_text(span.from - half)},
       {"to", to_text(end)},
       {"step", fmt::format("{:.3f}", std::max(0.1, span.seconds() / kStepsShown))},
       {"fields", course_fields()}},
      [this, asked = asked_](Result<HistoryReport> report) {
        if (asked == asked_) heard(std::move(report));
      });
}

void HistoryPage::heard(Result<HistoryReport> report) {
  asked_ = 0;
  trouble_.clear();
  if (report) {
    plots_->show_report(std::move(*report));
    show_marks();
  } else {
    trouble_ = shown(report.error().what);
    told_until_.reset();
  }
  say();
  // No sooner than there is another step.
  const double step = plots_->report() ? plots_->report()->step_seconds : 0;
  next_.start(std::max(kFollow, milliseconds(std::llround(std::clamp(step, 0.0, 3600.0) * 1000))));
  if (std::exchange(wanted_, false)) soon_.start(0);
}

// Also tries again what could not be told.
void HistoryPage::follow() {
  if (follows_) {
    const Instant end = present();
    const TimeSpan& span = plots_->span();
    plots_->show_span({end - (span.to - span.from), end});
  }
  if (follows_ || !trouble_.isEmpty()) want();
}

void HistoryPage::show_marks() {
  std::vector<TableRow> rows;
  if (const auto& report = plots_->report())
    for (auto mark = report->marks.rbegin(); mark != report->marks.rend(); ++mark)
      rows.push_back(
          {{moment(mark->at), QLatin1Char(letter_of(mark->kind)) + (u' ' + word(mark->kind)),
            shown(mark->sentence)},
           mark->at.time_since_epoch().count()});
  marks_.take(std::move(rows));
  table_->setVisible(marks_.rowCount() > 0);
  fit_table();
}

// Whole rows, a few of them.
void HistoryPage::fit_table() {
  constexpr int kMostRows = 5;
  table_->resizeRowsToContents();
  int height = table_->horizontalHeader()->sizeHint().height() + 2 * table_->frameWidth();
  for (int row = 0; row < std::min(kMostRows, marks_.rowCount()); ++row)
    height += table_->rowHeight(row);
  table_->setFixedHeight(height);
}

void HistoryPage::say() {
  const TimeSpan& span = plots_->span();
  const auto& report = plots_->report();
  QString text = tr("%1 to %2").arg(moment(span.from), moment(span.to));
  if (report) text += tr(", in steps of %1").arg(seconds(report->step_seconds));
  text += u'.';
  if (report && report->points.empty())
    text +=
        tr(" Nothing was seen of this server then. Only an mpm-agent that keeps running "
           "remembers: start it as a service.");
  if (report) text += in_words(saturated_spans(*report, span));
  if (report && plots_->evidence()) text += tr(" ◆: what the chosen finding rests on.");
  if (!trouble_.isEmpty())
    text += tr(" The agent cannot tell: %1 It is asked again by itself.").arg(trouble_);
  else if (!live_ && !target_.empty())
    text += tr(" The agent does not answer: this is what it told before.");
  else if (asked_ != 0 && !report)
    text += tr(" Asking the agent...");
  if (!note_.isEmpty()) text += u' ' + note_;
  if (text != sentence_->text()) sentence_->setText(text);
  png_->setEnabled(report.has_value());
  csv_->setEnabled(report.has_value());
}

QString HistoryPage::in_words(const std::vector<Saturated>& spans) {
  double sum = 0;
  for (const Saturated& each : spans)
    sum += each.span.seconds() * each.share;
  if (sum <= 0) return {};
  return tr(" Hatched: every worker was busy, for %1 in all.").arg(seconds(sum));
}

QString HistoryPage::sentence() const {
  return sentence_->text();
}

void HistoryPage::ask_for_file(const QString& title, const QString& ending,
                               void (HistoryPage::*save)(const QString&)) {
  auto* dialog = new QFileDialog(this, title);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(ending);
  dialog->setNameFilter(QStringLiteral("*.") + ending);
  dialog->selectFile(QStringLiteral("history.") + ending);
  connect(dialog, &QFileDialog::fileSelected, this,
          [this, save](const QString& path) { (this->*save)(path); });
  dialog->open();
}

void HistoryPage::save_png(const QString& path) {
  const QImage image = plots_->grab().toImage();
  write(path, [path, image] {
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && image.save(&file, "PNG") && file.commit();
  });
}

void HistoryPage::save_csv(const QString& path) {
  const auto& report = plots_->report();
  if (!report) return;
  write(path, [path, report = *report, span = plots_->span()] {
    const QByteArray text = QByteArray::fromStdString(csv_of(report, span));
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit();
  });
}

void HistoryPage::write(const QString& path, std::function<bool()> work) {
  pool_.start([this, path, work = std::move(work)] {
    const bool written = work();
    QMetaObject::invokeMethod(
        this,
        [this, path, written] {
          note_ = written ? tr("Saved to %1.").arg(path)
                          : tr("%1 could not be written: choose another place.").arg(path);
          say();
        },
        Qt::QueuedConnection);
  });
}

void HistoryPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  follow();
  want();
}

void HistoryPage::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  next_.stop();
}

}  // namespace mpm::gui
