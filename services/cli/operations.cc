// chuanyu overview, chuanyu request: what an operator sees. No personal data: the node has none to show.
#include <cstdio>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "chuanyu/exchange/v1/operations.grpc.pb.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "grpcpp/client_context.h"
#include "services/cli/command.h"
#include "services/cli/table.h"

namespace chuanyu::cli {
namespace {

namespace v1 = exchange::v1;

std::string TimeText(const google::protobuf::Timestamp& time) {
  const absl::Time t = absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  return absl::FormatTime("%Y-%m-%d %H:%M:%E3S", t, ChinaTime());  // Asia/Shanghai
}

std::string StateText(v1::RequestState state) {
  return v1::RequestState_Name(state).substr(sizeof("REQUEST_STATE_") - 1);
}

std::string AgeText(int64_t ms) {
  return absl::FormatDuration(absl::Trunc(absl::Milliseconds(ms), absl::Seconds(1)));
}

void Print(const v1::RequestView& view) {
  std::printf(
      "Request    %s\nState      %s%s%s\nDirection  %s\nCaller     %s\nPeer       %s\nOperation  %s\n"
      "Deadline   %s\nAttempts   %u\nJournal    record %llu\n\n",
      view.request_id().c_str(), StateText(view.state()).c_str(), view.outcome().empty() ? "" : ", ",
      view.outcome().c_str(), view.outbound() ? "we ask" : "we answer", view.caller().c_str(),
      view.peer_region().c_str(), view.operation().c_str(), TimeText(view.deadline()).c_str(),
      view.attempts(), static_cast<unsigned long long>(view.journal_index()));
  std::vector<std::vector<std::string>> rows;
  for (const v1::TimelineEvent& event : view.timeline()) {
    rows.push_back({TimeText(event.at()), event.event(),
                    event.attempt() == 0 ? "" : std::to_string(event.attempt()), event.detail()});
  }
  std::printf("%s", FormatTable({"TIME (Asia/Shanghai)", "EVENT", "ATTEMPT", "DETAIL"}, rows).c_str());
}

void Print(const v1::GetOverviewResponse& overview) {
  std::printf("Journal: %llu records\n\n", static_cast<unsigned long long>(overview.journal_size()));
  std::vector<std::vector<std::string>> links;
  for (const v1::LinkStatus& link : overview.links()) {
    links.push_back({link.peer_region(), link.state(), std::to_string(link.cosigned_size()),
                     std::to_string(link.witnessed_size()), link.reason()});
  }
  std::printf("%s\n",
              FormatTable({"PEER", "LINK", "OURS COSIGNED", "THEIRS WITNESSED", "REASON"}, links).c_str());
  std::vector<std::vector<std::string>> counts;
  for (const v1::StateCount& count : overview.counts()) {
    counts.push_back({count.outbound() ? "we ask" : "we answer", StateText(count.state()),
                      std::to_string(count.count()), AgeText(count.oldest_age_ms())});
  }
  std::printf("%s", FormatTable({"DIRECTION", "STATE", "COUNT", "OLDEST"}, counts).c_str());
}

template <typename Request, typename Response>
absl::Status Ask(const Context& context,
                 grpc::Status (v1::Operations::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Response*),
                 const Request& request, Response& response) {
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(context.connection));
  const auto stub = v1::Operations::NewStub(channel);
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(10));
  const grpc::Status status = ((*stub).*method)(&call, request, &response);
  return status.ok() ? absl::OkStatus() : rpc::FromGrpc(status);
}

}  // namespace

void AddOperations(CLI::App& app, Context& context) {
  CLI::App* const overview =
      app.add_subcommand("overview", "How a node is: links, backlog, the oldest of each state.");
  AddConnection(*overview, context);
  overview->callback([&context] {
    context.run = [&context]() -> absl::Status {
      v1::GetOverviewResponse response;
      CHUANYU_RETURN_IF_ERROR(
          Ask(context, &v1::Operations::Stub::GetOverview, v1::GetOverviewRequest(), response));
      context.output == "json" ? PrintJson(response) : Print(response);
      return absl::OkStatus();
    };
  });

  CLI::App* const request = app.add_subcommand("request", "One request at a node.");
  request->require_subcommand(1);
  CLI::App* const show = request->add_subcommand("show", "State and timeline.");
  auto id = std::make_shared<std::string>();
  show->add_option("request_id", *id, "The request's id")->required();
  AddConnection(*show, context);
  show->callback([id, &context] {
    context.run = [id, &context]() -> absl::Status {
      v1::InspectRequestRequest inspect;
      inspect.set_request_id(*id);
      v1::InspectRequestResponse response;
      CHUANYU_RETURN_IF_ERROR(Ask(context, &v1::Operations::Stub::InspectRequest, inspect, response));
      context.output == "json" ? PrintJson(response) : Print(response.request());
      return absl::OkStatus();
    };
  });
}

}  // namespace chuanyu::cli
