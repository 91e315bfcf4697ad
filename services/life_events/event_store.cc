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
  static const auto* const migrations = new std::vector<sql::Migration>{
      {{
          // `person` is a blind index; `sealed` the KnownEvent.
          "CREATE TABLE le_event (seq BIGINT PRIMARY KEY, person VARCHAR(64) NOT NULL, kind BIGINT NOT NULL, "
          "event_date VARCHAR(10) NOT NULL, source BIGINT NOT NULL, sealed TEXT NOT NULL, "
          "UNIQUE (person, kind, event_date, source))",
          // The reports of own feeds by their own numbers; `content_mac` tells two bodies apart.
          "CREATE TABLE le_report (source BIGINT NOT NULL, source_event_id VARCHAR(64) NOT NULL, "
          "content_mac VARCHAR(64) NOT NULL, PRIMARY KEY (source, source_event_id))",
          "CREATE TABLE le_sequence (name VARCHAR(16) PRIMARY KEY, value BIGINT NOT NULL)",
          "INSERT INTO le_sequence (name, value) VALUES ('event', 0)",
      }},
      // As TellEventRequest.revision; odd: taken back.
      {{"ALTER TABLE le_event ADD COLUMN revision BIGINT NOT NULL DEFAULT 0"}}};
  return *migrations;
}

// What is wrong with one event and not with the others.
bool IsOutcome(const absl::Status& status) {
  return HasReason(status, Reason::IDEMPOTENCY_CONFLICT) || HasReason(status, Reason::CASE_NOT_FOUND) ||
         HasReason(status, Reason::ORG_NOT_COMPETENT) || HasReason(status, Reason::BAD_REQUEST);
}

std::string SealName(int64_t seq) { return absl::StrCat("life-event/", seq); }

sql::Binds ReportKey(const v1::LifeEvent& event) {
  return {{"source", int64_t{event.source()}}, {"id", event.source_event_id()}};
}

}  // namespace

bool EventStore::Stored::SaysTheSame(const v1::LifeEvent& event) const {
  return hukou_move.from().code() == event.hukou_move().from().code() &&
         hukou_move.to().code() == event.hukou_move().to().code();
}

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
      if (!status.ok() && !IsOutcome(status)) return status;
    }
    return absl::OkStatus();
  }));
  return outcomes;
}

std::string EventStore::ContentOf(const std::string& person, const v1::LifeEvent& event) const {
  std::string content = absl::StrCat(person, " ", event.kind(), " ", event.date().value());
  if (event.has_hukou_move()) {
    absl::StrAppend(&content, " ", event.hukou_move().from().code(), " ", event.hukou_move().to().code());
  }
  if (event.withdraws()) content += " withdrawn";
  // Type 0 is no kind of document, so this is never the index of a person.
  return indexer_.Index({.type = 0, .number = content}).ToHex();
}

// Under its own number the feed reported this before; IDEMPOTENCY_CONFLICT when it was something else.
absl::StatusOr<bool> EventStore::IsRepeat(sql::Session& session, const v1::LifeEvent& event,
                                          const std::string& content) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result known,
      session.Query("SELECT content_mac FROM le_report WHERE source = :source AND source_event_id = :id",
                    ReportKey(event)));
  if (known.rows.empty()) return false;
  if (sql::TextOf(known.rows[0][0]) == content) return true;
  return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "source_event_id"});
}

absl::StatusOr<v1::KnownEvent> EventStore::Open(const sql::Value& sealed, int64_t seq) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string bytes,
                           crypto::OpenText(sealer_, sql::TextOf(sealed), SealName(seq)));
  v1::KnownEvent known;
  if (!known.ParseFromString(bytes)) return MakeError(Reason::INTERNAL, {.detail = "a stored life event"});
  return known;
}

absl::StatusOr<std::optional<EventStore::Stored>> EventStore::Find(sql::Session& session,
                                                                   const std::string& person,
                                                                   const v1::LifeEvent& event) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT seq, revision, sealed FROM le_event WHERE person = :person AND kind = :kind AND "
                    "event_date = :date AND source = :source",
                    {{"person", person},
                     {"kind", int64_t{event.kind()}},
                     {"date", event.date().value()},
                     {"source", int64_t{event.source()}}}));
  if (found.rows.empty()) return std::optional<Stored>();
  const sql::Row& row = found.rows[0];
  Stored stored{.seq = sql::IntOf(row[0]), .revision = sql::IntOf(row[1]), .region = "", .hukou_move = {}};
  CHUANYU_ASSIGN_OR_RETURN(const v1::KnownEvent known, Open(row[2], stored.seq));
  stored.region = known.region().code();
  stored.hukou_move = known.hukou_move();
  return std::optional<Stored>(std::move(stored));
}

absl::StatusOr<int64_t> EventStore::Put(sql::Session& session, const ParsedEvent& parsed,
                                        const std::string& region, const std::string& person,
                                        const std::optional<Stored>& known, int64_t revision,
                                        absl::Time now) {
  CHUANYU_RETURN_IF_ERROR(
      session.Execute("UPDATE le_sequence SET value = value + 1 WHERE name = 'event'").status());
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result next,
                           session.Query("SELECT value FROM le_sequence WHERE name = 'event'"));
  if (next.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "le_sequence is empty"});
  const int64_t seq = sql::IntOf(next.rows[0][0]);
  v1::KnownEvent event;
  event.set_sequence(seq);
  *event.mutable_person() = parsed.event.person();
  event.set_kind(parsed.event.kind());
  *event.mutable_date() = parsed.event.date();
  event.set_source(parsed.event.source());
  event.mutable_region()->set_code(region);
  *event.mutable_known_time() = TimestampOf(now);
  event.set_withdrawn(parsed.event.withdraws());
  if (parsed.event.has_hukou_move()) *event.mutable_hukou_move() = parsed.event.hukou_move();
  if (event.withdrawn()) {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result others,
        session.Query(
            "SELECT seq FROM le_event WHERE person = :person AND kind = :kind AND revision % 2 = 0 "
            "AND seq <> :own LIMIT 1",
            {{"person", person}, {"kind", int64_t{event.kind()}}, {"own", known ? known->seq : int64_t{0}}}));
    event.set_others_stand(!others.rows.empty());
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, event.SerializeAsString(), SealName(seq)));
  if (known) {
    CHUANYU_RETURN_IF_ERROR(
        session
            .Execute(
                "UPDATE le_event SET seq = :seq, revision = :revision, sealed = :sealed WHERE seq = :before",
                {{"seq", seq}, {"revision", revision}, {"sealed", sealed}, {"before", known->seq}})
            .status());
    return seq;
  }
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO le_event (seq, person, kind, event_date, source, revision, sealed) "
                   "VALUES (:seq, :person, :kind, :date, :source, :revision, :sealed)",
                   {{"seq", seq},
                    {"person", person},
                    {"kind", int64_t{parsed.event.kind()}},
                    {"date", parsed.event.date().value()},
                    {"source", int64_t{parsed.event.source()}},
                    {"revision", revision},
                    {"sealed", sealed}})
          .status());
  return seq;
}

absl::Status EventStore::Tell(sql::Session& session, v1::LifeEvent event, int64_t seq, int64_t revision,
                              const std::vector<std::string>& regions, absl::Time now) {
  v1::TellEventRequest message;
  *message.mutable_event() = std::move(event);
  message.set_revision(revision);
  for (const std::string& region : regions) {
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
  return absl::OkStatus();
}

absl::StatusOr<bool> EventStore::TakeOwn(sql::Session& session, const ParsedEvent& parsed,
                                         const Origin& origin, const std::string& person,
                                         const std::optional<Stored>& known, absl::Time now) {
  const bool withdraws = parsed.event.withdraws();
  const bool same = known && known->SaysTheSame(parsed.event);
  if (withdraws && !same) return MakeError(Reason::CASE_NOT_FOUND, {.field = "withdraws"});
  if (withdraws && known->region != origin.region) {
    return MakeError(Reason::ORG_NOT_COMPETENT, {.field = "withdraws"});
  }
  const std::string content = ContentOf(person, parsed.event);
  CHUANYU_ASSIGN_OR_RETURN(const bool repeat, IsRepeat(session, parsed.event, content));
  if (repeat) return true;
  if (known && !same && !known->withdrawn()) {
    return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "hukou_move"});
  }
  // The feed's number is taken now: what was refused can be reported under it later.
  sql::Binds report = ReportKey(parsed.event);
  report["mac"] = content;
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO le_report (source, source_event_id, content_mac) VALUES (:source, :id, :mac)",
                   report)
          .status());
  if (known && known->withdrawn() == withdraws) return true;
  const int64_t revision = known ? known->revision + 1 : 0;
  CHUANYU_ASSIGN_OR_RETURN(const int64_t seq,
                           Put(session, parsed, origin.region, person, known, revision, now));
  CHUANYU_RETURN_IF_ERROR(Tell(session, parsed.event, seq, revision, origin.tell, now));
  return false;
}

absl::StatusOr<bool> EventStore::TakeTold(sql::Session& session, const ParsedEvent& parsed,
                                          const Origin& origin, const std::string& person,
                                          const std::optional<Stored>& known, absl::Time now) {
  if (parsed.event.withdraws() != (origin.revision % 2 != 0)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "revision"});
  }
  if (known && known->revision >= origin.revision) return true;
  const bool theirs = !known || known->region == origin.region;
  if (theirs || known->withdrawn()) {
    CHUANYU_RETURN_IF_ERROR(
        Put(session, parsed, origin.region, person, known, origin.revision, now).status());
    return known && known->withdrawn() == parsed.event.withdraws();
  }
  if (!parsed.event.withdraws()) return true;
  // This region reported the same by itself, and that stands: said to who has just forgotten it.
  const int64_t revision = origin.revision + 1;
  CHUANYU_RETURN_IF_ERROR(session
                              .Execute("UPDATE le_event SET revision = :revision WHERE seq = :seq",
                                       {{"revision", revision}, {"seq", known->seq}})
                              .status());
  v1::LifeEvent stands = parsed.event;
  stands.set_withdraws(false);
  if (stands.has_hukou_move()) *stands.mutable_hukou_move() = known->hukou_move;
  CHUANYU_RETURN_IF_ERROR(Tell(session, std::move(stands), known->seq, revision, origin.tell, now));
  return true;
}

absl::StatusOr<bool> EventStore::TakeOne(sql::Session& session, const ParsedEvent& parsed,
                                         const Origin& origin, absl::Time now) {
  const auto [type, number] = parsed.person.Key();
  const std::string person = indexer_.Index({.type = type, .number = number}).ToHex();
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Stored> known, Find(session, person, parsed.event));
  return origin.own ? TakeOwn(session, parsed, origin, person, known, now)
                    : TakeTold(session, parsed, origin, person, known, now);
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
      CHUANYU_ASSIGN_OR_RETURN(*response.add_events(), Open(row[2], sql::IntOf(row[0])));
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::Status EventStore::Told(const std::string& request_id) {
  return pool_.Transact([&](sql::Session& session) { return outbox_.Remove(session, request_id).status(); });
}

}  // namespace chuanyu::life_events
