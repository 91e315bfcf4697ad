#include "services/family_economy/rules/codes.h"

#include <algorithm>
#include <array>

#include "common/errors/error.h"

namespace chuanyu::family_economy {
namespace {

constexpr std::array<std::string_view, 5> kApplication = {"P-DIBAO", "P-TEKUN", "P-LINSHI", "P-BIANYUAN",
                                                          "P-GANGXING"};
constexpr std::array<std::string_view, 3> kReview = {"P-RECHECK", "P-MONITOR", "P-REVIEW"};
constexpr std::array<std::string_view, 8> kMarital = {"10", "20", "21", "22", "23", "30", "40", "90"};

template <size_t N>
bool Contains(const std::array<std::string_view, N>& table, std::string_view text) {
  return std::find(table.begin(), table.end(), text) != table.end();
}

}  // namespace

bool IsApplicationPurpose(std::string_view purpose) { return Contains(kApplication, purpose); }
bool IsReviewPurpose(std::string_view purpose) { return Contains(kReview, purpose); }
bool HasDibaoRules(std::string_view purpose) {
  return purpose == "P-DIBAO" || purpose == "P-BIANYUAN" || IsReviewPurpose(purpose);
}

absl::Status CheckOfficer(const std::string& officer_id, const std::string& field) {
  if (IsToken(officer_id, 64, ".")) return absl::OkStatus();
  return MakeError(Reason::BAD_REQUEST,
                   {.field = field, .detail = "not an account of 1 to 64 of [A-Za-z0-9._-]"});
}

bool IsMaritalStatus(std::string_view code) { return Contains(kMarital, code); }

bool SameMaritalStatus(std::string_view a, std::string_view b) {
  const auto married = [](std::string_view code) { return code.starts_with('2'); };
  return a == b || (married(a) && married(b));
}

}  // namespace chuanyu::family_economy
