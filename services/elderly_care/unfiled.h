// Institutions that serve without having filed, as the counties of this region found them. Nothing of them
// leaves the region, and nothing is public. A finding ends by itself in the transaction that files its
// premises. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/elderly_care/v1/elderly_care.pb.h"
#include "services/elderly_care/desk.h"

namespace chuanyu::elderly_care {

class Unfiled {
 public:
  explicit Unfiled(const Desk& desk) : desk_(desk), rows_(kUnfiledTables, desk.sealer()) {}

  // As the front's calls; `org` is the caller's organisation.
  absl::StatusOr<v1::UnfiledInstitution> Record(const std::string& org,
                                                const v1::RecordUnfiledRequest& request) const;
  absl::StatusOr<v1::UnfiledInstitution> Act(const std::string& org,
                                             const v1::ActOnUnfiledRequest& request) const;
  absl::StatusOr<v1::ListUnfiledResponse> List(const std::string& org,
                                               const v1::ListUnfiledRequest& request) const;

  // The premises of a filing are filed: whoever found them unfiled is told by the state.
  absl::Status PremisesFiled(sql::Session& session, const StoredFiling& filing) const;

 private:
  // Role COUNTY, and the county of the address of today.
  absl::Status CheckCounty(const std::string& org, const v1::UnfiledInstitution& found) const;
  absl::Status Refresh(v1::UnfiledInstitution* found) const;
  absl::StatusOr<v1::UnfiledInstitution> Read(const CaseRow& row) const;
  absl::Status Save(sql::Session& session, CaseRow row, v1::UnfiledInstitution* found) const;
  // The premises became known on site. BAD_REQUEST, and those of CheckNew.
  absl::Status FoundAt(sql::Session& session, const std::string& premises_id,
                       v1::UnfiledInstitution* found) const;
  // STATE_CONFLICT when a filing of the premises is in force here, DUP_ACTIVE_APPLICATION when they were
  // found before.
  absl::Status CheckNew(sql::Session& session, const std::string& subject, const std::string& field) const;
  std::string SubjectOf(const std::string& premises_id) const;

  const Desk& desk_;
  const CaseRows rows_;
};

}  // namespace chuanyu::elderly_care
