// SPDX-License-Identifier: Apache-2.0
#include "agent/history/migrate.h"

#include <fmt/format.h>

namespace mpm {
namespace {

Result<std::int64_t> version_of(Database& database) {
  auto statement = database.prepare("PRAGMA user_version");
  if (!statement) return fail(std::move(statement.error()));
  if (auto row = statement->step(); !row) return fail(std::move(row.error()));
  return statement->integer(0);
}

Result<void> apply(Database& database, std::string_view step, std::int64_t version) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return fail(std::move(transaction.error()));
  if (auto done = database.execute(std::string(step)); !done) return done;
  if (auto done = database.execute(fmt::format("PRAGMA user_version = {}", version)); !done)
    return done;
  return transaction->commit();
}

}  // namespace

Result<void> migrate(Database& database, std::span<const std::string_view> steps) {
  const auto version = version_of(database);
  if (!version) return fail(version.error());
  const auto newest = static_cast<std::int64_t>(steps.size());
  if (*version > newest)
    return fail(
        Error::Kind::Conflict,
        fmt::format("the database is of version {} and this program knows {}: use the newer "
                    "program, or move the database away",
                    *version, newest));
  for (std::int64_t at = *version; at < newest; ++at)
    if (auto done = apply(database, steps[static_cast<std::size_t>(at)], at + 1); !done)
      return done;
  return {};
}

}  // namespace mpm
