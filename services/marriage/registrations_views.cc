// What is seen of registrations: by offices, and by each party.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/service/page_token.h"
#include "services/marriage/registrations.h"

namespace chuanyu::marriage {
namespace {

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
  // They tell that there are records of the other's family.
  if (view == v1::REGISTRATION_VIEW_PARTY_A || view == v1::REGISTRATION_VIEW_PARTY_B)
    out.clear_family_checks();
  if (view == v1::REGISTRATION_VIEW_PARTY_A) *out.mutable_party_a() = OwnView(registration.party_a());
  if (view == v1::REGISTRATION_VIEW_PARTY_B) *out.mutable_party_b() = OwnView(registration.party_b());
  return out;
}

absl::StatusOr<v1::Registration> Registrations::Get(const std::string& org,
                                                    const v1::GetRegistrationRequest& request) const {
  v1::RegistrationRecord record;
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CaseRow row;
    CHUANYU_ASSIGN_OR_RETURN(record, LoadFor(session, org, request.registration_no(), &row));
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

}  // namespace chuanyu::marriage
