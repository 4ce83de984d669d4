// SPDX-License-Identifier: Apache-2.0
//
// How the dashboard stands to one of its agents, as a value and as the sentence that says so.
// Whatever is on the screen is as old as `heard`, and the sentence never hides that.
#pragma once

#include <QDateTime>
#include <QString>
#include <cstdint>

namespace mpm::gui {

enum class Link : std::uint8_t {
  Looking,   // whether an agent answers
  Starting,  // one of our own
  Live,
  Stale,    // it was live, and does not answer in time or not what it should
  Refused,  // it is there and lets us not in, or is not trusted
  Lost,     // nobody answers, and none could be started
};

struct LinkState {
  Link link = Link::Looking;
  QString address;
  bool own = false;  // the agent is ours
  QString why;       // what went wrong last, a sentence
  QDateTime heard;   // when something was learnt last; invalid: never

  bool operator==(const LinkState&) const = default;
};

// What is shown is old, or there is nothing to show.
bool is_broken(Link link);
QString sentence_of(const LinkState& state);

}  // namespace mpm::gui
