#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/sql/soci.h"
#include "common/sql/sql.h"
#include "common/sql/statements.h"

namespace chuanyu::sql {
namespace {

// Of one transaction: the first must not wait too long for the last.
constexpr size_t kMostJoined = 64;

// The code alone: the text may repeat values.
std::string CodeOf(const soci::soci_error& error) {
  if (const auto* pg = dynamic_cast<const soci::postgresql_soci_error*>(&error)) {
    return "SQLSTATE " + pg->sqlstate();
  }
  if (const auto* lite = dynamic_cast<const soci::sqlite3_soci_error*>(&error)) {
    return absl::StrCat("SQLite result ", lite->result());
  }
  return "statement or values refused by the client library";
}

}  // namespace

std::string TextOf(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? "" : *text;
}

std::string BindList(const std::vector<std::string>& values, Binds* binds) {
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string name = "n" + std::to_string(i);
    out += (i == 0 ? ":" : ", :") + name;
    (*binds)[name] = values[i];
  }
  return out;
}

int64_t IntOf(const Value& value) {
  const auto* integer = std::get_if<int64_t>(&value);
  return integer == nullptr ? 0 : *integer;
}

Session::Session(const PoolOptions& options, Dialect dialect)
    : options_(options), dialect_(dialect), soci_(nullptr, [](soci::session* session) { delete session; }) {}

Session::~Session() = default;

absl::Status Session::Connect() {
  if (!broken_) return absl::OkStatus();
  const std::string parameters = options_.url.substr(options_.url.find("://") + 3);
  const int64_t timeout_ms = absl::ToInt64Milliseconds(options_.timeout);
  statements_.reset();
  in_transaction_ = false;
  try {
    soci_.reset();
    if (dialect_ == Dialect::kPostgresql) {
      soci_.reset(new soci::session(soci::postgresql, parameters));
      *soci_ << "SET statement_timeout = " << timeout_ms;
      *soci_ << "SET synchronous_commit = on";
      // Notices go to stderr otherwise, and may hold values.
      *soci_ << "SET client_min_messages = error";
      *soci_ << "SET datestyle = ISO";  // as days are read here
      auto* const backend = static_cast<soci::postgresql_session_backend*>(soci_->get_backend());
      statements_ = PostgresqlStatements(backend->conn_, options_.unavailable);
    } else {
      soci_.reset(new soci::session(soci::sqlite3, parameters));
      *soci_ << "PRAGMA busy_timeout = " << timeout_ms;
      std::string mode;
      *soci_ << "PRAGMA journal_mode = WAL", soci::into(mode);
      // FULL: in WAL mode NORMAL may lose committed transactions with the power.
      *soci_ << "PRAGMA synchronous = FULL";
      *soci_ << "PRAGMA foreign_keys = ON";
      auto* const backend = static_cast<soci::sqlite3_session_backend*>(soci_->get_backend());
      statements_ = SqliteStatements(backend->conn_, options_.unavailable);
    }
  } catch (const soci::soci_error& error) {
    return MakeError(options_.unavailable, {.detail = "database error: " + CodeOf(error)});
  }
  broken_ = false;
  return absl::OkStatus();
}

absl::Status Session::Noted(absl::Status status) {
  if (!status.ok()) broken_ = true;
  return status;
}

absl::Status Session::Begin() {
  in_transaction_ = true;
  locked_.clear();
  last_.clear();
  return Noted(statements_->Queue(dialect_ == Dialect::kSqlite ? "BEGIN IMMEDIATE" : "BEGIN", {}));
}

absl::Status Session::Commit() {
  for (const auto& [name, last] : std::exchange(last_, {})) {
    CHUANYU_RETURN_IF_ERROR(last.run(*this, last.items));
  }
  CHUANYU_RETURN_IF_ERROR(Noted(statements_->Run("COMMIT", {}, nullptr, nullptr)));
  in_transaction_ = false;
  return absl::OkStatus();
}

// When rolling back fails too, the session is broken and closing it rolls back.
void Session::RollBack() {
  (void)Noted(statements_->Flush());
  (void)Noted(statements_->Run("ROLLBACK", {}, nullptr, nullptr));
  in_transaction_ = false;
}

absl::Status Session::RunInSavepoint(absl::FunctionRef<absl::Status(Session&)> work) {
  CHUANYU_RETURN_IF_ERROR(Noted(statements_->Queue("SAVEPOINT joined", {})));
  const std::set<std::string> locked = locked_;
  std::map<std::string, size_t> items;
  for (const auto& [name, last] : last_) items[name] = last.items.size();
  absl::Status done = work(*this);
  if (done.ok() && broken_) return MakeError(options_.unavailable, {.detail = "a failure was passed over"});
  // With the outcome of all that the work did not wait for.
  if (done.ok()) done = Noted(statements_->Run("RELEASE SAVEPOINT joined", {}, nullptr, nullptr));
  if (done.ok()) return done;
  const bool was_broken = broken_ || !statements_->Flush().ok();
  CHUANYU_RETURN_IF_ERROR(Noted(statements_->Run("ROLLBACK TO SAVEPOINT joined", {}, nullptr, nullptr)));
  // The statement failed and the connection did not, else this could not have been rolled back. What failed
  // is prepared anew.
  if (was_broken) statements_->Forget();
  broken_ = false;
  locked_ = locked;
  for (auto& [name, last] : last_) last.items.resize(items[name]);
  std::erase_if(last_, [](const auto& last) { return last.second.items.empty(); });
  return done;
}

absl::StatusOr<Result> Session::Query(const std::string& text, const Binds& binds) {
  Result result;
  CHUANYU_RETURN_IF_ERROR(Noted(statements_->Run(text, binds, &result, nullptr)));
  return result;
}

absl::StatusOr<int64_t> Session::Execute(const std::string& text, const Binds& binds) {
  int64_t changed = 0;
  CHUANYU_RETURN_IF_ERROR(Noted(statements_->Run(text, binds, nullptr, &changed)));
  return changed;
}

absl::Status Session::Write(const std::string& text, const Binds& binds) {
  return Noted(in_transaction_ ? statements_->Queue(text, binds)
                               : statements_->Run(text, binds, nullptr, nullptr));
}

absl::Status Session::LockRow(const std::string& name, const std::string& text, const Binds& binds) {
  // A transaction of SQLite has the write lock from its beginning.
  if (dialect_ == Dialect::kSqlite) return absl::OkStatus();
  if (in_transaction_ && !locked_.insert(name).second) return absl::OkStatus();
  return Write(text, binds);
}

absl::Status Session::AtCommit(const std::string& name, std::string item, LastFn run) {
  if (!in_transaction_) return run(*this, {std::move(item)});
  Last& last = last_[name];
  last.run = std::move(run);
  last.items.push_back(std::move(item));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Pool>> Pool::Open(const PoolOptions& options) {
  const bool sqlite = options.url.starts_with("sqlite3://");
  if ((!sqlite && !options.url.starts_with("postgresql://")) || options.sessions == 0) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.field = "url", .detail = "not sqlite3://... or postgresql://..."});
  }
  std::unique_ptr<Pool> pool(new Pool(options, sqlite ? Dialect::kSqlite : Dialect::kPostgresql));
  CHUANYU_RETURN_IF_ERROR(pool->Run([](Session&) { return absl::OkStatus(); }));
  return pool;
}

Pool::Pool(const PoolOptions& options, Dialect dialect) : options_(options), dialect_(dialect) {
  MutexLock lock(mu_);
  for (size_t i = 0; i < options_.sessions; ++i) {
    sessions_.emplace_back(new Session(options_, dialect_));
    free_.push_back(sessions_.back().get());
  }
}

Pool::~Pool() = default;

absl::StatusOr<Session*> Pool::Borrow() {
  const absl::Time until = absl::Now() + options_.timeout;
  MutexLock lock(mu_);
  while (free_.empty()) {
    const int64_t left = absl::ToInt64Milliseconds(until - absl::Now());
    if (left <= 0) return MakeError(options_.unavailable, {.detail = "all database sessions are in use"});
    returned_.WaitFor(mu_, left);
  }
  Session* session = free_.back();
  free_.pop_back();
  return session;
}

void Pool::Return(Session* session) {
  MutexLock lock(mu_);
  free_.push_back(session);
  returned_.NotifyOne();
}

absl::Status Pool::Run(absl::FunctionRef<absl::Status(Session&)> work) {
  CHUANYU_ASSIGN_OR_RETURN(Session * session, Borrow());
  absl::Status status = session->Connect();
  if (status.ok()) status = work(*session);
  Return(session);
  return status;
}

absl::Status Pool::Transact(absl::FunctionRef<absl::Status(Session&)> work) {
  return options_.join_transactions ? TransactJoined(work) : TransactAlone(work);
}

absl::Status Pool::TransactAlone(absl::FunctionRef<absl::Status(Session&)> work) {
  return Run([&](Session& session) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(session.Begin());
    absl::Status done = work(session);
    if (done.ok()) done = session.Commit();
    if (!done.ok()) session.RollBack();
    return done;
  });
}

absl::Status Pool::TransactJoined(absl::FunctionRef<absl::Status(Session&)> work) {
  Joining own{.work = work};
  std::vector<Joining*> joined;
  {
    MutexLock lock(join_mu_);
    line_.push_back(&own);
    if (!led_) {
      led_ = true;
      own.leads = true;
    }
    while (!own.done && !own.leads) own.turn.Wait(join_mu_);
    if (own.done) return own.result;
    // Who leads stands at the front.
    while (!line_.empty() && joined.size() < kMostJoined) {
      joined.push_back(line_.front());
      line_.pop_front();
    }
  }
  RunTogether(joined);
  MutexLock lock(join_mu_);
  for (Joining* const each : joined) {
    each->done = true;
    if (each != &own) each->turn.NotifyOne();
  }
  led_ = !line_.empty();
  if (led_) {
    line_.front()->leads = true;
    line_.front()->turn.NotifyOne();
  }
  return own.result;
}

void Pool::RunTogether(const std::vector<Joining*>& joined) {
  if (joined.size() == 1) {
    joined[0]->result = TransactAlone(joined[0]->work);
    return;
  }
  const absl::Status all = Run([&](Session& session) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(session.Begin());
    bool any = false;
    for (Joining* const each : joined) {
      each->result = session.RunInSavepoint(each->work);
      if (session.broken_) {
        session.RollBack();
        return MakeError(options_.unavailable, {.detail = "a transaction that was joined failed"});
      }
      any = any || each->result.ok();
    }
    const absl::Status done = any ? session.Commit() : absl::OkStatus();
    if (!any || !done.ok()) session.RollBack();
    return done;
  });
  if (all.ok()) return;
  // Nothing of any has happened, or after a failed commit may have: also where a work went well.
  for (Joining* const each : joined) {
    if (each->result.ok()) each->result = all;
  }
}

}  // namespace chuanyu::sql
