// The warnings in BatchStore.
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/batch/batch_store.h"
#include "services/family_economy/rules/life_events.h"

namespace chuanyu::family_economy {
namespace {

std::string SealName(int64_t seq, int64_t id) { return absl::StrCat("warning/", seq, "/", id); }

absl::StatusOr<v1::BatchWarning> Read(const std::string& bytes) {
  v1::BatchWarning warning;
  if (warning.ParseFromString(bytes)) return warning;
  return MakeError(Reason::INTERNAL, {.detail = "a stored warning"});
}

}  // namespace

absl::Status BatchStore::InsertWarning(sql::Session& session, const StoredBatch& batch,
                                       v1::BatchWarning warning) {
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("UPDATE fe_batch SET warnings = warnings + 1 WHERE batch_seq = :seq", {{"seq", batch.seq}})
          .status());
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result number,
      session.Query("SELECT warnings FROM fe_batch WHERE batch_seq = :seq", {{"seq", batch.seq}}));
  const int64_t id = sql::IntOf(number.rows.at(0).at(0));
  warning.set_warning_no(absl::StrCat(batch.manifest.batch_no(), "-W", id));
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           SealText(warning.SerializeAsString(), SealName(batch.seq, id)));
  return session
      .Execute(
          "INSERT INTO fe_batch_warning (batch_seq, warning_id, disposition, version, sealed) VALUES "
          "(:seq, :id, :disposition, 1, :sealed)",
          {{"seq", batch.seq},
           {"id", id},
           {"disposition", int64_t{warning.disposition()}},
           {"sealed", sealed}})
      .status();
}

absl::StatusOr<BatchStore::WarningPage> BatchStore::Warnings(int64_t seq, v1::WarningDisposition disposition,
                                                             int page_size, const std::string& token) {
  int64_t after = 0;
  if (!token.empty() && (!absl::SimpleAtoi(token, &after) || after <= 0)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "page_token", .detail = "not from an earlier page"});
  }
  sql::Binds binds = {{"seq", seq}, {"after", after}};
  std::string which;
  if (disposition != v1::WARNING_DISPOSITION_UNSPECIFIED) {
    which = " AND disposition = :disposition";
    binds["disposition"] = int64_t{disposition};
  }
  WarningPage page;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(
            absl::StrCat("SELECT warning_id, sealed FROM fe_batch_warning WHERE batch_seq = :seq AND "
                         "warning_id > :after",
                         which, " ORDER BY warning_id LIMIT ", page_size + 1),
            binds));
    int64_t last = 0;
    for (const sql::Row& row : found.rows) {
      if (page.warnings.size() == static_cast<size_t>(page_size)) {
        page.next_token = std::to_string(last);
        return absl::OkStatus();
      }
      last = sql::IntOf(row[0]);
      CHUANYU_ASSIGN_OR_RETURN(const std::string bytes, OpenText(sql::TextOf(row[1]), SealName(seq, last)));
      CHUANYU_ASSIGN_OR_RETURN(page.warnings.emplace_back(), Read(bytes));
    }
    return absl::OkStatus();
  }));
  return page;
}

absl::Status BatchStore::SaveWarning(sql::Session& session, int64_t seq, int64_t id, int64_t before,
                                     const v1::BatchWarning& warning) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           SealText(warning.SerializeAsString(), SealName(seq, id)));
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t changed,
      session.Execute("UPDATE fe_batch_warning SET disposition = :disposition, version = :version, "
                      "sealed = :sealed WHERE batch_seq = :seq AND warning_id = :id AND version = :before",
                      {{"disposition", int64_t{warning.disposition()}},
                       {"version", warning.version()},
                       {"sealed", sealed},
                       {"seq", seq},
                       {"id", id},
                       {"before", before}}));
  return changed == 1 ? absl::OkStatus() : MakeError(Reason::STALE_VERSION, {.field = "version"});
}

// Rare, so that all warnings of the batch are looked through.
absl::StatusOr<bool> BatchStore::TakeBackOfLine(sql::Session& session, int64_t seq, int64_t line_no,
                                                const v1::MemberLifeEvent& event) {
  bool changed = false;
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT warning_id, sealed FROM fe_batch_warning WHERE batch_seq = :seq",
                    {{"seq", seq}}));
  for (const sql::Row& row : found.rows) {
    const int64_t id = sql::IntOf(row[0]);
    CHUANYU_ASSIGN_OR_RETURN(const std::string bytes, OpenText(sql::TextOf(row[1]), SealName(seq, id)));
    CHUANYU_ASSIGN_OR_RETURN(v1::BatchWarning warning, Read(bytes));
    const bool same = warning.line_no() == line_no && warning.has_life_event() &&
                      IsSameLifeEvent(warning.life_event(), event) && !warning.life_event().withdrawn();
    if (!same) continue;
    const int64_t before = warning.version();
    warning.mutable_life_event()->set_withdrawn(true);
    warning.set_version(before + 1);
    CHUANYU_RETURN_IF_ERROR(SaveWarning(session, seq, id, before, warning));
    changed = true;
  }
  return changed;
}

absl::StatusOr<v1::BatchWarning> BatchStore::SetDisposition(int64_t seq,
                                                            const v1::SetWarningDispositionRequest& request) {
  const absl::Status missing = MakeError(Reason::CASE_NOT_FOUND, {.field = "warning_no"});
  std::string_view number = request.warning_no();
  int64_t id = 0;
  const std::string prefix = request.batch_no() + "-W";
  if (!number.starts_with(prefix) || !absl::SimpleAtoi(std::string(number.substr(prefix.size())), &id)) {
    return missing;
  }
  v1::BatchWarning warning;
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    const sql::Binds key = {{"seq", seq}, {"id", id}};
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query("SELECT sealed FROM fe_batch_warning WHERE batch_seq = :seq AND warning_id = :id",
                      key));
    if (found.rows.empty()) return missing;
    CHUANYU_ASSIGN_OR_RETURN(const std::string bytes,
                             OpenText(sql::TextOf(found.rows[0][0]), SealName(seq, id)));
    CHUANYU_ASSIGN_OR_RETURN(warning, Read(bytes));
    if (warning.version() != request.version()) return MakeError(Reason::STALE_VERSION, {.field = "version"});
    warning.set_disposition(request.disposition());
    const bool decided = request.disposition() != v1::WARNING_DISPOSITION_PENDING;
    warning.set_officer(decided ? request.officer() : "");
    warning.set_version(warning.version() + 1);
    return SaveWarning(session, seq, id, request.version(), warning);
  }));
  return warning;
}

}  // namespace chuanyu::family_economy
