#include "services/marriage/registrations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"
#include "common/service/page_token.h"
#include "services/marriage/rules/divorce.h"
#include "services/marriage/rules/eligibility.h"

namespace chuanyu::marriage {
namespace {

const std::string& StepOf(const v1::RegistrationRecord& record) {
  return cases::Current(record.registration().steps()).step();
}

bool IsDivorce(const v1::RegistrationRecord& record) {
  return record.registration().kind() == v1::REGISTRATION_KIND_DIVORCE;
}

// What the caller may not say.
absl::Status CheckInput(const v1::Registration& registration) {
  if (!registration.registration_no().empty() || !registration.certificate_no().empty() ||
      registration.steps_size() > 0 || registration.has_divorce_days() ||
      registration.state() != v1::REGISTRATION_STATE_UNSPECIFIED || registration.version() != 0 ||
      registration.refused_reasons_size() > 0 || registration.has_registered_on()) {
    return MakeError(Reason::BAD_REQUEST, {.field = "registration", .detail = "an output field is set"});
  }
  if (registration.kind() != v1::REGISTRATION_KIND_MARRIAGE &&
      registration.kind() != v1::REGISTRATION_KIND_DIVORCE)
    return MakeError(Reason::BAD_REQUEST, {.field = "registration.kind"});
  if (registration.kind() == v1::REGISTRATION_KIND_DIVORCE && registration.marriage_region().size() != 6)
    return MakeError(Reason::BAD_REQUEST, {.field = "registration.marriage_region"});
  return absl::OkStatus();
}

v1::Party OwnView(const v1::Party& party) {
  v1::Party out = party;
  out.clear_confidential_concern();
  out.clear_kin();  // may name the other's relatives
  return out;
}

}  // namespace

v1::Registration ViewOf(const v1::Registration& registration, v1::RegistrationView view) {
  if (view == v1::REGISTRATION_VIEW_OFFICER) return registration;
  v1::Registration out = registration;
  out.clear_party_a();
  out.clear_party_b();
  if (view == v1::REGISTRATION_VIEW_PARTY_A) *out.mutable_party_a() = OwnView(registration.party_a());
  if (view == v1::REGISTRATION_VIEW_PARTY_B) *out.mutable_party_b() = OwnView(registration.party_b());
  return out;
}

absl::StatusOr<std::vector<Reason>> Registrations::Read(const v1::Registration& registration,
                                                        const RegistryOffice& office,
                                                        v1::RegistrationRecord* record) const {
  const Date today = desk_.Today();
  Couple couple;
  CHUANYU_ASSIGN_OR_RETURN(
      couple.a, ParseParty(registration.party_a(), today, desk_.divisions(), "registration.party_a"));
  CHUANYU_ASSIGN_OR_RETURN(
      couple.b, ParseParty(registration.party_b(), today, desk_.divisions(), "registration.party_b"));
  *record->mutable_registration() = registration;
  // Canonical: a number of 15 digits is the same person.
  *record->mutable_registration()->mutable_party_a()->mutable_person() = couple.a.person.ToProto();
  *record->mutable_registration()->mutable_party_b()->mutable_person() = couple.b.person.ToProto();
  record->set_subject_a(desk_.SubjectOf(couple.a.person));
  record->set_subject_b(desk_.SubjectOf(couple.b.person));
  return IsDivorce(*record) ? DivorceRefusals(couple, office, desk_.policy(), desk_.divisions(), today)
                            : MarriageRefusals(couple, office, desk_.policy(), desk_.divisions(), today);
}

absl::StatusOr<v1::Registration> Registrations::Start(const std::string& org,
                                                      const v1::StartRegistrationRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(org, request.request_id(), request));
  CHUANYU_RETURN_IF_ERROR(CheckInput(request.registration()));
  CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office,
                           desk_.OfficeOf(request.registration().office_code()));
  CHUANYU_RETURN_IF_ERROR(desk_.CheckOfficer(org, *office));
  v1::RegistrationRecord record;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Reason> reasons, Read(request.registration(), *office, &record));
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
        if (!reasons.empty()) {
          CHUANYU_RETURN_IF_ERROR(checks_.Refuse(session, reasons, &record));
        } else {
          CHUANYU_RETURN_IF_ERROR(checks_.ActAsSystem("docs_ok", &record));
          CHUANYU_RETURN_IF_ERROR(checks_.Open(session, &record));
        }
        CHUANYU_RETURN_IF_ERROR(desk_.SaveRegistration(session, &record, &row, topics));
        return desk_.rows().RememberAct(session, key, row.number);
      }));
  return ViewOf(record.registration(), v1::REGISTRATION_VIEW_BASIC);
}

absl::StatusOr<v1::Registration> Registrations::Get(const std::string& org,
                                                    const v1::GetRegistrationRequest& request) const {
  v1::RegistrationRecord record;
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CaseRow row;
    CHUANYU_ASSIGN_OR_RETURN(record, desk_.LoadRegistration(session, request.registration_no(), &row));
    CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office,
                             desk_.OfficeOf(record.registration().office_code()));
    if (!desk_.CheckOfficer(org, *office).ok()) return MakeError(Reason::CASE_NOT_FOUND);
    return absl::OkStatus();
  }));
  return ViewOf(record.registration(), request.view());
}

absl::StatusOr<v1::ListRegistrationsResponse> Registrations::List(
    const std::string& org, const v1::ListRegistrationsRequest& request) const {
  constexpr int kScanned = 500;
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  if (!v1::RegistrationState_IsValid(request.state()))
    return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  if (!request.office_code().empty()) {
    CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office, desk_.OfficeOf(request.office_code()));
    CHUANYU_RETURN_IF_ERROR(desk_.CheckOfficer(org, *office));
  }
  const std::string scope =
      absl::StrCat(org, "\n", static_cast<int>(request.state()), "\n", request.office_code());
  CHUANYU_ASSIGN_OR_RETURN(const int64_t before,
                           ReadPageToken(desk_.own_indexer(), scope, request.page_token()));
  // Of which office one is stands in what is sealed, so some are opened in vain: at most kScanned a page.
  std::vector<CaseRow> rows;
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(rows, desk_.rows().Before(session, before, request.state(), kScanned));
    return absl::OkStatus();
  }));
  v1::ListRegistrationsResponse response;
  int64_t last = 0;
  for (const CaseRow& row : rows) {
    if (response.registrations_size() == size) break;
    last = row.sequence;
    v1::RegistrationRecord record;
    if (!record.ParseFromString(row.bytes))
      return MakeError(Reason::INTERNAL, {.detail = "a stored row is unreadable"});
    const std::string& code = record.registration().office_code();
    const RegistryOffice* const office = desk_.policy().FindOffice(code);
    if (office == nullptr || !desk_.CheckOfficer(org, *office).ok()) continue;
    if (!request.office_code().empty() && request.office_code() != code) continue;
    *response.add_registrations() = ViewOf(record.registration(), v1::REGISTRATION_VIEW_BASIC);
  }
  const bool more = rows.size() == kScanned || (!rows.empty() && last != rows.back().sequence);
  if (more) response.set_next_page_token(PageToken(desk_.own_indexer(), scope, last));
  return response;
}

absl::StatusOr<v1::Registration> Registrations::Perform(const std::string& org,
                                                        const v1::PerformStepRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(org, request.request_id(), request));
  if (request.role() != kOfficer) return MakeError(Reason::ROLE_DENIED, {.field = "role"});
  v1::RegistrationRecord record;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        CaseRow row;
        CHUANYU_ASSIGN_OR_RETURN(record, desk_.LoadRegistration(session, request.registration_no(), &row));
        CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office,
                                 desk_.OfficeOf(record.registration().office_code()));
        if (!desk_.CheckOfficer(org, *office).ok()) return MakeError(Reason::CASE_NOT_FOUND);
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
        if (known) return absl::OkStatus();
        if (request.version() != 0 && request.version() != record.registration().version())
          return MakeError(Reason::STALE_VERSION, {.field = "version"});
        CHUANYU_RETURN_IF_ERROR(FollowDays(session, &record));
        CHUANYU_RETURN_IF_ERROR(Apply(session, org, request, &record, topics));
        CHUANYU_RETURN_IF_ERROR(desk_.SaveRegistration(session, &record, &row, topics));
        return desk_.rows().RememberAct(session, key, row.number);
      }));
  return ViewOf(record.registration(), v1::REGISTRATION_VIEW_BASIC);
}

absl::Status Registrations::Apply(sql::Session& session, const std::string& org,
                                  const v1::PerformStepRequest& request, v1::RegistrationRecord* record,
                                  CaseDesk::Topics* topics) const {
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
  // An officer cannot go on before the other regions have answered, and hears that from here.
  if (act == "declare" && step == "DOCS_OK") return checks_.NeedPassed(session, *record);
  if (act == "accept" && step == "DOCS_OK") return checks_.NeedPassed(session, *record);
  CHUANYU_RETURN_IF_ERROR(
      cases::Perform(desk_.flow(), desk_.calendar(), act,
                     {.role = request.role(), .officer_id = request.officer_id(), .org = org}, desk_.Today(),
                     record->mutable_registration()->mutable_steps()));
  if (act == "check")
    return record->claim_a().empty() && !record->waits_for_other() ? checks_.Open(session, record)
                                                                   : absl::OkStatus();
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

absl::Status Registrations::Accept(sql::Session& session, v1::RegistrationRecord* record) const {
  v1::Registration& registration = *record->mutable_registration();
  CHUANYU_ASSIGN_OR_RETURN(*registration.mutable_divorce_days(),
                           CountDivorceDays(desk_.Today(), desk_.policy(), desk_.calendar()));
  for (const std::string& subject : {record->subject_a(), record->subject_b()}) {
    CHUANYU_RETURN_IF_ERROR(
        session
            .Execute("INSERT INTO mr_open_divorce (subject, number, next_day) VALUES (:subject, :number, '')",
                     {{"subject", subject}, {"number", registration.registration_no()}})
            .status());
  }
  CHUANYU_RETURN_IF_ERROR(NoteNextDay(session, *record));
  return checks_.Close(session, record);
}

absl::Status Registrations::NoteNextDay(sql::Session& session, const v1::RegistrationRecord& record) const {
  const v1::DivorceDays& days = record.registration().divorce_days();
  const std::string& step = StepOf(record);
  std::string last = step == "ISSUE_WINDOW" ? days.window_ends().value()
                     : step == "COOLING"    ? days.cooling_ends().value()
                                            : days.receipt().value();
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(last));
  return session
      .Execute("UPDATE mr_open_divorce SET next_day = :day WHERE number = :number",
               {{"day", FormatDate(day + 1)}, {"number", record.registration().registration_no()}})
      .status();
}

absl::Status Registrations::FollowDays(sql::Session& session, v1::RegistrationRecord* record) const {
  if (!record->registration().has_divorce_days()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const v1::RegistrationState now,
                           DivorceStateOn(record->registration().divorce_days(), desk_.Today()));
  const std::pair<const char*, const char*> ways[] = {
      {"APPLIED", "cooling_begins"}, {"COOLING", "window_begins"}, {"ISSUE_WINDOW", "window_ends"}};
  bool moved = false;
  for (const auto& [step, act] : ways) {
    v1::RegistrationState state = v1::REGISTRATION_STATE_UNSPECIFIED;
    v1::RegistrationState_Parse(absl::StrCat("REGISTRATION_STATE_", step), &state);
    // A clock that was set back changes nothing: steps only go on.
    if (StepOf(*record) != step || now <= state) continue;
    CHUANYU_RETURN_IF_ERROR(checks_.ActAsSystem(act, record));
    moved = true;
  }
  if (!moved) return absl::OkStatus();
  if (StepOf(*record) != "LAPSED") return NoteNextDay(session, *record);
  CHUANYU_RETURN_IF_ERROR(checks_.Close(session, record));
  return session
      .Execute("DELETE FROM mr_open_divorce WHERE number = :number",
               {{"number", record->registration().registration_no()}})
      .status();
}

absl::Status Registrations::RunClock(int limit) const {
  std::vector<std::string> due;
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        due, Texts(session,
                   absl::StrCat("SELECT DISTINCT number FROM mr_open_divorce WHERE next_day <= :today LIMIT ",
                                limit),
                   {{"today", FormatDate(desk_.Today())}}));
    return absl::OkStatus();
  }));
  for (const std::string& number : due) {
    CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session,
                                               CaseDesk::Topics* topics) -> absl::Status {
      CaseRow row;
      CHUANYU_ASSIGN_OR_RETURN(v1::RegistrationRecord record, desk_.LoadRegistration(session, number, &row));
      CHUANYU_RETURN_IF_ERROR(FollowDays(session, &record));
      return desk_.SaveRegistration(session, &record, &row, topics);
    }));
  }
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
