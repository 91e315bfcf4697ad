// Whether two persons may be registered at an office on a day: conditions, kinship, documents, jurisdiction
// (domain page §6.2, §6.3). What needs a register or the network is not decided here. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/marriage/v1/registration.pb.h"
#include "common/errors/error.h"
#include "common/person/person.h"
#include "services/marriage/rules/policy.h"

namespace chuanyu::marriage {

struct Relative {
  v1::KinRelation relation = v1::KIN_RELATION_UNSPECIFIED;
  Person person;
  bool step_or_adoptive = false;
};

struct PartyFacts {
  Person person;
  std::optional<DivisionCode> hukou;
  std::optional<DivisionCode> residence;
  std::string marital_code;
  std::vector<std::pair<v1::DocumentKind, std::optional<Date>>> documents;  // with the last day of validity
  std::vector<Relative> kin;
  bool present = false;
  bool voluntary = false;
  bool declares_no_kin = false;
  bool lacks_capacity = false;
};

// BAD_REQUEST, ID_*, CODE_UNKNOWN, DATE_INVALID, naming the field.
absl::StatusOr<PartyFacts> ParseParty(const v1::Party& party, Date today, const DivisionTable& divisions,
                                      const std::string& field);

struct Couple {
  PartyFacts a;
  PartyFacts b;
};

// Why they may not be married today, each reason once, in the order of the catalogue of the domain page;
// empty: nothing here stands in the way. CODE_UNKNOWN for an address that leads nowhere.
absl::StatusOr<std::vector<Reason>> MarriageRefusals(const Couple& couple, const RegistryOffice& office,
                                                     const MarriagePolicy& policy,
                                                     const DivisionTable& divisions, Date today);
// Why their application for a divorce is not accepted.
absl::StatusOr<std::vector<Reason>> DivorceRefusals(const Couple& couple, const RegistryOffice& office,
                                                    const MarriagePolicy& policy,
                                                    const DivisionTable& divisions, Date today);

// C_KIN for lineal kin and collateral kin within three generations (民法典 §1048), C_MANUAL_REVIEW when the
// tie is by step-parent or adoption, nothing otherwise.
std::optional<Reason> KinshipRefusal(const PartyFacts& a, const PartyFacts& b);

}  // namespace chuanyu::marriage
