// Whether two persons may be registered at an office on a day: conditions, kinship, documents, jurisdiction
// (domain page §6.2, §6.3). What needs a register or the network is not decided here. Pure, thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/marriage/v1/registration.pb.h"
#include "common/errors/error.h"
#include "common/person/person.h"
#include "services/marriage/rules/kinship.h"
#include "services/marriage/rules/policy.h"

namespace chuanyu::marriage {

struct NamedRelative {
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
  std::vector<NamedRelative> kin;
  bool present = false;
  bool voluntary = false;
  bool declares_no_kin = false;
  bool lacks_capacity = false;
  bool overseas_chinese = false;
};

// BAD_REQUEST, ID_*, CODE_UNKNOWN, DATE_INVALID, naming the field.
absl::StatusOr<PartyFacts> ParseParty(const v1::Party& party, Date today, const DivisionTable& divisions,
                                      const std::string& field);

struct Couple {
  PartyFacts a;
  PartyFacts b;
};

// The relatives that the party names; `key` makes one of a person.
Family FamilyOf(const PartyFacts& party, const std::function<std::string(const Person&)>& key);

// What an examination has found. With none of the three nothing here stands in the way.
struct Findings {
  std::vector<Reason> refusals;           // each once, in the order of the catalogue of the domain page
  std::vector<std::string> missing;       // as Registration.missing_documents
  std::vector<v1::ReviewMatter> reviews;  // what a person must decide, each once
};

// Whether they may be married today. CODE_UNKNOWN for an address that leads nowhere.
absl::StatusOr<Findings> ExamineMarriage(const Couple& couple, const RegistryOffice& office,
                                         const MarriagePolicy& policy, const DivisionTable& divisions,
                                         Date today);
// Whether their application for a divorce is accepted.
absl::StatusOr<Findings> ExamineDivorce(const Couple& couple, const RegistryOffice& office,
                                        const MarriagePolicy& policy, const DivisionTable& divisions,
                                        Date today);

}  // namespace chuanyu::marriage
