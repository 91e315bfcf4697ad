// chuanyu verification record: what the county has done in its own procedure.
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "common/base/status_macros.h"
#include "services/cli/call.h"
#include "services/cli/command.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace {

using Setter = type::v1::Date* (v1::Procedure::*)();

struct DayOption {
  const char* option;
  const char* what;
  Setter set;
};
const DayOption kDays[] = {
    {"--accepted", "受理", &v1::Procedure::mutable_accepted_date},
    {"--asked", "The county was asked to check", &v1::Procedure::mutable_asked_date},
    {"--survey", "入户调查 began", &v1::Procedure::mutable_survey_date},
    {"--notice-from", "公示, first day", &v1::Procedure::mutable_notice_from},
    {"--notice-to", "公示, last day", &v1::Procedure::mutable_notice_to},
    {"--renotice-from", "再次公示, first day", &v1::Procedure::mutable_renotice_from},
    {"--renotice-to", "再次公示, last day", &v1::Procedure::mutable_renotice_to},
    {"--refusal-told", "The refusal was told to the applicant", &v1::Procedure::mutable_refusal_told_date},
};

struct Args {
  std::string number;
  std::string officer;
  bool special = false;
  std::map<std::string, std::string> days;  // by option
};

// The kinds of check for which the county's limits are known (rules/procedure.h).
bool HasLimits(const v1::Verification& check) {
  return check.type() == v1::VERIFICATION_TYPE_NEW &&
         (check.assist_type() == "P-DIBAO" || check.assist_type() == "P-BIANYUAN");
}

void Print(const v1::Verification& check) {
  for (const v1::DueAct& due : check.due_acts()) {
    std::printf("%s  %s  %s\n", due.due_date().value().c_str(),
                cases::v1::DeadlineLight_Name(due.light()).substr(sizeof("DEADLINE_LIGHT_") - 1).c_str(),
                v1::ProcedureAct_Name(due.act()).substr(sizeof("PROCEDURE_ACT_") - 1).c_str());
  }
  if (!check.due_problem().empty()) std::printf("not counted: %s\n", check.due_problem().c_str());
  if (!check.due_acts().empty() || !check.due_problem().empty()) return;
  std::printf(HasLimits(check)
                  ? "nothing is due\n"
                  : "nothing is due: limits are counted for new applications for 低保 and 低保边缘\n");
}

// What is not named stays as it was entered before; refused when somebody else enters something meanwhile.
absl::Status Record(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  v1::GetVerificationRequest get;
  get.set_verification_no(args.number);
  CHUANYU_ASSIGN_OR_RETURN(const v1::GetVerificationResponse now,
                           CallMethod(*stub, &v1::FamilyEconomy::Stub::GetVerification, get));
  v1::RecordProcedureRequest request;
  request.set_request_id(FreshId());
  request.set_verification_no(args.number);
  request.set_version(now.verification().version());
  request.set_officer_id(args.officer);
  v1::Procedure& procedure = *request.mutable_procedure();
  procedure = now.verification().procedure();
  for (const DayOption& day : kDays) {
    const auto given = args.days.find(day.option);
    if (given != args.days.end() && !given->second.empty()) (procedure.*day.set)()->set_value(given->second);
  }
  if (args.special) procedure.set_special_survey(true);
  CHUANYU_ASSIGN_OR_RETURN(const v1::RecordProcedureResponse response,
                           CallMethod(*stub, &v1::FamilyEconomy::Stub::RecordProcedure, request));
  if (context.output == "json") {
    PrintJson(response);
  } else {
    Print(response.verification());
  }
  return absl::OkStatus();
}

}  // namespace

void AddVerificationProcedure(CLI::App& group, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* const record = group.add_subcommand(
      "record", "Enters what the county has done (days, YYYY-MM-DD); prints what is due next.");
  record->add_option("number", args->number, "verification_no")->required();
  record->add_option("--officer", args->officer, "The officer's account, never an ID number")->required();
  for (const DayOption& day : kDays) record->add_option(day.option, args->days[day.option], day.what);
  record->add_flag("--special", args->special, "A special survey is needed: the longer limit");
  AddConnection(*record, context);
  record->callback([=, &context] { context.run = [=, &context] { return Record(context, *args); }; });
}

}  // namespace chuanyu::cli
