// What the calls of the exchange service work with; all of it outlives the server. Copied by value.
#pragma once

#include "common/base/worker_pool.h"
#include "common/clock/clock.h"
#include "services/exchange/intake/acknowledger.h"
#include "services/exchange/intake/admission.h"
#include "services/exchange/intake/mailbox.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

struct ExchangeDeps {
  Journal& journal;
  Tracker& tracker;
  Admission& admission;
  Mailbox& mailbox;
  Acknowledger& acknowledger;
  WorkerPool& workers;
  const Clock& clock;
};

}  // namespace chuanyu::exchange
