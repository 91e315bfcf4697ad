// chuanyu-life-events in the test world, with feeds of the funeral registry, the police and the prisons in
// each region, and what reports to it. family_economy, disability and child_welfare follow it when they are
// there too.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/life_events/v1/life_events.grpc.pb.h"
#include "tests/support/households.h"
#include "tests/support/region.h"
#include "tests/support/region_service.h"

namespace chuanyu::testing {

const RegionService& LifeEvents();

// A death, as the funeral registry of a region reports it.
life_events::v1::LifeEvent DeathOf(const TestPerson& person, const std::string& date, const std::string& id);

// A move of the 户籍, as the police of a region ("police/registry") report it.
life_events::v1::LifeEvent HukouMoveOf(const TestPerson& person, const std::string& from,
                                       const std::string& to, const std::string& date, const std::string& id);

// A system of a region in front of its chuanyu-life-events, "funeral/registry" or another.
class EventsClient {
 public:
  EventsClient(Region& region, const std::string& system);

  // "ACCEPTED", "DUPLICATE", the reason why it was rejected, or that of the call.
  std::string Report(const life_events::v1::LifeEvent& event);
  // Everything after a sequence; the reason of the call on failure.
  absl::StatusOr<life_events::v1::ReadEventsResponse> Read(int64_t after = 0);

 private:
  const std::unique_ptr<life_events::v1::LifeEvents::Stub> stub_;
};

}  // namespace chuanyu::testing
