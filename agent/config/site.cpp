// SPDX-License-Identifier: Apache-2.0
#include "agent/config/site.h"

#include <utility>

#include "agent/config/reader.h"

namespace mpm::config {

Site read_site(const SiteOptions& options, const FileSystem& files) {
  return SiteReader(options, files).read();
}

}  // namespace mpm::config
