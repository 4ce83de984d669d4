// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/board_cells.h"

#include <QCoreApplication>
#include <algorithm>
#include <string_view>

#include "gui/words.h"

namespace mpm::gui {
namespace {

QString text(const char* source) {
  return QCoreApplication::translate("mpm::gui::ScoreboardGrid", source);
}

}  // namespace

Standing standing_of(const ProcessView& process, const ScoreboardView& board) {
  if (process.quiescing || process.generation != board.generation) return Standing::Old;
  return process.not_accepting ? Standing::Deaf : Standing::Present;
}

std::vector<int> slots_shown(const ScoreboardView& board) {
  std::size_t used = 1;
  for (const ProcessView& process : board.processes) {
    const auto last = process.states.find_last_not_of(kStateLetters.front());
    if (last != std::string::npos) used = std::max(used, last + 1);
  }
  std::vector<int> slots;
  slots.reserve(board.processes.size());
  for (const ProcessView& process : board.processes)
    slots.push_back(static_cast<int>(std::clamp<std::size_t>(process.states.size(), 1, used)));
  return slots;
}

BoardCounts counts_of(const ScoreboardView& board) {
  BoardCounts counts;
  for (const ProcessView& process : board.processes) {
    const Standing standing = standing_of(process, board);
    if (standing == Standing::Old) ++counts.old_processes;
    if (standing == Standing::Deaf) ++counts.deaf_processes;
    for (const char letter : process.states)
      if (const auto state = worker_state(letter)) ++counts.of[static_cast<std::size_t>(*state)];
  }
  return counts;
}

QString sentence_of(const ScoreboardView& board, CellId id) {
  if (id.process < 0 || static_cast<std::size_t>(id.process) >= board.processes.size()) return {};
  const ProcessView& process = board.processes[static_cast<std::size_t>(id.process)];
  const auto slot = static_cast<std::size_t>(id.slot);
  const char letter = slot < process.states.size() ? process.states[slot] : kStateLetters.front();
  const auto state = worker_state(letter);
  QString sentence =
      text("Process %1, slot %2 (%3): %4.")
          .arg(QString::number(process.pid), QString::number(id.slot), QString(QLatin1Char(letter)),
               state ? word(*state) : text("a state that is not known here"));
  switch (standing_of(process, board)) {
    case Standing::Old:
      sentence += text(" It is of generation %1 and finishes what it has; the present one is %2.")
                      .arg(process.generation)
                      .arg(board.generation);
      break;
    case Standing::Deaf:
      sentence += text(" The process takes no new connection: it is full.");
      break;
    case Standing::Present:
      break;
  }
  return sentence;
}

}  // namespace mpm::gui
