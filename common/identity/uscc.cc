#include "common/identity/uscc.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/errors/error.h"
#include "common/identity/check_digit.h"

namespace chuanyu {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
// 机构编制 1, 外交 2, 司法 3, 文化 4, 民政 5, 旅游 6, 宗教 7, 工会 8, 市场监管 9, 军委 A, 农业 N, 其他 Y.
constexpr std::string_view kDepartments = "123456789ANY";

// The classes of the departments whose classes we know; an empty answer means any.
std::string_view KnownClasses(char department) {
  switch (department) {
    case '1':
      return "1239";  // 机关, 事业单位, 群众团体, 其他
    case '5':
      return "1239";  // 社会团体, 民办非企业单位, 基金会, 其他
    case '9':
      return "123";  // 企业, 个体工商户, 农民专业合作社
    default:
      return "";
  }
}

std::vector<Warning> Oddities(std::string_view code) {
  std::vector<Warning> warnings;
  const std::string_view classes = KnownClasses(code[0]);
  if (!classes.empty() && classes.find(code[1]) == std::string_view::npos)
    warnings.push_back(Warning::kUsccClass);
  const std::string_view division = code.substr(2, 6);
  if (!std::all_of(division.begin(), division.end(),
                   [](unsigned char c) { return absl::ascii_isdigit(c); })) {
    warnings.push_back(Warning::kUsccDivision);
  }
  if (OrgCodeCheckChar(code.substr(8, 8)) != code[16]) warnings.push_back(Warning::kUsccOrgCheck);
  return warnings;
}

}  // namespace

struct UsccMaker {
  static Uscc Make(std::string_view code) {
    Uscc uscc;
    std::copy(code.begin(), code.end(), uscc.code_.begin());
    return uscc;
  }
};

absl::StatusOr<ParsedUscc> ParseUscc(std::string_view text, std::string_view field) {
  const auto refuse = [field](Reason reason) { return MakeError(reason, {.field = std::string(field)}); };
  // Before the length, which full-width characters have wrong as well: the caller learns what to mend.
  if (!std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isascii(c); })) {
    return refuse(Reason::USCC_CHARSET);
  }
  if (text.size() != 18) return refuse(Reason::USCC_LENGTH);
  if (text.find_first_not_of(kAlphabet) != std::string_view::npos) return refuse(Reason::USCC_CHARSET);
  if (UsccCheckChar(text.substr(0, 17)) != text[17]) return refuse(Reason::USCC_CHECK);
  if (kDepartments.find(text[0]) == std::string_view::npos) return refuse(Reason::USCC_DEPARTMENT);
  return ParsedUscc{UsccMaker::Make(text), Oddities(text)};
}

}  // namespace chuanyu
