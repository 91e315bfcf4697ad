#include "services/elderly_care/unfiled.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"
#include "common/service/page_token.h"
#include "services/elderly_care/rules/fields.h"
#include "services/elderly_care/rules/public_entry.h"
#include "services/elderly_care/rules/unfiled.h"

namespace chuanyu::elderly_care {
namespace {

constexpr int kScanned = 500;

absl::Status CheckAccount(const std::string& officer_id) {
  return IsToken(officer_id, 64, ".") ? absl::OkStatus()
                                      : MakeError(Reason::BAD_REQUEST, {.field = "officer_id"});
}

}  // namespace

std::string Unfiled::SubjectOf(const std::string& premises_id) const {
  return premises_id.empty() ? "" : desk_.SubjectOf("premises", premises_id);
}

absl::Status Unfiled::CheckCounty(const std::string& org, const v1::UnfiledInstitution& found) const {
  const Office* const office = FindOffice(desk_.config().offices, org);
  if (office == nullptr || !HasRole(*office, "COUNTY")) return MakeError(Reason::ROLE_DENIED);
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode address, DivisionCode::Parse(found.address_code().code()));
  const auto county = desk_.divisions().CompetentCounty(address, desk_.Today());
  if (!county.ok() ||
      std::find(office->counties.begin(), office->counties.end(), county->str()) == office->counties.end()) {
    return MakeError(Reason::ORG_NOT_COMPETENT, {.field = "found.address_code"});
  }
  return absl::OkStatus();
}

absl::Status Unfiled::Refresh(v1::UnfiledInstitution* found) const {
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  return RefreshUnfiled(policy, desk_.calendar(), desk_.Today(), found);
}

absl::StatusOr<v1::UnfiledInstitution> Unfiled::Read(const CaseRow& row) const {
  v1::UnfiledInstitution found;
  if (!found.ParseFromString(row.bytes))
    return MakeError(Reason::INTERNAL, {.detail = "a stored row is unreadable"});
  return found;
}

absl::Status Unfiled::Save(sql::Session& session, CaseRow row, v1::UnfiledInstitution* found) const {
  found->set_version(found->version() + 1);
  CHUANYU_RETURN_IF_ERROR(Refresh(found));
  row.state = found->state();
  row.version = found->version();
  row.bytes = found->SerializeAsString();
  return rows_.Save(session, row);
}

absl::Status Unfiled::FoundAt(sql::Session& session, const std::string& premises_id,
                              v1::UnfiledInstitution* found) const {
  CHUANYU_RETURN_IF_ERROR(CheckPremisesId(premises_id, "premises_id"));
  const std::string subject = SubjectOf(premises_id);
  CHUANYU_RETURN_IF_ERROR(CheckNew(session, subject, "premises_id"));
  found->set_premises_id(premises_id);
  return session
      .Execute("UPDATE ecu_application SET subject = :subject WHERE application_no = :no",
               {{"subject", subject}, {"no", found->finding_no()}})
      .status();
}

absl::Status Unfiled::CheckNew(sql::Session& session, const std::string& subject,
                               const std::string& field) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto filings, desk_.store().OfSubject(session, subject));
  for (const StoredFiling& filing : filings) {
    if (StatusOf(filing.application.state()) == v1::FILING_STATUS_FILED && filing.application.has_receipt())
      return MakeError(Reason::STATE_CONFLICT, {.field = field, .detail = "the premises are filed"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const auto rows, rows_.OfSubject(session, subject));
  for (const CaseRow& row : rows) {
    CHUANYU_ASSIGN_OR_RETURN(const v1::UnfiledInstitution known, Read(row));
    if (!IsOver(known)) return MakeError(Reason::DUP_ACTIVE_APPLICATION, {.field = field});
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::UnfiledInstitution> Unfiled::Record(const std::string& org,
                                                       const v1::RecordUnfiledRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(org, request.request_id(), request));
  CHUANYU_RETURN_IF_ERROR(CheckAccount(request.officer_id()));
  v1::UnfiledInstitution found = request.found();
  CHUANYU_ASSIGN_OR_RETURN(const std::string county, ParseUnfiled(found, desk_.Today(), desk_.divisions()));
  CHUANYU_RETURN_IF_ERROR(CheckCounty(org, found));
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
    if (known) {
      CHUANYU_ASSIGN_OR_RETURN(const CaseRow row, rows_.Load(session, *known));
      CHUANYU_ASSIGN_OR_RETURN(found, Read(row));
      return absl::OkStatus();
    }
    const std::string subject = SubjectOf(found.premises_id());
    if (!subject.empty()) CHUANYU_RETURN_IF_ERROR(CheckNew(session, subject, "found.premises_id"));
    CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.rows().NextSequence(session));
    found.set_finding_no(desk_.NumberOf("DU", county, sequence));
    found.set_state(v1::UNFILED_STATE_FOUND);
    found.set_version(1);
    CHUANYU_RETURN_IF_ERROR(Refresh(&found));
    CHUANYU_RETURN_IF_ERROR(rows_.Insert(session, {.number = found.finding_no(),
                                                   .sequence = sequence,
                                                   .org = org,
                                                   .window_region = desk_.own_region(),
                                                   .subject = subject,
                                                   .claim_id = absl::StrCat(sequence),  // has none
                                                   .state = found.state(),
                                                   .version = found.version(),
                                                   .bytes = found.SerializeAsString()}));
    return desk_.rows().RememberAct(session, key, found.finding_no());
  }));
  return found;
}

absl::StatusOr<v1::UnfiledInstitution> Unfiled::Act(const std::string& org,
                                                    const v1::ActOnUnfiledRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(org, request.request_id(), request));
  CHUANYU_RETURN_IF_ERROR(CheckAccount(request.officer_id()));
  v1::UnfiledInstitution found;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const CaseRow row, rows_.Load(session, request.finding_no()));
    CHUANYU_ASSIGN_OR_RETURN(found, Read(row));
    if (!CheckCounty(org, found).ok()) return MakeError(Reason::CASE_NOT_FOUND, {.field = "finding_no"});
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
    if (known) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(ActOn(request.act(), request.officer_id(), desk_.Today(), &found));
    if (request.act() == v1::UNFILED_ACT_CHECK && !request.premises_id().empty() &&
        request.premises_id() != found.premises_id()) {
      CHUANYU_RETURN_IF_ERROR(FoundAt(session, request.premises_id(), &found));
    }
    CHUANYU_RETURN_IF_ERROR(Save(session, row, &found));
    return desk_.rows().RememberAct(session, key, found.finding_no());
  }));
  return found;
}

absl::StatusOr<v1::ListUnfiledResponse> Unfiled::List(const std::string& org,
                                                      const v1::ListUnfiledRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  if (!v1::UnfiledState_IsValid(request.state())) return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  const std::string scope = absl::StrCat("unfiled\n", org, "\n", static_cast<int>(request.state()));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t before,
                           ReadPageToken(desk_.own_indexer(), scope, request.page_token()));
  std::vector<CaseRow> rows;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(rows, rows_.Before(session, before, request.state(), kScanned));
    return absl::OkStatus();
  }));
  v1::ListUnfiledResponse response;
  int64_t last = 0;
  for (const CaseRow& row : rows) {
    if (response.found_size() == size) break;
    last = row.sequence;
    CHUANYU_ASSIGN_OR_RETURN(v1::UnfiledInstitution found, Read(row));
    if (!CheckCounty(org, found).ok()) continue;
    CHUANYU_RETURN_IF_ERROR(Refresh(&found));
    *response.add_found() = std::move(found);
  }
  const bool more = rows.size() == kScanned || (!rows.empty() && last != rows.back().sequence);
  if (more) response.set_next_page_token(PageToken(desk_.own_indexer(), scope, last));
  return response;
}

absl::Status Unfiled::PremisesFiled(sql::Session& session, const StoredFiling& filing) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto rows, rows_.OfSubject(session, filing.subject));
  for (const CaseRow& row : rows) {
    CHUANYU_ASSIGN_OR_RETURN(v1::UnfiledInstitution found, Read(row));
    if (IsOver(found)) continue;
    found.set_state(v1::UNFILED_STATE_FILED);
    found.set_application_no(filing.application.application_no());
    CHUANYU_RETURN_IF_ERROR(Save(session, row, &found));
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::elderly_care
