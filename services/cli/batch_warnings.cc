// chuanyu batch warnings, dispose: what the hits of a re-check mean, and what an officer found out about one.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/cli/batch.h"
#include "services/cli/call.h"
#include "services/cli/table.h"

namespace chuanyu::cli {
namespace {

namespace v1 = family_economy::v1;
using Stub = v1::FamilyEconomyBatches::Stub;

constexpr char kKindPrefix[] = "WARNING_KIND_";
constexpr char kDispositionPrefix[] = "WARNING_DISPOSITION_";

struct Args {
  std::string batch_no;
  std::string warning_no;
  std::string disposition;
  std::string officer;
  int64_t version = 0;
};

std::string DispositionOf(const v1::BatchWarning& warning) {
  return v1::WarningDisposition_Name(warning.disposition()).substr(sizeof(kDispositionPrefix) - 1);
}

std::vector<std::string> Line(const v1::BatchWarning& warning) {
  return {warning.due_date().value(), v1::WarningKind_Name(warning.kind()).substr(sizeof(kKindPrefix) - 1),
          warning.warning_no(),       warning.case_ref(),
          warning.region().code(),    warning.owner(),
          DispositionOf(warning),     std::to_string(warning.version())};
}

absl::Status List(const Context& context, const Args& args) {
  v1::ListBatchWarningsRequest request;
  request.set_batch_no(args.batch_no);
  if (!args.disposition.empty()) {
    v1::WarningDisposition disposition;
    if (!v1::WarningDisposition_Parse(kDispositionPrefix + args.disposition, &disposition)) {
      return MakeError(Reason::CODE_UNKNOWN, {.field = "--disposition"});
    }
    request.set_disposition(disposition);
  }
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, BatchStub(context));
  const std::vector<std::string> header = {"DUE",    "WARNING", "NUMBER",      "CASE",
                                           "REGION", "OWNER",   "DISPOSITION", "VERSION"};
  bool any = false;
  do {
    CHUANYU_ASSIGN_OR_RETURN(const v1::ListBatchWarningsResponse response,
                             CallMethod(*stub, &Stub::ListBatchWarnings, request));
    any = any || !response.warnings().empty();
    if (context.output == "json") {
      PrintJson(response);
    } else if (!response.warnings().empty()) {
      std::vector<std::vector<std::string>> rows;
      for (const v1::BatchWarning& warning : response.warnings()) rows.push_back(Line(warning));
      std::printf("%s", FormatTable(header, rows).c_str());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!any && context.output != "json") std::printf("no warnings\n");
  return absl::OkStatus();
}

absl::Status Dispose(const Context& context, const Args& args) {
  v1::SetWarningDispositionRequest request;
  request.set_batch_no(args.batch_no);
  request.set_warning_no(args.warning_no);
  v1::WarningDisposition disposition;
  if (!v1::WarningDisposition_Parse(kDispositionPrefix + args.disposition, &disposition)) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = "--as"});
  }
  request.set_disposition(disposition);
  request.set_officer(args.officer);
  request.set_version(args.version);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, BatchStub(context));
  CHUANYU_ASSIGN_OR_RETURN(const v1::SetWarningDispositionResponse response,
                           CallMethod(*stub, &Stub::SetWarningDisposition, request));
  if (context.output == "json") {
    PrintJson(response);
  } else {
    std::printf("%s  %s  version %lld\n", response.warning().warning_no().c_str(),
                DispositionOf(response.warning()).c_str(),
                static_cast<long long>(response.warning().version()));
  }
  return absl::OkStatus();
}

}  // namespace

void AddBatchWarnings(CLI::App& group, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* const list = group.add_subcommand("warnings", "What the hits of a batch mean for what is paid.");
  list->add_option("batch_no", args->batch_no)->required();
  list->add_option("--disposition", args->disposition, "Only PENDING, CONFIRMED or FALSE");
  AddConnection(*list, context);
  list->callback([=, &context] { context.run = [=, &context] { return List(context, *args); }; });
  CLI::App* const dispose =
      group.add_subcommand("dispose", "Records what a named officer found out about a warning.");
  dispose->add_option("batch_no", args->batch_no)->required();
  dispose->add_option("warning_no", args->warning_no)->required();
  dispose->add_option("--as", args->disposition, "CONFIRMED, FALSE or PENDING")->required();
  dispose->add_option("--officer", args->officer, "The officer's account, never an ID number")->required();
  dispose->add_option("--version", args->version, "Version of the warning that was seen")->required();
  AddConnection(*dispose, context);
  dispose->callback([=, &context] { context.run = [=, &context] { return Dispose(context, *args); }; });
}

}  // namespace chuanyu::cli
