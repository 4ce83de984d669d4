// SPDX-License-Identifier: Apache-2.0
#include "cli/interruption.h"

#include <array>
#include <csignal>
#include <utility>

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace mpm {

Interruption::Interruption(std::function<void()> farewell) : farewell_(std::move(farewell)) {
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // What was ignored when we were started (nohup, a shell's background job) stays ignored.
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaddset(&awaited, signal);
  }
  signals_ = signalfd(-1, &awaited, SFD_CLOEXEC);
  done_ = eventfd(0, EFD_CLOEXEC);
  // Without them the signals keep their usual effect: the process ends, and an ephemeral
  // agent with it, at the end of its stdin.
  if (signals_ < 0 || done_ < 0) return;
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  thread_ = std::thread([this] { wait(); });
}

Interruption::~Interruption() {
  if (thread_.joinable()) {
    eventfd_write(done_, 1);
    thread_.join();
  }
  if (signals_ >= 0) close(signals_);
  if (done_ >= 0) close(done_);
}

void Interruption::wait() {
  // Every other signal is the main thread's: a full screen waits for those of its terminal.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  while (true) {
    std::array<pollfd, 2> waiting{pollfd{signals_, POLLIN, 0}, pollfd{done_, POLLIN, 0}};
    if (poll(waiting.data(), waiting.size(), -1) < 0) continue;
    signalfd_siginfo info{};
    if ((waiting[0].revents & POLLIN) != 0 &&
        read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
      farewell_();
      _exit(128 + static_cast<int>(info.ssi_signo));
    }
    if (waiting[1].revents != 0) return;
  }
}

}  // namespace mpm
