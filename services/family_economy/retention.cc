#include "services/family_economy/retention.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "services/family_economy/rules/lifecycle.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

// The exchange takes no longer deadline than 366 days: after that no repeat of a question can come.
constexpr absl::Duration kRepeatsEnd = absl::Hours(24 * 367);

}  // namespace

absl::StatusOr<Erased> EraseOnce(CaseStore& cases, AnswerStore& answers, absl::Time now,
                                 const RetentionOptions& options) {
  Erased out;
  CHUANYU_ASSIGN_OR_RETURN(
      out.answers,
      answers.Erase(now - options.answers, now - std::max(options.answers, kRepeatsEnd), options.max_rows));
  CHUANYU_ASSIGN_OR_RETURN(out.applicants, cases.ReleaseApplicants(now, options.max_rows));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> numbers,
                           cases.KeptSince(now - options.content, options.max_rows));
  for (const std::string& number : numbers) {
    bool erased = false;
    const auto erase = [&](v1::Verification* check) {
      // It may have been contested since it was found.
      erased = !check->erased() && !IsPending(check->state());
      if (erased) EraseAtRetention({.name = "", .now = now}, check);
      return erased;
    };
    CHUANYU_RETURN_IF_ERROR(cases.Change(number, now, erase).status());
    out.checks += erased ? 1 : 0;
  }
  return out;
}

Retention::Retention(CaseStore& cases, AnswerStore& answers, const Clock& clock,
                     const RetentionOptions& options)
    : cases_(cases), answers_(answers), clock_(clock), options_(options), runs_(options.every, [this] {
        Run();
      }) {
  runs_.Start();
}

void Retention::Run() {
  const absl::StatusOr<Erased> erased = EraseOnce(cases_, answers_, clock_.Now(), options_);
  if (!erased.ok()) {
    const Reason reason = ReasonOf(erased.status()).value_or(Reason::STORE_UNAVAILABLE);
    LogEvent(Severity::kError, "retention_failed", {{"reason", std::string(ReasonName(reason))}});
  } else if (erased->answers + erased->checks + erased->applicants > 0) {
    LogEvent(Severity::kInfo, "retention_erased",
             {{"answers", erased->answers}, {"checks", erased->checks}, {"applicants", erased->applicants}});
  }
}

}  // namespace chuanyu::family_economy
