// Reads the policy files; the only file of the rules that knows TOML.
#include <algorithm>
#include <filesystem>
#include <utility>

#include "common/base/status_macros.h"
#include "services/child_welfare/rules/policy.h"

namespace chuanyu::child_welfare {
namespace {

using policy_file::ReadInt;
using policy_file::ReadSource;
using policy_file::ReadSpan;
using policy_file::ReadWord;
using policy_file::Words;

absl::StatusOr<std::vector<v1::ParentCondition>> ReadConditions(const Config& table, const std::string& key) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> letters, table.Strings(key));
  if (letters.empty()) return table.Invalid(key, "names no condition");
  std::vector<v1::ParentCondition> out;
  for (const std::string& letter : letters) {
    const auto condition = ConditionOf(letter);
    if (!condition) return table.Invalid(key, "names a condition that is not known");
    out.push_back(*condition);
  }
  return out;
}

template <typename Value>
absl::StatusOr<std::set<Value>> ReadWordSet(const Config& table, const std::string& key,
                                            const Words<Value>& words) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> texts, table.Strings(key));
  if (texts.empty()) return table.Invalid(key, "is empty");
  std::set<Value> out;
  for (const std::string& text : texts) {
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == text; });
    if (found == words.end()) return table.Invalid(key, "holds a word that is not known");
    out.insert(found->second);
  }
  return out;
}

absl::StatusOr<DecisionTable> ReadDecisions(const Config& period) {
  DecisionTable out;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, period.Tables("decision"));
  for (const Config& row : rows) {
    CHUANYU_ASSIGN_OR_RETURN(const auto ones, ReadConditions(row, "one"));
    CHUANYU_ASSIGN_OR_RETURN(const auto others, ReadConditions(row, "other"));
    CHUANYU_ASSIGN_OR_RETURN(const v1::TableResult result, ReadWord(row, "result", TableResultWords()));
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
    std::set<std::pair<v1::ParentCondition, v1::ParentCondition>> pairs;  // a row may name a pair twice
    for (const v1::ParentCondition one : ones) {
      for (const v1::ParentCondition other : others) pairs.insert(std::minmax(one, other));
    }
    for (const auto& [one, other] : pairs) CHUANYU_RETURN_IF_ERROR(out.Add(row, one, other, result));
  }
  if (const auto pair = out.Missing()) {
    return period.Invalid("decision", "says nothing about the pair " + *pair);
  }
  return out;
}

absl::Status ReadTerms(const Config& period, PolicyDay& out) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, period.Tables("term"));
  for (const Config& row : rows) {
    CHUANYU_ASSIGN_OR_RETURN(const auto conditions, ReadConditions(row, "conditions"));
    TermRule rule;
    CHUANYU_ASSIGN_OR_RETURN(rule.months, ReadInt(row, "months", 1, 120));
    CHUANYU_ASSIGN_OR_RETURN(rule.counted,
                             ReadWord<TermRule::Counted>(row, "counted",
                                                         {{"DECIDED", TermRule::Counted::kDecided},
                                                          {"ELAPSED", TermRule::Counted::kElapsed}}));
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
    for (const v1::ParentCondition condition : conditions) {
      if (!out.terms.emplace(condition, rule).second) return row.Invalid("conditions", "has a term already");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadProofs(const Config& period, PolicyDay& out) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, period.Tables("proof"));
  for (const Config& row : rows) {
    CHUANYU_ASSIGN_OR_RETURN(const auto conditions, ReadConditions(row, "conditions"));
    CHUANYU_ASSIGN_OR_RETURN(const auto kinds, ReadWordSet(row, "documents", EvidenceKindWords()));
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
    for (const v1::ParentCondition condition : conditions) {
      if (!out.proofs.emplace(condition, kinds).second)
        return row.Invalid("conditions", "has proofs already");
    }
  }
  for (const v1::ParentCondition condition : kAllConditions) {
    if (condition != v1::PARENT_CONDITION_NONE && !out.proofs.contains(condition)) {
      return period.Invalid("proof", std::string("says nothing about ") + LetterOf(condition));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<AgeRules> ReadAge(const Config& parent) {
  CHUANYU_ASSIGN_OR_RETURN(const Config table, parent.Table("age"));
  AgeRules out;
  CHUANYU_ASSIGN_OR_RETURN(out.adult_at, ReadInt(table, "adult_at", 1, 30));
  CHUANYU_ASSIGN_OR_RETURN(out.source, ReadSource(table));
  if (!table.Has("studying")) return out;
  CHUANYU_ASSIGN_OR_RETURN(const Config studying, table.Table("studying"));
  StudyRule rule;
  CHUANYU_ASSIGN_OR_RETURN(rule.categories, ReadWordSet(studying, "categories", CategoryWords()));
  CHUANYU_ASSIGN_OR_RETURN(rule.stages, ReadWordSet(studying, "stages", StudyStageWords()));
  CHUANYU_ASSIGN_OR_RETURN(rule.source, ReadSource(studying));
  out.studying = std::move(rule);
  return out;
}

absl::StatusOr<bool> ReadDeported(const Config& parent) {
  CHUANYU_ASSIGN_OR_RETURN(const Config table, parent.Table("deported"));
  CHUANYU_RETURN_IF_ERROR(ReadSource(table).status());
  return table.Bool("only_with_dead_or_missing");
}

// A row for some categories; none names a category twice.
absl::StatusOr<TopUpRules> ReadTopUp(const Config& period) {
  TopUpRules out;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, period.Tables("top_up"));
  for (const Config& row : rows) {
    CHUANYU_ASSIGN_OR_RETURN(const auto categories, ReadWordSet(row, "categories", CategoryWords()));
    CHUANYU_ASSIGN_OR_RETURN(const auto kinds, ReadWordSet(row, "benefits", OtherBenefitWords()));
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
    for (const v1::Category category : categories) {
      if (!out.emplace(category, kinds).second) return row.Invalid("categories", "names one that has a row");
    }
  }
  return out;
}

absl::StatusOr<PolicyDay> ReadDay(const Config& period) {
  PolicyDay out;
  CHUANYU_ASSIGN_OR_RETURN(out.table, ReadDecisions(period));
  CHUANYU_RETURN_IF_ERROR(ReadTerms(period, out));
  CHUANYU_RETURN_IF_ERROR(ReadProofs(period, out));
  CHUANYU_ASSIGN_OR_RETURN(out.deported_only_with_dead_or_missing, ReadDeported(period));
  CHUANYU_ASSIGN_OR_RETURN(out.age, ReadAge(period));
  CHUANYU_ASSIGN_OR_RETURN(const Config move, period.Table("hukou_move"));
  CHUANYU_ASSIGN_OR_RETURN(out.evidence_reusable_months, ReadInt(move, "evidence_months", 0, 120));
  CHUANYU_RETURN_IF_ERROR(ReadSource(move).status());
  CHUANYU_ASSIGN_OR_RETURN(out.top_up, ReadTopUp(period));
  return out;
}

absl::StatusOr<std::map<v1::CareType, int64_t>> ReadStandards(const Config& period) {
  std::map<v1::CareType, int64_t> out;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, period.Tables("standard"));
  for (const Config& row : rows) {
    CHUANYU_ASSIGN_OR_RETURN(const v1::CareType care, ReadWord(row, "care", CareTypeWords()));
    CHUANYU_ASSIGN_OR_RETURN(const int64_t fen, row.Int("fen_month", {.min = 1, .max = kMaxFen}));
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
    if (!out.emplace(care, fen).second) return row.Invalid("care", "has a standard already");
  }
  return out;
}

}  // namespace

class ChildPolicyReader {
 public:
  static absl::Status ReadNational(const Config& file, ChildPolicy& out) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string version, file.String("version"));
    out.version_ = "national " + version;
    const auto read = [](const Config& table, ChildPolicy::Period* period) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(period->day, ReadDay(table));
      return absl::OkStatus();
    };
    CHUANYU_ASSIGN_OR_RETURN(out.periods_, policy_file::ReadPeriods<ChildPolicy::Period>(file, read));
    return file.CheckNoUnknownKeys();
  }

  // Between its periods a region may follow the national text, so they may leave gaps but not overlap.
  static absl::Status ReadRegion(const Config& file, ChildPolicy& out) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string region, file.String("region"));
    CHUANYU_ASSIGN_OR_RETURN(const std::string version, file.String("version"));
    out.version_ += ", " + region + " " + version;
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> periods, file.Tables("period"));
    for (const Config& table : periods) {
      ChildPolicy::Difference difference;
      CHUANYU_ASSIGN_OR_RETURN(difference.in_force, ReadSpan(table));
      if (!out.differences_.empty()) {
        const DateSpan& before = out.differences_.back().in_force;
        if (!before.to || *before.to >= difference.in_force.from) {
          return table.Invalid("from", "overlaps with the period before it");
        }
      }
      if (table.Has("deported")) {
        CHUANYU_ASSIGN_OR_RETURN(difference.deported_only_with_dead_or_missing, ReadDeported(table));
      }
      if (table.Has("age")) {
        CHUANYU_ASSIGN_OR_RETURN(difference.age, ReadAge(table));
      }
      CHUANYU_ASSIGN_OR_RETURN(difference.fen_month, ReadStandards(table));
      if (table.Has("top_up")) {
        CHUANYU_ASSIGN_OR_RETURN(difference.top_up, ReadTopUp(table));
      }
      out.differences_.push_back(std::move(difference));
    }
    return file.CheckNoUnknownKeys();
  }
};

absl::StatusOr<ChildPolicy> ChildPolicy::Load(const std::string& folder, const std::string& region) {
  ChildPolicy out;
  CHUANYU_ASSIGN_OR_RETURN(const Config national, Config::Load(folder + "/national.toml"));
  CHUANYU_RETURN_IF_ERROR(ChildPolicyReader::ReadNational(national, out));
  const std::string path = folder + "/" + region + ".toml";
  if (!std::filesystem::exists(path)) return out;
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  CHUANYU_ASSIGN_OR_RETURN(const std::string named, file.String("region"));
  if (named != region) return file.Invalid("region", "is not the region that the file is named after");
  CHUANYU_RETURN_IF_ERROR(ChildPolicyReader::ReadRegion(file, out));
  return out;
}

absl::StatusOr<ChildPolicy> ChildPolicy::Parse(const std::string& national_toml,
                                               const std::string& region_toml) {
  ChildPolicy out;
  CHUANYU_ASSIGN_OR_RETURN(const Config national, Config::Parse(national_toml, ".", "national.toml"));
  CHUANYU_RETURN_IF_ERROR(ChildPolicyReader::ReadNational(national, out));
  if (region_toml.empty()) return out;
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Parse(region_toml, ".", "region.toml"));
  CHUANYU_RETURN_IF_ERROR(ChildPolicyReader::ReadRegion(file, out));
  return out;
}

}  // namespace chuanyu::child_welfare
