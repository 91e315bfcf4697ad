// What the verbs of `chuanyu child` share.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/child_welfare.grpc.pb.h"
#include "services/cli/case_verbs.h"

namespace chuanyu::cli {

struct ChildVerbs {
  using Stub = child_welfare::v1::ChildWelfare::Stub;
  using Application = child_welfare::v1::Application;
  using State = child_welfare::v1::ApplicationState;
  using CreateRequest = child_welfare::v1::CreateApplicationRequest;
  using CreateResponse = child_welfare::v1::CreateApplicationResponse;
  using GetRequest = child_welfare::v1::GetApplicationRequest;
  using GetResponse = child_welfare::v1::GetApplicationResponse;
  using ListRequest = child_welfare::v1::ListApplicationsRequest;
  using ListResponse = child_welfare::v1::ListApplicationsResponse;
  using WatchRequest = child_welfare::v1::WatchApplicationRequest;
  using WatchResponse = child_welfare::v1::WatchApplicationResponse;
  using ActRequest = child_welfare::v1::PerformStepRequest;
  using ActResponse = child_welfare::v1::PerformStepResponse;
  static constexpr auto kFullView = child_welfare::v1::APPLICATION_VIEW_FULL;
  static constexpr char kColumn[] = "DETERMINATION";

  static std::unique_ptr<Stub> NewStub(const std::shared_ptr<grpc::Channel>& channel) {
    return child_welfare::v1::ChildWelfare::NewStub(channel);
  }
  static bool ParseState(const std::string& name, State* out) {
    return child_welfare::v1::ApplicationState_Parse(name, out);
  }
  static std::string StateName(State state) { return child_welfare::v1::ApplicationState_Name(state); }
  static std::string Column(const Application& application) {
    return application.result().determination_no();
  }
  static void PrintResult(const Application& application);
};

// child check, child check-recognition.
void AddChildRecognition(CLI::App& group, Context& context);

}  // namespace chuanyu::cli
