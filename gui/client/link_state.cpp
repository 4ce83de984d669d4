// SPDX-License-Identifier: Apache-2.0
#include "gui/client/link_state.h"

#include <QCoreApplication>

namespace mpm::gui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("mpm::gui::LinkState", text);
}

}  // namespace

QString sentence_of(const LinkState& state) {
  const QString time = state.heard.toString(QStringLiteral("HH:mm:ss"));
  switch (state.link) {
    case Link::Looking:
      return tr("Looking for an agent at %1.").arg(state.socket);
    case Link::Starting:
      return state.why.isEmpty() ? tr("No agent answers: one is being started.")
                                 : tr("The agent is starting: %1").arg(state.why);
    case Link::Live:
      return state.own ? tr("Live, from an agent of this window's own.")
                       : tr("Live, from the agent at %1.").arg(state.socket);
    case Link::Stale:
      return state.why.isEmpty() ? tr("Stale since %1: the agent does not answer.").arg(time)
                                 : tr("Stale since %1: %2").arg(time, state.why);
    case Link::Lost:
      break;
  }
  const QString none = tr("No agent: %1 It is looked for again by itself.").arg(state.why);
  return state.heard.isValid() ? tr("Stale since %1. ").arg(time) + none : none;
}

}  // namespace mpm::gui
