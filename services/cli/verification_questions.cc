// chuanyu verification open-questions: what is late, and where it is stuck.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "grpcpp/client_context.h"
#include "services/cli/command.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace {

// "AMBER" of DEADLINE_LIGHT_AMBER.
std::string Without(const std::string& prefix, const std::string& name) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string Minute(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()), ChinaTime());
}

// "A05 A09".
std::string ClassesOf(const v1::OpenQuestionView& question) {
  std::string out;
  for (const int data_class : question.classes()) {
    const std::string name =
        Without("DATA_CLASS_", v1::DataClass_Name(static_cast<v1::DataClass>(data_class)));
    out += (out.empty() ? "" : " ") + name.substr(0, 3);
  }
  return out;
}

std::vector<std::string> Line(const v1::OpenQuestionView& question) {
  return {Without("DEADLINE_LIGHT_", cases::v1::DeadlineLight_Name(question.light())),
          Minute(question.due_time()),
          question.region().code(),
          Without("SOURCE_GROUP_", v1::SourceGroup_Name(question.group())),
          ClassesOf(question),
          Without("QUESTION_HOLDER_", v1::QuestionHolder_Name(question.holder())),
          question.verification_no(),
          question.request_id()};
}

absl::Status List(const Context& context, v1::ListOpenQuestionsRequest request) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  const std::vector<std::string> header = {"LIGHT",   "DUE",     "REGION", "GROUP",
                                           "CLASSES", "HELD BY", "CHECK",  "QUESTION"};
  bool any = false;
  do {
    grpc::ClientContext call;
    rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
    v1::ListOpenQuestionsResponse response;
    const grpc::Status status = stub->ListOpenQuestions(&call, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    any = any || !response.questions().empty();
    if (context.output == "json") {
      PrintJson(response);
    } else if (!response.questions().empty()) {
      std::vector<std::vector<std::string>> rows;
      for (const auto& question : response.questions()) rows.push_back(Line(question));
      std::printf("%s", FormatTable(header, rows).c_str());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!any && context.output != "json") std::printf("no open questions\n");
  return absl::OkStatus();
}

}  // namespace

void AddVerificationQuestions(CLI::App& group, Context& context) {
  auto request = std::make_shared<v1::ListOpenQuestionsRequest>();
  auto region = std::make_shared<std::string>();
  auto overdue = std::make_shared<bool>(false);
  CLI::App* const list =
      group.add_subcommand("open-questions",
                           "Questions that nobody has answered, due first first: of the own "
                           "organisation's checks, for an operator of all.");
  list->add_flag("--overdue", *overdue, "Only those whose time limit has passed");
  list->add_option("--region", *region, "Only those to this region, 6 digits");
  AddConnection(*list, context);
  list->callback([=, &context] {
    request->set_overdue_only(*overdue);
    request->set_region(*region);
    context.run = [=, &context] { return List(context, *request); };
  });
}

}  // namespace chuanyu::cli
