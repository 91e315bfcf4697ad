#include "services/life_events/event_store.h"

#include <algorithm>
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
      // Odd: no report of it stands. For an event from before each region had a statement of its own it is
      // that of its region, as TellEventRequest.revision.
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

absl::StatusOr<EventStore::Stored> EventStore::Find(sql::Session& session, const std::string& person,
                                                    const v1::LifeEvent& event) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT seq, revision, sealed FROM le_event WHERE person = :person AND kind = :kind AND "
                    "event_date = :date AND source = :source",
                    {{"person", person},
                     {"kind", int64_t{event.kind()}},
                     {"date", event.date().value()},
                     {"source", int64_t{event.source()}}}));
  Stored stored{.person = person};
  if (found.rows.empty()) return stored;
  const sql::Row& row = found.rows[0];
  stored.seq = sql::IntOf(row[0]);
  CHUANYU_ASSIGN_OR_RETURN(stored.known, Open(row[2], stored.seq));
  stored.reports = stored.known.reports();
  if (stored.reports.empty()) {
    v1::RegionReport& only = SetReport(stored.known.region().code(), &stored.reports);
    only.set_revision(sql::IntOf(row[1]));
    if (stored.known.has_hukou_move()) *only.mutable_hukou_move() = stored.known.hukou_move();
  }
  return stored;
}

absl::StatusOr<int64_t> EventStore::NextSequence(sql::Session& session) {
  CHUANYU_RETURN_IF_ERROR(
      session.Execute("UPDATE le_sequence SET value = value + 1 WHERE name = 'event'").status());
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result next,
                           session.Query("SELECT value FROM le_sequence WHERE name = 'event'"));
  if (next.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "le_sequence is empty"});
  return sql::IntOf(next.rows[0][0]);
}

absl::StatusOr<bool> EventStore::OthersStand(sql::Session& session, const Stored& stored,
                                             v1::LifeEventKind kind) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result others,
      session.Query("SELECT seq FROM le_event WHERE person = :person AND kind = :kind AND revision % 2 = 0 "
                    "AND seq <> :own LIMIT 1",
                    {{"person", stored.person}, {"kind", int64_t{kind}}, {"own", stored.seq}}));
  return !others.rows.empty();
}

absl::Status EventStore::Put(sql::Session& session, const Stored& stored, const v1::KnownEvent& known) {
  const int64_t seq = known.sequence();
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, known.SerializeAsString(), SealName(seq)));
  sql::Binds binds = {{"seq", seq}, {"revision", int64_t{known.withdrawn()}}, {"sealed", sealed}};
  if (stored.seq != 0) {
    binds["before"] = stored.seq;
    return session
        .Execute("UPDATE le_event SET seq = :seq, revision = :revision, sealed = :sealed WHERE seq = :before",
                 binds)
        .status();
  }
  binds["person"] = stored.person;
  binds["kind"] = int64_t{known.kind()};
  binds["date"] = known.date().value();
  binds["source"] = int64_t{known.source()};
  return session
      .Execute(
          "INSERT INTO le_event (seq, person, kind, event_date, source, revision, sealed) "
          "VALUES (:seq, :person, :kind, :date, :source, :revision, :sealed)",
          binds)
      .status();
}

absl::StatusOr<bool> EventStore::State(sql::Session& session, const ParsedEvent& parsed,
                                       const std::string& region, int64_t revision, absl::Time now,
                                       Stored* stored) {
  const v1::LifeEvent& event = parsed.event;
  const Standing before = StandingOf(stored->reports);
  v1::RegionReport& report = SetReport(region, &stored->reports);
  report.set_revision(revision);
  if (event.has_hukou_move()) *report.mutable_hukou_move() = event.hukou_move();
  const Standing after = StandingOf(stored->reports);
  v1::KnownEvent known = stored->known;
  *known.mutable_reports() = stored->reports;
  const bool changed = stored->seq == 0 || !after.SaysTheSame(before);
  if (!changed) {
    CHUANYU_RETURN_IF_ERROR(Put(session, *stored, known));
    return false;
  }
  CHUANYU_ASSIGN_OR_RETURN(const int64_t seq, NextSequence(session));
  known.set_sequence(seq);
  *known.mutable_person() = event.person();
  known.set_kind(event.kind());
  *known.mutable_date() = event.date();
  known.set_source(event.source());
  *known.mutable_known_time() = TimestampOf(now);
  known.set_withdrawn(after.withdrawn);
  known.set_disputed(after.disputed);
  known.mutable_region()->set_code(after.withdrawn ? region : after.region);
  if (event.has_hukou_move()) {
    *known.mutable_hukou_move() = after.withdrawn ? event.hukou_move() : after.hukou_move;
  }
  known.clear_others_stand();
  if (after.withdrawn) {
    CHUANYU_ASSIGN_OR_RETURN(const bool others, OthersStand(session, *stored, event.kind()));
    known.set_others_stand(others);
  }
  CHUANYU_RETURN_IF_ERROR(Put(session, *stored, known));
  stored->seq = seq;
  return true;
}

absl::Status EventStore::Tell(sql::Session& session, const v1::LifeEvent& event, int64_t seq,
                              int64_t revision, const std::vector<std::string>& regions, absl::Time now) {
  v1::TellEventRequest message;
  *message.mutable_event() = event;
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
                                         const Origin& origin, absl::Time now, Stored stored) {
  const v1::LifeEvent& event = parsed.event;
  const v1::RegionReport* const own = ReportOf(stored.reports, origin.region);
  const auto same = [&](const v1::RegionReport& report) {
    return SamePlaces(report.hukou_move(), event.hukou_move());
  };
  const bool own_same = own != nullptr && same(*own);
  if (event.withdraws() && !own_same) {
    const bool theirs = std::any_of(stored.reports.begin(), stored.reports.end(), same);
    return MakeError(theirs ? Reason::ORG_NOT_COMPETENT : Reason::CASE_NOT_FOUND, {.field = "withdraws"});
  }
  const std::string content = ContentOf(stored.person, event);
  CHUANYU_ASSIGN_OR_RETURN(const bool repeat, IsRepeat(session, event, content));
  if (repeat) return true;
  const bool own_stands = own != nullptr && Stands(*own);
  const Standing standing = StandingOf(stored.reports);
  const bool better =
      !standing.withdrawn && !SamePlaces(standing.hukou_move, event.hukou_move()) &&
      RankOf(standing.region, standing.hukou_move) > RankOf(origin.region, event.hukou_move());
  if (own_stands ? !own_same : !event.withdraws() && better) {
    return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "hukou_move"});
  }
  // The feed's number is taken now: what was refused can be reported under it later.
  sql::Binds number = ReportKey(event);
  number["mac"] = content;
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO le_report (source, source_event_id, content_mac) VALUES (:source, :id, :mac)",
                   number)
          .status());
  const bool known = std::any_of(stored.reports.begin(), stored.reports.end(),
                                 [&](const auto& report) { return Stands(report) && same(report); });
  if (event.withdraws() ? !own_stands : known) return true;
  const int64_t revision = own != nullptr ? own->revision() + 1 : 0;
  CHUANYU_RETURN_IF_ERROR(State(session, parsed, origin.region, revision, now, &stored).status());
  CHUANYU_RETURN_IF_ERROR(Tell(session, event, stored.seq, revision, origin.tell, now));
  return false;
}

absl::StatusOr<bool> EventStore::TakeTold(sql::Session& session, const ParsedEvent& parsed,
                                          const Origin& origin, absl::Time now, Stored stored) {
  if (parsed.event.withdraws() != (origin.revision % 2 != 0)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "revision"});
  }
  const v1::RegionReport* const before = ReportOf(stored.reports, origin.region);
  if (before != nullptr && before->revision() >= origin.revision) return true;
  CHUANYU_ASSIGN_OR_RETURN(const bool changed,
                           State(session, parsed, origin.region, origin.revision, now, &stored));
  return !changed;
}

absl::StatusOr<bool> EventStore::TakeOne(sql::Session& session, const ParsedEvent& parsed,
                                         const Origin& origin, absl::Time now) {
  const auto [type, number] = parsed.person.Key();
  const std::string person = indexer_.Index({.type = type, .number = number}).ToHex();
  CHUANYU_ASSIGN_OR_RETURN(Stored stored, Find(session, person, parsed.event));
  return origin.own ? TakeOwn(session, parsed, origin, now, std::move(stored))
                    : TakeTold(session, parsed, origin, now, std::move(stored));
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
