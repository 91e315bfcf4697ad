// Answers that were given to other regions, by request id, so that a repeat gets the same answer: the
// exchange asks again when an attempt was cut off, and its journal must not see two different ones. What is
// stored is personal data and therefore sealed. Blocks; thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"

namespace chuanyu::family_economy {

class AnswerStore {
 public:
  // Brings the table up to date. `pool` and `sealer` outlive the store.
  static absl::StatusOr<std::unique_ptr<AnswerStore>> Open(sql::Pool& pool, const crypto::Sealer& sealer);

  // The answer stored under the id; nothing when there is none; IDEMPOTENCY_CONFLICT when it was given to
  // another question; SIG_INVALID when the stored bytes were changed; PAYLOAD_ERASED after the retention.
  absl::StatusOr<std::optional<v1::QueryStatusResponse>> Find(const std::string& request_id,
                                                              const v1::QueryStatusRequest& question);

  // Erases questions and answers given before `before`, oldest first, at most `limit`: how many. The ids stay
  // until `forget_before`, so that a repeat gets PAYLOAD_ERASED and never another answer.
  absl::StatusOr<int64_t> Erase(absl::Time before, absl::Time forget_before, int limit);

  // Stores `answer`, unless there is one: the one that is stored then, which is the one to give. Errors as
  // Find.
  absl::StatusOr<v1::QueryStatusResponse> Keep(const std::string& request_id,
                                               const v1::QueryStatusRequest& question,
                                               const v1::QueryStatusResponse& answer, absl::Time now);
  // The same in the caller's transaction.
  absl::StatusOr<v1::QueryStatusResponse> KeepIn(sql::Session& session, const std::string& request_id,
                                                 const v1::QueryStatusRequest& question,
                                                 const v1::QueryStatusResponse& answer, absl::Time now);

 private:
  AnswerStore(sql::Pool& pool, const crypto::Sealer& sealer) : pool_(pool), sealer_(sealer) {}
  absl::StatusOr<std::optional<v1::QueryStatusResponse>> FindIn(sql::Session& session,
                                                                const std::string& request_id,
                                                                const v1::QueryStatusRequest& question);
  absl::StatusOr<std::string> SealText(const std::string& plain, const std::string& name) const;
  absl::StatusOr<std::string> OpenText(const std::string& sealed, const std::string& name) const;

  sql::Pool& pool_;
  const crypto::Sealer& sealer_;
};

}  // namespace chuanyu::family_economy
