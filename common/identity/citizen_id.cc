#include "common/identity/citizen_id.h"

#include <algorithm>
#include <ostream>

#include "absl/strings/ascii.h"
#include "common/base/status_macros.h"
#include "common/calendar/age.h"
#include "common/errors/error.h"
#include "common/identity/check_digit.h"

namespace chuanyu {
namespace {

constexpr int kMaxAge = 130;
constexpr size_t kLength = 18;
constexpr size_t kLegacyLength = 15;

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool AllAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isascii(c); });
}

int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// ^[A-Z]{3}\d{12}$, foreign permanent residence cards issued before 2023-12-01.
bool IsOldForeignCard(std::string_view text) {
  return text.size() == kLegacyLength && AllDigits(text.substr(3)) &&
         std::all_of(text.begin(), text.begin() + 3, [](unsigned char c) { return absl::ascii_isupper(c); });
}

DocType KindOf(std::string_view number18) {
  if (number18[0] == '9') return DocType::kForeignPrCard;
  const std::string_view address = number18.substr(0, 6);
  if (address == "810000" || address == "820000" || address == "830000") return DocType::kHmtResidencePermit;
  return DocType::kResidentId;
}

// The address code to look up: a foreign card carries only the province, in digits 2 and 3; the codes of the
// permits are part of the kind and need no table.
std::optional<AddressCodeStatus> AddressStatus(DocType kind, std::string_view number18, Date today,
                                               const AddressCodes& regions) {
  switch (kind) {
    case DocType::kResidentId:
      return regions.StatusOn(number18.substr(0, 6), today);
    case DocType::kForeignPrCard:
      return regions.StatusOn(std::string(number18.substr(1, 2)) + "0000", today);
    case DocType::kHmtResidencePermit:
      break;
  }
  return std::nullopt;
}

// 18 digits, the last perhaps X; the check character is not looked at.
absl::StatusOr<Date> BirthDate(std::string_view number18, Date today, std::string_view field) {
  const auto birth =
      MakeDate(Number(number18.substr(6, 4)), Number(number18.substr(10, 2)), Number(number18.substr(12, 2)));
  if (!birth) return MakeError(Reason::ID_BIRTHDATE, {.field = std::string(field)});
  if (*birth > today || AgeOn(*birth, today) > kMaxAge) {
    return MakeError(Reason::ID_BIRTHDATE_RANGE, {.field = std::string(field)});
  }
  return *birth;
}

// The 18 characters of a 15-digit number: the century put in, the check appended.
absl::StatusOr<std::string> ConvertLegacy(std::string_view number15, std::string_view field) {
  // The 1989 rule gave these sequences to people born in 18xx, for whom "19" would be wrong.
  if (Number(number15.substr(12)) >= 996) {
    return MakeError(Reason::ID_LEGACY15_CENTENARIAN, {.field = std::string(field)});
  }
  std::string number = std::string(number15.substr(0, 6)) + "19" + std::string(number15.substr(6));
  number.push_back(CitizenCheckChar(number));
  // Residents only: the other kinds came after 1999 and never had 15 digits.
  if (KindOf(number) != DocType::kResidentId) {
    return MakeError(Reason::ID_DOC_TYPE,
                     {.field = std::string(field), .detail = "no such 15-digit numbers"});
  }
  return number;
}

}  // namespace

struct CitizenIdMaker {
  static CitizenId Make(DocType kind, std::string_view number, std::optional<Date> birth) {
    CitizenId id;
    id.doc_type_ = kind;
    std::copy(number.begin(), number.end(), id.number_.begin());
    id.size_ = number.size();
    id.birth_date_ = birth;
    return id;
  }
};

std::string CitizenId::identity_key() const {
  return std::to_string(static_cast<int>(doc_type_)) + ":" + canonical();
}

std::optional<Sex> CitizenId::sex() const {
  if (size_ != kLength) return std::nullopt;
  return (number_[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale;
}

std::ostream& operator<<(std::ostream& out, const CitizenId& id) {
  return out << std::string_view(id.number_.data(), 3) << std::string(id.size_ - 3, '*');
}

absl::StatusOr<ParsedCitizenId> ParseCitizenId(std::string_view doc_no, Date today,
                                               const AddressCodes& regions, std::optional<Sex> registered_sex,
                                               std::string_view field) {
  const auto refuse = [field](Reason reason) { return MakeError(reason, {.field = std::string(field)}); };
  // Before the length, which full-width digits have wrong as well: the caller learns what to mend.
  if (!AllAscii(doc_no)) return refuse(Reason::ID_CHARSET);
  if (IsOldForeignCard(doc_no)) {
    return ParsedCitizenId{CitizenIdMaker::Make(DocType::kForeignPrCard, doc_no, std::nullopt), {}};
  }

  std::vector<Warning> warnings;
  std::string number(doc_no);
  if (number.size() == kLegacyLength) {
    if (!AllDigits(number)) return refuse(Reason::ID_CHARSET);
    CHUANYU_ASSIGN_OR_RETURN(number, ConvertLegacy(doc_no, field));
    warnings.push_back(Warning::kIdLegacy15);
  }
  if (number.size() != kLength) return refuse(Reason::ID_LENGTH);
  if (number.back() == 'x') number.back() = 'X';
  const std::string_view first17 = std::string_view(number).substr(0, 17);
  if (!AllDigits(first17) || !(AllDigits(number.substr(17)) || number.back() == 'X')) {
    return refuse(Reason::ID_CHARSET);
  }
  CHUANYU_ASSIGN_OR_RETURN(const Date birth, BirthDate(number, today, field));
  if (CitizenCheckChar(first17) != number.back()) return refuse(Reason::ID_CHECK);

  const DocType kind = KindOf(number);
  const CitizenId id = CitizenIdMaker::Make(kind, number, birth);
  const bool sex_known = registered_sex == Sex::kMale || registered_sex == Sex::kFemale;
  if (sex_known && registered_sex != id.sex()) return refuse(Reason::ID_SEX_MISMATCH);

  const auto address = AddressStatus(kind, number, today, regions);
  if (address == AddressCodeStatus::kUnknown) warnings.push_back(Warning::kIdRegionUnknown);
  if (address == AddressCodeStatus::kAbolished) warnings.push_back(Warning::kIdRegionAbolished);
  return ParsedCitizenId{id, std::move(warnings)};
}

absl::StatusOr<ParsedCitizenId> ParseCitizenIdAs(DocType declared, std::string_view doc_no, Date today,
                                                 const AddressCodes& regions,
                                                 std::optional<Sex> registered_sex, std::string_view field) {
  CHUANYU_ASSIGN_OR_RETURN(ParsedCitizenId parsed,
                           ParseCitizenId(doc_no, today, regions, registered_sex, field));
  if (parsed.id.doc_type() != declared) return MakeError(Reason::ID_DOC_TYPE, {.field = std::string(field)});
  return parsed;
}

}  // namespace chuanyu
