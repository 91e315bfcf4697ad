#include "services/elderly_care/filings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/service/page_token.h"
#include "services/elderly_care/rules/change.h"

namespace chuanyu::elderly_care {
namespace {

constexpr size_t kScanned = 500;

bool OutputsEmpty(const v1::Filing& in) {
  return in.application_no().empty() && in.state() == v1::FILING_STATE_UNSPECIFIED && in.version() == 0 &&
         !in.has_create_time() && in.steps().empty() && in.light() == cases::v1::DEADLINE_LIGHT_UNSPECIFIED &&
         in.peer_check() == cases::v1::PEER_CHECK_UNSPECIFIED && !in.has_duplicate_of() &&
         !in.has_authority() && !in.has_authority_region() && !in.has_receipt() && !in.late() &&
         !in.has_onsite_due() && in.missing().empty() && in.warnings().empty() && !in.has_pending_change() &&
         in.end_reason() == v1::END_REASON_UNSPECIFIED && in.discrepancy_note().empty() &&
         in.peer_version() == 0;
}

bool Arrived(const v1::Filing& filing) {
  const auto& steps = filing.steps();
  return std::any_of(steps.begin(), steps.end(),
                     [](const cases::v1::CaseStep& step) { return step.step() == "CHECKING"; });
}

}  // namespace

absl::StatusOr<v1::Filing> Filings::Create(const Caller& caller, const v1::CreateFilingRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  const Office* const office = FindOffice(desk_.config().offices, caller.org);
  if (office == nullptr || !HasRole(*office, "WINDOW")) return MakeError(Reason::ROLE_DENIED);
  const v1::Filing& in = request.filing();
  if (!OutputsEmpty(in)) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = "filing", .detail = "holds fields that are the service's"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string county,
                           desk_.WindowCounty(in.accept_division(), "accept_division"));
  // A repeat gets its answer also when the rules of today refuse what was typed in then.
  const absl::StatusOr<ParsedFiling> parsed = desk_.Parse(in);
  StoredFiling stored{.application = in, .org = caller.org, .window_region = desk_.own_region()};
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.store().FindAct(session, key));
    if (known) {
      CHUANYU_ASSIGN_OR_RETURN(stored, desk_.store().Load(session, *known));
      return absl::OkStatus();
    }
    if (!parsed.ok()) return parsed.status();
    const absl::Time now = desk_.clock().Now();
    stored.subject = desk_.SubjectOf("premises", parsed->premises_id);
    stored.claim_id = ids_.Next(absl::ToUnixMillis(now));
    CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.store().NextSequence(session));
    v1::Filing& filing = stored.application;
    filing.set_application_no(desk_.NumberOf("D", county, sequence));
    filing.set_version(1);
    *filing.mutable_create_time() = TimestampOf(now);
    SetParsed(*parsed, &filing);
    CHUANYU_RETURN_IF_ERROR(
        cases::Begin(desk_.flow(), desk_.calendar(), "DRAFT", desk_.Today(), filing.mutable_steps()));
    CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&filing));
    CHUANYU_RETURN_IF_ERROR(desk_.store().Insert(session, stored, sequence));
    return desk_.store().RememberAct(session, key, filing.application_no());
  }));
  return stored.application;
}

bool Filings::MaySee(const std::string& org, const v1::Filing& filing, const std::string& filed_by) const {
  if (filed_by == org) return true;
  return Arrived(filing) && desk_.DecidesHere(filing) && desk_.ActsFor(org, filing);
}

absl::StatusOr<StoredFiling> Filings::LoadFor(sql::Session& session, const std::string& org,
                                              const std::string& application_no) const {
  CHUANYU_ASSIGN_OR_RETURN(StoredFiling stored, desk_.store().Load(session, application_no));
  if (!MaySee(org, stored.application, stored.org)) return MakeError(Reason::CASE_NOT_FOUND);
  return stored;
}

absl::StatusOr<v1::Filing> Filings::Get(const std::string& org, const std::string& application_no) const {
  v1::Filing out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(StoredFiling stored, LoadFor(session, org, application_no));
    out = std::move(stored.application);
    return absl::OkStatus();
  }));
  CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&out));
  return out;
}

absl::StatusOr<v1::ListFilingsResponse> Filings::List(const std::string& org,
                                                      const v1::ListFilingsRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  if (!v1::FilingState_IsValid(request.state())) return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  const std::string scope = absl::StrCat(org, "\n", static_cast<int>(request.state()));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t before,
                           ReadPageToken(desk_.own_indexer(), scope, request.page_token()));
  // Whose a filing is stands in what is sealed, so some are opened in vain: at most kScanned a page.
  std::vector<std::pair<int64_t, StoredFiling>> rows;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(rows, desk_.store().Before(session, before, request.state(), kScanned));
    return absl::OkStatus();
  }));
  v1::ListFilingsResponse response;
  int64_t last = 0;
  for (auto& [sequence, stored] : rows) {
    if (response.filings_size() == size) break;
    last = sequence;
    if (!MaySee(org, stored.application, stored.org)) continue;
    CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&stored.application));
    *response.add_filings() = BasicOf(stored.application);
  }
  const bool more = rows.size() == kScanned || (!rows.empty() && last != rows.back().first);
  if (more) response.set_next_page_token(PageToken(desk_.own_indexer(), scope, last));
  return response;
}

absl::Status Filings::CheckOfficer(const Caller& caller, const Officer& officer,
                                   const StoredFiling& stored) const {
  const Office* const office = FindOffice(desk_.config().offices, caller.org);
  const bool known = officer.role == "WINDOW" || officer.role == "COUNTY";
  if (!known || office == nullptr || !HasRole(*office, officer.role)) {
    return MakeError(Reason::ROLE_DENIED, {.field = "role"});
  }
  // A window acts on what it took in, and on what has come to its authority; a county on the latter alone.
  if (officer.role == "WINDOW" && stored.org == caller.org) return absl::OkStatus();
  const v1::Filing& filing = stored.application;
  if (desk_.DecidesHere(filing) && Arrived(filing) && desk_.ActsFor(caller.org, filing)) {
    return absl::OkStatus();
  }
  return MakeError(Reason::ROLE_DENIED, {.field = "role"});
}

absl::StatusOr<v1::Filing> Filings::Act(const Caller& caller, const std::string& application_no,
                                        const ActKey& key, int64_t version, const Officer& officer,
                                        Work work) const {
  StoredFiling stored;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(stored, LoadFor(session, caller.org, application_no));
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.store().FindAct(session, key));
        if (known) return absl::OkStatus();
        if (version != 0 && version != stored.application.version()) {
          return MakeError(Reason::STALE_VERSION, {.field = "version"});
        }
        CHUANYU_RETURN_IF_ERROR(CheckOfficer(caller, officer, stored));
        CHUANYU_RETURN_IF_ERROR(work(session, &stored));
        CHUANYU_RETURN_IF_ERROR(Settle(session, &stored, topics));
        CHUANYU_RETURN_IF_ERROR(desk_.store().Save(session, &stored));
        return desk_.store().RememberAct(session, key, stored.application.application_no());
      }));
  return stored.application;
}

absl::Status Filings::Step(const Caller& caller, const Officer& officer, const std::string& act,
                           StoredFiling* stored) const {
  return cases::Perform(desk_.flow(), desk_.calendar(), act,
                        {.role = officer.role, .officer_id = officer.id, .org = caller.org}, desk_.Today(),
                        stored->application.mutable_steps());
}

}  // namespace chuanyu::elderly_care
