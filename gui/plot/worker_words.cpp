// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/worker_words.h"

#include <QCoreApplication>
#include <algorithm>

#include "gui/words.h"

namespace mpm::gui {
namespace {

QString text(const char* source) {
  return QCoreApplication::translate("mpm::gui::ScoreboardGrid", source);
}

// "203.0.113.7 at shop.example.org:443", as far as it is known.
QString who(const WorkerView& worker) {
  const QString client = worker.client.empty() ? text("a client") : shown(worker.client);
  return worker.vhost.empty() ? client : text("%1 at %2").arg(client, shown(worker.vhost));
}

QString when(const WorkerView& worker) {
  if (worker.serving)
    return worker.age_seconds ? text(" For %1.").arg(seconds(*worker.age_seconds)) : QString();
  if (worker.last_seconds && worker.age_seconds)
    return text(" It took %1, %2 ago.")
        .arg(seconds(*worker.last_seconds), seconds(*worker.age_seconds));
  return {};
}

}  // namespace

std::optional<WorkerView> worker_at(const WorkerList& list, const ScoreboardView& board,
                                    CellId id) {
  const auto process = static_cast<std::size_t>(id.process);
  if (id.process < 0 || process >= board.processes.size()) return std::nullopt;
  const ProcessView& of = board.processes[process];
  const auto found = std::ranges::find_if(list.workers, [&](const WorkerView& worker) {
    return worker.pid == of.pid && worker.slot == of.slot && worker.thread == id.slot;
  });
  if (found == list.workers.end()) return std::nullopt;
  WorkerView worker = *found;
  const auto slot = static_cast<std::size_t>(id.slot);
  if (slot < of.states.size() && of.states[slot] == state_letter(WorkerState::Ready))
    worker.serving = false;
  return worker;
}

WorkerWords words_of(const WorkerView& worker) {
  if (worker.request.empty() && worker.client.empty()) return {};
  // Both at once: a client may well have written %2.
  const QString request = worker.request.empty() ? text("no request yet") : shown(worker.request);
  const QString what = worker.serving ? text(" It answers %1: %2.").arg(who(worker), request)
                                      : text(" Its last was of %1: %2.").arg(who(worker), request);
  return {what, when(worker)};
}

}  // namespace mpm::gui
