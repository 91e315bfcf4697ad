// One round of asking about a household: the own registers at once; the other region, and departments of the
// own one that run servers, by questions that are answered later. The first round belongs to Create, each
// further one to a review or to an operator. Blocks on the own registers; thread-safe.
//
// Each question is about one member and the classes of one SourceGroup, so that what a civil-affairs register
// knows at once does not wait for a bank: every group travels, is due and is answered by itself, by the same
// path.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/base/uuid.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/application.h"
#include "services/family_economy/rules/time_limits.h"

namespace chuanyu::family_economy {

// The own registers: the same question and the same matrix of fields as for another region. A register that
// is down answers NOT_CHECKED; an error means that none could be asked.
using AskOwnRegisters = std::function<absl::StatusOr<v1::QueryStatusResponse>(
    const v1::QueryStatusRequest& question, const std::string& purpose)>;

class Rounds {
 public:
  struct Deps {
    std::string own_region;
    std::set<std::string> peer_regions;
    AskOwnRegisters ask_own;
    const WorkCalendar& calendar;
    TimeLimits limits = {};
    // Classes whose source in this region is a department's server.
    std::set<v1::DataClass> own_servers = {};
  };
  explicit Rounds(Deps deps) : deps_(std::move(deps)) {}

  // Adds to `verification` what the own registers say, NOT_CHECKED for members whom nobody can be asked
  // about, and the questions, with their time limits. The questions' payloads, to be stored with them.
  // CALENDAR_NOT_LOADED when a time limit ends in a year without calendar; then nothing was asked.
  absl::StatusOr<Questions> Ask(const Application& application, const std::string& purpose, absl::Time now,
                                v1::Verification* verification);

  // One question, added to `verification`. For what is asked again.
  absl::StatusOr<std::pair<std::string, std::string>> AddQuestion(
      const Application& application, const Member& member, const std::string& purpose,
      const std::vector<v1::DataClass>& classes, absl::Time now, v1::Verification* verification);

 private:
  void AskRegisters(const Application& application, const Member& member, const std::string& purpose,
                    const std::vector<v1::DataClass>& classes, v1::Verification* verification) const;
  absl::Status AddQuestions(const Application& application, const Member& member, const std::string& purpose,
                            const std::vector<v1::DataClass>& classes, absl::Time now,
                            v1::Verification* verification, Questions* questions);

  const Deps deps_;
  UuidV7Generator ids_;
};

}  // namespace chuanyu::family_economy
