// Numbers of identity documents of people, domain page §2.1.
//
//   CHUANYU_ASSIGN_OR_RETURN(ParsedCitizenId parsed,
//                            ParseCitizenIdAs(DocType::kResidentId, doc_no, today, divisions, sex,
//                            "person.doc_no"));
//
// A CitizenId is made by these parsers only: who holds one holds a number that was checked. It never becomes
// a string by accident and prints as "500***************"; canonical() and identity_key() hand out the number
// and are the places to search for when asking where a number can leak.
//
// The address code in a number tells where the number was first assigned, not where its holder lives:
// jurisdiction and region come from an address (division.h), never from here. Pure, thread-safe.
#pragma once

#include <array>
#include <compare>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/identity/address_codes.h"
#include "common/identity/warning.h"

namespace chuanyu {

// Kinds of document; the numbers are those of chuanyu.type.v1.DocType.
enum class DocType {
  kResidentId = 1,          // 居民身份证
  kHmtResidencePermit = 2,  // 港澳台居民居住证: address code 810000, 820000 or 830000
  kForeignPrCard = 3,  // 外国人永久居留身份证: first digit 9, or the older 3 letters and 12 digits
};

// Sex, GB/T 2261.1-2003.
enum class Sex { kUnknown = 0, kMale = 1, kFemale = 2, kUnspecified = 9 };

struct ParsedCitizenId;

class CitizenId {
 public:
  DocType doc_type() const { return doc_type_; }
  // The number with capital X, 18 characters (15 for the older foreign cards). Personal data.
  std::string canonical() const { return std::string(number_.data(), size_); }
  // "<doc type number>:<canonical>", the identity of the person and the input of blind indexes. Personal
  // data.
  std::string identity_key() const;
  // Nothing for the older foreign cards, which are taken as opaque.
  std::optional<Date> birth_date() const { return birth_date_; }
  // By the parity of digit 17; nothing for the older foreign cards.
  std::optional<Sex> sex() const;

  friend bool operator==(const CitizenId& a, const CitizenId& b) {
    return a.doc_type_ == b.doc_type_ && a.number_ == b.number_;
  }
  friend std::strong_ordering operator<=>(const CitizenId& a, const CitizenId& b) {
    if (a.doc_type_ != b.doc_type_) return a.doc_type_ <=> b.doc_type_;
    return a.number_ <=> b.number_;
  }
  // For hash tables in memory only; a hash of a number must not be stored or logged.
  template <typename H>
  friend H AbslHashValue(H state, const CitizenId& id) {
    return H::combine(std::move(state), id.doc_type_, id.number_);
  }
  // Masked: three characters and stars. common/identity/masking.h has the form for people.
  friend std::ostream& operator<<(std::ostream& out, const CitizenId& id);

 private:
  friend struct CitizenIdMaker;
  CitizenId() = default;

  DocType doc_type_ = DocType::kResidentId;
  std::array<char, 18> number_ = {};
  size_t size_ = 0;
  std::optional<Date> birth_date_;
};

// A checked number and what is odd about it.
struct ParsedCitizenId {
  CitizenId id;
  std::vector<Warning> warnings;
};

// Checks `doc_no` and tells its kind from its form. `today` is the day in Asia/Shanghai; `regions` is asked
// about the address code and can only cause warnings; `registered_sex`, when male or female, must agree with
// digit 17. A 15-digit number becomes the 18-character number of the same person, with kIdLegacy15.
//
// Errors name `field`: ID_LENGTH, ID_CHARSET, ID_BIRTHDATE, ID_BIRTHDATE_RANGE (after `today`, or more than
// 130 years old), ID_CHECK, ID_SEX_MISMATCH, ID_LEGACY15_CENTENARIAN (sequence 996 to 999: a person must
// look).
absl::StatusOr<ParsedCitizenId> ParseCitizenId(std::string_view doc_no, Date today,
                                               const AddressCodes& regions,
                                               std::optional<Sex> registered_sex = std::nullopt,
                                               std::string_view field = "doc_no");

// As above for a document whose kind was declared; ID_DOC_TYPE when the number is of another kind.
absl::StatusOr<ParsedCitizenId> ParseCitizenIdAs(DocType declared, std::string_view doc_no, Date today,
                                                 const AddressCodes& regions,
                                                 std::optional<Sex> registered_sex = std::nullopt,
                                                 std::string_view field = "doc_no");

}  // namespace chuanyu
