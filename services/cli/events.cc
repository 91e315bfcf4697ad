// chuanyu events: deaths, moves of the 户籍 and releases from prison that their sources report to their
// region.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "chuanyu/life_events/v1/life_events.grpc.pb.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/client_context.h"
#include "services/cli/batch_progress.h"
#include "services/cli/command.h"
#include "services/cli/table.h"

namespace chuanyu::cli {
namespace {

namespace v1 = life_events::v1;

constexpr int kPerCall = 500;

// A line that was not taken. Nothing of what it says: it is about a person.
struct NotTaken {
  int64_t line;
  std::string reason;
  std::string field;
};

struct Summary {
  int64_t accepted = 0;
  int64_t duplicates = 0;
  std::vector<NotTaken> not_taken;
};

// Field of a line, without the position in the call: "events[3].person.doc_no" is "person.doc_no".
std::string FieldOfLine(const std::string& field) {
  const size_t dot = field.find('.');
  return field.starts_with("events[") && dot != std::string::npos ? field.substr(dot + 1) : field;
}

absl::Status Send(v1::LifeEvents::Stub& stub, const v1::ReportEventsRequest& request,
                  const std::vector<int64_t>& lines, Summary* summary) {
  if (request.events().empty()) return absl::OkStatus();
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(60));
  v1::ReportEventsResponse response;
  const grpc::Status status = stub.ReportEvents(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  if (response.outcomes_size() != request.events_size()) {
    return MakeError(Reason::INTERNAL, {.detail = "the service did not answer for every event"});
  }
  for (int i = 0; i < response.outcomes_size(); ++i) {
    const v1::EventOutcome& outcome = response.outcomes(i);
    if (outcome.outcome() == v1::REPORT_OUTCOME_ACCEPTED) {
      ++summary->accepted;
    } else if (outcome.outcome() == v1::REPORT_OUTCOME_DUPLICATE) {
      ++summary->duplicates;
    } else {
      summary->not_taken.push_back(
          {lines[static_cast<size_t>(i)], outcome.reason(), FieldOfLine(outcome.field())});
    }
  }
  return absl::OkStatus();
}

void Print(const Summary& summary, bool json) {
  if (json) {
    std::printf("{\"accepted\": %lld, \"duplicate\": %lld, \"rejected\": [",
                static_cast<long long>(summary.accepted), static_cast<long long>(summary.duplicates));
    const char* comma = "";
    for (const NotTaken& one : summary.not_taken) {
      std::printf("%s{\"line\": %lld, \"reason\": \"%s\", \"field\": \"%s\"}", comma,
                  static_cast<long long>(one.line), one.reason.c_str(), one.field.c_str());
      comma = ", ";
    }
    std::printf("]}\n");
    return;
  }
  std::printf("accepted %lld  duplicate %lld  rejected %zu\n", static_cast<long long>(summary.accepted),
              static_cast<long long>(summary.duplicates), summary.not_taken.size());
  if (summary.not_taken.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const NotTaken& one : summary.not_taken) {
    const auto reason = ParseReason(one.reason);
    rows.push_back(
        {std::to_string(one.line), one.reason, one.field, reason ? std::string(ReasonTextZh(*reason)) : ""});
  }
  std::printf("%s", FormatTable({"LINE", "REASON", "FIELD", "MEANING"}, rows).c_str());
}

absl::StatusOr<std::vector<std::string>> ReadLines(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) return MakeError(Reason::BAD_REQUEST, {.detail = path + " cannot be read"});
  }
  std::istream& in = path == "-" ? std::cin : file;
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  if (in.bad()) return MakeError(Reason::BAD_REQUEST, {.detail = path + " cannot be read"});
  return lines;
}

// Goes through the whole file, whatever is wrong with single lines. What was sent before a call failed is
// taken; the whole file can be sent again.
absl::Status Import(const Context& context, const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> lines, ReadLines(path));
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(context.connection));
  const auto stub = v1::LifeEvents::NewStub(channel);
  Progress progress("sent", static_cast<int64_t>(lines.size()), isatty(STDERR_FILENO) != 0);
  Summary summary;
  v1::ReportEventsRequest request;
  std::vector<int64_t> sent;
  absl::Status status;
  for (size_t at = 0; at < lines.size() && status.ok(); ++at) {
    const auto line = static_cast<int64_t>(at + 1);
    const bool blank = lines[at].find_first_not_of(" \t\r") == std::string::npos;
    if (!blank) {
      v1::LifeEvent event;
      // The parser's message may repeat what stands in the line, so it is not shown.
      if (google::protobuf::util::JsonStringToMessage(lines[at], &event).ok()) {
        *request.add_events() = std::move(event);
        sent.push_back(line);
      } else {
        summary.not_taken.push_back({line, std::string(ReasonName(Reason::BAD_REQUEST)), ""});
      }
    }
    if (request.events_size() < kPerCall && at + 1 < lines.size()) continue;
    status = Send(*stub, request, sent, &summary);
    request.clear_events();
    sent.clear();
    progress.Show(line, "");
  }
  progress.End();
  Print(summary, context.output == "json");
  CHUANYU_RETURN_IF_ERROR(status);
  if (summary.not_taken.empty()) return absl::OkStatus();
  return MakeError(Reason::BAD_REQUEST, {.detail = "some lines were rejected"});
}

}  // namespace

void AddEvents(CLI::App& app, Context& context) {
  CLI::App* const group = app.add_subcommand(
      "events", "Deaths, moves of the 户籍 and releases from prison, for the systems that report them.");
  group->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  CLI::App* const command =
      group->add_subcommand("import", "Reports the events of a file; a file may be sent again at any time.");
  command->add_option("file", *file, "One LifeEvent in JSON a line, - for standard input")->required();
  AddConnection(*command, context);
  command->callback([=, &context] { context.run = [=, &context] { return Import(context, *file); }; });
}

}  // namespace chuanyu::cli
