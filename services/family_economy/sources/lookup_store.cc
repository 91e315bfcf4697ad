#include "services/family_economy/sources/lookup_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "common/sql/migrate.h"

namespace chuanyu::family_economy {
namespace {

const std::vector<sql::Migration>& Migrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{
      {{
          // `open_asks`: departments that have not answered; at 0 the answer is delivered at `next_ms`.
          "CREATE TABLE fe_lookup (request_id VARCHAR(36) PRIMARY KEY, waiting BIGINT NOT NULL, "
          "open_asks BIGINT NOT NULL, next_ms BIGINT NOT NULL, attempts BIGINT NOT NULL, sealed TEXT NOT "
          "NULL)",
          "CREATE INDEX fe_lookup_finished ON fe_lookup (open_asks, next_ms)",
          "CREATE TABLE fe_source_ask (request_id VARCHAR(36) NOT NULL, source VARCHAR(32) NOT NULL, "
          "finished BIGINT NOT NULL, next_ms BIGINT NOT NULL, due_ms BIGINT NOT NULL, attempts BIGINT NOT "
          "NULL, sealed TEXT NOT NULL, PRIMARY KEY (request_id, source))",
          "CREATE INDEX fe_source_ask_next ON fe_source_ask (finished, source, next_ms)",
          "CREATE INDEX fe_source_ask_due ON fe_source_ask (finished, due_ms)",
      }},
  };
  return *migrations;
}

std::string LookupName(const std::string& request_id) { return "fe_lookup/" + request_id; }
std::string AskName(const std::string& request_id, const std::string& source) {
  return "fe_source_ask/" + request_id + "/" + source;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LookupStore>> LookupStore::Open(sql::Pool& pool,
                                                               const crypto::Sealer& sealer) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "family_economy_lookups", Migrations()));
  return std::unique_ptr<LookupStore>(new LookupStore(pool, sealer));
}

absl::Status LookupStore::OpenMessage(const std::string& sealed, const std::string& name,
                                      google::protobuf::Message* message) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string plain, crypto::OpenText(sealer_, sealed, name));
  if (message->ParseFromString(plain)) return absl::OkStatus();
  return MakeError(Reason::INTERNAL, {.detail = "a stored lookup cannot be read"});
}

absl::StatusOr<v1::StoredLookup> LookupStore::LoadLookup(sql::Session& session,
                                                         const std::string& request_id) {
  v1::StoredLookup lookup;
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT sealed FROM fe_lookup WHERE request_id = :id", {{"id", request_id}}));
  if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND);
  CHUANYU_RETURN_IF_ERROR(OpenMessage(sql::TextOf(found.rows[0][0]), LookupName(request_id), &lookup));
  return lookup;
}

absl::Status LookupStore::Begin(const std::string& request_id, LookupFor waiting,
                                const v1::StoredLookup& lookup, const Asks& asks, absl::Time now) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, lookup.SerializeAsString(), LookupName(request_id)));
  return pool_.Transact([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const int64_t inserted,
        session.Execute("INSERT INTO fe_lookup (request_id, waiting, open_asks, next_ms, attempts, sealed) "
                        "VALUES (:id, :waiting, :open, 0, 0, :sealed) ON CONFLICT DO NOTHING",
                        {{"id", request_id},
                         {"waiting", static_cast<int64_t>(waiting)},
                         {"open", static_cast<int64_t>(asks.size())},
                         {"sealed", sealed}}));
    if (inserted == 0) return absl::OkStatus();
    for (const auto& [source, ask] : asks) {
      CHUANYU_ASSIGN_OR_RETURN(
          const std::string sealed_ask,
          crypto::SealText(sealer_, ask.SerializeAsString(), AskName(request_id, source)));
      CHUANYU_RETURN_IF_ERROR(
          session
              .Execute("INSERT INTO fe_source_ask (request_id, source, finished, next_ms, due_ms, attempts, "
                       "sealed) VALUES (:id, :source, 0, :now, :due, 0, :sealed)",
                       {{"id", request_id},
                        {"source", source},
                        {"now", absl::ToUnixMillis(now)},
                        {"due", MillisOf(ask.due_time())},
                        {"sealed", sealed_ask}})
              .status());
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> LookupStore::Has(const std::string& request_id) {
  bool has = false;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query("SELECT waiting FROM fe_lookup WHERE request_id = :id", {{"id", request_id}}));
    has = !found.rows.empty();
    return absl::OkStatus();
  }));
  return has;
}

absl::Status LookupStore::Remove(const std::string& request_id) {
  return pool_.Transact([&](sql::Session& session) -> absl::Status {
    for (const char* table : {"fe_source_ask", "fe_lookup"}) {
      CHUANYU_RETURN_IF_ERROR(
          session
              .Execute(absl::StrCat("DELETE FROM ", table, " WHERE request_id = :id"), {{"id", request_id}})
              .status());
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<DueAsk>> LookupStore::Take(const std::string& source, absl::Time now,
                                                      absl::Time leased_until, int limit) {
  std::vector<DueAsk> taken;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT request_id, attempts, sealed, next_ms FROM fe_source_ask WHERE "
                                   "finished = 0 AND source = :source AND next_ms <= :now "
                                   "ORDER BY next_ms LIMIT ",
                                   limit),
                      {{"source", source}, {"now", absl::ToUnixMillis(now)}}));
    for (const sql::Row& row : found.rows) {
      DueAsk ask{.request_id = sql::TextOf(row[0]), .attempts = sql::IntOf(row[1]), .lookup = {}, .ask = {}};
      // Another process may have taken it since.
      CHUANYU_ASSIGN_OR_RETURN(
          const int64_t ours,
          session.Execute("UPDATE fe_source_ask SET next_ms = :lease WHERE request_id = :id AND source = "
                          ":source AND finished = 0 AND next_ms = :seen",
                          {{"lease", absl::ToUnixMillis(leased_until)},
                           {"id", ask.request_id},
                           {"source", source},
                           {"seen", sql::IntOf(row[3])}}));
      if (ours == 0) continue;
      CHUANYU_RETURN_IF_ERROR(OpenMessage(sql::TextOf(row[2]), AskName(ask.request_id, source), &ask.ask));
      CHUANYU_ASSIGN_OR_RETURN(ask.lookup, LoadLookup(session, ask.request_id));
      taken.push_back(std::move(ask));
    }
    return absl::OkStatus();
  }));
  return taken;
}

absl::StatusOr<std::vector<LookupStore::OverdueAsk>> LookupStore::TakeOverdue(absl::Time now, int limit) {
  std::vector<OverdueAsk> taken;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT request_id, source, sealed FROM fe_source_ask WHERE "
                                   "finished = 0 AND due_ms <= :now ORDER BY due_ms LIMIT ",
                                   limit),
                      {{"now", absl::ToUnixMillis(now)}}));
    for (const sql::Row& row : found.rows) {
      OverdueAsk& overdue = taken.emplace_back();
      overdue.source = sql::TextOf(row[1]);
      overdue.ask.request_id = sql::TextOf(row[0]);
      CHUANYU_RETURN_IF_ERROR(OpenMessage(sql::TextOf(row[2]),
                                          AskName(overdue.ask.request_id, overdue.source), &overdue.ask.ask));
    }
    return absl::OkStatus();
  }));
  return taken;
}

absl::Status LookupStore::Postpone(const std::string& source, const DueAsk& ask, absl::Time next) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed, crypto::SealText(sealer_, ask.ask.SerializeAsString(),
                                                                      AskName(ask.request_id, source)));
  return pool_.Run([&](sql::Session& session) {
    return session
        .Execute(
            "UPDATE fe_source_ask SET next_ms = :next, attempts = :attempts, sealed = :sealed WHERE "
            "request_id = :id AND source = :source AND finished = 0",
            {{"next", absl::ToUnixMillis(next)},
             {"attempts", ask.attempts},
             {"sealed", sealed},
             {"id", ask.request_id},
             {"source", source}})
        .status();
  });
}

absl::Status LookupStore::Finish(const std::string& source, const DueAsk& ask) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed, crypto::SealText(sealer_, ask.ask.SerializeAsString(),
                                                                      AskName(ask.request_id, source)));
  return pool_.Transact([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const int64_t finished,
        session.Execute("UPDATE fe_source_ask SET finished = 1, sealed = :sealed WHERE request_id = :id AND "
                        "source = :source AND finished = 0",
                        {{"sealed", sealed}, {"id", ask.request_id}, {"source", source}}));
    if (finished == 0) return absl::OkStatus();
    return session
        .Execute("UPDATE fe_lookup SET open_asks = open_asks - 1 WHERE request_id = :id",
                 {{"id", ask.request_id}})
        .status();
  });
}

absl::StatusOr<std::vector<FinishedLookup>> LookupStore::TakeFinished(absl::Time now, absl::Time leased_until,
                                                                      int limit) {
  std::vector<FinishedLookup> taken;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT request_id, waiting, attempts, next_ms FROM fe_lookup WHERE "
                                   "open_asks = 0 AND next_ms <= :now ORDER BY next_ms LIMIT ",
                                   limit),
                      {{"now", absl::ToUnixMillis(now)}}));
    for (const sql::Row& row : found.rows) {
      FinishedLookup one{.request_id = sql::TextOf(row[0]),
                         .waiting = static_cast<LookupFor>(sql::IntOf(row[1])),
                         .attempts = sql::IntOf(row[2]),
                         .lookup = {},
                         .results = {}};
      CHUANYU_ASSIGN_OR_RETURN(
          const int64_t ours,
          session.Execute("UPDATE fe_lookup SET next_ms = :lease, attempts = attempts + 1 WHERE request_id = "
                          ":id AND next_ms = :seen",
                          {{"lease", absl::ToUnixMillis(leased_until)},
                           {"id", one.request_id},
                           {"seen", sql::IntOf(row[3])}}));
      if (ours == 0) continue;
      CHUANYU_ASSIGN_OR_RETURN(one.lookup, LoadLookup(session, one.request_id));
      CHUANYU_ASSIGN_OR_RETURN(const sql::Result asks,
                               session.Query("SELECT source, sealed FROM fe_source_ask WHERE request_id = "
                                             ":id ORDER BY source",
                                             {{"id", one.request_id}}));
      for (const sql::Row& ask : asks.rows) {
        v1::StoredAsk stored;
        CHUANYU_RETURN_IF_ERROR(
            OpenMessage(sql::TextOf(ask[1]), AskName(one.request_id, sql::TextOf(ask[0])), &stored));
        one.results.insert(one.results.end(), stored.results().begin(), stored.results().end());
      }
      taken.push_back(std::move(one));
    }
    return absl::OkStatus();
  }));
  return taken;
}

absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> LookupStore::CountOpen() {
  std::vector<std::pair<std::string, int64_t>> counts;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                             session.Query("SELECT source, COUNT(*) AS n FROM fe_source_ask WHERE finished = "
                                           "0 GROUP BY source"));
    for (const sql::Row& row : found.rows) counts.emplace_back(sql::TextOf(row[0]), sql::IntOf(row[1]));
    return absl::OkStatus();
  }));
  return counts;
}

}  // namespace chuanyu::family_economy
