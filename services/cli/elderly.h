// What the verbs of `chuanyu elderly` share.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "chuanyu/elderly_care/v1/elderly_care.grpc.pb.h"
#include "services/cli/command.h"

namespace chuanyu::cli {

absl::StatusOr<std::unique_ptr<elderly_care::v1::ElderlyCare::Stub>> ElderlyStub(const Context& context);

// elderly map, map-subscribe, map-watch, status.
void AddElderlyMap(CLI::App& group, Context& context);
// elderly found, found-act, found-list.
void AddElderlyUnfiled(CLI::App& group, Context& context);

}  // namespace chuanyu::cli
