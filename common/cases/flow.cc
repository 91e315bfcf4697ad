#include "common/cases/flow.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/policy/period.h"

namespace chuanyu::cases {
namespace {

constexpr std::string_view kBack = "BACK";

template <typename Values, typename Value>
bool Contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

absl::StatusOr<Step> ReadStep(const Config& table) {
  Step step;
  CHUANYU_ASSIGN_OR_RETURN(step.name, table.String("name"));
  CHUANYU_ASSIGN_OR_RETURN(step.kind,
                           policy_file::ReadWord<StepKind>(table, "kind",
                                                           {{"INTAKE", StepKind::kIntake},
                                                            {"SUPPLEMENT", StepKind::kSupplement},
                                                            {"HANDOVER", StepKind::kHandover},
                                                            {"REVIEW", StepKind::kReview},
                                                            {"DECISION", StepKind::kDecision},
                                                            {"PUBLIC_NOTICE", StepKind::kPublicNotice},
                                                            {"END", StepKind::kEnd}}));
  if (!table.Has("working_days")) return step;
  if (step.kind == StepKind::kSupplement || step.kind == StepKind::kEnd) {
    return table.Invalid("working_days", "is no limit of an office");
  }
  CHUANYU_ASSIGN_OR_RETURN(const int days, policy_file::ReadInt(table, "working_days", 1, 365));
  step.limit = Limit{.days = days, .unit = Limit::Unit::kWorkingDays};
  CHUANYU_RETURN_IF_ERROR(policy_file::ReadSource(table).status());
  if (table.Has("after_supplement")) {
    CHUANYU_ASSIGN_OR_RETURN(
        step.restarts,
        policy_file::ReadWord<bool>(table, "after_supplement", {{"RESTART", true}, {"RESUME", false}}));
  }
  return step;
}

absl::StatusOr<Act> ReadAct(const Config& table) {
  Act act;
  CHUANYU_ASSIGN_OR_RETURN(act.name, table.String("name"));
  CHUANYU_ASSIGN_OR_RETURN(act.from, table.Strings("from"));
  if (act.from.empty()) return table.Invalid("from", "names no step");
  CHUANYU_ASSIGN_OR_RETURN(const std::string to, table.String("to"));
  if (to != kBack) act.to = to;
  CHUANYU_ASSIGN_OR_RETURN(act.by, table.Strings("by"));
  if (act.by.empty()) return table.Invalid("by", "names no role");
  if (!table.Has("working_days_after_limit")) return act;
  if (act.by != std::vector<std::string>{"SYSTEM"}) return table.Invalid("by", "is not SYSTEM alone");
  CHUANYU_ASSIGN_OR_RETURN(act.working_days_after_limit,
                           policy_file::ReadInt(table, "working_days_after_limit", 0, 365));
  CHUANYU_RETURN_IF_ERROR(policy_file::ReadSource(table).status());
  return act;
}

}  // namespace

class FlowReader {
 public:
  static absl::StatusOr<Flow> Read(const Config& file, const Flow::Rules& rules) {
    Flow flow;
    CHUANYU_ASSIGN_OR_RETURN(flow.version_, file.String("version"));
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> steps, file.Tables("step"));
    for (const Config& table : steps) {
      CHUANYU_ASSIGN_OR_RETURN(Step step, ReadStep(table));
      if (Contains(rules.forbidden, step.kind)) {
        return table.Invalid("kind", "is not allowed for this item");
      }
      if (flow.FindStep(step.name) != nullptr) return table.Invalid("name", "is there twice");
      flow.steps_.push_back(std::move(step));
    }
    if (flow.steps_.empty() || flow.steps_[0].kind != StepKind::kIntake) {
      return file.Invalid("step", "does not begin with a step of kind INTAKE");
    }
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> acts, file.Tables("act"));
    for (const Config& table : acts) {
      CHUANYU_ASSIGN_OR_RETURN(Act act, ReadAct(table));
      CHUANYU_RETURN_IF_ERROR(CheckAct(flow, table, act));
      flow.acts_.push_back(std::move(act));
    }
    CHUANYU_RETURN_IF_ERROR(CheckNeeded(flow, file, rules));
    CHUANYU_RETURN_IF_ERROR(CheckWays(flow, file));
    CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
    return flow;
  }

 private:
  static absl::Status CheckAct(const Flow& flow, const Config& table, const Act& act) {
    if (act.to && flow.FindStep(*act.to) == nullptr) return table.Invalid("to", "is no step");
    for (const std::string& from : act.from) {
      const Step* const step = flow.FindStep(from);
      if (step == nullptr) return table.Invalid("from", "names no step of this flow");
      if (step->kind == StepKind::kEnd) return table.Invalid("from", "names an end");
      if (flow.FindAct(from, act.name) != nullptr) {
        return table.Invalid("name", "is allowed twice in one step");
      }
      if (!act.to && step->kind != StepKind::kSupplement) {
        return table.Invalid("to", "leads back from a step that is no supplement");
      }
      // A supplement interrupts one step; of two in a row nobody could tell where the clock stands.
      if (act.to && flow.FindStep(*act.to)->kind == StepKind::kSupplement &&
          step->kind == StepKind::kSupplement) {
        return table.Invalid("to", "leads from a supplement to a supplement");
      }
    }
    return absl::OkStatus();
  }

  static absl::Status CheckNeeded(const Flow& flow, const Config& file, const Flow::Rules& rules) {
    for (const std::string& name : rules.needed_steps) {
      if (flow.FindStep(name) == nullptr) return file.Invalid("step", "lacks " + name);
    }
    for (const std::string& name : rules.needed_acts) {
      if (std::none_of(flow.acts_.begin(), flow.acts_.end(),
                       [&](const Act& act) { return act.name == name; })) {
        return file.Invalid("act", "lacks " + name);
      }
    }
    return absl::OkStatus();
  }

  // Every step can be reached, and from each an end can be.
  static absl::Status CheckWays(const Flow& flow, const Config& file) {
    std::set<std::string> reached = {flow.steps_[0].name};
    std::set<std::string> ends;
    for (const Step& step : flow.steps_) {
      if (step.kind == StepKind::kEnd) ends.insert(step.name);
    }
    if (ends.empty()) return file.Invalid("step", "has no step of kind END");
    for (size_t round = 0; round < flow.steps_.size(); ++round) {
      for (const Act& act : flow.acts_) {
        for (const std::string& from : act.from) {
          if (!act.to) continue;  // back to where the case has been
          if (reached.contains(from)) reached.insert(*act.to);
          if (ends.contains(*act.to)) ends.insert(from);
        }
      }
      for (const Step& step : flow.steps_) {
        // From a supplement the case goes back, and on from there.
        if (step.kind == StepKind::kSupplement && HasWayBack(flow, step.name)) ends.insert(step.name);
      }
    }
    for (const Step& step : flow.steps_) {
      if (!reached.contains(step.name)) return file.Invalid("step", "is never reached: " + step.name);
      if (!ends.contains(step.name)) return file.Invalid("step", "never comes to an end: " + step.name);
      if (step.kind == StepKind::kSupplement && !HasWayBack(flow, step.name)) {
        return file.Invalid("step", "is a supplement without act to BACK: " + step.name);
      }
    }
    return absl::OkStatus();
  }

  static bool HasWayBack(const Flow& flow, const std::string& step) {
    return std::any_of(flow.acts_.begin(), flow.acts_.end(),
                       [&](const Act& act) { return !act.to && Contains(act.from, step); });
  }
};

absl::StatusOr<Flow> Flow::Load(const std::string& path, const Rules& rules) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  return FlowReader::Read(file, rules);
}

absl::StatusOr<Flow> Flow::Parse(const std::string& toml, const std::string& name, const Rules& rules) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Parse(toml, ".", name));
  return FlowReader::Read(file, rules);
}

const Step* Flow::FindStep(std::string_view name) const {
  const auto found =
      std::find_if(steps_.begin(), steps_.end(), [&](const Step& step) { return step.name == name; });
  return found == steps_.end() ? nullptr : &*found;
}

const Act* Flow::FindAct(std::string_view step, std::string_view act) const {
  const auto found = std::find_if(acts_.begin(), acts_.end(), [&](const Act& each) {
    return each.name == act && Contains(each.from, step);
  });
  return found == acts_.end() ? nullptr : &*found;
}

}  // namespace chuanyu::cases
