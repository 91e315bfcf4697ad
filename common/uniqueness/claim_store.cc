#include "common/uniqueness/claim_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/sql/migrate.h"

namespace chuanyu::uniqueness {
namespace {

const std::vector<sql::Migration>& Migrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{
      {{
          // `subject` is a blind index under the key of the regions. `told`: 1 when the case knows of the
          // state.
          "CREATE TABLE uq_claim (item VARCHAR(32) NOT NULL, claim_id VARCHAR(36) NOT NULL, "
          "subject VARCHAR(64) NOT NULL, region VARCHAR(6) NOT NULL, accepted_ms BIGINT NOT NULL, "
          "state BIGINT NOT NULL, is_open BIGINT NOT NULL, waiting_for VARCHAR(256) NOT NULL, "
          "holder_region VARCHAR(6) NOT NULL, holder_ms BIGINT NOT NULL, told BIGINT NOT NULL, "
          "PRIMARY KEY (item, claim_id))",
          "CREATE UNIQUE INDEX uq_claim_open ON uq_claim (item, subject) WHERE is_open = 1",
          "CREATE INDEX uq_claim_subject ON uq_claim (item, subject)",
          "CREATE INDEX uq_claim_told ON uq_claim (item, told, state)",
          "CREATE TABLE uq_lock (item VARCHAR(32) PRIMARY KEY, value BIGINT NOT NULL)",
      }},
      {{
          // In the order in which they are read: else SQLite takes the primary key for it, and looks at every
          // claim.
          "DROP INDEX uq_claim_subject",
          "DROP INDEX uq_claim_told",
          "CREATE INDEX uq_claim_of ON uq_claim (item, subject, claim_id)",
          "CREATE INDEX uq_claim_news ON uq_claim (item, told, claim_id)",
      }}};
  return *migrations;
}

constexpr char kColumns[] =
    "SELECT claim_id, region, accepted_ms, state, waiting_for, holder_region, holder_ms, subject FROM "
    "uq_claim ";

Claim Read(const sql::Row& row) {
  Claim claim{.id = sql::TextOf(row[0]),
              .region = sql::TextOf(row[1]),
              .accepted_at_ms = sql::IntOf(row[2]),
              .state = static_cast<ClaimState>(sql::IntOf(row[3]))};
  const std::string waiting = sql::TextOf(row[4]);
  if (!waiting.empty()) claim.waiting_for = absl::StrSplit(waiting, ',');
  if (!sql::TextOf(row[5]).empty()) {
    claim.holder = Holder{.region = sql::TextOf(row[5]), .accepted_at_ms = sql::IntOf(row[6])};
  }
  return claim;
}

bool Same(const Claim& a, const Claim& b) {
  return a.state == b.state && a.waiting_for == b.waiting_for && a.holder == b.holder;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ClaimStore>> ClaimStore::Open(sql::Pool& pool, Options options) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "uniqueness", Migrations()));
  const std::string item = options.item;
  CHUANYU_RETURN_IF_ERROR(pool.Run([&](sql::Session& session) {
    return session
        .Execute("INSERT INTO uq_lock (item, value) VALUES (:item, 0) ON CONFLICT DO NOTHING",
                 {{"item", item}})
        .status();
  }));
  return std::unique_ptr<ClaimStore>(new ClaimStore(std::move(options)));
}

// One transaction at a time decides about claims of an item: two that open claims about one subject at once
// would otherwise both see none, and the index would make one fail without a reason.
absl::Status ClaimStore::Lock(sql::Session& session) {
  return session.LockRow("claims/" + options_.item, "SELECT value FROM uq_lock WHERE item = :item FOR UPDATE",
                         {{"item", options_.item}});
}

absl::StatusOr<ClaimBook> ClaimStore::Load(sql::Session& session, const std::string& subject) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kColumns, "WHERE item = :item AND subject = :subject ORDER BY claim_id"),
                    {{"item", options_.item}, {"subject", subject}}));
  std::vector<Claim> claims;
  for (const sql::Row& row : found.rows) claims.push_back(Read(row));
  return ClaimBook(std::move(claims));
}

absl::StatusOr<std::optional<ClaimStore::Book>> ClaimStore::LoadOf(sql::Session& session,
                                                                   const std::string& claim_id) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kColumns,
                                 "WHERE item = :item AND subject = (SELECT subject FROM uq_claim WHERE item "
                                 "= :item AND claim_id = :id) ORDER BY claim_id"),
                    {{"item", options_.item}, {"id", claim_id}}));
  if (found.rows.empty()) return std::optional<Book>();
  std::vector<Claim> claims;
  for (const sql::Row& row : found.rows) claims.push_back(Read(row));
  return std::optional<Book>(
      {.subject = {sql::TextOf(found.rows[0][7])}, .claims = ClaimBook(std::move(claims))});
}

absl::StatusOr<std::optional<Subject>> ClaimStore::SubjectOf(sql::Session& session,
                                                             const std::string& claim_id) {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query("SELECT subject FROM uq_claim WHERE item = :item AND claim_id = :id",
                                         {{"item", options_.item}, {"id", claim_id}}));
  if (found.rows.empty()) return std::optional<Subject>();
  return std::optional<Subject>(Subject{sql::TextOf(found.rows[0][0])});
}

absl::StatusOr<bool> ClaimStore::HasOpen(sql::Session& session, const Subject& subject) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          "SELECT claim_id FROM uq_claim WHERE item = :item AND subject = :subject AND is_open = 1 LIMIT 1",
          {{"item", options_.item}, {"subject", subject.hex}}));
  return !found.rows.empty();
}

absl::Status ClaimStore::Write(sql::Session& session, const Subject& subject, const Claim& claim) {
  // A new state of an own claim is news for its case; what the case did itself is not.
  const bool news = claim.region == options_.own_region &&
                    (claim.state == ClaimState::kConfirmed || claim.state == ClaimState::kRefused);
  return session.Write(
      "INSERT INTO uq_claim (item, claim_id, subject, region, accepted_ms, state, is_open, waiting_for, "
      "holder_region, holder_ms, told) VALUES (:item, :id, :subject, :region, :accepted, :state, :open, "
      ":waiting, :holder, :holder_ms, :told) ON CONFLICT (item, claim_id) DO UPDATE SET "
      "state = excluded.state, is_open = excluded.is_open, waiting_for = excluded.waiting_for, "
      "holder_region = excluded.holder_region, holder_ms = excluded.holder_ms, told = excluded.told",
      {{"item", options_.item},
       {"id", claim.id},
       {"subject", subject.hex},
       {"region", claim.region},
       {"accepted", claim.accepted_at_ms},
       {"state", static_cast<int64_t>(claim.state)},
       {"open", int64_t{claim.IsOpen() ? 1 : 0}},
       {"waiting", absl::StrJoin(claim.waiting_for, ",")},
       {"holder", claim.holder ? claim.holder->region : ""},
       {"holder_ms", claim.holder ? claim.holder->accepted_at_ms : int64_t{0}},
       {"told", int64_t{news ? 0 : 1}}});
}

absl::Status ClaimStore::TellAll(sql::Session& session, const Subject& subject, const Claim& claim,
                                 ClaimMessage::Kind kind) {
  for (const std::string& peer : options_.peers) {
    CHUANYU_RETURN_IF_ERROR(options_.tell(session, {.kind = kind,
                                                    .subject = subject,
                                                    .claim_id = claim.id,
                                                    .accepted_at_ms = claim.accepted_at_ms,
                                                    .to_region = peer}));
  }
  return absl::OkStatus();
}

absl::Status ClaimStore::Save(sql::Session& session, const Subject& subject, const ClaimBook& before,
                              const ClaimBook& after) {
  // What has ended first: the unique index sees one open claim at any moment.
  for (const bool open : {false, true}) {
    for (const Claim& claim : after.claims()) {
      const Claim* const was = before.Find(claim.id);
      if (claim.IsOpen() != open || (was != nullptr && Same(*was, claim))) continue;
      CHUANYU_RETURN_IF_ERROR(Write(session, subject, claim));
      if (claim.region != options_.own_region) continue;
      if (was == nullptr) {
        CHUANYU_RETURN_IF_ERROR(TellAll(session, subject, claim, ClaimMessage::Kind::kClaim));
      } else if (!open) {
        // Also to the one that refused it, and to those that have not heard of it: they forget nothing by it.
        CHUANYU_RETURN_IF_ERROR(TellAll(session, subject, claim, ClaimMessage::Kind::kRelease));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Holder>> ClaimStore::OpenClaim(sql::Session& session, const Subject& subject,
                                                            const std::string& claim_id,
                                                            int64_t accepted_at_ms) {
  CHUANYU_RETURN_IF_ERROR(Lock(session));
  CHUANYU_ASSIGN_OR_RETURN(const ClaimBook before, Load(session, subject.hex));
  ClaimBook after = before;
  if (auto holder = after.Open(claim_id, options_.own_region, accepted_at_ms, options_.peers)) return holder;
  CHUANYU_RETURN_IF_ERROR(Save(session, subject, before, after));
  return std::optional<Holder>();
}

absl::StatusOr<Reply> ClaimStore::OnClaim(sql::Session& session, const Subject& subject,
                                          const std::string& claim_id, const std::string& region,
                                          int64_t accepted_at_ms) {
  CHUANYU_RETURN_IF_ERROR(Lock(session));
  CHUANYU_ASSIGN_OR_RETURN(const ClaimBook before, Load(session, subject.hex));
  ClaimBook after = before;
  const Reply reply = after.OnClaim(claim_id, region, accepted_at_ms);
  CHUANYU_RETURN_IF_ERROR(Save(session, subject, before, after));
  return reply;
}

absl::Status ClaimStore::OnReply(sql::Session& session, const std::string& claim_id, const std::string& peer,
                                 const Reply& reply) {
  CHUANYU_RETURN_IF_ERROR(Lock(session));
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Book> before, LoadOf(session, claim_id));
  if (!before) return MakeError(Reason::CASE_NOT_FOUND, {.field = "claim_id"});
  ClaimBook after = before->claims;
  if (!after.OnReply(claim_id, peer, reply)) return absl::OkStatus();
  return Save(session, before->subject, before->claims, after);
}

absl::Status ClaimStore::Release(sql::Session& session, const std::string& claim_id) {
  CHUANYU_RETURN_IF_ERROR(Lock(session));
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Book> before, LoadOf(session, claim_id));
  if (!before) return absl::OkStatus();
  ClaimBook after = before->claims;
  if (!after.Release(claim_id)) return absl::OkStatus();
  return Save(session, before->subject, before->claims, after);
}

absl::Status ClaimStore::OnRelease(sql::Session& session, const Subject& subject, const std::string& claim_id,
                                   const std::string& region) {
  CHUANYU_RETURN_IF_ERROR(Lock(session));
  CHUANYU_ASSIGN_OR_RETURN(const ClaimBook before, Load(session, subject.hex));
  ClaimBook after = before;
  after.OnRelease(claim_id, region);
  return Save(session, subject, before, after);
}

absl::StatusOr<std::optional<Claim>> ClaimStore::Find(sql::Session& session, const std::string& claim_id) {
  CHUANYU_RETURN_IF_ERROR(Lock(session));
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query(absl::StrCat(kColumns, "WHERE item = :item AND claim_id = :id"),
                                         {{"item", options_.item}, {"id", claim_id}}));
  if (found.rows.empty()) return std::optional<Claim>();
  return std::optional<Claim>(Read(found.rows[0]));
}

absl::StatusOr<int64_t> ClaimStore::Forget(sql::Session& session, int64_t opened_before_ms, int limit) {
  CHUANYU_RETURN_IF_ERROR(Lock(session));
  // A claim_id is a UUIDv7: its first 48 bits are when it was made, in the order of its text. What was
  // remembered of a release alone has no other time.
  const std::string before = absl::StrFormat("%08x-%04x", opened_before_ms >> 16, opened_before_ms & 0xffff);
  return session.Execute(
      absl::StrCat("DELETE FROM uq_claim WHERE item = :item AND claim_id IN (SELECT claim_id FROM uq_claim "
                   "WHERE item = :item AND claim_id < :before AND is_open = 0 AND told = 1 ORDER BY claim_id "
                   "LIMIT ",
                   limit, ")"),
      {{"item", options_.item}, {"before", before}});
}

absl::StatusOr<bool> ClaimStore::AreConfirmed(sql::Session& session,
                                              const std::vector<std::string>& claim_ids) {
  if (claim_ids.empty()) return true;
  CHUANYU_RETURN_IF_ERROR(Lock(session));
  sql::Binds binds = {{"item", options_.item}, {"state", static_cast<int64_t>(ClaimState::kConfirmed)}};
  const std::string ids = sql::BindList(claim_ids, &binds);
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT claim_id FROM uq_claim WHERE item = :item AND state = :state AND "
                                 "claim_id IN (",
                                 ids, ")"),
                    binds));
  return found.rows.size() == claim_ids.size();
}

absl::StatusOr<std::vector<Claim>> ClaimStore::Untold(sql::Session& session, int limit) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kColumns, "WHERE item = :item AND told = 0 ORDER BY claim_id LIMIT ", limit),
                    {{"item", options_.item}}));
  std::vector<Claim> claims;
  for (const sql::Row& row : found.rows) claims.push_back(Read(row));
  return claims;
}

absl::Status ClaimStore::Told(sql::Session& session, const std::string& claim_id) {
  return session.Write("UPDATE uq_claim SET told = 1 WHERE item = :item AND claim_id = :id",
                       {{"item", options_.item}, {"id", claim_id}});
}

}  // namespace chuanyu::uniqueness
