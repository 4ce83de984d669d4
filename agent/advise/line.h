// SPDX-License-Identifier: Apache-2.0
//
// What workers bring that stand in line behind httpd: N of them end X requests a second, fewer the
// more they are,
//
//   1 / X = A + B N
//
// which is what Gunther's law of scalability comes to far beyond its peak. Two pools that were full
// give A and B. So few that none of them waits end N / s, each in s seconds, and both meet at the
// knee
//
//   B N^2 + A N = s
//
// Pure.
#pragma once

#include <string>

#include "schema/model/observation.h"

namespace mpm::advise {

struct Line {
  double fixed = 0;       // A, seconds
  double per_worker = 0;  // B, above 0
};

// Of a request of a pool, all of it busy.
double seconds_each(const FullPool& pool);

// `more` has more workers, and ended fewer requests.
Line through(const FullPool& fewer, const FullPool& more);

// Of N, `kept` wait for a client's next request and end nothing meanwhile: M = N - K of them meet
// the line where B M^2 + (A + B K) M = s.
double knee(const Line& line, double seconds, double kept = 0);
// Workers for so many times as many a second, or for seven eighths of what hardly any would end, if
// that is less: where the knee is not known, since all that is known waited.
double far_below(const Line& line, double per_second, double times);

// "1 / X = 0.0013 s + 3e-05 s x N"
std::string in_words(const Line& line);

}  // namespace mpm::advise
