// What callers do to checks, and what follows for authorisations and questions.
#include <utility>

#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/progress.h"

namespace chuanyu::family_economy {
namespace {

absl::Status Ended(const std::string& reason) {
  return MakeError(ParseReason(reason).value_or(Reason::AUTH_EXPIRED), {.field = "authorization.auth_no"});
}

absl::Status OutOfScope(const std::string& detail) {
  return MakeError(Reason::AUTH_SCOPE, {.field = "authorization.auth_no", .detail = detail});
}

// A refusal ends the authorisation ("ends if the check fails", domain page §4.1); what the family withdrew
// stays withdrawn.
absl::Status EndAfterRefusal(sql::Session& session, const ActOn& act, const v1::Verification& after) {
  if (after.decision().outcome() != v1::DECISION_OUTCOME_REFUSED) return absl::OkStatus();
  return session.Write(
      "UPDATE fe_authorization SET ended = :reason, ended_ms = :now "
      "WHERE org = :org AND auth_no = :auth AND ended = ''",
      {{"reason", std::string(ReasonName(Reason::AUTH_EXPIRED))},
       {"now", absl::ToUnixMillis(act.now)},
       {"org", act.key.org},
       {"auth", after.authorization().auth_no()}});
}

}  // namespace

absl::StatusOr<std::string> CaseStore::BindAuthorization(sql::Session& session, const NewCase& new_case,
                                                         const std::string& number) {
  const std::string& auth_no = new_case.verification.authorization().auth_no();
  if (auth_no.empty()) return std::string();
  const sql::Binds key = {{"org", new_case.key.org}, {"auth", auth_no}};
  sql::Binds row = key;
  row["mac"] = new_case.document.hex;
  CHUANYU_RETURN_IF_ERROR(
      session.Write("INSERT INTO fe_authorization (org, auth_no, document_mac, application, ended, ended_ms) "
                    "VALUES (:org, :auth, :mac, '', '', 0) ON CONFLICT DO NOTHING",
                    row));
  // A revocation at the same moment comes before this check or finds it afterwards.
  CHUANYU_RETURN_IF_ERROR(session.LockRow(
      "authorization", "SELECT ended FROM fe_authorization WHERE org = :org AND auth_no = :auth FOR UPDATE",
      key));
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT document_mac, application, ended, members FROM fe_authorization "
                    "WHERE org = :org AND auth_no = :auth",
                    key));
  if (found.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "an authorisation vanished"});
  const sql::Row& known = found.rows[0];
  if (const std::string ended = sql::TextOf(known[2]); !ended.empty()) return Ended(ended);
  if (sql::TextOf(known[0]) != new_case.document.hex) {
    return OutOfScope("given for other members or another document");
  }
  std::string members = sql::TextOf(known[3]);
  if (new_case.verification.type() != v1::VERIFICATION_TYPE_NEW) return members;
  if (!sql::TextOf(known[1]).empty()) return OutOfScope("used for another new application");
  row = key;
  row["no"] = number;
  CHUANYU_RETURN_IF_ERROR(session.Write(
      "UPDATE fe_authorization SET application = :no WHERE org = :org AND auth_no = :auth", row));
  return members;
}

absl::Status CaseStore::CheckNotEnded(sql::Session& session, const std::string& org,
                                      const std::string& auth_no) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT ended FROM fe_authorization WHERE org = :org AND auth_no = :auth",
                    {{"org", org}, {"auth", auth_no}}));
  if (found.rows.empty() || sql::TextOf(found.rows[0][0]).empty()) return absl::OkStatus();
  return Ended(sql::TextOf(found.rows[0][0]));
}

absl::Status CaseStore::SaveQuestions(sql::Session& session, const v1::Verification& before,
                                      const v1::Verification& after) {
  const auto known = AllQueries(before);
  for (const auto& [id, query] : AllQueries(after)) {
    const auto found = known.find(id);
    if (found == known.end()) continue;  // new: see InsertQuestions
    const v1::RemoteQuery& old = *found->second;
    const bool told = query->submitted() == old.submitted() && query->withdrawn() == old.withdrawn();
    if (told && query->answered() == old.answered()) continue;
    std::string set = "submitted = :submitted, answered = :answered";
    // What was asked need not be kept once it is answered.
    if (query->answered()) set += ", sealed = ''";
    // A receipt that comes after the withdrawal means that the node did not know it when it was told.
    if (query->withdrawn() && !told) set += ", withdraw = 1";
    CHUANYU_RETURN_IF_ERROR(session.Write(
        "UPDATE fe_question SET " + set + " WHERE request_id = :id",
        {{"submitted", int64_t{query->submitted()}}, {"answered", int64_t{query->answered()}}, {"id", id}}));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> CaseStore::Remember(sql::Session& session, const ActOn& act) {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t inserted,
      session.Execute("INSERT INTO fe_act (org, request_id, body_mac, verification_no, at_ms) "
                      "VALUES (:org, :request, :mac, :no, :now) ON CONFLICT DO NOTHING",
                      {{"org", act.key.org},
                       {"request", act.key.request_id},
                       {"mac", act.body.hex},
                       {"no", act.verification_no},
                       {"now", absl::ToUnixMillis(act.now)}}));
  if (inserted == 1) return false;
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT body_mac FROM fe_act WHERE org = :org AND request_id = :request",
                    {{"org", act.key.org}, {"request", act.key.request_id}}));
  if (found.rows.empty() || sql::TextOf(found.rows[0][0]) != act.body.hex) {
    return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "request_id"});
  }
  return true;
}

absl::StatusOr<v1::Verification> CaseStore::LoadFor(sql::Session& session, const ActOn& act) {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result own,
                           session.Query("SELECT seq FROM fe_case WHERE verification_no = :no AND org = :org",
                                         {{"no", act.verification_no}, {"org", act.key.org}}));
  if (own.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND, {.field = "verification_no"});
  return Load(session, act.verification_no);
}

absl::StatusOr<std::optional<v1::Verification>> CaseStore::FindAct(const RequestKey& key,
                                                                   const BodyMac& body) {
  std::optional<v1::Verification> known;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(
            "SELECT body_mac, verification_no FROM fe_act WHERE org = :org AND request_id = :request",
            {{"org", key.org}, {"request", key.request_id}}));
    if (found.rows.empty()) return absl::OkStatus();
    if (sql::TextOf(found.rows[0][0]) != body.hex) {
      return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "request_id"});
    }
    CHUANYU_ASSIGN_OR_RETURN(known, Load(session, sql::TextOf(found.rows[0][1])));
    return absl::OkStatus();
  }));
  return known;
}

absl::StatusOr<v1::Verification> CaseStore::PerformIn(sql::Session& session, const ActOn& act,
                                                      const Questions& questions, ActFn change) {
  CHUANYU_ASSIGN_OR_RETURN(const bool repeated, Remember(session, act));
  CHUANYU_ASSIGN_OR_RETURN(const v1::Verification before, LoadFor(session, act));
  if (repeated) return before;
  if (act.version != 0 && act.version != before.version()) {
    return MakeError(Reason::STALE_VERSION, {.field = "version"});
  }
  v1::Verification after = before;
  CHUANYU_RETURN_IF_ERROR(change(&after));
  if (options_.plan) options_.plan(&after);
  after.set_version(before.version() + 1);
  *after.mutable_update_time() = TimestampOf(act.now);
  CHUANYU_RETURN_IF_ERROR(FinishReport(&after));
  CHUANYU_RETURN_IF_ERROR(Save(session, before, after));
  CHUANYU_RETURN_IF_ERROR(InsertQuestions(session, questions, after));
  CHUANYU_RETURN_IF_ERROR(HoldApplicants(session, act.applicants, act.verification_no, act.now));
  if (act.needs_authorization) {
    CHUANYU_RETURN_IF_ERROR(CheckNotEnded(session, act.key.org, after.authorization().auth_no()));
  }
  if (act.needs_household) CHUANYU_RETURN_IF_ERROR(CheckHouseholdIn(session, act.verification_no));
  CHUANYU_RETURN_IF_ERROR(EndAfterRefusal(session, act, after));
  return after;
}

absl::StatusOr<v1::Verification> CaseStore::Perform(const ActOn& act, const Questions& questions,
                                                    ActFn change) {
  v1::Verification after;
  CHUANYU_RETURN_IF_ERROR(TransactUntilFresh([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(after, PerformIn(session, act, questions, change));
    return absl::OkStatus();
  }));
  return after;
}

absl::Status CaseStore::RevokeIn(sql::Session& session, const ActOn& act, const std::string& auth_no,
                                 ChangeFn change) {
  const std::string revoked(ReasonName(Reason::AUTH_REVOKED));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t ended,
                           session.Execute("UPDATE fe_authorization SET ended = :reason, ended_ms = :now "
                                           "WHERE org = :org AND auth_no = :auth AND ended <> :reason",
                                           {{"reason", revoked},
                                            {"now", absl::ToUnixMillis(act.now)},
                                            {"org", act.key.org},
                                            {"auth", auth_no}}));
  if (ended == 0) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "verification_no", .detail = "revoked before"});
  }
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result under,
      session.Query("SELECT verification_no FROM fe_case WHERE org = :org AND auth_no = :auth ORDER BY seq",
                    {{"org", act.key.org}, {"auth", auth_no}}));
  for (const sql::Row& row : under.rows) {
    CHUANYU_RETURN_IF_ERROR(ApplyIn(session, sql::TextOf(row[0]), act.now, change).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<CaseStore::Revocation> CaseStore::Revoke(const ActOn& act, ChangeFn change) {
  Revocation out;
  CHUANYU_RETURN_IF_ERROR(TransactUntilFresh([&](sql::Session& session) -> absl::Status {
    out = {};
    CHUANYU_ASSIGN_OR_RETURN(const bool repeated, Remember(session, act));
    CHUANYU_ASSIGN_OR_RETURN(const v1::Verification before, LoadFor(session, act));
    const std::string& auth_no = before.authorization().auth_no();
    if (!repeated) {
      if (act.version != 0 && act.version != before.version()) {
        return MakeError(Reason::STALE_VERSION, {.field = "version"});
      }
      CHUANYU_RETURN_IF_ERROR(RevokeIn(session, act, auth_no, change));
    }
    CHUANYU_ASSIGN_OR_RETURN(out.verification, Load(session, act.verification_no));
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result others,
        session.Query(
            "SELECT verification_no FROM fe_case WHERE org = :org AND auth_no "
            "= :auth AND state = :revoked ORDER BY seq",
            {{"org", act.key.org}, {"auth", auth_no}, {"revoked", int64_t{v1::VERIFICATION_STATE_REVOKED}}}));
    for (const sql::Row& row : others.rows) {
      if (sql::TextOf(row[0]) != act.verification_no) out.others.push_back(sql::TextOf(row[0]));
    }
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<std::vector<std::string>> CaseStore::ToWithdraw(int limit) {
  std::vector<std::string> ids;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query("SELECT request_id FROM fe_question WHERE withdraw = 1 ORDER BY request_id LIMIT " +
                      std::to_string(limit)));
    for (const sql::Row& row : found.rows) ids.push_back(sql::TextOf(row[0]));
    return absl::OkStatus();
  }));
  return ids;
}

absl::Status CaseStore::Withdrawn(const std::string& request_id) {
  return pool_.Run([&](sql::Session& session) {
    return session.Write("UPDATE fe_question SET withdraw = 2 WHERE request_id = :id", {{"id", request_id}});
  });
}

}  // namespace chuanyu::family_economy
