// SPDX-License-Identifier: Apache-2.0
#include "agent/files/process_reader.h"

namespace mpm {

FileReader nobody() {
  constexpr uid_t kNobody = 65534;
  return {kNobody, kNobody, {}};
}

FileReader reader_of(const ProcFs& proc, std::int32_t pid) {
  const auto status = proc.status(pid);
  if (!status || status->uid < 0 || !status->is_one_user) return nobody();
  FileReader reader{static_cast<uid_t>(status->uid), static_cast<gid_t>(status->gid), {}};
  for (const std::int64_t group : status->groups)
    reader.groups.push_back(static_cast<gid_t>(group));
  return reader;
}

}  // namespace mpm
