// What a peer sent goes two ways: requests to the dispatcher, answers to the systems that asked.
#pragma once

#include "services/exchange/dispatch/dispatcher.h"
#include "services/exchange/intake/answer_delivery.h"
#include "services/exchange/pipeline/received.h"

namespace chuanyu::exchange {

class Arrivals final : public ReceivedSink {
 public:
  Arrivals(Dispatcher& dispatcher, AnswerDelivery& delivery) : dispatcher_(dispatcher), delivery_(delivery) {}

  std::optional<WorkerLease> LeaseForArrivals() override { return dispatcher_.LeaseForArrivals(); }
  void OnReceived(std::span<const DurableRecord> records, std::span<const TrackResult> tracked) override {
    dispatcher_.OnReceived(records, tracked);
    delivery_.OnTracked(records, tracked);
  }

 private:
  Dispatcher& dispatcher_;
  AnswerDelivery& delivery_;
};

}  // namespace chuanyu::exchange
