#include "common/outbox/outbox_store.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/sealed_text.h"
#include "common/sql/migrate.h"

namespace chuanyu {
namespace {

constexpr char kColumns[] =
    "SELECT request_id, to_region, operation, purpose, correlation_id, sealed, subjects FROM ob_message ";

const std::vector<sql::Migration>& Migrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{
      {{
          "CREATE TABLE ob_message (request_id VARCHAR(36) PRIMARY KEY, to_region VARCHAR(6) NOT NULL, "
          "operation VARCHAR(200) NOT NULL, purpose VARCHAR(32) NOT NULL, correlation_id VARCHAR(64) NOT "
          "NULL, "
          "due_ms BIGINT NOT NULL, sealed TEXT NOT NULL)",
          "CREATE INDEX ob_message_due ON ob_message (due_ms, request_id)",
      }},
      // Several services may have one database.
      {{
          "ALTER TABLE ob_message ADD COLUMN owner VARCHAR(32) NOT NULL DEFAULT ''",
          "DROP INDEX ob_message_due",
          "CREATE INDEX ob_message_owner_due ON ob_message (owner, due_ms, request_id)",
      }},
      // In the order in which they are read: else each page looks at all of them.
      {{
          "DROP INDEX ob_message_owner_due",
          "CREATE INDEX ob_message_owner_id ON ob_message (owner, request_id, due_ms)",
      }},
      // A message may be about several persons.
      {{
          "ALTER TABLE ob_message ADD COLUMN subjects BIGINT NOT NULL DEFAULT 1",
      }}};
  return *migrations;
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutboxStore>> OutboxStore::Open(sql::Pool& pool, const crypto::Sealer& sealer,
                                                               const std::string& owner) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "outbox", Migrations()));
  std::unique_ptr<OutboxStore> store(new OutboxStore(pool, sealer, owner));
  // What was written before owners were told apart: then a database had one service.
  CHUANYU_RETURN_IF_ERROR(pool.Transact([&](sql::Session& session) {
    return session.Execute("UPDATE ob_message SET owner = :owner WHERE owner = ''", {{"owner", owner}})
        .status();
  }));
  return store;
}

absl::Status OutboxStore::Insert(sql::Session& session, const OutboxMessage& message, absl::Time due) {
  // The id binds the seal to its row.
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, message.payload, "outbox/" + message.request_id));
  return session.Write(
      "INSERT INTO ob_message (request_id, to_region, operation, purpose, correlation_id, due_ms, "
      "sealed, owner, subjects) "
      "VALUES (:id, :region, :operation, :purpose, :correlation, :due, :sealed, :owner, :subjects)",
      {{"id", message.request_id},
       {"owner", owner_},
       {"region", message.to_region},
       {"operation", message.operation},
       {"purpose", message.purpose},
       {"correlation", message.correlation_id},
       {"due", absl::ToUnixMillis(due)},
       {"sealed", sealed},
       {"subjects", int64_t{message.subjects}}});
}

absl::StatusOr<std::string> OutboxStore::Add(sql::Session& session, const OutboxMessage& message,
                                             absl::Time now) {
  OutboxMessage added = message;
  added.request_id = ids_.Next(absl::ToUnixMillis(now));
  CHUANYU_RETURN_IF_ERROR(Insert(session, added, now));
  return added.request_id;
}

absl::StatusOr<bool> OutboxStore::Remove(sql::Session& session, const std::string& request_id) {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t removed,
      session.Execute("DELETE FROM ob_message WHERE request_id = :id", {{"id", request_id}}));
  return removed == 1;
}

absl::StatusOr<OutboxMessage> OutboxStore::Read(const sql::Row& row) const {
  OutboxMessage message{.request_id = sql::TextOf(row[0]),
                        .to_region = sql::TextOf(row[1]),
                        .operation = sql::TextOf(row[2]),
                        .purpose = sql::TextOf(row[3]),
                        .correlation_id = sql::TextOf(row[4]),
                        .subjects = static_cast<uint32_t>(sql::IntOf(row[6]))};
  CHUANYU_ASSIGN_OR_RETURN(message.payload,
                           crypto::OpenText(sealer_, sql::TextOf(row[5]), "outbox/" + message.request_id));
  return message;
}

absl::StatusOr<std::optional<OutboxMessage>> OutboxStore::Find(const std::string& request_id) {
  std::optional<OutboxMessage> out;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat(kColumns, "WHERE request_id = :id"), {{"id", request_id}}));
    if (found.rows.empty()) return absl::OkStatus();
    CHUANYU_ASSIGN_OR_RETURN(out, Read(found.rows[0]));
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<std::vector<std::string>> OutboxStore::Due(absl::Time now, const std::string& after,
                                                          int limit) {
  std::vector<std::string> out;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT request_id FROM ob_message WHERE owner = :owner AND due_ms <= "
                                   ":now AND request_id > :after "
                                   "ORDER BY request_id LIMIT ",
                                   limit),
                      {{"owner", owner_}, {"now", absl::ToUnixMillis(now)}, {"after", after}}));
    for (const sql::Row& row : found.rows) out.push_back(sql::TextOf(row[0]));
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<std::optional<std::string>> OutboxStore::Renew(const std::string& request_id, absl::Time now,
                                                              absl::Time due) {
  CHUANYU_ASSIGN_OR_RETURN(std::optional<OutboxMessage> message, Find(request_id));
  if (!message) return std::optional<std::string>();
  message->request_id = ids_.Next(absl::ToUnixMillis(now));
  bool there = false;
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    // Who removed it meanwhile has the answer.
    CHUANYU_ASSIGN_OR_RETURN(there, Remove(session, request_id));
    return there ? Insert(session, *message, due) : absl::OkStatus();
  }));
  if (!there) return std::optional<std::string>();
  return std::optional<std::string>(message->request_id);
}

}  // namespace chuanyu
