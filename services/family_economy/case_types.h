// What CaseStore is given and gives beside a Verification. Plain values.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/verification.pb.h"
#include "common/calendar/date.h"
#include "common/crypto/blind_index.h"
#include "services/family_economy/rules/household_version.h"

namespace chuanyu::family_economy {

// Under which a check was submitted: the organisation of the caller's certificate and the id it chose.
struct RequestKey {
  std::string org;
  std::string request_id;
};

// Tells two bodies under one request id apart: keyed, because a plain hash of a body about known persons
// could be found by trying.
struct BodyMac {
  std::string hex;
};

// Questions to other regions: exchange request id, serialised question.
using Questions = std::vector<std::pair<std::string, std::string>>;

// A member of a check, and the index by which life events find it.
struct IndexedMember {
  std::string member_id;
  crypto::BlindIndex person;
};

// A check before it has a number.
struct NewCase {
  RequestKey key;
  BodyMac body;
  v1::Verification verification;    // state and remote_queries set, no number, no times
  BodyMac document;                 // over what the authorisation was given for: household, members, file
  HouseholdVersion household = {};  // without version; without id: not frozen
  Questions questions;
  std::vector<crypto::BlindIndex> applicants;  // members, when this is a new application; else empty
  std::vector<IndexedMember> members;          // all of them
  std::string region;                          // own, 6 digits
  std::string county;                          // of the number
  Date today;
  absl::Time now;
};

// Something that a caller does to a check of its organisation.
struct ActOn {
  RequestKey key;
  BodyMac body;
  std::string verification_no;
  int64_t version = 0;  // that the caller has seen; 0 for any
  absl::Time now;
  std::vector<crypto::BlindIndex> applicants = {};  // held for the check again; as in NewCase
  bool needs_authorization = false;                 // AUTH_* when it has ended by another check under it
  bool needs_household = false;                     // STALE_VERSION when its members have changed since
};

// What is known of a person from chuanyu-life-events.
struct KnownLifeEvent {
  crypto::BlindIndex person;
  int64_t sequence = 0;
  v1::MemberLifeEvent event;  // without member
};

// A question of another region's check about a person.
struct ForeignCheck {
  std::string request_id;  // of the question
  crypto::BlindIndex person;
  std::string region;  // 6 digits
  v1::VerificationType type = v1::VERIFICATION_TYPE_UNSPECIFIED;
  absl::Time until;  // when it is over at the latest
};

// A question that the exchange node has not acknowledged, and the check it belongs to.
struct OpenQuestion {
  std::string request_id;
  std::string payload;
  v1::Verification verification;
};

}  // namespace chuanyu::family_economy
