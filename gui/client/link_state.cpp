// SPDX-License-Identifier: Apache-2.0
#include "gui/client/link_state.h"

#include <QCoreApplication>

namespace mpm::gui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("mpm::gui::LinkState", text);
}

// What went wrong, as a sentence of its own.
QString ended(const QString& why) {
  return why.isEmpty() || why.endsWith(u'.') ? why : why + u'.';
}

}  // namespace

bool is_broken(Link link) {
  return link == Link::Stale || link == Link::Refused || link == Link::Lost;
}

QString sentence_of(const LinkState& state) {
  const QString time = state.heard.toString(QStringLiteral("HH:mm:ss"));
  const QString why = ended(state.why);
  switch (state.link) {
    case Link::Looking:
      return tr("Looking for an agent at %1.").arg(state.address);
    case Link::Starting:
      return why.isEmpty() ? tr("No agent answers: one is being started.")
                           : tr("The agent is starting: %1").arg(why);
    case Link::Live:
      return state.own ? tr("Live. This window runs an agent of its own.")
                       : tr("Live, from the agent at %1.").arg(state.address);
    case Link::Stale:
      return why.isEmpty() ? tr("Stale since %1: the agent does not answer.").arg(time)
                           : tr("Stale since %1: %2").arg(time, why);
    case Link::Refused:
    case Link::Lost:
      break;
  }
  const QString none = state.link == Link::Refused
                           ? tr("Refused: %1 It is tried again by itself.").arg(why)
                           : tr("No agent: %1 It is looked for again by itself.").arg(why);
  return state.heard.isValid() ? tr("Stale since %1. ").arg(time) + none : none;
}

}  // namespace mpm::gui
