// SPDX-License-Identifier: Apache-2.0
#include "agent/history/sqlite.h"

#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

namespace mpm {
namespace {

constexpr int kBusyMilliseconds = 5000;

Error explain(sqlite3* database, int code) {
  const char* said = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  const char* path = database != nullptr ? sqlite3_db_filename(database, "main") : nullptr;
  const std::string where = path != nullptr && *path != '\0' ? path : "a database in memory";
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Error::Kind::Conflict,
              fmt::format("{}: another process holds this database; stop the other agent", where)};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Error::Kind::Denied, fmt::format("{}: this database cannot be written", where)};
    case SQLITE_CANTOPEN:
      return {Error::Kind::Denied,
              fmt::format("{}: this database cannot be opened; check its folder and who may "
                          "write there",
                          where)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Error::Kind::Malformed,
              fmt::format("{}: this is no database of ours, or a damaged one; move it away and "
                          "a new one begins",
                          where)};
    case SQLITE_FULL:
      return {Error::Kind::Denied, fmt::format("{}: the disk is full", where)};
    default:
      return {Error::Kind::Internal, fmt::format("{}: {}", where, said)};
  }
}

Error explain(sqlite3_stmt* statement, int code) {
  return explain(sqlite3_db_handle(statement), code);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}
void Database::Close::operator()(sqlite3* database) const {
  // What was prepared may outlive it by a moment.
  sqlite3_close_v2(database);
}

void Statement::bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter, value);
}
void Statement::bind(int parameter, double value) {
  sqlite3_bind_double(statement_.get(), parameter, value);
}
void Statement::bind(int parameter, std::string_view value) {
  sqlite3_bind_text(statement_.get(), parameter, value.data(), static_cast<int>(value.size()),
                    SQLITE_TRANSIENT);  // NOLINT: the macro casts in C's way
}
void Statement::bind_bytes(int parameter, std::string_view value) {
  sqlite3_bind_blob(statement_.get(), parameter, value.data(), static_cast<int>(value.size()),
                    SQLITE_TRANSIENT);  // NOLINT: the macro casts in C's way
}
void Statement::bind_null(int parameter) {
  sqlite3_bind_null(statement_.get(), parameter);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(explain(statement_.get(), code));
}
void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes != nullptr ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Result<Database> Database::open(const std::string& path, Durability durability) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database database(raw);
  if (code != SQLITE_OK) {
    Error error = explain(raw, code);
    if (error.what.compare(0, path.size(), path) != 0) error.what.insert(0, path + ": ");
    return fail(std::move(error));
  }
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  // Neither loses the database. EXTRA also syncs the folder that the rollback journal was in.
  const char* mode = durability == Durability::Every
                         ? "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; "
                         : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ";
  if (auto set = database.execute(std::string(mode) + "PRAGMA foreign_keys = ON"); !set)
    return fail(std::move(set.error()));
  return database;
}

Result<void> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(explain(database_.get(), code));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) return fail(explain(database_.get(), code));
  return Statement(raw);
}

std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(database_.get());
}

Result<void> Database::run(std::optional<Statement>& kept, std::string_view sql) {
  if (!kept) {
    auto prepared = prepare(sql);
    if (!prepared) return fail(std::move(prepared.error()));
    kept.emplace(std::move(*prepared));
  }
  auto done = kept->step();
  kept->reset();
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.run(database.begin_, "BEGIN IMMEDIATE"); !begun)
    return fail(std::move(begun.error()));
  return Transaction(database);
}
Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}
Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}
Result<void> Transaction::commit() {
  auto done = database_->run(database_->commit_, "COMMIT");
  if (done) database_ = nullptr;
  return done;
}

}  // namespace mpm
