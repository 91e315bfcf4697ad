// Erases what may not be kept any longer: the answers this region gave, and persons and results of checks
// that wait for nothing. 个人信息保护法 §19: no longer than the purpose needs. What proves that something was
// asked and answered stays (journal, events).
//
// One thread of its own, some rows at a time, so that nobody waits for it. Thread-safe.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/periodic.h"
#include "common/clock/clock.h"
#include "services/family_economy/answer_store.h"
#include "services/family_economy/case_store.h"

namespace chuanyu::family_economy {

struct RetentionOptions {
  // A repeat of a question comes within minutes of the first; a month leaves room for a restored node.
  absl::Duration answers = absl::Hours(24 * 30);
  // Domain page §3.4: report + 180 days.
  absl::Duration content = absl::Hours(24 * 180);
  absl::Duration every = absl::Hours(1);
  int max_rows = 1000;  // of each kind in one run
};

class Retention {
 public:
  // All outlive the object. The first run begins at once.
  Retention(CaseStore& cases, AnswerStore& answers, const Clock& clock, const RetentionOptions& options);

  void Stop() { runs_.Stop(); }

 private:
  void Run();

  CaseStore& cases_;
  AnswerStore& answers_;
  const Clock& clock_;
  const RetentionOptions options_;
  Periodic runs_;
};

// How much one run erased.
struct Erased {
  int64_t answers = 0;
  int64_t checks = 0;
  int64_t applicants = 0;
};
// One run. The first error ends it; what was erased before stays so.
absl::StatusOr<Erased> EraseOnce(CaseStore& cases, AnswerStore& answers, absl::Time now,
                                 const RetentionOptions& options);

}  // namespace chuanyu::family_economy
