// What a person is paid: of the own region, or of another through the exchange. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/outbox/outbox_sender.h"
#include "services/disability/desk.h"
#include "services/disability/grants.h"

namespace chuanyu::disability {

class StatusQuery {
 public:
  StatusQuery(const Desk& desk, const Grants& grants) : desk_(desk), grants_(grants) {}
  // Before the first Ask; outlives the object.
  void Attach(OutboxSender& sender) { sender_ = &sender; }

  // Blocks for what is stored here; `done` runs once, at once for the own region, else with the answer:
  // PEER_UNAVAILABLE when there is none within a few seconds.
  using Done = std::function<void(absl::StatusOr<v1::QueryBenefitsResponse>)>;
  void Ask(const v1::QueryBenefitsRequest& request, Done done) const;

  // As the provider's call.
  absl::StatusOr<v1::QueryStatusResponse> Answer(const std::string& purpose,
                                                 const v1::QueryStatusRequest& request) const;

 private:
  absl::StatusOr<v1::QueryStatusRequest> Prepare(const v1::QueryBenefitsRequest& request,
                                                 std::string* region) const;

  const Desk& desk_;
  const Grants& grants_;
  OutboxSender* sender_ = nullptr;
};

}  // namespace chuanyu::disability
