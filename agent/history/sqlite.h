// SPDX-License-Identifier: Apache-2.0
//
// SQLite with owners and Results: a database, a prepared statement, a transaction that rolls
// back unless it is committed.
//
// Threads: a Database and what was made from it belong to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "schema/model/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace mpm {

class Statement {
 public:
  // Parameters count from 1. A statement is bound anew after reset().
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view value);
  void bind_bytes(int parameter, std::string_view value);
  void bind_null(int parameter);

  // True: a row is there to be read; false: there are no more.
  Result<bool> step();
  void reset();

  // Columns count from 0.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// What a power cut may take: the last transactions, or none that was committed.
enum class Durability : std::uint8_t { LastMayBeLost, Every };

class Database {
 public:
  // ":memory:" for one that is gone with the object. Conflict: another process has it locked.
  // Malformed: the file is no database, or damaged.
  static Result<Database> open(const std::string& path,
                               Durability durability = Durability::LastMayBeLost);

  Result<void> execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);
  std::int64_t last_row() const;

 private:
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}
  // One that is asked for often, prepared the first time.
  Result<void> run(std::optional<Statement>& kept, std::string_view sql);

  std::unique_ptr<sqlite3, Close> database_;
  std::optional<Statement> begin_;
  std::optional<Statement> commit_;
};

class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();  // takes back what was not committed
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace mpm
