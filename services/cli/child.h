// What the verbs of `chuanyu child` share.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/child_welfare.grpc.pb.h"
#include "services/cli/command.h"

namespace chuanyu::cli {

absl::StatusOr<std::unique_ptr<child_welfare::v1::ChildWelfare::Stub>> ChildStub(const Context& context);

// child check, child check-recognition.
void AddChildRecognition(CLI::App& group, Context& context);

}  // namespace chuanyu::cli
