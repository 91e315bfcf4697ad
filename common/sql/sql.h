// A small layer over SOCI for SQLite and PostgreSQL: sessions in a pool, statements with named values,
// transactions. SOCI's exceptions end here.
//
//   CHUANYU_ASSIGN_OR_RETURN(auto pool, sql::Pool::Open({.url = "sqlite3://db=data/cases.db"}));
//   CHUANYU_RETURN_IF_ERROR(pool->Transact([&](sql::Session& session) -> absl::Status {
//     return session.Execute("INSERT INTO t(id) VALUES (:id)", {{"id", id}}).status();
//   }));
//
// Errors carry the database's code (SQLSTATE, SQLite result) and never its text: that may repeat the values
// of a row, and rows are about people. Everything blocks: never call this on a gRPC callback thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/mutex.h"
#include "common/errors/error.h"

namespace soci {
class session;
}

namespace chuanyu::sql {

class Statements;

// NULL, an integer or text. Bytes go in as Base64 text, days and instants as ISO 8601 text; a column of a
// date type comes back as "2026-10-01", or "2026-10-01T08:00:00" when it has a time of day.
using Value = std::variant<std::monostate, int64_t, std::string>;
using Row = std::vector<Value>;
// Every name must occur in the statement as :name.
using Binds = std::map<std::string, Value>;

// "" and 0 for values of another kind.
std::string TextOf(const Value& value);
int64_t IntOf(const Value& value);

// Binds `values` as n0, n1, ... and gives ":n0, :n1, ...", for IN (...); there must be one.
std::string BindList(const std::vector<std::string>& values, Binds* binds);

struct Result {
  std::vector<std::string> columns;  // as the database names them; also when there are no rows
  std::vector<Row> rows;
};

enum class Dialect { kSqlite, kPostgresql };

struct PoolOptions {
  std::string url;      // "sqlite3://db=<file>" or "postgresql://<libpq connection string>"
  size_t sessions = 4;  // each is a connection; SQLite has one writer at a time anyway
  // Waiting for a free session, for a lock, and for one statement (PostgreSQL). 5 s: the exchange's attempt
  // ends after 10 s.
  absl::Duration timeout = absl::Seconds(5);
  // What a failure of this database is called: SOURCE_UNAVAILABLE for registers.
  Reason unavailable = Reason::STORE_UNAVAILABLE;
  // For a store whose transactions wait for each other anyway: those of this process that wait together are
  // one transaction of the database, each in a savepoint, and share its sync. No work may begin another one.
  bool join_transactions = false;
};

// One connection, lent by the pool to one thread.
class Session {
 public:
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  absl::StatusOr<Result> Query(const std::string& statement, const Binds& binds = {});
  // The number of rows changed.
  absl::StatusOr<int64_t> Execute(const std::string& statement, const Binds& binds = {});
  // Changes something and asks for no number: inside a transaction it costs no round trip. An error may come
  // with a later statement, at the latest with the end of the work.
  absl::Status Write(const std::string& statement, const Binds& binds = {});
  // Locks what `name` says until the transaction ends, by a statement that is run once a transaction. Nothing
  // on SQLite, where a transaction has the write lock from its beginning.
  absl::Status LockRow(const std::string& name, const std::string& statement, const Binds& binds = {});
  // Leaves `item` to what runs before the transaction commits: `run`, once for all items of a name, also of
  // works that were joined, and not of those that failed. Outside a transaction at once.
  using LastFn = std::function<absl::Status(Session&, const std::vector<std::string>& items)>;
  absl::Status AtCommit(const std::string& name, std::string item, LastFn run);
  Dialect dialect() const { return dialect_; }

 private:
  friend class Pool;
  struct Last {
    LastFn run;
    std::vector<std::string> items;
  };
  Session(const PoolOptions& options, Dialect dialect);
  absl::Status Connect();
  absl::Status Begin();
  absl::Status Commit();
  void RollBack();
  // Undoes what a failing `work` has done and nothing else, if the database lets it.
  absl::Status RunInSavepoint(absl::FunctionRef<absl::Status(Session&)> work);
  // The session is of no use after an error of the database.
  absl::Status Noted(absl::Status status);

  const PoolOptions& options_;
  const Dialect dialect_;
  std::unique_ptr<soci::session, void (*)(soci::session*)> soci_;
  std::unique_ptr<Statements> statements_;  // gone before soci_
  bool broken_ = true;                      // connects before its next use
  bool in_transaction_ = false;
  std::set<std::string> locked_;      // in this transaction
  std::map<std::string, Last> last_;  // before it commits
};

// Thread-safe. Sessions connect at first use, and again after any failure.
class Pool {
 public:
  // CONFIG_INVALID for a malformed url; options.unavailable when the database cannot be reached.
  static absl::StatusOr<std::unique_ptr<Pool>> Open(const PoolOptions& options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Each statement by itself.
  absl::Status Run(absl::FunctionRef<absl::Status(Session&)> work);
  // Commits when `work` returns OK and rolls back otherwise. SQLite takes the write lock at the start: a
  // reader that becomes a writer half-way could fail with "busy" without waiting. After a failed commit the
  // transaction may or may not have happened. With join_transactions `work` may run on another thread's turn,
  // while its own thread waits here.
  absl::Status Transact(absl::FunctionRef<absl::Status(Session&)> work) ABSL_LOCKS_EXCLUDED(join_mu_);
  Dialect dialect() const { return dialect_; }

 private:
  // A transaction that waits to be joined.
  struct Joining {
    absl::FunctionRef<absl::Status(Session&)> work;
    absl::Status result = {};
    bool leads = false;  // its thread runs those at the front of the line
    bool done = false;
    CondVar turn = {};
  };

  Pool(const PoolOptions& options, Dialect dialect);
  absl::Status TransactAlone(absl::FunctionRef<absl::Status(Session&)> work);
  absl::Status TransactJoined(absl::FunctionRef<absl::Status(Session&)> work) ABSL_LOCKS_EXCLUDED(join_mu_);
  // All of them in one transaction, with a result each.
  void RunTogether(const std::vector<Joining*>& joined);
  absl::StatusOr<Session*> Borrow() ABSL_LOCKS_EXCLUDED(mu_);
  void Return(Session* session) ABSL_LOCKS_EXCLUDED(mu_);

  const PoolOptions options_;
  const Dialect dialect_;
  std::vector<std::unique_ptr<Session>> sessions_;
  Mutex mu_;
  CondVar returned_;
  std::vector<Session*> free_ ABSL_GUARDED_BY(mu_);

  Mutex join_mu_;
  std::deque<Joining*> line_ ABSL_GUARDED_BY(join_mu_);
  bool led_ ABSL_GUARDED_BY(join_mu_) = false;
};

}  // namespace chuanyu::sql
