// A call that watches one application until it is final. `T` as in CaseWork, with WatchResponse.
#pragma once

#include <string>
#include <utility>

#include "common/case_service/case_work.h"
#include "common/service/watching.h"

namespace chuanyu {

template <typename T>
class CaseWatch final : public Watching<typename T::WatchResponse> {
 public:
  using Seen = typename Watching<typename T::WatchResponse>::Seen;

  CaseWatch(WatchingDeps deps, CaseWork<T>& work, std::string org, std::string application_no)
      : Watching<typename T::WatchResponse>(std::move(deps), application_no),
        work_(work),
        org_(std::move(org)),
        application_no_(std::move(application_no)) {}

 private:
  absl::StatusOr<Seen> Read() const override {
    CHUANYU_ASSIGN_OR_RETURN(const typename T::Application found, work_.Get(org_, application_no_));
    Seen seen{.version = found.version(), .final = work_.IsOver(found), .response = {}};
    *seen.response.mutable_application() = work_.View(found, false);
    return seen;
  }

  CaseWork<T>& work_;
  const std::string org_;
  const std::string application_no_;
};

}  // namespace chuanyu
