// Questions that nobody waits for any more: taken back here, or withdrawn at the exchange node.
#include <utility>

#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "services/family_economy/remote.h"

namespace chuanyu::family_economy {
namespace {

// A withdrawal costs the node one durable record; answers wait meanwhile, so a tick does not take many.
constexpr int kWithdrawalsPerTick = 100;
constexpr absl::Duration kTimeout = absl::Seconds(5);

// Whether the node has nothing left to do for this request.
bool IsSettled(const absl::Status& told) {
  // STATE_CONFLICT: it has an answer or an end, and an answer is discarded unread when it comes.
  // CASE_NOT_FOUND: it never arrived. When it was on its way, its receipt marks it for withdrawal again.
  return told.ok() || HasReason(told, Reason::STATE_CONFLICT) || HasReason(told, Reason::CASE_NOT_FOUND);
}

}  // namespace

void Remote::WithdrawOpen() {
  const absl::StatusOr<std::vector<std::string>> ids = store_.ToWithdraw(kWithdrawalsPerTick);
  absl::Status failed = ids.status();
  if (ids.ok()) {
    for (const std::string& id : *ids) {
      if (options_.cancel_source) failed = options_.cancel_source(id);
      if (!failed.ok()) break;
      client_->Withdraw(id);
      const absl::Status told = client_->Cancel(id, kTimeout).status();
      failed = IsSettled(told) ? store_.Withdrawn(id) : told;
      if (!failed.ok()) break;  // the next one would wait as long
    }
  }
  // The marks stay: again at the next tick.
  if (std::exchange(withdrawing_fails_, !failed.ok()) || failed.ok()) return;
  LogEvent(Severity::kWarning, "questions_not_withdrawn",
           {{"reason", std::string(ReasonName(ReasonOf(failed).value_or(Reason::PEER_UNAVAILABLE)))}});
}

}  // namespace chuanyu::family_economy
