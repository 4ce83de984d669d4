// SPDX-License-Identifier: Apache-2.0
#include "gui/page/main_window.h"

#include <QAction>
#include <QCloseEvent>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTreeView>
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
#include "gui/page/what_if_page.h"
#include "gui/plot/scoreboard_grid.h"
#include "gui/theme.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

constexpr int kIndentation = 12;  // of servers below their agent, in pixels

}  // namespace

MainWindow::MainWindow(const std::vector<FeedOptions>& agents, QWidget* parent)
    : QMainWindow(parent) {
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
  for (const FeedOptions& each : agents)
    add_agent(each);
  // A single agent needs no heading.
  if (feeds_.size() == 1) list_->setRootIndex(servers_.index_of(0));
  list_->expandAll();
  restore_layout();
  list_->setCurrentIndex(servers_.index_of(0));
  show_link(0, feed().link());
  show_chosen();
}

MainWindow::~MainWindow() {
  // What they tell while they end concerns nobody any more, and nobody is asked any more.
  for (const auto& feed : feeds_)
    feed->disconnect(this);
  overview_->grid().disconnect(this);
}

void MainWindow::start() {
  for (const auto& feed : feeds_)
    feed->start();
}

ChangePage& MainWindow::change_of(int agent) {
  return *static_cast<ChangePage*>(changes_->widget(agent));
}

void MainWindow::add_agent(const FeedOptions& options) {
  const auto agent = static_cast<int>(feeds_.size());
  servers_.add_agent(name_of(options.place));
  feeds_.push_back(std::make_unique<LiveFeed>(options));
  changes_->addWidget(new ChangePage(feed(agent).hands(), changes_));
  connect_feed(agent);
}

QWidget* MainWindow::build_left() {
  auto* left = new QWidget(this);
  auto* column = new QVBoxLayout(left);
  QLabel* title = plain_label(left, Weight::Strong);
  title->setText(tr("Servers"));
  list_ = new QTreeView(left);
  list_->setModel(&servers_);
  list_->setItemDelegate(new ServerDelegate(list_));
  list_->setAccessibleName(tr("Servers"));
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setHeaderHidden(true);
  list_->setRootIsDecorated(false);
  list_->setItemsExpandable(false);
  list_->setIndentation(kIndentation);
  title->setBuddy(list_);
  link_ = plain_label(left);
  link_->setAccessibleName(tr("Connection to the agent"));
  column->addWidget(title);
  column->addWidget(list_, 1);
  column->addWidget(link_);
  left->setMinimumWidth(180);
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& current) { choose(current); });
  connect(&servers_, &QAbstractItemModel::rowsInserted, list_,
          [this](const QModelIndex& parent) { list_->expand(parent); });
  return left;
}

void MainWindow::build_pages() {
  overview_ = new OverviewPage(this);
  advice_ = new AdvicePage(this);
  history_ = new HistoryPage(this);
  what_if_ = new WhatIfPage(this);
  changes_ = new QStackedWidget(this);
  pages_ = new QTabWidget(this);
  pages_->addTab(overview_, tr("&Overview"));
  pages_->addTab(history_, tr("&History"));
  pages_->addTab(advice_, tr("&Advice"));
  pages_->addTab(what_if_, tr("What &if"));
  pages_->addTab(changes_, tr("&Change"));
  pages_->setDocumentMode(true);
  empty_ = plain_label(this, Weight::Large);
  empty_->setAlignment(Qt::AlignCenter);
  empty_->setMargin(40);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(pages_);
  stack_->addWidget(empty_);
  connect(overview_, &OverviewPage::change_wanted, this, &MainWindow::review);
  connect(&overview_->grid(), &ScoreboardGrid::looked_at, this,
          [this](std::optional<std::int32_t> pid) { feed(chosen_.agent).look_at(pid); });
  connect(advice_, &AdvicePage::change_wanted, this, &MainWindow::review);
  connect(what_if_, &WhatIfPage::change_wanted, this, [this](const Proposal& tried) {
    pages_->setCurrentWidget(changes_);
    change().review(tried);
  });
  connect(advice_, &AdvicePage::finding_chosen, this, &MainWindow::mark_finding);
  connect(advice_, &AdvicePage::history_wanted, this, [this] {
    history_->show_evidence();
    pages_->setCurrentWidget(history_);
  });
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

void MainWindow::connect_feed(int agent) {
  LiveFeed* const feed = &this->feed(agent);
  ChangePage* const change = &change_of(agent);
  connect(feed, &LiveFeed::hands_changed, change, &ChangePage::set_hands);
  connect(change, &ChangePage::hands_wanted, feed, &LiveFeed::want_hands);
  connect(change, &ChangePage::change_open, feed,
          [feed](bool open) { feed->own_agent().set_busy(open); });
  connect(feed, &LiveFeed::link_changed, this,
          [this, agent](const LinkState& state) { show_link(agent, state); });
  connect(feed, &LiveFeed::status_came, this,
          [this, agent](const StatusReport& report) { take_status(agent, report); });
  // The others come from the agent of the chosen server only.
  connect(feed, &LiveFeed::scoreboard_came, overview_, &OverviewPage::show_board);
  connect(feed, &LiveFeed::lately_came, overview_, &OverviewPage::show_lately);
  connect(feed, &LiveFeed::workers_came, &overview_->grid(), &ScoreboardGrid::set_workers);
  connect(feed, &LiveFeed::proposal_came, this, &MainWindow::take_proposal);
  connect(feed, &LiveFeed::proposal_failed, this, [this](const Error& error) {
    proposal_.reset();
    overview_->show_no_proposal(shown(error.what));
    advice_->show_no_proposal(shown(error.what));
    what_if_->advise({});
  });
}

void MainWindow::show_link(int agent, const LinkState& state) {
  servers_.take_link(agent, state);
  if (agent != chosen_.agent) return;
  const QString sentence = sentence_of(state);
  if (sentence != link_->text()) {
    link_->setText(sentence);
    link_->setAccessibleDescription(sentence);
  }
  const auto as = static_cast<Health>(servers_.index_of(agent).data(ServersModel::kHealth).toInt());
  QPalette colours = palette();
  colours.setColor(QPalette::WindowText, theme_of(palette()).health(as));
  link_->setPalette(colours);
  // Greyed: what is shown is old.
  overview_->setEnabled(state.link == Link::Live);
  history_->set_live(state.link == Link::Live);
  if (chosen_.key.empty()) show_chosen();
}

void MainWindow::take_status(int agent, const StatusReport& report) {
  const Chosen before = chosen_;
  const bool had_none = !servers_.worst_of(agent).isValid();
  servers_.take(agent, report);
  const QModelIndex worst = servers_.worst_of(agent);
  const bool gone = before.agent == agent && !before.key.empty() &&
                    !servers_.index_of(agent, before.key).isValid();
  // The first server of an agent is shown to who looks at none.
  const bool first = had_none && worst.isValid() && before.key.empty();
  if (gone || first)
    return list_->setCurrentIndex(worst.isValid() ? worst : servers_.index_of(agent));
  if (agent != chosen_.agent) return;
  if (const TargetStatus* server = servers_.at(servers_.index_of(agent, chosen_.key))) {
    overview_->count_requests(report.at, *server);
    overview_->show_status(*server);
  }
  if (chosen_.key.empty()) show_chosen();
}

void MainWindow::take_proposal(const Proposal& proposal) {
  proposal_ = proposal;
  overview_->show_proposal(proposal);
  advice_->show_proposal(proposal);
  what_if_->advise(proposal);
}

void MainWindow::choose(const QModelIndex& index) {
  if (!index.isValid()) return;
  const TargetStatus* server = servers_.at(index);
  const Chosen now{servers_.agent_of(index),
                   server == nullptr ? std::string() : target_key(*server)};
  if (now == chosen_) return;
  if (now.agent != chosen_.agent) feed(chosen_.agent).watch({});
  chosen_ = now;
  proposal_.reset();
  overview_->forget();
  advice_->show_no_proposal({});
  change().forget();
  changes_->setCurrentIndex(now.agent);
  feed(now.agent).watch(now.key);
  history_->watch(feed(now.agent).client(), now.key);
  what_if_->watch(feed(now.agent).client(), now.key);
  show_link(now.agent, feed(now.agent).link());
  if (server != nullptr) overview_->show_status(*server);
  show_chosen();
}

void MainWindow::show_chosen() {
  if (!chosen_.key.empty()) return stack_->setCurrentWidget(pages_);
  const LinkState& link = feed(chosen_.agent).link();
  const QString none = feed(chosen_.agent).place().elsewhere
                           ? tr("No httpd runs there, or none that the agent may see.")
                           : tr("No httpd runs on this machine, or none that the agent may "
                                "see.\nStart one: it appears here by itself.");
  empty_->setText(link.link == Link::Live ? none : sentence_of(link));
  stack_->setCurrentWidget(empty_);
}

void MainWindow::review() {
  if (!proposal_) return;
  pages_->setCurrentWidget(changes_);
  change().review(*proposal_);
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
  if (event->type() == QEvent::PaletteChange && !feeds_.empty())
    show_link(chosen_.agent, feed(chosen_.agent).link());
}

void MainWindow::closeEvent(QCloseEvent* event) {
  bool leads_a_change = false;
  for (int agent = 0; agent < changes_->count(); ++agent)
    leads_a_change |= change_of(agent).change_is_open() && feed(agent).own_agent().runs();
  if (leads_a_change &&
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
  settings.setValue(QStringLiteral("change/layout"), change().layout_state());
}

void MainWindow::restore_layout() {
  const QSettings settings;
  resize(1280, 800);
  restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
  splitter_->restoreState(settings.value(QStringLiteral("window/servers")).toByteArray());
  pages_->setCurrentIndex(settings.value(QStringLiteral("window/page"), 0).toInt());
  advice_->restore_layout(settings.value(QStringLiteral("advice/layout")).toByteArray());
  for (int agent = 0; agent < changes_->count(); ++agent)
    change_of(agent).restore_layout(settings.value(QStringLiteral("change/layout")).toByteArray());
}

}  // namespace mpm::gui
