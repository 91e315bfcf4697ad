// Grants in SQL, sealed; persons are found by blind index. Every call runs in the caller's transaction, as
// those of CaseRows. Blocks; thread-safe as far as sessions are each one thread's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/disability/v1/grant.pb.h"
#include "common/calendar/date.h"
#include "common/case_service/case_days.h"
#include "common/case_service/case_rows.h"

namespace chuanyu::disability {

inline constexpr v1::Benefit kBenefits[] = {v1::BENEFIT_LIFE, v1::BENEFIT_CARE};

inline std::string GrantNumber(const std::string& application_no, v1::Benefit benefit) {
  return application_no + (benefit == v1::BENEFIT_LIFE ? "-L" : "-C");
}

struct StoredGrant {
  v1::Grant grant;
  std::string subject;  // hex of the index under the key of both regions
};

class GrantStore {
 public:
  GrantStore(const CaseRows& rows, const CaseDays& closed) : rows_(rows), closed_(closed) {}

  // `today` decides when the clock looks at it next.
  absl::Status Insert(sql::Session& session, const StoredGrant& stored, Date today) const;
  // CASE_NOT_FOUND.
  absl::StatusOr<StoredGrant> Load(sql::Session& session, const std::string& grant_no) const;
  // The newest of a subject and benefit, over or not.
  absl::StatusOr<std::optional<StoredGrant>> Newest(sql::Session& session, const std::string& subject,
                                                    v1::Benefit benefit) const;
  // With the next version, which it sets. One that is over may close its case.
  absl::Status Save(sql::Session& session, StoredGrant* stored, Date today) const;
  // Nothing finds one that is over by its person any more.
  absl::Status ForgetSubjectOf(sql::Session& session, const std::string& grant_no) const;
  // Numbers of those that are to be looked at, at most `limit`.
  absl::StatusOr<std::vector<std::string>> ToLookAt(sql::Session& session, Date today, int limit) const;

 private:
  absl::StatusOr<StoredGrant> Read(const sql::Row& row) const;

  const CaseRows& rows_;
  const CaseDays& closed_;
};

}  // namespace chuanyu::disability
