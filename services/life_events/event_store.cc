#include "services/life_events/event_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "chuanyu/life_events/v1/provider.pb.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "common/sql/migrate.h"

namespace chuanyu::life_events {
namespace {

const std::vector<sql::Migration>& Migrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{{{
      // `person` is a blind index; `sealed` the KnownEvent.
      "CREATE TABLE le_event (seq BIGINT PRIMARY KEY, person VARCHAR(64) NOT NULL, kind BIGINT NOT NULL, "
      "event_date VARCHAR(10) NOT NULL, source BIGINT NOT NULL, sealed TEXT NOT NULL, "
      "UNIQUE (person, kind, event_date, source))",
      // The reports of own feeds by their own numbers; `content_mac` tells two bodies apart.
      "CREATE TABLE le_report (source BIGINT NOT NULL, source_event_id VARCHAR(64) NOT NULL, "
      "content_mac VARCHAR(64) NOT NULL, PRIMARY KEY (source, source_event_id))",
      "CREATE TABLE le_sequence (name VARCHAR(16) PRIMARY KEY, value BIGINT NOT NULL)",
      "INSERT INTO le_sequence (name, value) VALUES ('event', 0)",
  }}};
  return *migrations;
}

std::string SealName(int64_t seq) { return absl::StrCat("life-event/", seq); }

}  // namespace

absl::StatusOr<std::unique_ptr<EventStore>> EventStore::Open(sql::Pool& pool, const crypto::Sealer& sealer,
                                                             const crypto::BlindIndexer& indexer,
                                                             OutboxStore& outbox) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "life_events", Migrations()));
  return std::unique_ptr<EventStore>(new EventStore(pool, sealer, indexer, outbox));
}

absl::StatusOr<std::vector<absl::StatusOr<bool>>> EventStore::Take(const std::vector<ParsedEvent>& events,
                                                                   const Origin& origin, absl::Time now) {
  std::vector<absl::StatusOr<bool>> outcomes;
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    outcomes.clear();
    // Changes nothing but takes the lock under which sequences are given.
    CHUANYU_RETURN_IF_ERROR(
        session.Execute("UPDATE le_sequence SET value = value WHERE name = 'event'").status());
    for (const ParsedEvent& event : events) {
      outcomes.push_back(TakeOne(session, event, origin, now));
      const absl::Status& status = outcomes.back().status();
      if (!status.ok() && !HasReason(status, Reason::IDEMPOTENCY_CONFLICT)) return status;
    }
    return absl::OkStatus();
  }));
  return outcomes;
}

// Under its own number the feed reported this before; IDEMPOTENCY_CONFLICT when it was something else.
absl::StatusOr<bool> EventStore::IsRepeat(sql::Session& session, const ParsedEvent& parsed,
                                          const Origin& origin, const std::string& content) {
  if (!origin.own) return false;
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t inserted,
      session.Execute("INSERT INTO le_report (source, source_event_id, content_mac) VALUES (:source, :id, "
                      ":mac) ON CONFLICT DO NOTHING",
                      {{"source", int64_t{parsed.event.source()}},
                       {"id", parsed.event.source_event_id()},
                       {"mac", content}}));
  if (inserted == 1) return false;
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result known,
      session.Query("SELECT content_mac FROM le_report WHERE source = :source AND source_event_id = :id",
                    {{"source", int64_t{parsed.event.source()}}, {"id", parsed.event.source_event_id()}}));
  if (!known.rows.empty() && sql::TextOf(known.rows[0][0]) == content) return true;
  return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "source_event_id"});
}

absl::StatusOr<int64_t> EventStore::Insert(sql::Session& session, const ParsedEvent& parsed,
                                           const Origin& origin, const std::string& person, absl::Time now) {
  CHUANYU_RETURN_IF_ERROR(
      session.Execute("UPDATE le_sequence SET value = value + 1 WHERE name = 'event'").status());
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result next,
                           session.Query("SELECT value FROM le_sequence WHERE name = 'event'"));
  if (next.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "le_sequence is empty"});
  const int64_t seq = sql::IntOf(next.rows[0][0]);
  v1::KnownEvent known;
  known.set_sequence(seq);
  *known.mutable_person() = parsed.event.person();
  known.set_kind(parsed.event.kind());
  *known.mutable_date() = parsed.event.date();
  known.set_source(parsed.event.source());
  known.mutable_region()->set_code(origin.region);
  *known.mutable_known_time() = TimestampOf(now);
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, known.SerializeAsString(), SealName(seq)));
  CHUANYU_RETURN_IF_ERROR(session
                              .Execute("INSERT INTO le_event (seq, person, kind, event_date, source, sealed) "
                                       "VALUES (:seq, :person, :kind, :date, :source, :sealed)",
                                       {{"seq", seq},
                                        {"person", person},
                                        {"kind", int64_t{parsed.event.kind()}},
                                        {"date", parsed.event.date().value()},
                                        {"source", int64_t{parsed.event.source()}},
                                        {"sealed", sealed}})
                              .status());
  return seq;
}

absl::StatusOr<bool> EventStore::TakeOne(sql::Session& session, const ParsedEvent& parsed,
                                         const Origin& origin, absl::Time now) {
  const auto [type, number] = parsed.person.Key();
  const std::string person = indexer_.Index({.type = type, .number = number}).ToHex();
  const v1::LifeEvent& event = parsed.event;
  // Type 0 is no kind of document, so this is never the index of a person.
  const std::string content =
      indexer_
          .Index({.type = 0, .number = absl::StrCat(person, " ", event.kind(), " ", event.date().value())})
          .ToHex();
  CHUANYU_ASSIGN_OR_RETURN(const bool repeat, IsRepeat(session, parsed, origin, content));
  if (repeat) return true;
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result known,
      session.Query("SELECT seq FROM le_event WHERE person = :person AND kind = :kind AND event_date = :date "
                    "AND source = :source",
                    {{"person", person},
                     {"kind", int64_t{event.kind()}},
                     {"date", event.date().value()},
                     {"source", int64_t{event.source()}}}));
  if (!known.rows.empty()) return true;
  CHUANYU_ASSIGN_OR_RETURN(const int64_t seq, Insert(session, parsed, origin, person, now));
  v1::TellEventRequest message;
  *message.mutable_event() = event;
  for (const std::string& region : origin.tell) {
    CHUANYU_RETURN_IF_ERROR(outbox_
                                .Add(session,
                                     {.to_region = region,
                                      .operation = kTellOperation,
                                      .purpose = kPurpose,
                                      .correlation_id = absl::StrCat("life-event-", seq),
                                      .payload = message.SerializeAsString()},
                                     now)
                                .status());
  }
  return false;
}

absl::StatusOr<v1::ReadEventsResponse> EventStore::Read(int64_t after, int limit,
                                                        const std::set<int>& kinds) {
  v1::ReadEventsResponse response;
  response.set_read_up_to(after);
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT seq, kind, sealed FROM le_event WHERE seq > :after ORDER BY seq "
                                   "LIMIT ",
                                   limit),
                      {{"after", after}}));
    for (const sql::Row& row : found.rows) {
      response.set_read_up_to(sql::IntOf(row[0]));
      if (!kinds.contains(static_cast<int>(sql::IntOf(row[1])))) continue;
      CHUANYU_ASSIGN_OR_RETURN(const std::string bytes,
                               crypto::OpenText(sealer_, sql::TextOf(row[2]), SealName(sql::IntOf(row[0]))));
      if (!response.add_events()->ParseFromString(bytes)) {
        return MakeError(Reason::INTERNAL, {.detail = "a stored life event"});
      }
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::Status EventStore::Told(const std::string& request_id) {
  return pool_.Transact([&](sql::Session& session) { return outbox_.Remove(session, request_id).status(); });
}

}  // namespace chuanyu::life_events
