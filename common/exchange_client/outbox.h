// What waits to be sent to the exchange node and what was sent and has no receipt yet. Not thread-safe: the
// client guards it with its mutex.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "common/exchange_client/exchange_client.h"

namespace chuanyu {

class Outbox {
 public:
  explicit Outbox(const ExchangeClientOptions& options) : options_(options) {}

  // As ExchangeClient::Submit.
  absl::Status Add(exchange::v1::Submission submission, ExchangeClient::ReceiptCallback on_receipt);
  void AddAcknowledgement(std::string request_id) { acknowledgements_.push_back(std::move(request_id)); }

  // Moves what waits into `request`, up to the limits of the options; false when nothing waits.
  bool TakeBatch(exchange::v1::OpenRequest& request);

  // Forgets a submission and hands back its callback; null when it is not in flight.
  ExchangeClient::ReceiptCallback Settle(const std::string& request_id);

  // As Settle, for one that waits to be sent; null when it is not in flight, or on its way: such a one is not
  // sent again.
  ExchangeClient::ReceiptCallback TakeBack(const std::string& request_id);

  bool Has(const std::string& request_id) const { return in_flight_.contains(request_id); }

  // A new stream begins: what was sent and has no receipt waits again, in the order it was submitted.
  // The callbacks of those that were taken back meanwhile; they are forgotten.
  std::vector<ExchangeClient::ReceiptCallback> SendAllAgain();

  // Forgets everything; the callbacks of what was in flight.
  std::vector<ExchangeClient::ReceiptCallback> Abandon();

  size_t in_flight() const { return in_flight_.size(); }

 private:
  struct Entry {
    uint64_t number = 0;  // order of submission
    bool waiting = true;
    bool taken_back = false;
    exchange::v1::Submission submission;
    ExchangeClient::ReceiptCallback on_receipt;
  };

  const ExchangeClientOptions options_;
  uint64_t next_number_ = 0;
  absl::flat_hash_map<std::string, std::unique_ptr<Entry>> in_flight_;
  std::deque<Entry*> waiting_;  // entries of in_flight_
  std::vector<std::string> acknowledgements_;
};

}  // namespace chuanyu
