// Filings of this region's own offices: typed in, acted on by named officers, changed and ended; and what
// follows each act, whoever did it. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/uuid.h"
#include "common/case_service/claim_calls.h"
#include "common/service/calls.h"
#include "services/elderly_care/desk.h"
#include "services/elderly_care/map.h"
#include "services/elderly_care/unfiled.h"

namespace chuanyu::elderly_care {

class Filings {
 public:
  Filings(const Desk& desk, const ClaimCalls& claims, const Map& map, const Unfiled& unfiled)
      : desk_(desk), claims_(claims), map_(map), unfiled_(unfiled) {}

  // As the front's calls of these names; in full.
  absl::StatusOr<v1::Filing> Create(const Caller& caller, const v1::CreateFilingRequest& request);
  absl::StatusOr<v1::Filing> Perform(const Caller& caller, const v1::PerformStepRequest& request) const;
  absl::StatusOr<v1::Filing> Change(const Caller& caller, const v1::ChangeFilingRequest& request) const;
  absl::StatusOr<v1::Filing> End(const Caller& caller, const v1::EndFilingRequest& request) const;
  // CASE_NOT_FOUND also for an organisation that has nothing to do with it.
  absl::StatusOr<v1::Filing> Get(const std::string& org, const std::string& application_no) const;
  absl::StatusOr<v1::ListFilingsResponse> List(const std::string& org,
                                               const v1::ListFilingsRequest& request) const;

  // An act of the service itself; with what follows, not saved.
  absl::Status ActAsSystem(sql::Session& session, const std::string& act, StoredFiling* stored,
                           CaseDesk::Topics* topics) const;
  // What follows an act: on to the authority, 补正 of what is missing, the map, the window of another region,
  // the end of the claim, and of what was found unfiled. Before the filing is saved.
  absl::Status Settle(sql::Session& session, StoredFiling* stored, CaseDesk::Topics* topics) const;
  // On to the authority: at once in this region, by message to another as soon as the claim is confirmed.
  absl::Status Forward(sql::Session& session, StoredFiling* stored) const;

 private:
  struct Officer {
    std::string role;
    std::string id;
  };
  using Work = absl::FunctionRef<absl::Status(sql::Session& session, StoredFiling* stored)>;

  bool MaySee(const std::string& org, const v1::Filing& filing, const std::string& filed_by) const;
  absl::StatusOr<StoredFiling> LoadFor(sql::Session& session, const std::string& org,
                                       const std::string& application_no) const;
  // One act of an officer: known repeats, rights, `work`, what follows, and saved.
  absl::StatusOr<v1::Filing> Act(const Caller& caller, const std::string& application_no, const ActKey& key,
                                 int64_t version, const Officer& officer, Work work) const;
  absl::Status CheckOfficer(const Caller& caller, const Officer& officer, const StoredFiling& stored) const;
  absl::Status Step(const Caller& caller, const Officer& officer, const std::string& act,
                    StoredFiling* stored) const;
  absl::Status Prepare(sql::Session& session, const Caller& caller, const v1::PerformStepRequest& request,
                       StoredFiling* stored) const;
  absl::Status Submit(sql::Session& session, StoredFiling* stored) const;
  absl::Status File(sql::Session& session, const Caller& caller, StoredFiling* stored) const;
  absl::Status Correct(const v1::Filing& correction, v1::Filing* filing) const;
  absl::Status AcceptChange(v1::Filing* filing) const;
  absl::Status TellWindow(sql::Session& session, const StoredFiling& stored) const;

  const Desk& desk_;
  const ClaimCalls& claims_;
  const Map& map_;
  const Unfiled& unfiled_;
  UuidV7Generator ids_;
};

}  // namespace chuanyu::elderly_care
