// SPDX-License-Identifier: Apache-2.0
#include "agent/target/load_watch.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mpm {
namespace {

void look(const LoadWatch& watch, ServerEyes& eyes, LoadSight& sight) {
  sight.after = eyes.look();
  sight.losses = sight.after.losses;
  EffectQuestion question;
  if (watch.log != nullptr) {
    if (auto since = read_log_since(*watch.log)) {
      question.log = std::move(since->messages);
      question.log_known = true;
    } else {
      sight.losses.push_back(since.error().what);
    }
  }
  question.way = watch.way;
  question.before = watch.before;
  question.after = sight.after;
  question.changes = watch.changes;
  question.configured_mpm = watch.configured_mpm;
  sight.effect = took_effect(question);
  sight.log = std::move(question.log);
}

std::string worst_complaint(const LoadSight& sight) {
  for (const ServerMessage& message : sight.effect.complaints)
    if (is_error(message))
      return fmt::format(" Its error log says: {}{}{}", message.code,
                         message.code.empty() ? "" : ": ", message.text);
  return {};
}

std::string first_value(const LoadSight& sight, Seen seen) {
  const auto found = std::ranges::find(sight.effect.values, seen, &ValueEffect::seen);
  return found == sight.effect.values.end() ? std::string() : " " + found->sentence;
}

using Moment = std::chrono::steady_clock::time_point;

constexpr Moment kNever = Moment::max();

// Whether something has been so for that long; `since` is when it began, or kNever.
bool lasts(bool so, Moment& since, Moment now, std::chrono::milliseconds span) {
  since = so ? std::min(since, now) : kNever;
  return so && now >= since + span;
}

bool is_full(const ServerEvidence& evidence) {
  return evidence.board && evidence.board->workers > 0 && evidence.board->idle == 0;
}

std::string sentence_of(const LoadSight& sight, std::chrono::milliseconds deadline) {
  switch (sight.end) {
    case LoadEnd::TookEffect:
      return sight.after.answers == false
                 ? sight.effect.sentence + " Every worker is busy, so it answers late or nobody."
                 : sight.effect.sentence;
    case LoadEnd::Gone:
      return sight.effect.sentence + worst_complaint(sight);
    case LoadEnd::NotInForce:
      return sight.effect.sentence + first_value(sight, Seen::NotInForce) + worst_complaint(sight);
    case LoadEnd::Stopped:
      return "The look at the server was given up: " + sight.effect.sentence;
    case LoadEnd::TimedOut:
      break;
  }
  return fmt::format("After {:g} s it is not seen whether the load took effect. {}{}{}{}",
                     std::chrono::duration<double>(deadline).count(), sight.effect.sentence,
                     sight.after.answers == false ? " Not every port of it answers." : "",
                     first_value(sight, Seen::NotYet), worst_complaint(sight));
}

}  // namespace

LoadSight watch_load(const LoadWatch& watch, ServerEyes& eyes, Clock& clock) {
  LoadSight sight;
  const auto end = clock.mono() + watch.deadline;
  Moment gone_since = kNever;
  Moment full_since = kNever;
  for (;;) {
    look(watch, eyes, sight);
    const auto now = clock.mono();
    if (lasts(!sight.after.alive, gone_since, now, watch.absence)) {
      sight.end = LoadEnd::Gone;
      break;
    }
    if (sight.after.alive && sight.effect.failed()) {
      sight.end = LoadEnd::NotInForce;
      break;
    }
    const bool full =
        lasts(sight.effect.complete() && is_full(sight.after), full_since, now, watch.full);
    if (sight.effect.complete() && (sight.after.answers != false || full)) {
      sight.end = LoadEnd::TookEffect;
      break;
    }
    if (now >= end) {
      sight.end = sight.after.alive ? LoadEnd::TimedOut : LoadEnd::Gone;
      break;
    }
    if (!clock.sleep_until(std::min(end, now + watch.pace), watch.stop)) {
      sight.end = LoadEnd::Stopped;
      break;
    }
  }
  sight.sentence = sentence_of(sight, watch.deadline);
  return sight;
}

}  // namespace mpm
