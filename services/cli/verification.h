// What the verbs of `chuanyu verification` share.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/family_economy.grpc.pb.h"
#include "services/cli/command.h"

namespace chuanyu::cli {

namespace v1 = family_economy::v1;

absl::StatusOr<std::unique_ptr<v1::FamilyEconomy::Stub>> Stub(const Context& context);

// What somebody wrote, without line breaks at its end; empty without a path. From a file or standard input
// and never from the command line, which others on the machine can see: a note may speak of persons.
absl::StatusOr<std::string> ReadNote(const std::string& path);

// verification list, overview; verification cancel, revoke, review, decide, archive.
void AddVerificationList(CLI::App& group, Context& context);
void AddVerificationActs(CLI::App& group, Context& context);
// verification open-questions.
void AddVerificationQuestions(CLI::App& group, Context& context);
// verification record.
void AddVerificationProcedure(CLI::App& group, Context& context);
// verification report, check-report.
void AddVerificationReport(CLI::App& group, Context& context);
// verification reveal, audit-events, batch-file.
void AddVerificationReveal(CLI::App& group, Context& context);

}  // namespace chuanyu::cli
