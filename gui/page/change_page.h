// SPDX-License-Identifier: Apache-2.0
//
// Making changes: what the advice would change, reviewed and made; the life of a change, live; and
// all that was changed before. It asks for itself, because what it asks depends on what was
// pressed; and of the agent that makes changes, which it wants started when it is looked at.
#pragma once

#include <QTimer>
#include <QWidget>
#include <cstdint>
#include <string>

#include "gui/client/agent_client.h"
#include "gui/model/rows_model.h"
#include "schema/model/change.h"
#include "schema/model/proposal.h"

class QLabel;
class QSplitter;
class QTableView;

namespace mpm::gui {

class ChangeDetail;

class ChangePage : public QWidget {
  Q_OBJECT

 public:
  explicit ChangePage(AgentClient& hands, QWidget* parent = nullptr);

  // Asks what that proposal would change; nothing is changed by it.
  void review(const Proposal& proposal);
  // Of another server: what was reviewed is of the one before.
  void forget();
  // Whether that agent can be asked, or why it cannot.
  void set_hands(bool ready, const QString& why);

  ChangeDetail& detail() { return *detail_; }
  // A change that was begun here and has not ended.
  bool change_is_open() const { return open_; }

  QByteArray layout_state() const;
  void restore_layout(const QByteArray& state);

 Q_SIGNALS:
  void hands_wanted();
  void change_open(bool open);

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  void preview();
  void begin();
  void undo();
  void follow(std::int64_t id);
  void ask_record();
  void take_record(const ChangeRecord& record);
  void ask_list();
  void take_list(const ChangeList& list);
  void failed(const Error& error);
  void set_open(bool open);
  // The change that is shown has not ended, as far as is known.
  bool goes_on() const;

  AgentClient& hands_;
  RowsModel past_;
  ChangeRequest request_;
  ChangePreview preview_;
  ChangeRecord record_;
  std::int64_t followed_ = 0;  // the change that is shown; 0: a review, or nothing
  bool open_ = false;
  bool ready_ = false;
  bool preview_wanted_ = false;  // as soon as it can be asked for
  QTimer next_record_;
  QTimer next_list_;
  QTableView* list_;
  QLabel* empty_;
  ChangeDetail* detail_;
  QSplitter* splitter_;
};

}  // namespace mpm::gui
