// A person as a request names one, and where its 户籍 is. Domain page §2.1, §2.3. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/type/v1/common.pb.h"
#include "chuanyu/type/v1/person.pb.h"
#include "common/calendar/date.h"
#include "common/identity/citizen_id.h"
#include "common/identity/division.h"

namespace chuanyu {

// A person whose document was checked, or one without a number. Personal data.
struct Person {
  std::optional<CitizenId> document;  // nothing: no number is known and `ref` names the person
  std::string ref;
  std::string name;
  type::v1::Sex sex = type::v1::SEX_UNSPECIFIED;

  // Nobody counts as an adult whose age is not known: the stricter rules for minors then hold.
  bool IsAdultOn(Date day) const;
  // (doc type, canonical number): equal for the same person.
  std::pair<uint8_t, std::string> Key() const;
  // As it is asked about in the other region: the number canonical, nothing else added.
  type::v1::PersonRef ToProto() const;
};

// Reads a person. Errors name the field: BAD_REQUEST, ID_*. Appends what is odd about the number to
// `warnings`.
absl::StatusOr<Person> ParsePerson(const type::v1::PersonRef& person, Date today,
                                   const DivisionTable& divisions, const std::string& field,
                                   std::vector<Warning>* warnings);

// Six digits of the region where `code` is on `day`; old codes lead to their successors. CODE_UNKNOWN when
// the code is in no table, is above county level, or its successors are in several regions.
absl::StatusOr<std::string> RegionOf(const type::v1::DivisionCode& code, Date day,
                                     const DivisionTable& divisions, const std::string& field);

// Whether the offices of `county` are competent on `day` for an address. A code that was divided and names no
// town belongs to each successor. CODE_UNKNOWN for what is no code.
absl::StatusOr<bool> IsInCounty(const std::string& code, const std::string& county, Date day,
                                const DivisionTable& divisions);

// Relation of persons, GB/T 4761-2008: 01, 02 and 10 to 99.
bool IsRelation(std::string_view code);

}  // namespace chuanyu
