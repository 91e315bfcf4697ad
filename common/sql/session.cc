#include <cstdio>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/sql/soci.h"
#include "common/sql/sql.h"

namespace chuanyu::sql {
namespace {

// Of one transaction: the first must not wait too long for the last.
constexpr size_t kMostJoined = 64;
// A session keeps so many statements prepared. Long ones hold the values of many rows and do not come again.
constexpr size_t kMostPrepared = 64;
constexpr size_t kLongestPrepared = 1000;

// A value where SOCI can bind it: it keeps references until the statement has run.
struct Bound {
  std::string text;
  long long integer = 0;
  soci::indicator indicator = soci::i_ok;
};

void Set(const Value& value, Bound& bound) {
  bound.indicator = soci::i_ok;
  if (const auto* integer = std::get_if<int64_t>(&value))
    bound.integer = *integer;
  else if (const auto* text = std::get_if<std::string>(&value))
    bound.text = *text;
  else
    bound.indicator = soci::i_null;
}

void Bind(soci::statement& statement, const std::string& name, const Value& value, Bound& bound) {
  Set(value, bound);
  if (std::holds_alternative<int64_t>(value))
    statement.exchange(soci::use(bound.integer, bound.indicator, name));
  else
    statement.exchange(soci::use(bound.text, bound.indicator, name));
}

std::string FormatTime(const std::tm& tm) {
  char text[32];
  const bool day_only = tm.tm_hour == 0 && tm.tm_min == 0 && tm.tm_sec == 0;
  std::strftime(text, sizeof(text), day_only ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S", &tm);
  return text;
}

Value Read(const soci::row& row, size_t at) {
  if (row.get_indicator(at) == soci::i_null) return std::monostate();
  switch (row.get_properties(at).get_data_type()) {
    case soci::dt_integer:
      return static_cast<int64_t>(row.get<int>(at));
    case soci::dt_long_long:
      return static_cast<int64_t>(row.get<long long>(at));
    case soci::dt_unsigned_long_long:
      return static_cast<int64_t>(row.get<unsigned long long>(at));
    case soci::dt_double:
      return absl::StrCat(row.get<double>(at));
    case soci::dt_date:
      return FormatTime(row.get<std::tm>(at));
    default:
      return row.get<std::string>(at);
  }
}

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

struct Session::Prepared {
  explicit Prepared(soci::session& session) : statement(session) {}
  std::vector<Bound> bound;  // in the order of the names; before the statement that refers to them
  soci::statement statement;
};

Session::Session(const PoolOptions& options, Dialect dialect)
    : options_(options), dialect_(dialect), soci_(nullptr, [](soci::session* session) { delete session; }) {}

template <typename Work>
absl::Status Session::Guard(Work&& work) {
  try {
    work();
    return absl::OkStatus();
  } catch (const soci::soci_error& error) {
    broken_ = true;
    return MakeError(options_.unavailable, {.detail = "database error: " + CodeOf(error)});
  } catch (const std::exception&) {  // std::bad_cast of a row, std::bad_alloc
    broken_ = true;
    return MakeError(options_.unavailable, {.detail = "database error: unexpected type of a column"});
  }
}

absl::Status Session::Connect() {
  if (!broken_) return absl::OkStatus();
  const std::string parameters = options_.url.substr(options_.url.find("://") + 3);
  const int64_t timeout_ms = absl::ToInt64Milliseconds(options_.timeout);
  prepared_.clear();
  CHUANYU_RETURN_IF_ERROR(Guard([&] {
    soci_.reset();
    if (dialect_ == Dialect::kPostgresql) {
      soci_.reset(new soci::session(soci::postgresql, parameters));
      *soci_ << "SET statement_timeout = " << timeout_ms;
      *soci_ << "SET synchronous_commit = on";
      // Notices go to stderr otherwise, and may hold values.
      *soci_ << "SET client_min_messages = error";
      return;
    }
    soci_.reset(new soci::session(soci::sqlite3, parameters));
    *soci_ << "PRAGMA busy_timeout = " << timeout_ms;
    std::string mode;
    *soci_ << "PRAGMA journal_mode = WAL", soci::into(mode);
    // FULL: in WAL mode NORMAL may lose committed transactions with the power.
    *soci_ << "PRAGMA synchronous = FULL";
    *soci_ << "PRAGMA foreign_keys = ON";
  }));
  broken_ = false;
  return absl::OkStatus();
}

absl::Status Session::Begin() {
  return Guard([&] {
    if (dialect_ == Dialect::kSqlite)
      *soci_ << "BEGIN IMMEDIATE";
    else
      soci_->begin();
  });
}

absl::Status Session::Commit() {
  return Guard([&] { soci_->commit(); });
}

// When rolling back fails too, the session is broken and closing it rolls back.
void Session::RollBack() {
  (void)Guard([&] { soci_->rollback(); });
}

absl::Status Session::RunInSavepoint(absl::FunctionRef<absl::Status(Session&)> work) {
  CHUANYU_RETURN_IF_ERROR(Guard([&] { *soci_ << "SAVEPOINT joined"; }));
  const absl::Status done = work(*this);
  const bool was_broken = broken_;
  if (!done.ok()) {
    CHUANYU_RETURN_IF_ERROR(Guard([&] { *soci_ << "ROLLBACK TO SAVEPOINT joined"; }));
    // The statement failed and the connection did not, else this could not have been rolled back. What failed
    // is prepared anew.
    if (was_broken) prepared_.clear();
    broken_ = false;
  } else if (was_broken) {
    return MakeError(options_.unavailable, {.detail = "a failure was passed over"});
  }
  CHUANYU_RETURN_IF_ERROR(Guard([&] { *soci_ << "RELEASE SAVEPOINT joined"; }));
  return done;
}

absl::StatusOr<Result> Session::Query(const std::string& text, const Binds& binds) {
  Result result;
  CHUANYU_RETURN_IF_ERROR(Guard([&] {
    std::vector<Bound> bound(binds.size());
    soci::row row;
    soci::statement statement(*soci_);
    size_t next = 0;
    for (const auto& [name, value] : binds) Bind(statement, name, value, bound[next++]);
    statement.exchange(soci::into(row));
    statement.alloc();
    statement.prepare(text);
    statement.define_and_bind();
    statement.execute(false);
    for (size_t at = 0; at < row.size(); ++at) result.columns.push_back(row.get_properties(at).get_name());
    while (statement.fetch()) {
      Row& values = result.rows.emplace_back();
      for (size_t at = 0; at < row.size(); ++at) values.push_back(Read(row, at));
    }
  }));
  return result;
}

absl::Status Session::Prepare(const std::string& text, const Binds& binds, Prepared** out) {
  // The same words with values of other kinds are another statement.
  std::string key = text;
  for (const auto& [name, value] : binds) key += std::holds_alternative<int64_t>(value) ? 'i' : 't';
  if (const auto found = prepared_.find(key); found != prepared_.end()) {
    *out = found->second.get();
    size_t next = 0;
    for (const auto& [name, value] : binds) Set(value, (*out)->bound[next++]);
    return absl::OkStatus();
  }
  std::unique_ptr<Prepared, void (*)(Prepared*)> made(nullptr, [](Prepared* gone) { delete gone; });
  CHUANYU_RETURN_IF_ERROR(Guard([&] {
    made.reset(new Prepared(*soci_));
    made->bound.resize(binds.size());
    size_t next = 0;
    for (const auto& [name, value] : binds) Bind(made->statement, name, value, made->bound[next++]);
    made->statement.alloc();
    made->statement.prepare(text);
    made->statement.define_and_bind();
  }));
  if (prepared_.size() >= kMostPrepared) prepared_.clear();
  *out = prepared_.emplace(std::move(key), std::move(made)).first->second.get();
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Session::Execute(const std::string& text, const Binds& binds) {
  int64_t changed = 0;
  if (text.size() <= kLongestPrepared) {
    Prepared* prepared = nullptr;
    CHUANYU_RETURN_IF_ERROR(Prepare(text, binds, &prepared));
    CHUANYU_RETURN_IF_ERROR(Guard([&] {
      prepared->statement.execute(true);
      changed = prepared->statement.get_affected_rows();
    }));
    return changed;
  }
  CHUANYU_RETURN_IF_ERROR(Guard([&] {
    std::vector<Bound> bound(binds.size());
    soci::statement statement(*soci_);
    size_t next = 0;
    for (const auto& [name, value] : binds) Bind(statement, name, value, bound[next++]);
    statement.alloc();
    statement.prepare(text);
    statement.define_and_bind();
    statement.execute(true);
    changed = statement.get_affected_rows();
  }));
  return changed;
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
    const absl::Status done = work(session);
    if (done.ok()) return session.Commit();
    session.RollBack();
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
    if (any) return session.Commit();
    session.RollBack();
    return absl::OkStatus();
  });
  if (all.ok()) return;
  // Nothing of any has happened, or after a failed commit may have: also where a work went well.
  for (Joining* const each : joined) {
    if (each->result.ok()) each->result = all;
  }
}

}  // namespace chuanyu::sql
