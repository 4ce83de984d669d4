// SPDX-License-Identifier: Apache-2.0
//
// The answer to "what is wrong with this server?", on top of everything: how it is in a sentence,
// what would help in another, and the button that leads there.
#pragma once

#include <QFrame>

#include "schema/model/proposal.h"
#include "schema/model/status.h"

class QLabel;
class QPushButton;

namespace mpm::gui {

class VerdictBanner : public QFrame {
  Q_OBJECT

 public:
  explicit VerdictBanner(QWidget* parent = nullptr);

  void show_status(const TargetStatus& server);
  void show_proposal(const Proposal& proposal);
  void show_no_proposal(const QString& why);
  QString verdict() const;

 Q_SIGNALS:
  void change_wanted();

 protected:
  void changeEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void colour();

  Health health_ = Health::Unknown;
  QLabel* state_;
  QLabel* verdict_;
  QLabel* advice_;
  QPushButton* change_;
};

}  // namespace mpm::gui
