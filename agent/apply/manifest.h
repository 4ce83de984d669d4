// SPDX-License-Identifier: Apache-2.0
//
// The manifest of a backup as text, one thing a line, words apart by a blank; a byte that is no
// printable character of ASCII is written %XX, so a path may hold anything:
//
//   mpmctl-backup 1
//   root /proc/4711/root
//   edit rewrite /etc/apache2/mods-available/mpm_event.conf 9f2c... 51aa...
//   nature 644 0 0 1795423200.000000123 1795423200.000000123
//   attribute user.note hello
//   end 3c4d...
//
// The words after a path are the digests of the bytes before and after; the last line's is that of
// all lines before it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/apply/backup.h"
#include "schema/model/result.h"

namespace mpm::apply {

struct Manifest {
  std::string root;
  struct Entry {
    SavedEdit saved;  // without its bytes
    std::string before_digest;
    std::string after_digest;
  };
  std::vector<Entry> entries;
};

std::string digest(std::string_view bytes);  // FNV-1a of 64 bits: notices damage, not forgery
std::string to_text(const Manifest& manifest);
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace mpm::apply
