// Applications, determinations and who wants to hear of them, in SQL. What is about a person is sealed;
// persons are found by blind index. Every call runs in the caller's transaction, which begins with Lock: what
// a case does, its claim, and what other regions are told of it happen together or not at all. Blocks;
// thread-safe as far as sessions are each one thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/child_welfare.pb.h"
#include "common/calendar/date.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"

namespace chuanyu::child_welfare {

struct StoredApplication {
  v1::Application application;
  std::string org;            // whose window filed it; empty when another region pushed it
  std::string window_region;  // 6 digits
  std::string subject;        // hex of the index under the key of both regions
  std::string claim_id;
};

struct StoredDetermination {
  v1::Determination determination;
  std::string subject;
  // When it is to be looked at: its next month, or the last day as a child. YYYY-MM-DD.
  Date check_on;
};

// Tells repeats from other requests under the same id.
struct ActKey {
  std::string org;
  std::string request_id;
  std::string body_mac;  // keyed: a plain hash about known persons could be found by trying
};

class CaseStore {
 public:
  static absl::StatusOr<std::unique_ptr<CaseStore>> Open(sql::Pool& pool, const crypto::Sealer& sealer);

  // One writing transaction at a time: thousands of cases a day need no more, and none has to be run again.
  absl::Status Lock(sql::Session& session);
  // "CQ-B-500109-20261125-00000001" and its sequence.
  absl::StatusOr<int64_t> NextSequence(sql::Session& session);

  // What the act was about when it was done before; IDEMPOTENCY_CONFLICT when its body was another.
  absl::StatusOr<std::optional<std::string>> FindAct(sql::Session& session, const ActKey& key);
  absl::Status RememberAct(sql::Session& session, const ActKey& key, const std::string& number);

  absl::Status Insert(sql::Session& session, const StoredApplication& stored, int64_t sequence);
  // CASE_NOT_FOUND.
  absl::StatusOr<StoredApplication> Load(sql::Session& session, const std::string& application_no);
  absl::StatusOr<std::optional<StoredApplication>> FindByClaim(sql::Session& session,
                                                               const std::string& claim_id);
  // Newest first, below sequence `before` (0: from the newest), in `state` unless UNSPECIFIED; with their
  // sequences.
  absl::StatusOr<std::vector<std::pair<int64_t, StoredApplication>>> Before(sql::Session& session,
                                                                            int64_t before,
                                                                            v1::ApplicationState state,
                                                                            int limit);
  // With the next version, which it sets.
  absl::Status Save(sql::Session& session, StoredApplication* stored);

  absl::Status InsertDetermination(sql::Session& session, const StoredDetermination& stored);
  // CASE_NOT_FOUND.
  absl::StatusOr<StoredDetermination> LoadDetermination(sql::Session& session, const std::string& number);
  // The newest of a subject, in force or not.
  absl::StatusOr<std::optional<StoredDetermination>> Newest(sql::Session& session,
                                                            const std::string& subject);
  absl::Status SaveDetermination(sql::Session& session, StoredDetermination* stored);
  // Numbers of those not over whose check_on is not after `today`, at most `limit`.
  absl::StatusOr<std::vector<std::string>> ToCheck(sql::Session& session, Date today, int limit);

  absl::Status Subscribe(sql::Session& session, const std::string& subject, const std::string& region);
  absl::StatusOr<std::vector<std::string>> Subscribers(sql::Session& session, const std::string& subject);
  absl::Status Watch(sql::Session& session, const std::string& org, const std::string& subject,
                     const std::string& subscription_id);
  // Organisations that watch the subject.
  absl::StatusOr<std::vector<std::string>> Watchers(sql::Session& session, const std::string& subject);
  absl::Status AddChange(sql::Session& session, const std::string& subject,
                         const v1::SignedRecognition& recognition);
  // For an organisation, after a sequence, oldest first; subscription ids are its own.
  absl::StatusOr<std::vector<v1::RecognitionChange>> Changes(sql::Session& session, const std::string& org,
                                                             int64_t after, int limit);

 private:
  explicit CaseStore(const crypto::Sealer& sealer) : sealer_(sealer) {}
  absl::StatusOr<StoredApplication> ReadApplication(const sql::Row& row) const;
  absl::StatusOr<StoredDetermination> ReadDetermination(const sql::Row& row) const;

  const crypto::Sealer& sealer_;
};

}  // namespace chuanyu::child_welfare
