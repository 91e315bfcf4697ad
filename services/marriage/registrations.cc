#include "services/marriage/registrations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"

namespace chuanyu::marriage {
namespace {

bool IsBeingChecked(const v1::RegistrationRecord& record) {
  return !record.claim_a().empty() || record.waits_for_other();
}

void AddKinship(const FamilyRegisters::Said& said, Findings* findings, v1::RegistrationRecord* record) {
  *record->mutable_registration()->mutable_family_checks() = {said.checks.begin(), said.checks.end()};
  const bool known = std::find(findings->reviews.begin(), findings->reviews.end(),
                               v1::REVIEW_MATTER_KINSHIP) != findings->reviews.end();
  if (said.kinship == Kinship::kForbidden) findings->refusals.push_back(Reason::C_KIN);
  if (said.kinship == Kinship::kReview && !known) findings->reviews.push_back(v1::REVIEW_MATTER_KINSHIP);
}

// A register that was not asked must not read as one that knows of no kin.
absl::Status NeedFamilies(const v1::RegistrationRecord& record) {
  const std::string source = Unanswered(record.registration().family_checks());
  if (source.empty()) return absl::OkStatus();
  return MakeError(Reason::SOURCE_UNAVAILABLE, {.field = "family_checks", .detail = source});
}

// What the caller may not say.
absl::Status CheckInput(const v1::Registration& registration) {
  if (!registration.registration_no().empty() || !registration.certificate_no().empty() ||
      registration.steps_size() > 0 || registration.has_divorce_days() ||
      registration.state() != v1::REGISTRATION_STATE_UNSPECIFIED || registration.version() != 0 ||
      registration.refused_reasons_size() > 0 || registration.has_registered_on() ||
      registration.missing_documents_size() > 0 || registration.review_size() > 0 ||
      registration.family_checks_size() > 0) {
    return MakeError(Reason::BAD_REQUEST, {.field = "registration", .detail = "an output field is set"});
  }
  if (registration.kind() != v1::REGISTRATION_KIND_MARRIAGE &&
      registration.kind() != v1::REGISTRATION_KIND_DIVORCE)
    return MakeError(Reason::BAD_REQUEST, {.field = "registration.kind"});
  if (registration.kind() == v1::REGISTRATION_KIND_DIVORCE && registration.marriage_region().size() != 6)
    return MakeError(Reason::BAD_REQUEST, {.field = "registration.marriage_region"});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Couple> Registrations::CoupleOf(const v1::Registration& registration) const {
  Couple out;
  CHUANYU_ASSIGN_OR_RETURN(
      out.a, ParseParty(registration.party_a(), desk_.Today(), desk_.divisions(), "registration.party_a"));
  CHUANYU_ASSIGN_OR_RETURN(
      out.b, ParseParty(registration.party_b(), desk_.Today(), desk_.divisions(), "registration.party_b"));
  return out;
}

absl::StatusOr<Findings> Registrations::Read(const v1::Registration& registration,
                                             const RegistryOffice& office,
                                             v1::RegistrationRecord* record) const {
  const Date today = desk_.Today();
  CHUANYU_ASSIGN_OR_RETURN(const Couple couple, CoupleOf(registration));
  *record->mutable_registration() = registration;
  // Canonical: a number of 15 digits is the same person.
  *record->mutable_registration()->mutable_party_a()->mutable_person() = couple.a.person.ToProto();
  *record->mutable_registration()->mutable_party_b()->mutable_person() = couple.b.person.ToProto();
  record->set_subject_a(desk_.SubjectOf(couple.a.person));
  record->set_subject_b(desk_.SubjectOf(couple.b.person));
  if (IsDivorce(*record)) return ExamineDivorce(couple, office, desk_.policy(), desk_.divisions(), today);
  CHUANYU_ASSIGN_OR_RETURN(Findings out,
                           ExamineMarriage(couple, office, desk_.policy(), desk_.divisions(), today));
  // Nobody's family is looked up for a marriage that cannot be.
  if (out.refusals.empty()) AddKinship(desk_.families().Ask(couple), &out, record);
  return out;
}

absl::StatusOr<v1::Registration> Registrations::Start(const std::string& org,
                                                      const v1::StartRegistrationRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(org, request.request_id(), request));
  CHUANYU_RETURN_IF_ERROR(CheckInput(request.registration()));
  CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office,
                           desk_.OfficeOf(request.registration().office_code()));
  CHUANYU_RETURN_IF_ERROR(desk_.CheckOfficer(org, *office));
  v1::RegistrationRecord record;
  CHUANYU_ASSIGN_OR_RETURN(const Findings findings, Read(request.registration(), *office, &record));
  CHUANYU_ASSIGN_OR_RETURN(const std::string county, desk_.CountyOf(*office));
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
        CaseRow row;
        if (known) {
          CHUANYU_ASSIGN_OR_RETURN(record, desk_.LoadRegistration(session, *known, &row));
          return absl::OkStatus();
        }
        CHUANYU_ASSIGN_OR_RETURN(row.sequence, desk_.rows().NextSequence(session));
        v1::Registration& registration = *record.mutable_registration();
        registration.set_registration_no(desk_.NumberOf(kLetter, county, row.sequence));
        CHUANYU_RETURN_IF_ERROR(cases::Begin(desk_.flow(), desk_.calendar(), "STARTED", desk_.Today(),
                                             registration.mutable_steps()));
        row.number = registration.registration_no();
        row.org = org;
        row.window_region = desk_.own_region();
        row.subject = record.subject_a();
        row.claim_id = row.number;  // a registration opens several in its life: mr_claim
        row.bytes = record.SerializeAsString();
        CHUANYU_RETURN_IF_ERROR(desk_.rows().Insert(session, row));
        CHUANYU_RETURN_IF_ERROR(Begin(session, findings, &record));
        CHUANYU_RETURN_IF_ERROR(desk_.SaveRegistration(session, &record, &row, topics));
        return desk_.rows().RememberAct(session, key, row.number);
      }));
  return ViewOf(record.registration(), v1::REGISTRATION_VIEW_BASIC);
}

absl::Status Registrations::Begin(sql::Session& session, const Findings& findings,
                                  v1::RegistrationRecord* record) const {
  *record->mutable_registration()->mutable_missing_documents() = {findings.missing.begin(),
                                                                  findings.missing.end()};
  if (!findings.refusals.empty()) return checks_.Refuse(session, findings.refusals, record);
  if (!findings.reviews.empty()) return checks_.Refer(session, findings.reviews, record);
  CHUANYU_RETURN_IF_ERROR(checks_.ActAsSystem("docs_ok", record));
  return OpenIfAnswered(session, record);
}

// Nobody is held for a registration that cannot go on.
absl::Status Registrations::OpenIfAnswered(sql::Session& session, v1::RegistrationRecord* record) const {
  return NeedFamilies(*record).ok() ? checks_.Open(session, record) : absl::OkStatus();
}

absl::StatusOr<std::optional<FamilyRegisters::Said>> Registrations::LookUp(
    const std::string& org, const v1::PerformStepRequest& request) const {
  std::optional<FamilyRegisters::Said> out;
  if (request.act() != "check" || desk_.families().empty()) return out;
  v1::RegistrationRecord record;
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CaseRow row;
    CHUANYU_ASSIGN_OR_RETURN(record, LoadFor(session, org, request.registration_no(), &row));
    return absl::OkStatus();
  }));
  // Who is being checked has been looked up for it.
  if (IsDivorce(record) || IsBeingChecked(record)) return out;
  CHUANYU_ASSIGN_OR_RETURN(const Couple couple, CoupleOf(record.registration()));
  return desk_.families().Ask(couple);
}

absl::Status Registrations::CheckAgain(sql::Session& session,
                                       const std::optional<FamilyRegisters::Said>& said,
                                       v1::RegistrationRecord* record) const {
  if (IsBeingChecked(*record)) return absl::OkStatus();
  if (!IsDivorce(*record) && !desk_.families().empty()) {
    // The check before this one ended meanwhile.
    if (!said) return MakeError(Reason::STALE_VERSION, {.field = "registration_no"});
    Findings found;
    AddKinship(*said, &found, record);
    CHUANYU_RETURN_IF_ERROR(NeedFamilies(*record));
    if (!found.refusals.empty()) return checks_.Refuse(session, found.refusals, record);
    if (!found.reviews.empty() && !IsReviewed(*record, found.reviews[0]))
      return checks_.Refer(session, found.reviews, record);
  }
  return checks_.Open(session, record);
}

absl::StatusOr<v1::RegistrationRecord> Registrations::LoadFor(sql::Session& session, const std::string& org,
                                                              const std::string& number, CaseRow* row) const {
  CHUANYU_ASSIGN_OR_RETURN(v1::RegistrationRecord record, desk_.LoadRegistration(session, number, row));
  CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office,
                           desk_.OfficeOf(record.registration().office_code()));
  if (!desk_.CheckOfficer(org, *office).ok()) return MakeError(Reason::CASE_NOT_FOUND);
  return record;
}

absl::StatusOr<v1::Registration> Registrations::Perform(const std::string& org,
                                                        const v1::PerformStepRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(org, request.request_id(), request));
  if (request.role() != kOfficer) return MakeError(Reason::ROLE_DENIED, {.field = "role"});
  // Before the transaction: registers may be away, and nobody else's act waits for them.
  CHUANYU_ASSIGN_OR_RETURN(const auto said, LookUp(org, request));
  v1::RegistrationRecord record;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        CaseRow row;
        CHUANYU_ASSIGN_OR_RETURN(record, LoadFor(session, org, request.registration_no(), &row));
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
        if (known) return absl::OkStatus();
        if (request.version() != 0 && request.version() != record.registration().version())
          return MakeError(Reason::STALE_VERSION, {.field = "version"});
        CHUANYU_RETURN_IF_ERROR(FollowDays(session, &record));
        CHUANYU_RETURN_IF_ERROR(Apply(session, org, request, said, &record, topics));
        CHUANYU_RETURN_IF_ERROR(desk_.SaveRegistration(session, &record, &row, topics));
        return desk_.rows().RememberAct(session, key, row.number);
      }));
  return ViewOf(record.registration(), v1::REGISTRATION_VIEW_BASIC);
}

absl::Status Registrations::Apply(sql::Session& session, const std::string& org,
                                  const v1::PerformStepRequest& request,
                                  const std::optional<FamilyRegisters::Said>& said,
                                  v1::RegistrationRecord* record, CaseDesk::Topics* topics) const {
  const std::string& act = request.act();
  const std::string step = StepOf(*record);
  const bool for_divorce = act == "accept" || act == "withdraw" || act == "issue";
  const bool for_marriage = act == "declare" || act == "register";
  if ((for_divorce && !IsDivorce(*record)) || (for_marriage && IsDivorce(*record)))
    return MakeError(Reason::STATE_CONFLICT, {.field = "act", .detail = "of the other kind"});
  // Why it is too early or too late says more than that the step does not allow it.
  if (act == "issue" && (step == "APPLIED" || step == "COOLING"))
    return MakeError(Reason::C_COOLING_NOT_OVER);
  if (act == "issue" && step == "LAPSED") return MakeError(Reason::C_WINDOW_OVER);
  if (act == "withdraw" && (step == "ISSUE_WINDOW" || step == "LAPSED"))
    return MakeError(Reason::C_WITHDRAW_TOO_LATE);
  // In person, both (民法典 §1049, §1078); a withdrawal needs one.
  if (for_marriage || act == "accept" || act == "issue") {
    if (desk_.flow().FindAct(step, act) != nullptr &&
        (!request.party_a_present() || !request.party_b_present()))
      return MakeError(Reason::C_ABSENT);
  }
  if (act == "refuse") {
    const auto reason = ParseReason(request.refused_reason());
    if (!reason || !absl::StartsWith(request.refused_reason(), "C_"))
      return MakeError(Reason::BAD_REQUEST, {.field = "refused_reason"});
    record->mutable_registration()->add_refused_reasons(request.refused_reason());
  }
  if (for_marriage && step == "MANUAL_REVIEW") return MakeError(Reason::C_MANUAL_REVIEW, {.field = "review"});
  // An officer cannot go on before registers and other regions have answered, and hears that from here.
  if ((act == "declare" || act == "accept") && step == "DOCS_OK") {
    CHUANYU_RETURN_IF_ERROR(NeedFamilies(*record));
    return checks_.NeedPassed(session, *record);
  }
  CHUANYU_RETURN_IF_ERROR(
      cases::Perform(desk_.flow(), desk_.calendar(), act,
                     {.role = request.role(), .officer_id = request.officer_id(), .org = org}, desk_.Today(),
                     record->mutable_registration()->mutable_steps()));
  if (act == "check") return CheckAgain(session, said, record);
  if (act == "clear") {
    record->mutable_reviewed()->MergeFrom(record->registration().review());
    return OpenIfAnswered(session, record);
  }
  if (act == "refuse") return checks_.Close(session, record);
  if (act == "withdraw") {
    return session
        .Execute("DELETE FROM mr_open_divorce WHERE number = :number",
                 {{"number", record->registration().registration_no()}})
        .status();
  }
  CHUANYU_RETURN_IF_ERROR(checks_.NeedPassed(session, *record));
  if (act == "accept") return Accept(session, record);
  if (act == "register" || act == "issue")
    return checks_.Commit(session, request.officer_id(), record, topics);
  return absl::OkStatus();
}

absl::StatusOr<std::string> Registrations::VoidNumber(const std::string& org,
                                                      const v1::VoidCertificateNumberRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(org, request.request_id(), request));
  CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office, desk_.OfficeOf(request.office_code()));
  CHUANYU_RETURN_IF_ERROR(desk_.CheckOfficer(org, *office));
  if (!IsToken(request.officer_id(), 64, ".")) return MakeError(Reason::BAD_REQUEST, {.field = "officer_id"});
  if (!IsToken(request.reason(), 64, ".")) return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  if (request.kind() != v1::REGISTRATION_KIND_MARRIAGE && request.kind() != v1::REGISTRATION_KIND_DIVORCE)
    return MakeError(Reason::BAD_REQUEST, {.field = "kind"});
  CHUANYU_ASSIGN_OR_RETURN(const CertificateSeries series,
                           SeriesOf(request.kind(), *office, desk_.divisions(), desk_.Today()));
  std::string number;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
    if (known) {
      number = *known;
      return absl::OkStatus();
    }
    CHUANYU_ASSIGN_OR_RETURN(number, registers_.TakeNumber(session, series,
                                                           {.officer = request.officer_id(),
                                                            .void_reason = request.reason(),
                                                            .at_ms = desk_.clock().NowMs()}));
    return desk_.rows().RememberAct(session, key, number);
  }));
  return number;
}

}  // namespace chuanyu::marriage
