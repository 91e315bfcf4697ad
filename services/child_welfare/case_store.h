// Applications, determinations and who wants to hear of them, in SQL: contract of common/case_service's
// CaseRows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/child_welfare.pb.h"
#include "common/calendar/date.h"
#include "common/case_service/case_store.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"
#include "services/child_welfare/schema.h"

namespace chuanyu::child_welfare {

using StoredApplication = StoredCase<v1::Application>;

inline std::string DeterminationNumber(const std::string& application_no) { return application_no + "-D"; }

struct StoredDetermination {
  v1::Determination determination;
  std::string subject;
  // When it is to be looked at.
  Date check_on;
};

class CaseStore : public CaseStoreOf<v1::Application> {
 public:
  explicit CaseStore(const crypto::Sealer& sealer) : CaseStoreOf(kTables, sealer) {}

  absl::Status InsertDetermination(sql::Session& session, const StoredDetermination& stored) const;
  // CASE_NOT_FOUND.
  absl::StatusOr<StoredDetermination> LoadDetermination(sql::Session& session,
                                                        const std::string& number) const;
  // The newest of a subject, in force or not.
  absl::StatusOr<std::optional<StoredDetermination>> Newest(sql::Session& session,
                                                            const std::string& subject) const;
  absl::Status SaveDetermination(sql::Session& session, StoredDetermination* stored) const;
  // Nothing finds one that is over by its child any more.
  absl::Status ForgetSubjectOf(sql::Session& session, const std::string& number) const;
  // Numbers of those not over whose check_on is not after `today`, at most `limit`.
  absl::StatusOr<std::vector<std::string>> ToCheck(sql::Session& session, Date today, int limit) const;

  absl::Status Subscribe(sql::Session& session, const std::string& subject, const std::string& region) const;
  absl::StatusOr<std::vector<std::string>> Subscribers(sql::Session& session,
                                                       const std::string& subject) const;
  absl::Status Watch(sql::Session& session, const std::string& org, const std::string& subject,
                     const std::string& subscription_id) const;
  // Organisations that watch the subject.
  absl::StatusOr<std::vector<std::string>> Watchers(sql::Session& session, const std::string& subject) const;
  absl::Status AddChange(sql::Session& session, const std::string& subject,
                         const v1::SignedRecognition& recognition, Date today) const;
  // Nobody wants to hear of the subject any more, and what was told of it goes.
  absl::Status ForgetSubscriptions(sql::Session& session, const std::string& subject) const;
  // What was told of subjects of whom nothing was told after `last`, at most `limit`; whoever watches one
  // whose status was over then watches it no more. How many.
  absl::StatusOr<int> EraseChanges(sql::Session& session, Date last, int limit) const;
  // Another region has told of a change. False when it has told of it, or of a later one, before.
  absl::StatusOr<bool> Hear(sql::Session& session, const std::string& subject, const std::string& region,
                            int64_t sequence) const;
  // Sequence of the last change for an organisation; 0 without one.
  absl::StatusOr<int64_t> LastChange(sql::Session& session, const std::string& org) const;
  // For an organisation, after a sequence, oldest first; subscription ids are its own.
  absl::StatusOr<std::vector<v1::RecognitionChange>> Changes(sql::Session& session, const std::string& org,
                                                             int64_t after, int limit) const;

 private:
  absl::StatusOr<StoredDetermination> ReadDetermination(const sql::Row& row) const;
};

}  // namespace chuanyu::child_welfare
