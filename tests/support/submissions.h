// Requests that a test puts into the exchange directly, beside the family_economy service.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/base/uuid.h"

namespace chuanyu::testing {

// A new request of kLoad to Sichuan's FamilyEconomyProvider about P02 (synthetic), class A10.
exchange::v1::Submission NewSubmission(UuidV7Generator& ids);

// One call with a deadline of its own; the error as MakeError made it.
absl::StatusOr<exchange::v1::Receipt> Submit(exchange::v1::Exchange::Stub& stub,
                                             const exchange::v1::Submission& submission,
                                             absl::Duration limit = absl::Seconds(15));
// Waits for the answer; DEADLINE_EXCEEDED after `limit`.
absl::StatusOr<exchange::v1::Answer> Await(exchange::v1::Exchange::Stub& stub, const std::string& request_id,
                                           absl::Duration limit = absl::Seconds(30));
absl::Status Acknowledge(exchange::v1::Exchange::Stub& stub, const std::string& request_id);
absl::StatusOr<exchange::v1::RequestView> Get(exchange::v1::Exchange::Stub& stub,
                                              const std::string& request_id);

}  // namespace chuanyu::testing
