// What the verbs of `chuanyu marriage` share.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/marriage/v1/marriage.grpc.pb.h"
#include "common/base/status_macros.h"
#include "services/cli/call.h"
#include "services/cli/command.h"

namespace chuanyu::cli {

using MarriageStub = marriage::v1::Marriage::Stub;

struct MarriageArgs {
  std::string what;  // a file, a number or an office
  std::string file;
  std::string region;
  std::string date;
  std::string kind = "MARRIAGE";
  std::string state;
  std::string office;
  std::string view;
  std::string appointment;
  bool fresh_id = false;
  marriage::v1::PerformStepRequest act;
  marriage::v1::VoidCertificateNumberRequest spoilt;
};

namespace marriage_verbs {

absl::StatusOr<std::unique_ptr<MarriageStub>> StubOf(const Context& context);

// One unary call.
template <typename Request, typename Response>
absl::Status Call(const Context& context,
                  grpc::Status (MarriageStub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response* response) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, StubOf(context));
  CHUANYU_ASSIGN_OR_RETURN(*response, CallMethod(*stub, method, request));
  return absl::OkStatus();
}

using MarriageVerb = absl::Status (*)(const Context& context, const MarriageArgs& args);
void Bind(CLI::App& verb, Context& context, const std::shared_ptr<MarriageArgs>& args, MarriageVerb run);

}  // namespace marriage_verbs

// marriage slots, hold, confirm, cancel, check-in, fulfil, appointment, appointments, watch-day.
void AddMarriageBookings(CLI::App& group, Context& context, const std::shared_ptr<MarriageArgs>& args);

}  // namespace chuanyu::cli
