#include "common/exchange_client/outbox.h"

#include <algorithm>
#include <utility>

#include "common/errors/error.h"

namespace chuanyu {

absl::Status Outbox::Add(exchange::v1::Submission submission, ExchangeClient::ReceiptCallback on_receipt) {
  const exchange::v1::Envelope& envelope = submission.envelope();
  const std::string request_id = envelope.request_id();
  if (request_id.empty()) return MakeError(Reason::BAD_REQUEST, {.field = "envelope.request_id"});
  if (!envelope.idempotency_key().empty() && envelope.idempotency_key() != request_id) {
    return MakeError(Reason::BAD_REQUEST, {.field = "envelope.idempotency_key"});
  }
  if (in_flight_.size() >= options_.max_in_flight) {
    return MakeError(Reason::QUOTA, {.detail = "too many submissions without receipt"});
  }
  auto entry = std::make_unique<Entry>();
  auto [it, inserted] = in_flight_.try_emplace(request_id, std::move(entry));
  if (!inserted) return MakeError(Reason::MSG_REPLAYED, {.field = "envelope.request_id"});
  it->second->number = next_number_++;
  it->second->submission = std::move(submission);
  it->second->on_receipt = std::move(on_receipt);
  waiting_.push_back(it->second.get());
  return absl::OkStatus();
}

bool Outbox::TakeBatch(exchange::v1::OpenRequest& request) {
  request.Clear();
  size_t bytes = 0;
  size_t items = 0;
  while (!waiting_.empty() && items < options_.max_batch) {
    Entry* const entry = waiting_.front();
    const size_t size = entry->submission.payload().size();
    if (items > 0 && bytes + size > options_.max_batch_bytes) break;
    bytes += size;
    ++items;
    waiting_.pop_front();
    entry->waiting = false;
    // Copied: the entry stays, to be sent again when the stream breaks before the receipt.
    *request.add_submissions() = entry->submission;
  }
  const size_t acknowledged = std::min(acknowledgements_.size(), options_.max_batch * 4);
  for (size_t i = 0; i < acknowledged; ++i) {
    request.add_acknowledged_request_ids(std::move(acknowledgements_[i]));
  }
  acknowledgements_.erase(acknowledgements_.begin(),
                          acknowledgements_.begin() + static_cast<std::ptrdiff_t>(acknowledged));
  return items > 0 || acknowledged > 0;
}

ExchangeClient::ReceiptCallback Outbox::Settle(const std::string& request_id) {
  const auto it = in_flight_.find(request_id);
  // A receipt can only belong to something that was sent; one for an entry that waits to be sent again would
  // leave a dangling pointer in waiting_.
  if (it == in_flight_.end() || it->second->waiting) return nullptr;
  ExchangeClient::ReceiptCallback callback = std::move(it->second->on_receipt);
  in_flight_.erase(it);
  return callback;
}

ExchangeClient::ReceiptCallback Outbox::TakeBack(const std::string& request_id) {
  const auto it = in_flight_.find(request_id);
  if (it == in_flight_.end()) return nullptr;
  it->second->taken_back = true;
  if (!it->second->waiting) return nullptr;
  waiting_.erase(std::find(waiting_.begin(), waiting_.end(), it->second.get()));
  ExchangeClient::ReceiptCallback callback = std::move(it->second->on_receipt);
  in_flight_.erase(it);
  return callback;
}

std::vector<ExchangeClient::ReceiptCallback> Outbox::SendAllAgain() {
  std::vector<ExchangeClient::ReceiptCallback> taken_back;
  for (auto it = in_flight_.begin(); it != in_flight_.end();) {
    const auto current = it++;  // erasing leaves the others alone
    Entry& entry = *current->second;
    if (entry.waiting) continue;
    if (entry.taken_back) {
      taken_back.push_back(std::move(entry.on_receipt));
      in_flight_.erase(current);
      continue;
    }
    entry.waiting = true;
    waiting_.push_back(&entry);
  }
  std::sort(waiting_.begin(), waiting_.end(),
            [](const Entry* a, const Entry* b) { return a->number < b->number; });
  return taken_back;
}

std::vector<ExchangeClient::ReceiptCallback> Outbox::Abandon() {
  std::vector<ExchangeClient::ReceiptCallback> callbacks;
  callbacks.reserve(in_flight_.size());
  for (auto& [id, entry] : in_flight_) callbacks.push_back(std::move(entry->on_receipt));
  in_flight_.clear();
  waiting_.clear();
  acknowledgements_.clear();
  return callbacks;
}

}  // namespace chuanyu
