// What the verbs of `chuanyu batch` share.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/batch.grpc.pb.h"
#include "services/cli/command.h"

namespace chuanyu::cli {

absl::StatusOr<std::unique_ptr<family_economy::v1::FamilyEconomyBatches::Stub>> BatchStub(
    const Context& context);

// batch warnings, dispose.
void AddBatchWarnings(CLI::App& group, Context& context);

}  // namespace chuanyu::cli
