// The steps of a joint-handling item: who acts in each, what follows, how long it may take. One TOML file an
// item (deploy/policy/flows), checked as a whole when it is loaded: whatever a case does later, the file has
// said. Immutable, thread-safe.
//
//   [[step]]                                  [[act]]
//   name = "RECEIVED"                         name = "push"
//   kind = "INTAKE"                           from = ["RECEIVED"]
//   working_days = 3                          to = "PUSHED"
//   after_supplement = "RESTART"              by = ["TOWN", "WINDOW"]
//   source = "民办发〔2021〕10号"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/time_limit.h"
#include "common/config/config.h"

namespace chuanyu::cases {

enum class StepKind {
  kIntake,        // where cases begin at the window
  kSupplement,    // 补正: waits for the applicant; the step before it stands still
  kHandover,      // on its way to another organisation
  kReview,        // somebody examines it
  kDecision,      // decided; the applicant is to be told
  kPublicNotice,  // 公示; items about children must not have it
  kEnd,           // nothing follows
};

struct Step {
  std::string name;
  StepKind kind = StepKind::kEnd;
  std::optional<Limit> limit;
  // After a 补正 the limit begins anew (材料收齐之日), instead of going on where it stood.
  bool restarts = false;
};

struct Act {
  std::string name;
  std::vector<std::string> from;
  // Nothing: back to the step that the supplement interrupted.
  std::optional<std::string> to;
  std::vector<std::string> by;  // roles; "SYSTEM" is the service itself
  // Of an act of the service itself that time brings: so long after the step's limit, or after its beginning.
  int working_days_after_limit = 0;
};

class Flow {
 public:
  // What an item may not have, whatever its file says.
  struct Rules {
    std::vector<StepKind> forbidden = {};
    // Steps and acts that the service's code speaks of.
    std::vector<std::string> needed_steps = {};
    std::vector<std::string> needed_acts = {};
  };

  // CONFIG_INVALID, naming file and key: a kind that `rules` forbid, a needed name that is missing, an act
  // that leads nowhere or twice from one step, a step that no case reaches, or from which no end can be
  // reached, a limit without source, an end with acts, a supplement that does not lead back.
  static absl::StatusOr<Flow> Load(const std::string& path, const Rules& rules);
  static absl::StatusOr<Flow> Parse(const std::string& toml, const std::string& name, const Rules& rules);

  const std::vector<Step>& steps() const { return steps_; }
  const std::vector<Act>& acts() const { return acts_; }
  const std::string& version() const { return version_; }
  // nullptr when there is none.
  const Step* FindStep(std::string_view name) const;
  const Act* FindAct(std::string_view step, std::string_view act) const;

 private:
  friend class FlowReader;
  std::string version_;
  std::vector<Step> steps_;  // the first is where cases begin
  std::vector<Act> acts_;
};

}  // namespace chuanyu::cases
