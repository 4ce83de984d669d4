// SPDX-License-Identifier: Apache-2.0
//
// Erlang's C: of Poisson clients, who has to wait.
#pragma once

namespace mpm::model {

// The share that has to wait for one of so many, while `offered` are busy on average.
inline double erlang_c(int servers, double offered) {
  double blocked = 1;
  for (int i = 1; i <= servers; ++i)
    blocked = offered * blocked / (i + offered * blocked);
  const double load = offered / servers;
  return blocked / (1 - load + load * blocked);
}

}  // namespace mpm::model
