#include "services/exchange/intake/answer_delivery.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/exchange/intake/answers.h"

namespace chuanyu::exchange {
namespace {

// kAlready: Redis made the change and went away before it said so, and the pipeline asked again. The asker
// has heard nothing yet; that it may hear twice is harmless.
bool IsUndelivered(const TrackResult& result) {
  if (result.outcome == TrackOutcome::kApplied) return true;
  if (result.outcome != TrackOutcome::kAlready) return false;
  return result.state == State::kAnswered || result.state == State::kExpired;
}

}  // namespace

AnswerDelivery::AnswerDelivery(std::string own_region, Mailbox& mailbox)
    : own_region_(std::move(own_region)), mailbox_(mailbox) {}

void AnswerDelivery::OnTracked(std::span<const DurableRecord> records, std::span<const TrackResult> tracked) {
  absl::flat_hash_map<std::string, std::vector<std::shared_ptr<const v1::Answer>>> by_caller;
  for (size_t i = 0; i < std::min(records.size(), tracked.size()); ++i) {
    const v1::JournalRecord& record = records[i].record;
    const bool answers =
        record.kind() == v1::RECORD_KIND_ANSWER_RECEIVED || record.kind() == v1::RECORD_KIND_EXPIRED;
    if (!answers || !IsUndelivered(tracked[i])) continue;
    if (record.from_region() != own_region_ || record.from_system().empty()) continue;
    by_caller[record.from_region() + "/" + record.from_system()].push_back(
        std::make_shared<const v1::Answer>(AnswerFrom(records[i])));
  }
  for (const auto& [caller, answers] : by_caller) mailbox_.Deliver(caller, answers);
}

}  // namespace chuanyu::exchange
