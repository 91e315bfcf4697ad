// Turns answers that have become durable and tracked into messages for the systems that asked. Thread-safe;
// called on the pipeline's tracker thread, so it never waits.
#pragma once

#include <span>
#include <string>

#include "services/exchange/intake/mailbox.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

class AnswerDelivery {
 public:
  AnswerDelivery(std::string own_region, Mailbox& mailbox);

  // Delivers every ANSWER_RECEIVED and EXPIRED record that changed its request, now or in an attempt whose
  // reply was lost, and whose asker is of this region. Other records are passed over. An EXPIRED record needs
  // from_region and from_system.
  void OnTracked(std::span<const DurableRecord> records, std::span<const TrackResult> tracked);

 private:
  const std::string own_region_;
  Mailbox& mailbox_;
};

}  // namespace chuanyu::exchange
