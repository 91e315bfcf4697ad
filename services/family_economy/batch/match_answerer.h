// The first step of another region's re-check, answered from the match index, and the thread that keeps the
// index up to date. Thread-safe.
#pragma once

#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "services/family_economy/batch/match_index.h"
#include "services/family_economy/batch/match_keys.h"
#include "services/family_economy/registers/field_matrix.h"
#include "services/family_economy/registers/registers.h"

namespace chuanyu::family_economy {

class MatchAnswerer {
 public:
  struct Deps {
    MatchIndex& index;
    const MatchKeys& keys;
    const Registers& registers;
    const FieldMatrix& matrix;
    const Clock& clock;
    // Persons who came into a register since the last time are not found by a re-check until the next.
    absl::Duration refresh = absl::Hours(1);
    // After a refresh that failed.
    absl::Duration retry = absl::Seconds(10);
  };
  // Begins to bring the index up to date at once, in the background. What is referred to outlives the object.
  explicit MatchAnswerer(const Deps& deps);
  ~MatchAnswerer();
  MatchAnswerer(const MatchAnswerer&) = delete;
  MatchAnswerer& operator=(const MatchAnswerer&) = delete;

  // BAD_REQUEST, CODE_UNKNOWN, PURPOSE_DENIED, KEY_UNKNOWN, SOURCE_UNAVAILABLE; SOURCE_NOT_CONFIGURED for a
  // class whose register cannot be listed. Reads only, so a repeat needs
  // no stored answer.
  absl::StatusOr<v1::MatchPersonsResponse> Answer(const v1::MatchPersonsRequest& question,
                                                  const std::string& from_region, const std::string& purpose);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  const Deps deps_;
  Mutex mu_;
  CondVar wakes_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace chuanyu::family_economy
