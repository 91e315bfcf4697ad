#include "services/marriage/checks.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::marriage {
namespace {

// A notice (C-5) takes a tenth of a second when the link is up; the couple waits at the counter.
constexpr absl::Duration kLookAgainAfter = absl::Seconds(2);

Pair PairOf(const v1::RegistrationRecord& record) {
  return {.subject_a = record.subject_a(),
          .subject_b = record.subject_b(),
          .claim_a = record.claim_a(),
          .claim_b = record.claim_b()};
}

void Drop(google::protobuf::RepeatedPtrField<std::string>* list, const std::string& value) {
  list->erase(std::remove(list->begin(), list->end(), value), list->end());
}

// 20 to 23: has a spouse; somebody in a cooling-off is still married.
bool IsMarried(const v1::MaritalStatus& status) {
  return status.code().substr(0, 1) == "2" || status.open_divorce();
}

}  // namespace

bool IsDivorce(const v1::RegistrationRecord& record) {
  return record.registration().kind() == v1::REGISTRATION_KIND_DIVORCE;
}

const std::string& StepOf(const v1::RegistrationRecord& record) {
  return cases::Current(record.registration().steps()).step();
}

bool IsReviewed(const v1::RegistrationRecord& record, v1::ReviewMatter matter) {
  return std::find(record.reviewed().begin(), record.reviewed().end(), matter) != record.reviewed().end();
}

std::string PurposeOf(const v1::RegistrationRecord& record) { return IsDivorce(record) ? kDivorce : kMarry; }

absl::Status Checks::ActAsSystem(const std::string& act, v1::RegistrationRecord* record) const {
  cases::Steps* const steps = record->mutable_registration()->mutable_steps();
  CHUANYU_ASSIGN_OR_RETURN(const Date begun, ParseDate(cases::Current(*steps).begun().value()));
  // A clock that was set back must not keep a person held.
  return cases::Perform(desk_.flow(), desk_.calendar(), act, {.role = cases::kSystem},
                        std::max(begun, desk_.Today()), steps);
}

absl::Status Checks::Refuse(sql::Session& session, const std::vector<Reason>& reasons,
                            v1::RegistrationRecord* record) const {
  for (const Reason reason : reasons)
    record->mutable_registration()->add_refused_reasons(std::string(ReasonName(reason)));
  CHUANYU_RETURN_IF_ERROR(Close(session, record));
  CHUANYU_RETURN_IF_ERROR(session
                              .Execute("DELETE FROM mr_open_divorce WHERE number = :number",
                                       {{"number", record->registration().registration_no()}})
                              .status());
  return ActAsSystem("refuse_by_rule", record);
}

absl::Status Checks::Refer(sql::Session& session, const std::vector<v1::ReviewMatter>& matters,
                           v1::RegistrationRecord* record) const {
  for (const v1::ReviewMatter matter : matters) record->mutable_registration()->add_review(matter);
  CHUANYU_RETURN_IF_ERROR(Close(session, record));
  return ActAsSystem("refer", record);
}

absl::Status Checks::Close(sql::Session& session, v1::RegistrationRecord* record) const {
  Pair pair = PairOf(*record);
  CHUANYU_RETURN_IF_ERROR(desk_.LetGo(session, &pair));
  record->clear_claim_a();
  record->clear_claim_b();
  record->clear_hold_until_ms();
  record->clear_asked();
  record->clear_waiting_status();
  record->clear_passed();
  record->clear_couple_seen();
  record->clear_waits_for_other();
  return session
      .Execute("DELETE FROM mr_hold WHERE number = :number",
               {{"number", record->registration().registration_no()}})
      .status();
}

// What the own register says; again when the others have answered, and in the transaction that registers.
absl::StatusOr<std::vector<Reason>> Checks::OwnRefusals(sql::Session& session,
                                                        const v1::RegistrationRecord& record) const {
  std::vector<Reason> out;
  for (const std::string& subject : {record.subject_a(), record.subject_b()}) {
    CHUANYU_ASSIGN_OR_RETURN(const v1::MaritalStatus status,
                             registers_.StatusOf(session, subject, desk_.Today()));
    if (!IsDivorce(record) && IsMarried(status)) return std::vector<Reason>{Reason::C_ALREADY_MARRIED};
    if (IsDivorce(record) && status.open_divorce() && !record.registration().has_divorce_days())
      return std::vector<Reason>{Reason::DUP_ACTIVE_APPLICATION};
  }
  return out;
}

absl::Status Checks::Open(sql::Session& session, v1::RegistrationRecord* record) const {
  const bool looked_before = record->waits_for_other();
  record->clear_waits_for_other();
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Reason> reasons, OwnRefusals(session, *record));
  if (!reasons.empty()) return Refuse(session, reasons, record);
  Pair pair = PairOf(*record);
  CHUANYU_ASSIGN_OR_RETURN(const auto holder,
                           desk_.Hold(session, 'R', record->registration().registration_no(), &pair));
  if (holder) return StandsInTheWay(session, *holder, looked_before, record);
  record->set_claim_a(pair.claim_a);
  record->set_claim_b(pair.claim_b);
  return NoteHold(session, absl::Minutes(desk_.policy().hold_minutes), record);
}

absl::Status Checks::StandsInTheWay(sql::Session& session, const uniqueness::Holder& holder,
                                    bool looked_before, v1::RegistrationRecord* record) const {
  // Being registered at another counter. A divorce in its window stays there: the couple may come again.
  if (record->registration().has_divorce_days())
    return MakeError(Reason::STATE_CONFLICT, {.field = "registration_no"});
  // The own register knows what this region has registered. What another one has may be on its way here: it
  // is held there until this register knows, too.
  if (holder.region == desk_.own_region() || looked_before)
    return Refuse(session, {Reason::STATE_CONFLICT}, record);
  record->set_waits_for_other(true);
  return NoteHold(session, kLookAgainAfter, record);
}

absl::Status Checks::NoteHold(sql::Session& session, absl::Duration length,
                              v1::RegistrationRecord* record) const {
  record->set_hold_until_ms(desk_.clock().NowMs() + absl::ToInt64Milliseconds(length));
  return session
      .Execute(
          "INSERT INTO mr_hold (number, until_ms) VALUES (:number, :until) ON CONFLICT (number) DO UPDATE "
          "SET until_ms = excluded.until_ms",
          {{"number", record->registration().registration_no()}, {"until", record->hold_until_ms()}})
      .status();
}

absl::Status Checks::AskOthers(sql::Session& session, v1::RegistrationRecord* record) const {
  record->set_asked(true);
  v1::CheckMaritalStatusRequest question;
  question.set_claim_a(record->claim_a());
  question.set_claim_b(record->claim_b());
  question.set_subject_a(absl::HexStringToBytes(record->subject_a()));
  question.set_subject_b(absl::HexStringToBytes(record->subject_b()));
  question.set_key_id(desk_.config().claim_key_id);
  for (const std::string& region : desk_.config().peer_regions) {
    record->add_waiting_status(region);
    CHUANYU_RETURN_IF_ERROR(desk_.Send(session, region, kCheckMaritalStatus,
                                       record->registration().registration_no(), question,
                                       PurposeOf(*record)));
  }
  return record->waiting_status().empty() ? Pass(session, record) : absl::OkStatus();
}

absl::Status Checks::TakeClaim(sql::Session& session, const std::string& number,
                               const uniqueness::Claim& claim, CaseDesk::Topics* topics) const {
  CaseRow row;
  CHUANYU_ASSIGN_OR_RETURN(v1::RegistrationRecord record, desk_.LoadRegistration(session, number, &row));
  if (claim.id != record.claim_a() && claim.id != record.claim_b()) return absl::OkStatus();
  if (claim.state == uniqueness::ClaimState::kRefused) {
    if (record.registration().has_divorce_days()) {
      CHUANYU_RETURN_IF_ERROR(Close(session, &record));
    } else {
      CHUANYU_RETURN_IF_ERROR(Refuse(session, {Reason::STATE_CONFLICT}, &record));
    }
  } else {
    CHUANYU_ASSIGN_OR_RETURN(const bool held, desk_.IsHeld(session, PairOf(record)));
    if (!held || record.asked()) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(AskOthers(session, &record));
  }
  return desk_.SaveRegistration(session, &record, &row, topics);
}

absl::Status Checks::TakeStatus(sql::Session& session, const std::string& number, const std::string& from,
                                const v1::CheckMaritalStatusRequest& question,
                                const v1::CheckMaritalStatusResponse& answer,
                                CaseDesk::Topics* topics) const {
  CaseRow row;
  CHUANYU_ASSIGN_OR_RETURN(v1::RegistrationRecord record, desk_.LoadRegistration(session, number, &row));
  // To an earlier check: what it says is not covered by the claims of now.
  if (record.claim_a() != question.claim_a() || record.passed()) return absl::OkStatus();
  std::vector<Reason> reasons;
  bool unclear = false;
  if (!answer.held()) reasons = {Reason::STATE_CONFLICT};
  for (const v1::MaritalStatus* status : {&answer.status_a(), &answer.status_b()}) {
    if (!IsDivorce(record) && IsMarried(*status)) reasons = {Reason::C_ALREADY_MARRIED};
    unclear = unclear || (!IsDivorce(record) && status->code() == "90" &&
                          !IsReviewed(record, v1::REVIEW_MATTER_MARITAL_STATUS));
    if (IsDivorce(record) && status->open_divorce() && !record.registration().has_divorce_days())
      reasons = {Reason::DUP_ACTIVE_APPLICATION};
  }
  record.set_couple_seen(record.couple_seen() || answer.same_couple());
  Drop(record.mutable_waiting_status(), from);
  if (!reasons.empty()) {
    CHUANYU_RETURN_IF_ERROR(Refuse(session, reasons, &record));
  } else if (unclear) {
    CHUANYU_RETURN_IF_ERROR(Refer(session, {v1::REVIEW_MATTER_MARITAL_STATUS}, &record));
  } else if (record.waiting_status().empty()) {
    CHUANYU_RETURN_IF_ERROR(Pass(session, &record));
  }
  return desk_.SaveRegistration(session, &record, &row, topics);
}

absl::Status Checks::Pass(sql::Session& session, v1::RegistrationRecord* record) const {
  CHUANYU_ASSIGN_OR_RETURN(std::vector<Reason> reasons, OwnRefusals(session, *record));
  if (IsDivorce(*record)) {
    const std::string& region = record->registration().marriage_region();
    const bool ours = region == desk_.own_region() || desk_.config().peer_regions.contains(region);
    CHUANYU_ASSIGN_OR_RETURN(const bool couple,
                             registers_.AreCouple(session, record->subject_a(), record->subject_b()));
    // A marriage of a third region is not in these registers; its certificate is among the materials.
    if (ours && !couple && !record->couple_seen()) reasons.push_back(Reason::C_NO_MARRIAGE);
  }
  if (!reasons.empty()) return Refuse(session, reasons, record);
  record->set_passed(true);
  return StepOf(*record) == "DOCS_OK" ? ActAsSystem("network_checked", record) : absl::OkStatus();
}

absl::Status Checks::NeedPassed(sql::Session& session, const v1::RegistrationRecord& record) const {
  if (record.waits_for_other())
    return MakeError(Reason::PEER_UNAVAILABLE,
                     {.field = "check", .detail = "another region holds one of the two"});
  if (record.claim_a().empty())
    return MakeError(Reason::STATE_CONFLICT, {.field = "check", .detail = "both persons must be checked"});
  if (!record.passed())
    return MakeError(Reason::PEER_UNAVAILABLE,
                     {.field = "check", .detail = "another region has not answered yet"});
  CHUANYU_ASSIGN_OR_RETURN(const bool held, desk_.IsHeld(session, PairOf(record)));
  if (!held || desk_.clock().NowMs() >= record.hold_until_ms())
    return MakeError(Reason::STATE_CONFLICT, {.field = "check", .detail = "the hold has ended"});
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Reason> reasons, OwnRefusals(session, record));
  return reasons.empty() ? absl::OkStatus() : MakeError(reasons[0]);
}

absl::Status Checks::TakeNoticed(sql::Session& session, const std::string& number, const std::string& from,
                                 CaseDesk::Topics* topics) const {
  CaseRow row;
  CHUANYU_ASSIGN_OR_RETURN(v1::RegistrationRecord record, desk_.LoadRegistration(session, number, &row));
  Drop(record.mutable_waiting_notice(), from);
  if (record.waiting_notice().empty()) CHUANYU_RETURN_IF_ERROR(Close(session, &record));
  return desk_.SaveRegistration(session, &record, &row, topics);
}

absl::Status Checks::RunClock(int limit) const {
  std::vector<std::string> due;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        due, Texts(session, absl::StrCat("SELECT number FROM mr_hold WHERE until_ms <= :now LIMIT ", limit),
                   {{"now", desk_.clock().NowMs()}}));
    return absl::OkStatus();
  }));
  for (const std::string& number : due) {
    CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session,
                                               CaseDesk::Topics* topics) -> absl::Status {
      CaseRow row;
      CHUANYU_ASSIGN_OR_RETURN(v1::RegistrationRecord record, desk_.LoadRegistration(session, number, &row));
      // Registered, or checked anew, since the list was read.
      if (!record.waiting_notice().empty() || record.hold_until_ms() > desk_.clock().NowMs())
        return absl::OkStatus();
      if (record.waits_for_other()) {
        CHUANYU_RETURN_IF_ERROR(Open(session, &record));
        return desk_.SaveRegistration(session, &record, &row, topics);
      }
      CHUANYU_RETURN_IF_ERROR(Close(session, &record));
      if (StepOf(record) == "NETWORK_CHECKED" || StepOf(record) == "DECLARED")
        CHUANYU_RETURN_IF_ERROR(ActAsSystem("check_expired", &record));
      return desk_.SaveRegistration(session, &record, &row, topics);
    }));
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::marriage
