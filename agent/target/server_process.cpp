// SPDX-License-Identifier: Apache-2.0
#include "agent/target/server_process.h"

#include <cerrno>
#include <csignal>
#include <utility>

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/file.h"

namespace mpm {

Result<ServerProcess> ServerProcess::of(const ProcFs& proc, std::int32_t pid) {
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  // Its start is read after the descriptor is had, so both are of the same process.
  const auto stat = proc.stat(pid);
  if (!stat) return fail(stat.error());
  if (stat->state == 'Z')
    return fail(Error::Kind::NotFound, fmt::format("process {} has ended", pid));
  ServerProcess process(proc, pid, stat->start_ticks);
  process.pidfd_ = std::move(pidfd);
  return process;
}

bool ServerProcess::is_alive() const {
  const auto stat = proc_.stat(pid_);
  return stat && stat->state != 'Z' && stat->start_ticks == started_;
}

Result<void> ServerProcess::send(int signal) const {
  if (!is_alive()) return fail(Error::Kind::NotFound, fmt::format("process {} has ended", pid_));
  if (proc_.root() != "/proc")
    return fail(Error::Kind::Internal,
                fmt::format("{} only stands for /proc: there is nobody to signal", proc_.root()));
  const auto sent = pidfd_ ? ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0)
                           : ::kill(pid_, signal);
  if (sent == 0) return {};
  Error error = system_error(errno, fmt::format("signal {} to process {}", signal, pid_));
  if (error.kind == Error::Kind::Denied) error.what += "; run the agent as root";
  return fail(std::move(error));
}

}  // namespace mpm
