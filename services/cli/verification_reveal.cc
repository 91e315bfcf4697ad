// chuanyu verification reveal, audit-events, batch-file: persons in clear, who has looked at them, and the
// file of a re-check (定期复核) from the families that are due.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/batch.pb.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "google/protobuf/util/json_util.h"
#include "services/cli/call.h"
#include "services/cli/command.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace {

constexpr char kReasonPrefix[] = "REVEAL_REASON_";
constexpr char kTierPrefix[] = "BATCH_TIER_";
constexpr char kKindPrefix[] = "AUDIT_EVENT_KIND_";

struct Args {
  std::string number;
  std::string officer;
  std::string reason;
  std::string note_file;
  std::string due_by;
  std::string tier;
  std::string out;
};

using Stubs = v1::FamilyEconomy::Stub;

absl::StatusOr<v1::RevealPersonsResponse> Reveal(Stubs& stub, const std::string& number,
                                                 v1::RevealReason reason, const std::string& text,
                                                 const std::string& officer) {
  v1::RevealPersonsRequest request;
  request.set_verification_no(number);
  request.set_reason(reason);
  request.set_reason_text(text);
  request.set_officer_id(officer);
  return CallMethod(stub, &Stubs::RevealPersons, request);
}

absl::Status RevealOne(const Context& context, const Args& args) {
  v1::RevealReason reason;
  if (!v1::RevealReason_Parse(kReasonPrefix + args.reason, &reason)) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = "--reason"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string text, ReadNote(args.note_file));
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  CHUANYU_ASSIGN_OR_RETURN(const v1::RevealPersonsResponse response,
                           Reveal(*stub, args.number, reason, text, args.officer));
  PrintJson(response);
  return absl::OkStatus();
}

std::vector<std::string> Line(const v1::AuditEvent& event) {
  const bool about = event.kind() != v1::AUDIT_EVENT_KIND_AUDIT_READ;
  return {std::to_string(event.sequence()),
          absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(event.at().seconds()), ChinaTime()),
          v1::AuditEventKind_Name(event.kind()).substr(sizeof(kKindPrefix) - 1),
          event.actor(),
          event.officer_id(),
          event.verification_no(),
          about ? v1::RevealReason_Name(event.reason()).substr(sizeof(kReasonPrefix) - 1) : "",
          event.reason_text()};
}

// Every page, newest first; the answer is no when somebody has changed the events.
absl::Status AuditEvents(const Context& context) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  v1::ListAuditEventsRequest request;
  request.set_page_size(200);
  int64_t broken_at = 0;
  do {
    CHUANYU_ASSIGN_OR_RETURN(const v1::ListAuditEventsResponse response,
                             CallMethod(*stub, &Stubs::ListAuditEvents, request));
    if (response.broken_at() != 0) broken_at = response.broken_at();
    if (context.output == "json") {
      PrintJson(response);
    } else {
      std::vector<std::vector<std::string>> rows;
      for (const v1::AuditEvent& event : response.events()) rows.push_back(Line(event));
      const std::vector<std::string> header = {"NO",      "TIME",  "EVENT",  "BY",
                                               "OFFICER", "CHECK", "REASON", "TEXT"};
      std::printf("%s", FormatTable(header, rows).c_str());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (broken_at == 0) return absl::OkStatus();
  return MakeError(Reason::COMMITMENT_MISMATCH,
                   {.detail = "event " + std::to_string(broken_at) + " was changed or taken away"});
}

// What a line of a re-check says about a member, as the check has it.
v1::BatchLine LineOf(const v1::VerificationSummary& summary, const v1::Member& member,
                     const v1::Authorization& authorization, const v1::Verification& check) {
  v1::BatchLine line;
  *line.mutable_person() = member.person();
  line.set_auth_no(authorization.auth_no());
  *line.mutable_auth_valid_from() = authorization.valid_from();
  if (authorization.has_valid_to()) *line.mutable_auth_valid_to() = authorization.valid_to();
  *line.mutable_auth_scope() = authorization.scope();
  line.set_case_ref(summary.verification_no());
  line.set_known_marital_code(member.declared_marital_code());
  // A company that was registered since is new.
  *line.mutable_known_until() = check.as_of();
  return line;
}

// A file that nobody else on the machine reads.
class PrivateFile {
 public:
  explicit PrivateFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
  ~PrivateFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;

  bool ok() const { return descriptor_ >= 0; }
  bool Write(const std::string& text) {
    for (size_t at = 0; at < text.size();) {
      const ssize_t wrote = ::write(descriptor_, text.data() + at, text.size() - at);
      if (wrote <= 0) return false;
      at += static_cast<size_t>(wrote);
    }
    return true;
  }

 private:
  const int descriptor_;
};

struct Written {
  int lines = 0;
  int families = 0;
  std::vector<std::string> erased;      // numbers and households
  std::vector<std::string> unnumbered;  // members without a number: nobody finds them by index
};

absl::Status WriteFamily(Stubs& stub, const v1::VerificationSummary& summary, const Args& args,
                         PrivateFile& file, Written& written) {
  if (summary.erased()) {
    written.erased.push_back(summary.verification_no() + "  household " + summary.household_id());
    return absl::OkStatus();
  }
  v1::GetVerificationRequest get;
  get.set_verification_no(summary.verification_no());
  CHUANYU_ASSIGN_OR_RETURN(const v1::GetVerificationResponse check,
                           CallMethod(stub, &Stubs::GetVerification, get));
  CHUANYU_ASSIGN_OR_RETURN(
      const v1::RevealPersonsResponse persons,
      Reveal(stub, summary.verification_no(), v1::REVEAL_REASON_RECHECK, "", args.officer));
  for (const v1::Member& member : persons.household().members()) {
    if (member.person().doc_no().empty()) {
      written.unnumbered.push_back(summary.verification_no() + "  member " + member.member_id());
      continue;
    }
    std::string json;
    const v1::BatchLine line = LineOf(summary, member, persons.authorization(), check.verification());
    if (!google::protobuf::util::MessageToJsonString(line, &json).ok() || !file.Write(json + "\n")) {
      return MakeError(Reason::BAD_REQUEST, {.detail = args.out + " cannot be written"});
    }
    ++written.lines;
  }
  ++written.families;
  return absl::OkStatus();
}

absl::Status WriteFamilies(Stubs& stub, v1::ListVerificationsRequest request, const Args& args,
                           PrivateFile& file, Written& written) {
  do {
    CHUANYU_ASSIGN_OR_RETURN(const v1::ListVerificationsResponse page,
                             CallMethod(stub, &Stubs::ListVerifications, request));
    for (const v1::VerificationSummary& summary : page.verifications()) {
      CHUANYU_RETURN_IF_ERROR(WriteFamily(stub, summary, args, file, written));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::Status BatchFileOf(const Context& context, const Args& args) {
  v1::ListVerificationsRequest request;
  request.set_page_size(200);
  request.mutable_review_due_by()->set_value(args.due_by);
  v1::BatchTier tier;
  if (!v1::BatchTier_Parse(kTierPrefix + args.tier, &tier)) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = "--tier"});
  }
  request.set_review_tier(tier);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  PrivateFile file(args.out);
  if (!file.ok()) {
    return MakeError(Reason::BAD_REQUEST, {.detail = args.out + " is there already, or cannot be written"});
  }
  Written written;
  if (absl::Status failed = WriteFamilies(*stub, std::move(request), args, file, written); !failed.ok()) {
    // Persons in a file that nobody can use; and it would be in the way of the next try.
    ::unlink(args.out.c_str());
    return failed;
  }
  std::printf("%d lines of %d families\n", written.lines, written.families);
  for (const std::string& one : written.erased)
    std::printf("persons erased, add from your files: %s\n", one.c_str());
  for (const std::string& one : written.unnumbered)
    std::printf("without a number, look by hand: %s\n", one.c_str());
  return absl::OkStatus();
}

}  // namespace

void AddVerificationReveal(CLI::App& group, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* const reveal = group.add_subcommand(
      "reveal", "The persons of a check in clear, as JSON; leaves an event for auditors.");
  reveal->add_option("number", args->number, "verification_no")->required();
  reveal
      ->add_option("--reason", args->reason, "IDENTITY, OWN_REQUEST, COMPLAINT, RECHECK, LEGAL_DUTY or OTHER")
      ->required();
  reveal->add_option("--note-file", args->note_file,
                     "File with the reason in words, - for standard input; names nobody");
  CLI::App* const file = group.add_subcommand(
      "batch-file", "Writes the file of a re-check with the families that are due; each leaves an event.");
  file->add_option("--review-due-by", args->due_by, "Families that are due by this day, YYYY-MM-DD")
      ->required();
  file->add_option("--tier", args->tier, "YEARLY, HALF_YEARLY, QUARTERLY or MONTHLY")->required();
  file->add_option("--out", args->out,
                   "File to write, JSON lines for `chuanyu batch submit`; must not be there")
      ->required();
  for (CLI::App* const verb : {reveal, file}) {
    verb->add_option("--officer", args->officer, "The account of who looks, never an ID number")->required();
    AddConnection(*verb, context);
  }
  reveal->callback([=, &context] { context.run = [=, &context] { return RevealOne(context, *args); }; });
  file->callback([=, &context] { context.run = [=, &context] { return BatchFileOf(context, *args); }; });
  CLI::App* const events = group.add_subcommand(
      "audit-events", "Who has looked at persons in clear, newest first; for auditors of the region.");
  AddConnection(*events, context);
  events->callback([&context] { context.run = [&context] { return AuditEvents(context); }; });
}

}  // namespace chuanyu::cli
