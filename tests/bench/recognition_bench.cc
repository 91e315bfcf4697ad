// How many recognitions of a child's status one region gets from the other. The children are synthetic.
//
//   recognition_bench prepare --children N ...          gives them a status; prints when they have it
//   recognition_bench load --children N --in-flight K --seconds T ...   asks about them, as a school does
//
// run.py starts the regions, and both are told where to call (--target and so on).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "tests/bench/load.h"
#include "tests/support/children.h"

namespace chuanyu::bench {
namespace {

using namespace child_welfare::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

constexpr char kHukou[] = "511623";  // of the region that is asked

std::string Number(uint64_t n) {
  return testing::ChildNumber(kHukou,
                              "2014" + std::to_string(10 + n / 90 % 3) + std::to_string(10 + n / 5 % 18),
                              static_cast<int>(n % 5));
}

absl::Status Determine(testing::ChildClient& client, int n) {
  const auto filing =
      testing::ChildFiling("bench-" + std::to_string(n), Number(static_cast<uint64_t>(n)), kHukou, kHukou);
  CHUANYU_ASSIGN_OR_RETURN(const Application created, client.Create(filing));
  const std::string& no = created.application_no();
  CHUANYU_RETURN_IF_ERROR(client.AwaitCheck(no, cases::v1::PEER_CHECK_CONFIRMED).status());
  for (const auto& [act, role] :
       {std::pair{"push", "WINDOW"}, {"town_pass", "TOWN"}, {"approve", "COUNTY"}}) {
    CHUANYU_RETURN_IF_ERROR(client.Act(no, act, role).status());
  }
  return absl::OkStatus();
}

std::string Question(uint64_t n, int children) {
  CheckRecognitionRequest request;
  request.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  request.mutable_person()->set_doc_no(Number(n % static_cast<uint64_t>(children)));
  request.mutable_person()->set_name("周测童");
  request.mutable_hukou_code()->set_code(kHukou);
  request.set_purpose("P-CHILD-SERVICE");
  return request.SerializeAsString();
}

// Every child has its status, as the asking side sees it: what is measured is not refusals.
absl::Status CheckAll(testing::ChildClient& client, int children) {
  for (int n = 0; n < children; ++n) {
    CHUANYU_ASSIGN_OR_RETURN(const CheckRecognitionResponse asked,
                             client.Check(Number(static_cast<uint64_t>(n)), kHukou, "P-CHILD-SERVICE"));
    if (!asked.recognition().valid()) return absl::FailedPreconditionError("a child has no status");
  }
  return absl::OkStatus();
}

struct Arguments {
  rpc::ChannelOptions channel;
  int children = 20;
  int in_flight = 64;
  int seconds = 5;
};

absl::Status Run(const std::string& role, const Arguments& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, rpc::OpenChannel(args.channel));
  testing::ChildClient client(channel);
  if (role == "prepare") {
    for (int n = 0; n < args.children; ++n) CHUANYU_RETURN_IF_ERROR(Determine(client, n));
    std::printf("{\"children\": %d}\n", args.children);
    return absl::OkStatus();
  }
  CHUANYU_RETURN_IF_ERROR(CheckAll(client, args.children));
  const LoadResult result =
      RunLoad(channel, {.in_flight = args.in_flight,
                        .method = "/chuanyu.child_welfare.v1.ChildWelfare/CheckRecognition",
                        .payload = [&args](uint64_t n) { return Question(n, args.children); },
                        .duration = absl::Seconds(args.seconds)});
  std::printf("%s\n", result.ToJson().c_str());
  return result.calls == 0 ? absl::InternalError(result.first_error) : absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app("recognitions across regions");
  app.require_subcommand(1);
  Arguments args;
  for (const char* role : {"prepare", "load"}) {
    CLI::App& sub = *app.add_subcommand(role);
    sub.add_option("--target", args.channel.target)->required();
    sub.add_option("--server-spiffe", args.channel.server_spiffe)->required();
    sub.add_option("--cert", args.channel.tls.certificate)->required();
    sub.add_option("--key", args.channel.tls.key)->required();
    sub.add_option("--ca", args.channel.tls.ca)->required();
    sub.add_option("--children", args.children);
    sub.add_option("--in-flight", args.in_flight);
    sub.add_option("--seconds", args.seconds);
  }
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(app.get_subcommands().front()->get_name(), args);
  if (status.ok()) return 0;
  std::fprintf(stderr, "recognition_bench: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace chuanyu::bench

int main(int argc, char** argv) { return chuanyu::bench::Main(argc, argv); }
