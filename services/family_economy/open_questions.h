// ListOpenQuestions: what is late and where it is stuck. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "services/family_economy/case_store.h"

namespace chuanyu::family_economy {

// Green while more than a fifth of the time between asking and the time limit is left (domain page §3.13).
cases::v1::DeadlineLight LightOf(absl::Time asked, absl::Time due, absl::Time now);

class OpenQuestionList {
 public:
  // What is referred to outlives the object.
  OpenQuestionList(CaseStore& store, const crypto::BlindIndexer& indexer, const Clock& clock,
                   std::string own_region)
      : store_(store), indexer_(indexer), clock_(clock), own_region_(std::move(own_region)) {}

  // Of the checks of `org`; of all when it is empty. BAD_REQUEST.
  absl::StatusOr<v1::ListOpenQuestionsResponse> List(const std::string& org,
                                                     const v1::ListOpenQuestionsRequest& request) const;

 private:
  CaseStore& store_;
  const crypto::BlindIndexer& indexer_;
  const Clock& clock_;
  const std::string own_region_;
};

}  // namespace chuanyu::family_economy
