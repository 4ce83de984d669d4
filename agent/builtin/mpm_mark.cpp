// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/mpm_mark.h"

#include <array>

#include <sys/mman.h>
#include <unistd.h>

namespace mpm::builtin {

UniqueFd mark_mpm(Mpm mpm) {
  constexpr std::array kNames =
      std::to_array<const char*>({"modules/mod_mpm_prefork.so", "modules/mod_mpm_worker.so",
                                  "modules/mod_mpm_event.so", "modules/mod_mpm_winnt.so"});
  UniqueFd mark(::memfd_create(kNames[static_cast<std::size_t>(mpm)], MFD_CLOEXEC));
  const long page = ::sysconf(_SC_PAGESIZE);
  if (mark && ::ftruncate(mark.get(), page) == 0)
    ::mmap(nullptr, static_cast<std::size_t>(page), PROT_READ, MAP_PRIVATE, mark.get(), 0);
  return mark;
}

}  // namespace mpm::builtin
