#include "services/family_economy/case_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "services/family_economy/report_signature.h"
#include "services/family_economy/rules/due_acts.h"
#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/other_checks.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/states.h"
#include "services/family_economy/schema.h"

namespace chuanyu::family_economy {
namespace {

// A check is changed by one thread of one process most of the time: more than this is no coincidence.
constexpr int kChangeAttempts = 5;

std::string CaseName(const std::string& verification_no) { return "case/" + verification_no; }

// A check in these states keeps nobody from applying again.
bool IsOver(v1::VerificationState state) {
  switch (state) {
    case v1::VERIFICATION_STATE_ARCHIVED:
    case v1::VERIFICATION_STATE_REJECTED:
    case v1::VERIFICATION_STATE_CANCELLED:
    case v1::VERIFICATION_STATE_REVOKED:
    case v1::VERIFICATION_STATE_EXPIRED:
      return true;
    default:
      return false;
  }
}

// As fe_case.next_ms.
int64_t NextMillis(const v1::Verification& verification) {
  const absl::Time now = absl::FromUnixMillis(MillisOf(verification.update_time()));
  const absl::Time next = NextWake(now, verification);
  return next == absl::InfiniteFuture() ? 0 : std::max<int64_t>(1, absl::ToUnixMillis(next));
}

// Of what the county has to do: an empty one when nothing is due.
const v1::DueAct& MostUrgent(const v1::Verification& verification) {
  return verification.due_acts().empty() ? v1::DueAct::default_instance() : verification.due_acts(0);
}
// As fe_case.amber_day; a short limit may have none before it is over.
std::string AmberDay(const v1::Verification& verification) {
  const v1::DueAct& due = MostUrgent(verification);
  return due.has_due_date() && !due.has_amber_date() ? "9999-12-31" : due.amber_date().value();
}

absl::StatusOr<int64_t> NextSequence(sql::Session& session) {
  // Also the lock that lets one Create at a time decide who was first.
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("UPDATE fe_sequence SET value = value + 1 WHERE name = 'case' RETURNING value"));
  if (found.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "fe_sequence is empty"});
  return sql::IntOf(found.rows[0][0]);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CaseStore>> CaseStore::Open(sql::Pool& pool, const crypto::Sealer& sealer,
                                                           const Options& options) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "family_economy", CaseMigrations()));
  return std::unique_ptr<CaseStore>(new CaseStore(pool, sealer, options));
}

absl::Status CaseStore::LockCreate(sql::Session& session) {
  return session.LockRow("case", "SELECT value FROM fe_sequence WHERE name = 'case' FOR UPDATE");
}

absl::StatusOr<v1::Verification> CaseStore::Load(sql::Session& session, const std::string& verification_no) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT sealed FROM fe_case WHERE verification_no = :no", {{"no", verification_no}}));
  if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND);
  CHUANYU_ASSIGN_OR_RETURN(const std::string plain, crypto::OpenText(sealer_, sql::TextOf(found.rows[0][0]),
                                                                     CaseName(verification_no)));
  v1::Verification verification;
  if (!verification.ParseFromString(plain)) {
    return MakeError(Reason::INTERNAL, {.detail = "a stored check cannot be read"});
  }
  return verification;
}

absl::StatusOr<std::optional<v1::Verification>> CaseStore::FindIn(sql::Session& session,
                                                                  const RequestKey& key,
                                                                  const BodyMac& body) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          "SELECT verification_no, body_mac FROM fe_case WHERE org = :org AND request_id = :request",
          {{"org", key.org}, {"request", key.request_id}}));
  if (found.rows.empty()) return std::optional<v1::Verification>();
  if (sql::TextOf(found.rows[0][1]) != body.hex) {
    return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "request_id"});
  }
  CHUANYU_ASSIGN_OR_RETURN(v1::Verification verification, Load(session, sql::TextOf(found.rows[0][0])));
  return std::optional<v1::Verification>(std::move(verification));
}

absl::StatusOr<std::optional<v1::Verification>> CaseStore::Find(const RequestKey& key, const BodyMac& body) {
  std::optional<v1::Verification> found;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(found, FindIn(session, key, body));
    return absl::OkStatus();
  }));
  return found;
}

absl::Status CaseStore::InsertQuestions(sql::Session& session, const Questions& questions,
                                        const v1::Verification& verification) {
  for (const auto& question : questions) {
    const std::string& request_id = question.first;
    CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                             crypto::SealText(sealer_, question.second, QuestionSealName(request_id)));
    const auto& queries = verification.remote_queries();
    const auto query = std::find_if(queries.begin(), queries.end(),
                                    [&](const auto& one) { return one.request_id() == request_id; });
    if (query == queries.end()) return MakeError(Reason::INTERNAL, {.detail = "a question without query"});
    CHUANYU_RETURN_IF_ERROR(
        session.Write("INSERT INTO fe_question (request_id, verification_no, submitted, answered, sealed, "
                      "source_group, region, asked_ms, due_ms) "
                      "VALUES (:id, :no, 0, :answered, :sealed, :group, :region, :asked, :due)",
                      {{"id", request_id},
                       {"no", verification.verification_no()},
                       {"answered", int64_t{query->answered()}},
                       {"sealed", sealed},
                       {"group", int64_t{query->group()}},
                       {"region", query->region().code()},
                       {"asked", MillisOf(query->ask_time())},
                       {"due", MillisOf(query->due_time())}}));
  }
  return absl::OkStatus();
}

absl::StatusOr<HouseholdVersion> CaseStore::Admit(sql::Session& session, const NewCase& new_case,
                                                  v1::Verification* verification) {
  const std::string& number = verification->verification_no();
  CHUANYU_RETURN_IF_ERROR(HoldApplicants(session, new_case.applicants, number, new_case.now));
  CHUANYU_RETURN_IF_ERROR(InsertMembers(session, new_case.members, number));
  CHUANYU_ASSIGN_OR_RETURN(const std::string authorised, BindAuthorization(session, new_case, number));
  CHUANYU_ASSIGN_OR_RETURN(HouseholdVersion household, FreezeHousehold(session, new_case, authorised));
  if (household.version > 0) verification->mutable_household()->set_version(household.version);
  CHUANYU_RETURN_IF_ERROR(AddKnownEvents(session, new_case.members, verification));
  CHUANYU_RETURN_IF_ERROR(AddForeignChecks(session, new_case.members, new_case.now, verification));
  return household;
}

absl::Status CaseStore::Insert(sql::Session& session, const NewCase& new_case, int64_t sequence,
                               const HouseholdVersion& household, const v1::Verification& verification) {
  const std::string& number = verification.verification_no();
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, verification.SerializeAsString(), CaseName(number)));
  CHUANYU_RETURN_IF_ERROR(
      session.Write("INSERT INTO fe_case (verification_no, seq, org, request_id, body_mac, state, version, "
                    "deadline_ms, assist_type, auth_no, created_ms, changed_ms, next_ms, indexed, household, "
                    "household_version, household_members, due_act, due_day, amber_day, due_problem, sealed) "
                    "VALUES "
                    "(:no, :seq, :org, :request, :mac, :state, :version, :deadline, :assist, :auth, :now, "
                    ":now, :next, 1, :household, :household_version, :household_members, :due_act, :due_day, "
                    ":amber_day, :due_problem, :sealed)",
                    {{"no", number},
                     {"seq", sequence},
                     {"org", new_case.key.org},
                     {"request", new_case.key.request_id},
                     {"mac", new_case.body.hex},
                     {"state", int64_t{verification.state()}},
                     {"version", verification.version()},
                     {"deadline", MillisOf(verification.deadline())},
                     {"assist", verification.assist_type()},
                     {"auth", verification.authorization().auth_no()},
                     {"now", absl::ToUnixMillis(new_case.now)},
                     {"next", NextMillis(verification)},
                     {"household", household.household_id},
                     {"household_version", household.version},
                     {"household_members", household.members_mac},
                     {"due_act", int64_t{MostUrgent(verification).act()}},
                     {"due_day", MostUrgent(verification).due_date().value()},
                     {"amber_day", AmberDay(verification)},
                     {"due_problem", verification.due_problem()},
                     {"sealed", sealed}}));
  return InsertQuestions(session, new_case.questions, verification);
}

absl::StatusOr<v1::Verification> CaseStore::Create(const NewCase& new_case) {
  v1::Verification verification;
  CHUANYU_RETURN_IF_ERROR(TransactUntilFresh([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, NextSequence(session));
    CHUANYU_ASSIGN_OR_RETURN(std::optional<v1::Verification> known,
                             FindIn(session, new_case.key, new_case.body));
    if (known) {
      verification = *std::move(known);
      return absl::OkStatus();
    }
    verification = new_case.verification;
    verification.set_verification_no(
        VerificationNo(new_case.region, new_case.county, new_case.today, sequence));
    verification.set_request_id(new_case.key.request_id);
    verification.set_version(1);
    *verification.mutable_create_time() = TimestampOf(new_case.now);
    *verification.mutable_update_time() = verification.create_time();
    CHUANYU_ASSIGN_OR_RETURN(const HouseholdVersion household, Admit(session, new_case, &verification));
    if (HasReport(verification.state())) {
      if (!verification.life_events().empty()) {
        FindDuplicatesAndDiscrepancies(new_case.region, &verification);
      }
      CompleteReport(new_case.now, &verification);
    }
    if (options_.plan) options_.plan(&verification);
    CHUANYU_RETURN_IF_ERROR(FinishReport(&verification));
    return Insert(session, new_case, sequence, household, verification);
  }));
  return verification;
}

absl::StatusOr<v1::Verification> CaseStore::Get(const std::string& org, const std::string& verification_no) {
  v1::Verification verification;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result own,
        session.Query("SELECT seq FROM fe_case WHERE verification_no = :no AND org = :org",
                      {{"no", verification_no}, {"org", org}}));
    // The same for a check that is not there and one that is not the caller's.
    if (own.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND, {.field = "verification_no"});
    CHUANYU_ASSIGN_OR_RETURN(verification, Load(session, verification_no));
    return absl::OkStatus();
  }));
  return verification;
}

absl::Status CaseStore::FinishReport(v1::Verification* verification) const {
  const v1::VerificationState state = verification->state();
  const bool made = HasReport(state) && !IsPending(state) && verification->has_report();
  if (!made || verification->erased() || !verification->report().note().empty()) return absl::OkStatus();
  const bool proposes = options_.propose && verification->has_economy();
  if (proposes && !verification->report().has_proposal()) {
    *verification->mutable_report()->mutable_proposal() = options_.propose(*verification);
  }
  if (options_.report_valid_days > 0) {
    SetValidTo(options_.report_valid_days, verification->mutable_report());
  }
  return SignReport(options_.report_signers, verification);
}

absl::Status CaseStore::Save(sql::Session& session, const v1::Verification& before,
                             const v1::Verification& after) {
  const std::string& number = after.verification_no();
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, after.SerializeAsString(), CaseName(number)));
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t changed,
      session.Execute(
          "UPDATE fe_case SET state = :state, version = :version, deadline_ms = :deadline, "
          "changed_ms = :changed, next_ms = :next, erased = :erased, due_act = :due_act, "
          "due_day = :due_day, amber_day = :amber_day, due_problem = :due_problem, sealed = :sealed "
          "WHERE verification_no = :no AND version = :before",
          {{"state", int64_t{after.state()}},
           {"version", after.version()},
           {"deadline", MillisOf(after.deadline())},
           {"changed", MillisOf(after.update_time())},
           {"next", NextMillis(after)},
           {"erased", int64_t{after.erased()}},
           {"due_act", int64_t{MostUrgent(after).act()}},
           {"due_day", MostUrgent(after).due_date().value()},
           {"amber_day", AmberDay(after)},
           {"due_problem", after.due_problem()},
           {"sealed", sealed},
           {"no", number},
           {"before", before.version()}}));
  if (changed == 0) return MakeError(Reason::STALE_VERSION);
  CHUANYU_RETURN_IF_ERROR(SaveQuestions(session, before, after));
  CHUANYU_RETURN_IF_ERROR(SaveReview(session, before, after));
  if (IsOpenToOthers(before) && !IsOpenToOthers(after)) {
    // Before its members are forgotten.
    CHUANYU_RETURN_IF_ERROR(TellEnds(session, before, absl::FromUnixMillis(MillisOf(after.update_time()))));
  }
  if (after.erased() && !before.erased()) {
    CHUANYU_RETURN_IF_ERROR(
        session.Write("DELETE FROM fe_member WHERE verification_no = :no", {{"no", number}}));
  }
  if (!IsOver(after.state())) return absl::OkStatus();
  return session.Write("DELETE FROM fe_applicant WHERE verification_no = :no", {{"no", number}});
}

absl::StatusOr<v1::Verification> CaseStore::ApplyIn(sql::Session& session, const std::string& number,
                                                    std::optional<absl::Time> now, ChangeFn change) {
  CHUANYU_ASSIGN_OR_RETURN(const v1::Verification before, Load(session, number));
  v1::Verification after = before;
  if (!change(&after)) return before;
  if (options_.plan) options_.plan(&after);
  after.set_version(before.version() + 1);
  // A reminder is no work on the check: it must not put off the day on which its persons are erased.
  if (now && !OnlyReminded(before, after)) *after.mutable_update_time() = TimestampOf(*now);
  CHUANYU_RETURN_IF_ERROR(FinishReport(&after));
  CHUANYU_RETURN_IF_ERROR(Save(session, before, after));
  return after;
}

absl::StatusOr<v1::Verification> CaseStore::Change(const std::string& verification_no, absl::Time now,
                                                   ChangeFn change) {
  v1::Verification after;
  CHUANYU_RETURN_IF_ERROR(TransactUntilFresh([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(after, ApplyIn(session, verification_no, now, change));
    return absl::OkStatus();
  }));
  return after;
}

absl::Status CaseStore::TransactUntilFresh(absl::FunctionRef<absl::Status(sql::Session&)> work) {
  absl::Status status;
  for (int attempt = 0; attempt < kChangeAttempts; ++attempt) {
    status = pool_.Transact(work);
    if (!HasReason(status, Reason::STALE_VERSION)) return status;
  }
  return status;
}

}  // namespace chuanyu::family_economy
