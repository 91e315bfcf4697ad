// chuanyu: the command line for operators and auditors.
//
// Exit codes: 0 done; 1 the answer is no (a check failed, a request was refused); 2 the command line is
// wrong; 3 nobody answered.
#include <cstdio>
#include <string>

#include "common/errors/error.h"
#include "services/cli/command.h"

namespace chuanyu::cli {
namespace {

int Report(const absl::Status& status) {
  if (status.ok()) return 0;
  std::string message(status.message());
  // gRPC itself says nothing about a call that the server does not have.
  if (message.empty()) message = absl::StatusCodeToString(status.code());
  if (status.code() == absl::StatusCode::kUnimplemented)
    message += ": the server is another one than this verb is for";
  const std::optional<Reason> reason = ReasonOf(status);
  const std::string zh(reason ? ReasonTextZh(*reason) : "");
  std::fprintf(stderr, "chuanyu: %s%s%s%s\n", message.c_str(), zh.empty() ? "" : " (", zh.c_str(),
               zh.empty() ? "" : ")");
  const std::string field = FieldOf(status);
  if (!field.empty()) std::fprintf(stderr, "field: %s\n", field.c_str());
  const bool unreachable =
      status.code() == absl::StatusCode::kUnavailable || status.code() == absl::StatusCode::kDeadlineExceeded;
  return unreachable ? kUnreachable : kFailed;
}

int Main(int argc, char** argv) {
  CLI::App app("Chuanyu (川渝): the exchange of civil-affairs systems, for operators and auditors.");
  app.require_subcommand(1);
  app.fallthrough();
  Context context;
  app.add_option("-o,--output", context.output, "table or json")->check(CLI::IsMember({"table", "json"}));
  AddVerification(app, context);
  AddChild(app, context);
  AddElderly(app, context);
  AddMarriage(app, context);
  AddDisability(app, context);
  AddBatch(app, context);
  AddEvents(app, context);
  AddOperations(app, context);
  AddAudit(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // CLI11 has no other way to say it
    return app.exit(error) == 0 ? 0 : 2;
  }
  return Report(context.run());
}

}  // namespace
}  // namespace chuanyu::cli

int main(int argc, char** argv) { return chuanyu::cli::Main(argc, argv); }
