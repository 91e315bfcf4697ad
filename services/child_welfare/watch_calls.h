// The watching calls of the front.
#pragma once

#include <string>
#include <utility>

#include "chuanyu/child_welfare/v1/child_welfare.pb.h"
#include "common/case_service/case_watch.h"
#include "services/child_welfare/applications.h"
#include "services/child_welfare/recognitions.h"

namespace chuanyu::child_welfare {

// One application until it is final.
using ApplicationWatch = CaseWatch<Messages>;

// Changes of statuses for one organisation, in order, without end.
class RecognitionWatch final : public Watching<v1::WatchRecognitionsResponse> {
 public:
  RecognitionWatch(WatchingDeps deps, Recognitions& recognitions, std::string org, int64_t after)
      : Watching(std::move(deps), OrgTopic(org)),
        recognitions_(recognitions),
        org_(std::move(org)),
        after_(after) {}

 private:
  absl::StatusOr<Seen> Read() const override;

  Recognitions& recognitions_;
  const std::string org_;
  // Of the look that is under way; there is one at a time, and what it finds is written before the next.
  mutable int64_t after_;
};

}  // namespace chuanyu::child_welfare
