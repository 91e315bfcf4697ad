#include "services/elderly_care/store.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/sealed_text.h"

namespace chuanyu::elderly_care {
namespace {

std::string EntrySeal(const std::string& entry_id) { return "ec_entry/" + entry_id; }

}  // namespace

absl::Status Store::InsertReceipt(sql::Session& session, const std::string& filing_no,
                                  const std::string& application_no) const {
  return session
      .Execute("INSERT INTO ec_receipt (filing_no, application_no) VALUES (:filing, :application)",
               {{"filing", filing_no}, {"application", application_no}})
      .status();
}

absl::StatusOr<std::optional<std::string>> Store::FindReceipt(sql::Session& session,
                                                              const std::string& filing_no) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto found,
                           Texts(session, "SELECT application_no FROM ec_receipt WHERE filing_no = :filing",
                                 {{"filing", filing_no}}));
  if (found.empty()) return std::optional<std::string>();
  return std::optional<std::string>(found[0]);
}

absl::StatusOr<std::vector<v1::MapChange>> Store::Read(const sql::Result& found) const {
  std::vector<v1::MapChange> out;
  for (const sql::Row& row : found.rows) {
    v1::MapChange& change = out.emplace_back();
    change.set_sequence(sql::IntOf(row[0]));
    CHUANYU_ASSIGN_OR_RETURN(*change.mutable_entry(),
                             OpenMessage<v1::PublicEntry>(sealer(), row[2], EntrySeal(sql::TextOf(row[1]))));
  }
  return out;
}

absl::StatusOr<std::optional<v1::PublicEntry>> Store::FindEntry(sql::Session& session,
                                                                const std::string& entry_id) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT seq, entry_id, sealed FROM ec_entry WHERE entry_id = :id", {{"id", entry_id}}));
  CHUANYU_ASSIGN_OR_RETURN(const auto changes, Read(found));
  if (changes.empty()) return std::optional<v1::PublicEntry>();
  return std::optional<v1::PublicEntry>(changes[0].entry());
}

absl::Status Store::SaveEntry(sql::Session& session, const v1::PublicEntry& entry) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed, crypto::SealText(sealer(), entry.SerializeAsString(),
                                                                      EntrySeal(entry.entry_id())));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, NextSequence(session));
  return session
      .Execute(
          "INSERT INTO ec_entry (entry_id, region, seq, version, shown, sealed) VALUES (:id, :region, "
          ":seq, :version, :shown, :sealed) ON CONFLICT (entry_id) DO UPDATE SET seq = excluded.seq, "
          "version = excluded.version, shown = excluded.shown, sealed = excluded.sealed",
          {{"id", entry.entry_id()},
           {"region", entry.region()},
           {"seq", sequence},
           {"version", entry.version()},
           {"shown", int64_t{entry.shown() ? 1 : 0}},
           {"sealed", sealed}})
      .status();
}

absl::StatusOr<std::vector<v1::MapChange>> Store::Changes(sql::Session& session, int64_t after,
                                                          int limit) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT seq, entry_id, sealed FROM ec_entry WHERE seq > :after ORDER BY seq "
                                 "LIMIT ",
                                 limit),
                    {{"after", after}}));
  return Read(found);
}

absl::StatusOr<int64_t> Store::LastChange(sql::Session& session) const {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query("SELECT COALESCE(MAX(seq), 0) FROM ec_entry"));
  return sql::IntOf(found.rows.at(0).at(0));
}

absl::StatusOr<std::vector<v1::MapChange>> Store::Shown(sql::Session& session, int64_t before,
                                                        int limit) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          absl::StrCat("SELECT seq, entry_id, sealed FROM ec_entry WHERE shown = 1 AND (:before = 0 "
                       "OR seq < :before) ORDER BY seq DESC LIMIT ",
                       limit),
          {{"before", before}}));
  return Read(found);
}

absl::Status Store::Subscribe(sql::Session& session, const std::string& region) const {
  return session
      .Execute("INSERT INTO ec_subscriber (region) VALUES (:region) ON CONFLICT DO NOTHING",
               {{"region", region}})
      .status();
}

absl::StatusOr<std::vector<std::string>> Store::Subscribers(sql::Session& session) const {
  return Texts(session, "SELECT region FROM ec_subscriber ORDER BY region", {});
}

}  // namespace chuanyu::elderly_care
