// A life event as it is taken in, whoever tells of it. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/life_events/v1/life_events.pb.h"
#include "common/person/person.h"

namespace chuanyu::life_events {

// Personal data.
struct ParsedEvent {
  v1::LifeEvent event;  // the person's number canonical
  Person person;
  std::vector<Warning> warnings;
};

// Checks everything that can be checked without asking anybody; errors name a path below `field`. ID_* for
// the number; BAD_REQUEST for a person without one (its reference means nothing in another region) and for a
// malformed source_event_id; CODE_UNKNOWN for a kind or source, and for a division of a move of the 户籍 that
// is none; BAD_REQUEST for a move that moves nothing, and for one that is beside another kind; DATE_INVALID
// for a day that is none, is after `today`, or is before the person was born.
absl::StatusOr<ParsedEvent> ParseEvent(const v1::LifeEvent& event, Date today, const DivisionTable& divisions,
                                       const std::string& field);

}  // namespace chuanyu::life_events
