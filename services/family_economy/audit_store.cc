#include "services/family_economy/audit_store.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "common/sql/migrate.h"

namespace chuanyu::family_economy {
namespace {

const std::vector<sql::Migration>& AuditMigrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{
      {{
          // `sealed` is an AuditEvent, Base64: what an officer writes as a reason is for auditors only.
          "CREATE TABLE fe_audit (sequence BIGINT PRIMARY KEY, at_ms BIGINT NOT NULL, sealed TEXT NOT NULL, "
          "mac VARCHAR(64) NOT NULL)",
          "CREATE TABLE fe_audit_last (name VARCHAR(16) PRIMARY KEY, sequence BIGINT NOT NULL, "
          "mac VARCHAR(64) NOT NULL)",
          "INSERT INTO fe_audit_last (name, sequence, mac) VALUES ('last', 0, '')",
      }},
  };
  return *migrations;
}

std::string SealName(int64_t sequence) { return absl::StrCat("audit/", sequence); }

}  // namespace

absl::StatusOr<std::unique_ptr<AuditStore>> AuditStore::Open(sql::Pool& pool, const crypto::Sealer& sealer,
                                                             const crypto::BlindIndexer& indexer) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "family_economy_audit", AuditMigrations()));
  return std::unique_ptr<AuditStore>(new AuditStore(pool, sealer, indexer));
}

std::string AuditStore::MacOf(const std::string& bytes, const std::string& previous) const {
  // Type 0 is no kind of document, so this is never the index of a person.
  const std::string text = absl::StrCat("audit\n", previous, "\n", bytes);
  return indexer_.Index({.type = 0, .number = text}).ToHex();
}

absl::StatusOr<AuditStore::Row> AuditStore::Last(sql::Session& session) {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query("SELECT sequence, mac FROM fe_audit_last WHERE name = 'last'"));
  if (found.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "fe_audit_last is empty"});
  return Row{.sequence = sql::IntOf(found.rows[0][0]), .sealed = "", .mac = sql::TextOf(found.rows[0][1])};
}

absl::Status AuditStore::AppendIn(sql::Session& session, v1::AuditEvent event) {
  // Also the lock that lets one event at a time follow the one before.
  CHUANYU_RETURN_IF_ERROR(
      session.Execute("UPDATE fe_audit_last SET sequence = sequence + 1 WHERE name = 'last'").status());
  CHUANYU_ASSIGN_OR_RETURN(const Row last, Last(session));
  event.set_sequence(last.sequence);
  const std::string bytes = event.SerializeAsString();
  const std::string mac = MacOf(bytes, last.mac);
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, bytes, SealName(event.sequence())));
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute(
              "INSERT INTO fe_audit (sequence, at_ms, sealed, mac) VALUES (:sequence, :at, :sealed, :mac)",
              {{"sequence", event.sequence()},
               {"at", MillisOf(event.at())},
               {"sealed", sealed},
               {"mac", mac}})
          .status());
  return session.Execute("UPDATE fe_audit_last SET mac = :mac WHERE name = 'last'", {{"mac", mac}}).status();
}

absl::Status AuditStore::Append(const v1::AuditEvent& event) {
  return pool_.Transact([&](sql::Session& session) { return AppendIn(session, event); });
}

bool AuditStore::Read(const Row& row, const Row& previous, v1::AuditEvent* event) const {
  const absl::StatusOr<std::string> plain = crypto::OpenText(sealer_, row.sealed, SealName(row.sequence));
  const bool reads = plain.ok() && event->ParseFromString(*plain) && event->sequence() == row.sequence;
  // Shown as far as it can be: an auditor looks for what is wrong.
  event->set_sequence(row.sequence);
  return reads && row.sequence == previous.sequence + 1 && MacOf(*plain, previous.mac) == row.mac;
}

absl::StatusOr<v1::ListAuditEventsResponse> AuditStore::Page(int64_t before, int limit) {
  std::vector<Row> rows;  // newest first; one more than is shown, which the oldest one follows
  Row last;
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    rows.clear();
    CHUANYU_ASSIGN_OR_RETURN(last, Last(session));
    const int64_t end = before == 0 ? last.sequence + 1 : before;
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT sequence, sealed, mac FROM fe_audit WHERE sequence < :end "
                                   "ORDER BY sequence DESC LIMIT ",
                                   limit + 1),
                      {{"end", end}}));
    for (const sql::Row& row : found.rows) {
      rows.push_back(
          {.sequence = sql::IntOf(row[0]), .sealed = sql::TextOf(row[1]), .mac = sql::TextOf(row[2])});
    }
    return absl::OkStatus();
  }));
  v1::ListAuditEventsResponse page;
  const Row newest = rows.empty() ? Row{} : rows.front();
  // Cut off at the end.
  if (before == 0 && (newest.sequence != last.sequence || newest.mac != last.mac)) {
    page.set_broken_at(newest.sequence + 1);
  }
  const size_t shown = std::min(rows.size(), static_cast<size_t>(limit));
  for (size_t at = 0; at < shown; ++at) {
    const Row previous = at + 1 < rows.size() ? rows[at + 1] : Row{};
    // From the newest to the oldest: the oldest that does not fit is what is told.
    if (!Read(rows[at], previous, page.add_events())) page.set_broken_at(previous.sequence + 1);
  }
  if (rows.size() > shown) page.set_next_page_token(absl::StrCat(rows[shown - 1].sequence));
  return page;
}

}  // namespace chuanyu::family_economy
