// Reads the policy files; the only file of the rules that knows TOML.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "services/disability/rules/policy.h"

namespace chuanyu::disability {
namespace {

using policy_file::ReadInt;
using policy_file::ReadSource;
using policy_file::ReadSpan;
using policy_file::ReadWord;
using policy_file::Words;

// A hundred thousand yuan a month: far above anything real.
constexpr int64_t kMaxFen = 10'000'000;

// The words of a file are the names of the enum without its prefix.
template <typename Enum>
Words<Enum> WordsOf(const google::protobuf::EnumDescriptor* descriptor, size_t prefix) {
  Words<Enum> out;
  for (int i = 0; i < descriptor->value_count(); ++i) {
    const auto* value = descriptor->value(i);
    if (value->number() == 0) continue;
    out.emplace_back(std::string_view(value->name()).substr(prefix), static_cast<Enum>(value->number()));
  }
  return out;
}
const Words<v1::Status>& StatusWords() {
  static const auto& words =
      *new Words<v1::Status>(WordsOf<v1::Status>(v1::Status_descriptor(), sizeof("STATUS_") - 1));
  return words;
}
const Words<v1::Benefit>& BenefitWords() {
  static const auto& words =
      *new Words<v1::Benefit>(WordsOf<v1::Benefit>(v1::Benefit_descriptor(), sizeof("BENEFIT_") - 1));
  return words;
}
const Words<v1::DisabilityType>& TypeWords() {
  static const auto& words = *new Words<v1::DisabilityType>(
      WordsOf<v1::DisabilityType>(v1::DisabilityType_descriptor(), sizeof("DISABILITY_TYPE_") - 1));
  return words;
}

template <typename Value>
absl::StatusOr<std::set<Value>> ReadSet(const Config& table, const std::string& key,
                                        const Words<Value>& words) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> texts, table.Strings(key));
  if (texts.empty()) return table.Invalid(key, "is missing or empty");
  std::set<Value> out;
  for (const std::string& text : texts) {
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == text; });
    if (found == words.end()) return table.Invalid(key, "holds a word that is not known");
    out.insert(found->second);
  }
  return out;
}

absl::StatusOr<std::set<int>> ReadGrades(const Config& table) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<int64_t> grades, table.Ints("grades"));
  std::set<int> out;
  for (const int64_t grade : grades) {
    if (grade < 1 || grade > 4) return table.Invalid("grades", "holds one that is not 1 to 4");
    out.insert(static_cast<int>(grade));
  }
  if (out.empty()) return table.Invalid("grades", "is missing or empty");
  return out;
}

absl::Status ReadCare(const Config& period, PolicyDay& out) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, period.Tables("care"));
  if (rows.empty()) return period.Invalid("care", "is missing");
  for (const Config& row : rows) {
    CareRule rule;
    CHUANYU_ASSIGN_OR_RETURN(rule.types, ReadSet(row, "types", TypeWords()));
    CHUANYU_ASSIGN_OR_RETURN(rule.grades, ReadGrades(row));
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
    out.care.push_back(std::move(rule));
  }
  CHUANYU_ASSIGN_OR_RETURN(const Config need, period.Table("care_need"));
  CHUANYU_ASSIGN_OR_RETURN(out.care_months, ReadInt(need, "months", 0, 120));
  return ReadSource(need).status();
}

absl::Status ReadExclusions(const Config& period, PolicyDay& out) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, period.Tables("exclusion"));
  std::set<std::pair<v1::Status, v1::Benefit>> seen;
  for (const Config& row : rows) {
    Exclusion one;
    CHUANYU_ASSIGN_OR_RETURN(one.status, ReadWord(row, "status", StatusWords()));
    CHUANYU_ASSIGN_OR_RETURN(one.benefits, ReadSet(row, "benefits", BenefitWords()));
    CHUANYU_ASSIGN_OR_RETURN(one.effect, ReadWord<Effect>(row, "effect",
                                                          {{"NONE", Effect::kNone},
                                                           {"HIGHER_ONLY", Effect::kHigherOnly},
                                                           {"TOP_UP", Effect::kTopUp}}));
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
    for (const v1::Benefit benefit : one.benefits) {
      if (!seen.emplace(one.status, benefit).second) return row.Invalid("status", "has an effect already");
    }
    out.exclusions.push_back(std::move(one));
  }
  return absl::OkStatus();
}

absl::StatusOr<PolicyDay> ReadDay(const Config& period) {
  PolicyDay out;
  CHUANYU_ASSIGN_OR_RETURN(const Config life, period.Table("life"));
  CHUANYU_ASSIGN_OR_RETURN(out.life_families, ReadSet(life, "families", StatusWords()));
  CHUANYU_RETURN_IF_ERROR(ReadSource(life).status());
  CHUANYU_RETURN_IF_ERROR(ReadCare(period, out));
  CHUANYU_RETURN_IF_ERROR(ReadExclusions(period, out));
  return out;
}

}  // namespace

class DisabilityPolicyReader {
 public:
  static absl::Status ReadRules(const Config& file, DisabilityPolicy& out) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string region, file.String("region"));
    CHUANYU_ASSIGN_OR_RETURN(const std::string version, file.String("version"));
    out.version_ = region + " " + version;
    const auto read = [](const Config& table, DisabilityPolicy::Period* period) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(period->day, ReadDay(table));
      return absl::OkStatus();
    };
    CHUANYU_ASSIGN_OR_RETURN(out.periods_, policy_file::ReadPeriods<DisabilityPolicy::Period>(file, read));
    return file.CheckNoUnknownKeys();
  }

  static absl::Status ReadStandards(const Config& file, DisabilityPolicy& out) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string version, file.String("version"));
    absl::StrAppend(&out.version_, ", standards ", version);
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, file.Tables("standard"));
    if (rows.empty()) return file.Invalid("standard", "is missing");
    for (const Config& row : rows) {
      DisabilityPolicy::Standard one;
      CHUANYU_ASSIGN_OR_RETURN(one.in_force, ReadSpan(row));
      CHUANYU_ASSIGN_OR_RETURN(one.benefit, ReadWord(row, "benefit", BenefitWords()));
      CHUANYU_ASSIGN_OR_RETURN(one.grades, ReadGrades(row));
      CHUANYU_ASSIGN_OR_RETURN(one.fen_month, row.Int("fen_month", {.min = 1, .max = kMaxFen}));
      CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
      for (const DisabilityPolicy::Standard& other : out.standards_) {
        if (Meet(one, other)) return row.Invalid("from", "has an amount already for some day and grade");
      }
      out.standards_.push_back(std::move(one));
    }
    return file.CheckNoUnknownKeys();
  }

 private:
  static bool Meet(const DisabilityPolicy::Standard& a, const DisabilityPolicy::Standard& b) {
    if (a.benefit != b.benefit) return false;
    if (std::none_of(a.grades.begin(), a.grades.end(), [&](int grade) { return b.grades.contains(grade); })) {
      return false;
    }
    return a.in_force.Contains(b.in_force.from) || b.in_force.Contains(a.in_force.from);
  }
};

absl::StatusOr<DisabilityPolicy> DisabilityPolicy::Load(const std::string& folder, const std::string& region,
                                                        const std::string& standards_file) {
  DisabilityPolicy out;
  CHUANYU_ASSIGN_OR_RETURN(const Config rules, Config::Load(folder + "/" + region + ".toml"));
  CHUANYU_RETURN_IF_ERROR(DisabilityPolicyReader::ReadRules(rules, out));
  CHUANYU_ASSIGN_OR_RETURN(const Config standards, Config::Load(standards_file));
  CHUANYU_RETURN_IF_ERROR(DisabilityPolicyReader::ReadStandards(standards, out));
  return out;
}

absl::StatusOr<DisabilityPolicy> DisabilityPolicy::Parse(const std::string& rules_toml,
                                                         const std::string& standards_toml) {
  DisabilityPolicy out;
  CHUANYU_ASSIGN_OR_RETURN(const Config rules, Config::Parse(rules_toml, "", "rules.toml"));
  CHUANYU_RETURN_IF_ERROR(DisabilityPolicyReader::ReadRules(rules, out));
  CHUANYU_ASSIGN_OR_RETURN(const Config standards, Config::Parse(standards_toml, "", "standards.toml"));
  CHUANYU_RETURN_IF_ERROR(DisabilityPolicyReader::ReadStandards(standards, out));
  return out;
}

}  // namespace chuanyu::disability
