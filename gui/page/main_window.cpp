// SPDX-License-Identifier: Apache-2.0
#include "gui/page/main_window.h"

#include <QAction>
#include <QCloseEvent>
#include <QLabel>
#include <QListView>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/page/advice_page.h"
#include "gui/page/change_page.h"
#include "gui/page/history_page.h"
#include "gui/page/overview_page.h"
#include "gui/page/plain_label.h"
#include "gui/page/server_delegate.h"
#include "gui/theme.h"
#include "gui/words.h"

namespace mpm::gui {

MainWindow::MainWindow(FeedOptions options, QWidget* parent)
    : QMainWindow(parent), feed_(std::move(options)) {
  setWindowTitle(tr("mpm-dashboard"));
  splitter_ = new QSplitter(Qt::Horizontal, this);
  splitter_->addWidget(build_left());
  build_pages();
  splitter_->addWidget(stack_);
  splitter_->setStretchFactor(0, 0);
  splitter_->setStretchFactor(1, 1);
  splitter_->setChildrenCollapsible(false);
  splitter_->setSizes({260, 1020});
  setCentralWidget(splitter_);
  build_menus();
  connect_feed();
  restore_layout();
  show_link(feed_.link());
  show_chosen();
}

MainWindow::~MainWindow() {
  // What it tells while it ends concerns nobody any more.
  feed_.disconnect(this);
}

QWidget* MainWindow::build_left() {
  auto* left = new QWidget(this);
  auto* column = new QVBoxLayout(left);
  QLabel* title = plain_label(left, Weight::Strong);
  title->setText(tr("Servers"));
  list_ = new QListView(left);
  list_->setModel(&servers_);
  list_->setItemDelegate(new ServerDelegate(list_));
  list_->setAccessibleName(tr("Servers"));
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setUniformItemSizes(true);
  title->setBuddy(list_);
  link_ = plain_label(left);
  link_->setAccessibleName(tr("Connection to the agent"));
  column->addWidget(title);
  column->addWidget(list_, 1);
  column->addWidget(link_);
  left->setMinimumWidth(180);
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& current) { choose(current.row()); });
  return left;
}

void MainWindow::build_pages() {
  overview_ = new OverviewPage(this);
  advice_ = new AdvicePage(this);
  history_ = new HistoryPage(feed_.client(), this);
  change_ = new ChangePage(feed_.hands(), this);
  pages_ = new QTabWidget(this);
  pages_->addTab(overview_, tr("&Overview"));
  pages_->addTab(history_, tr("&History"));
  pages_->addTab(advice_, tr("&Advice"));
  pages_->addTab(change_, tr("&Change"));
  pages_->setDocumentMode(true);
  empty_ = plain_label(this, Weight::Large);
  empty_->setAlignment(Qt::AlignCenter);
  empty_->setMargin(40);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(pages_);
  stack_->addWidget(empty_);
  connect(overview_, &OverviewPage::change_wanted, this, &MainWindow::review);
  connect(advice_, &AdvicePage::change_wanted, this, &MainWindow::review);
  connect(advice_, &AdvicePage::finding_chosen, this, &MainWindow::mark_finding);
  connect(advice_, &AdvicePage::history_wanted, this, [this] {
    history_->show_evidence();
    pages_->setCurrentWidget(history_);
  });
  connect(change_, &ChangePage::change_open, this,
          [this](bool open) { feed_.own_agent().set_busy(open); });
}

void MainWindow::build_menus() {
  QMenu* window = menuBar()->addMenu(tr("&Window"));
  for (int page = 0; page < pages_->count(); ++page) {
    auto* action = window->addAction(pages_->tabText(page));
    action->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + page)));
    connect(action, &QAction::triggered, this, [this, page] { pages_->setCurrentIndex(page); });
  }
  QAction* servers = window->addAction(tr("&Servers"));
  servers->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_L));
  connect(servers, &QAction::triggered, list_,
          [this] { list_->setFocus(Qt::ShortcutFocusReason); });
  window->addSeparator();
  QAction* quit = window->addAction(tr("&Quit"));
  quit->setShortcut(QKeySequence::Quit);
  connect(quit, &QAction::triggered, this, &QWidget::close);
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  connect(help->addAction(tr("&About mpm-dashboard")), &QAction::triggered, this, [this] {
    QMessageBox::about(this, tr("About mpm-dashboard"),
                       tr("mpm-dashboard %1: what the MPM of an Apache httpd is doing, what limits "
                          "it, and what to do about it. Its manual page is mpm-dashboard(1).")
                           .arg(QStringLiteral(MPM_VERSION)));
  });
}

void MainWindow::connect_feed() {
  connect(&feed_, &LiveFeed::hands_changed, change_, &ChangePage::set_hands);
  connect(change_, &ChangePage::hands_wanted, &feed_, &LiveFeed::want_hands);
  connect(&feed_, &LiveFeed::link_changed, this, &MainWindow::show_link);
  connect(&feed_, &LiveFeed::status_came, this, &MainWindow::take_status);
  connect(&feed_, &LiveFeed::scoreboard_came, overview_, &OverviewPage::show_board);
  connect(&feed_, &LiveFeed::proposal_came, this, &MainWindow::take_proposal);
  connect(&feed_, &LiveFeed::proposal_failed, this, [this](const Error& error) {
    proposal_.reset();
    overview_->show_no_proposal(shown(error.what));
    advice_->show_no_proposal(shown(error.what));
  });
}

void MainWindow::show_link(const LinkState& state) {
  const QString sentence = sentence_of(state);
  if (sentence != link_->text()) {
    link_->setText(sentence);
    link_->setAccessibleDescription(sentence);
  }
  const Health as = state.link == Link::Live                                ? Health::Well
                    : state.link == Link::Stale || state.link == Link::Lost ? Health::Saturated
                                                                            : Health::Unknown;
  QPalette colours = palette();
  colours.setColor(QPalette::WindowText, theme_of(palette()).health(as));
  link_->setPalette(colours);
  // Greyed: what is shown is old.
  overview_->setEnabled(state.link == Link::Live);
  history_->set_live(state.link == Link::Live);
  if (chosen_.empty()) show_chosen();
}

void MainWindow::take_status(const StatusReport& report) {
  servers_.take(report);
  if (!list_->currentIndex().isValid() && servers_.rowCount() > 0)
    list_->setCurrentIndex(servers_.index(servers_.worst()));
  const auto row = servers_.row_of(chosen_);
  if (!row) return choose(list_->currentIndex().row());
  overview_->show_status(*servers_.at(*row));
}

void MainWindow::take_proposal(const Proposal& proposal) {
  proposal_ = proposal;
  overview_->show_proposal(proposal);
  advice_->show_proposal(proposal);
}

void MainWindow::choose(int row) {
  const TargetStatus* server = servers_.at(row);
  const std::string key = server == nullptr ? std::string() : target_key(*server);
  if (key != chosen_) {
    chosen_ = key;
    proposal_.reset();
    overview_->forget();
    advice_->show_no_proposal({});
    change_->forget();
    history_->watch(chosen_);
    feed_.watch(chosen_);
  }
  if (server != nullptr) overview_->show_status(*server);
  show_chosen();
}

void MainWindow::show_chosen() {
  if (!chosen_.empty()) return stack_->setCurrentWidget(pages_);
  const bool live = feed_.link().link == Link::Live;
  empty_->setText(live ? tr("No httpd runs on this machine, or none that the agent may see.\nStart "
                            "one: it appears here by itself.")
                       : sentence_of(feed_.link()));
  stack_->setCurrentWidget(empty_);
}

void MainWindow::review() {
  if (!proposal_) return;
  pages_->setCurrentWidget(change_);
  change_->review(*proposal_);
}

// The numbers of a finding are those of the looks that the proposal was made from.
void MainWindow::mark_finding() {
  const Finding* finding = advice_->finding();
  if (finding == nullptr || !proposal_) return history_->mark_evidence(std::nullopt);
  using std::chrono::milliseconds;
  const Instant now = present();
  const double seconds = std::clamp(proposal_->observed_seconds, 1.0, 1e8);
  EvidenceMark mark;
  mark.span = {now - milliseconds(std::llround(seconds * 1000)), now};
  for (const Evidence& each : finding->evidence)
    for (const std::string_view field : fields_of_metric(each.metric))
      mark.fields.emplace_back(field);
  mark.claim = shown(finding->claim);
  history_->mark_evidence(std::move(mark));
}

QString MainWindow::link_sentence() const {
  return link_->text();
}

QString MainWindow::empty_sentence() const {
  return stack_->currentWidget() == empty_ ? empty_->text() : QString();
}

void MainWindow::changeEvent(QEvent* event) {
  QMainWindow::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && link_ != nullptr) show_link(feed_.link());
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (change_->change_is_open() && feed_.own_agent().runs() &&
      QMessageBox::question(this, tr("A change is under way"),
                            tr("The agent that leads it ends with this window, and a change that "
                               "nobody leads is taken "
                               "back. Close all the same?")) != QMessageBox::Yes)
    return event->ignore();
  remember_layout();
  event->accept();
}

void MainWindow::remember_layout() {
  QSettings settings;
  settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
  settings.setValue(QStringLiteral("window/servers"), splitter_->saveState());
  settings.setValue(QStringLiteral("window/page"), pages_->currentIndex());
  settings.setValue(QStringLiteral("advice/layout"), advice_->layout_state());
  settings.setValue(QStringLiteral("change/layout"), change_->layout_state());
}

void MainWindow::restore_layout() {
  const QSettings settings;
  resize(1280, 800);
  restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
  splitter_->restoreState(settings.value(QStringLiteral("window/servers")).toByteArray());
  pages_->setCurrentIndex(settings.value(QStringLiteral("window/page"), 0).toInt());
  advice_->restore_layout(settings.value(QStringLiteral("advice/layout")).toByteArray());
  change_->restore_layout(settings.value(QStringLiteral("change/layout")).toByteArray());
}

}  // namespace mpm::gui
