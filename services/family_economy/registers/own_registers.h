// One question about a person, answered from the own registers: the same for the other region (provider) and
// for the own region's checks (front). Blocks; thread-safe.
#pragma once

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/identity/division.h"
#include "services/family_economy/registers/field_matrix.h"
#include "services/family_economy/registers/registers.h"

namespace chuanyu::family_economy {

class OwnRegisters {
 public:
  struct Deps {
    const Registers& registers;
    const FieldMatrix& matrix;
    const crypto::BlindIndexer& indexer;
    const DivisionTable& divisions;
    const Clock& clock;
    std::string region;  // 6 digits
    // Classes that a department's server answers (sources/source_desk.h).
    std::set<v1::DataClass> servers = {};
  };
  explicit OwnRegisters(Deps deps) : deps_(std::move(deps)) {}

  // One result for each class asked, in the order asked, ANSWER_PENDING for those of a server; without the
  // fields that `purpose` may not see. A person without a document number is NOT_CHECKED (ID_DOC_TYPE):
  // registers are searched by number. BAD_REQUEST, CODE_UNKNOWN, DATE_INVALID, ID_* naming the field;
  // PURPOSE_DENIED.
  absl::StatusOr<v1::QueryStatusResponse> Answer(const v1::QueryStatusRequest& question,
                                                 const std::string& purpose) const;
  // Whether a department still has to answer.
  static bool IsPending(const v1::QueryStatusResponse& answer);

 private:
  void HideHouseholds(v1::ClassResult* result) const;

  const Deps deps_;
};

}  // namespace chuanyu::family_economy
