// The statements of one connection, kept prepared: of each database its own way, below SOCI, which opens the
// connection. SOCI describes the columns of a result once and by its first row, and prepares for PostgreSQL
// with two round trips more. Not thread-safe: a session's own.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/status/status.h"
#include "common/sql/sql.h"

namespace chuanyu::sql {

// A session keeps so many statements prepared, those that were used last. Long ones hold the values of many
// rows and do not come again.
inline constexpr size_t kMostPrepared = 128;
inline constexpr size_t kLongestPrepared = 2000;

class Statements {
 public:
  virtual ~Statements() = default;

  // `rows` and `changed` may be null. An error of the database is `unavailable` with its code alone: its text
  // may repeat values.
  virtual absl::Status Run(const std::string& text, const Binds& binds, Result* rows, int64_t* changed) = 0;
  // Does not wait for the outcome where that would be a round trip: an error comes with what is run, or
  // flushed, next. Only inside a transaction.
  virtual absl::Status Queue(const std::string& text, const Binds& binds) = 0;
  // Until everything that was queued has its outcome.
  virtual absl::Status Flush() = 0;
  // Prepares everything anew.
  virtual void Forget() = 0;
};

// `connection` is SOCI's sqlite3* or PGconn*, and outlives the object.
std::unique_ptr<Statements> SqliteStatements(void* connection, Reason unavailable);
std::unique_ptr<Statements> PostgresqlStatements(void* connection, Reason unavailable);

// As both databases spell what has a date type: "2026-10-01", or "2026-10-01T08:00:00" with a time of day.
std::string DateText(std::string text);

// Those that were used last, at most kMostPrepared.
template <typename Statement>
class PreparedCache {
 public:
  // Null when it is not there.
  Statement* Find(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    used_.splice(used_.begin(), used_, found->second);
    return &found->second->second;
  }
  Statement* Add(const std::string& key, Statement statement) {
    used_.emplace_front(key, std::move(statement));
    by_key_[key] = used_.begin();
    return &used_.front().second;
  }
  bool full() const { return used_.size() >= kMostPrepared; }
  // The one that was not used for longest.
  Statement TakeOldest() {
    Statement oldest = std::move(used_.back().second);
    by_key_.erase(used_.back().first);
    used_.pop_back();
    return oldest;
  }
  void Clear() {
    by_key_.clear();
    used_.clear();
  }

 private:
  std::list<std::pair<std::string, Statement>> used_;  // the newest first
  std::unordered_map<std::string, typename std::list<std::pair<std::string, Statement>>::iterator> by_key_;
};

}  // namespace chuanyu::sql
