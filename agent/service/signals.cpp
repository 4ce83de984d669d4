// SPDX-License-Identifier: Apache-2.0
#include "agent/service/signals.h"

#include <csignal>

#include <sys/signalfd.h>
#include <unistd.h>

namespace mpm {

UniqueFd signals_as_a_file() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return UniqueFd(signalfd(-1, &set, SFD_CLOEXEC));
}

int arrived_signal(const UniqueFd& signals) {
  signalfd_siginfo arrived{};
  if (::read(signals.get(), &arrived, sizeof arrived) != sizeof arrived) return 0;
  return static_cast<int>(arrived.ssi_signo);
}

}  // namespace mpm
