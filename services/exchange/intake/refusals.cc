#include "services/exchange/intake/refusals.h"

#include <utility>

#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"

namespace chuanyu::exchange {

Refusals::Refusals(Pipeline& pipeline, const Clock& clock, Limits limits)
    : pipeline_(pipeline),
      clock_(clock),
      limits_("", "", {},
              {{.caller = "*", .requests_per_second = limits.per_second, .burst = limits.burst}}) {}

void Refusals::Record(const Submitter& caller, std::string_view request_id, const v1::JournalRecord& record,
                      const absl::Status& why) {
  if (absl::IsUnavailable(why) || absl::IsInternal(why)) return;
  const std::optional<Reason> reason = ReasonOf(why);
  if (!reason || !MayRecord(caller.Caller())) return;

  Draft draft;
  draft.record = record;
  draft.record.set_kind(v1::RECORD_KIND_REFUSED);
  // What is malformed may hold anything, so it is not repeated here.
  if (IsUuidV7(request_id)) draft.record.set_request_id(std::string(request_id));
  draft.record.clear_legal_basis();
  draft.record.set_from_region(caller.region);
  draft.record.set_from_system(caller.system);
  draft.record.set_outcome(std::string(ReasonName(*reason)));
  WorkGroup group;
  group.drafts.push_back(std::move(draft));
  group.done = [](const Outcome&) {};
  pipeline_.Submit(std::move(group));
}

bool Refusals::MayRecord(const std::string& caller) {
  uint64_t suppressed = 0;
  {
    MutexLock lock(mu_);
    if (!keeper_.Take(limits_, caller, clock_.NowMs())) {
      ++suppressed_[caller];
      return false;
    }
    const auto it = suppressed_.find(caller);
    if (it == suppressed_.end()) return true;
    suppressed = it->second;
    suppressed_.erase(it);
  }
  LogEvent(Severity::kWarning, "refusals_not_journaled", {{"caller", caller}, {"count", suppressed}});
  return true;
}

}  // namespace chuanyu::exchange
