// chuanyu audit: what an auditor does, as far as possible without trusting anybody.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "chuanyu/exchange/v1/audit.grpc.pb.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/client_context.h"
#include "services/cli/command.h"
#include "services/cli/table.h"
#include "services/exchange/journal/verify.h"

namespace chuanyu::cli {
namespace {

using exchange::LogCheck;
using exchange::LogReport;
using exchange::LogToVerify;

struct LogArguments {
  std::string dir;
  std::string trust;
  std::string other_dir;
  std::string other_trust;
};

// A trust file as `chuanyu-node trust` prints it.
struct TrustFile {
  std::string origin;
  std::vector<merkle::VerifierKey> checkpoint;
  std::vector<merkle::VerifierKey> cosignature;
};

absl::StatusOr<TrustFile> ReadTrust(const std::string& path) {
  std::ifstream file(path);
  if (!file) return MakeError(Reason::CONFIG_INVALID, {.detail = path + " cannot be read"});
  TrustFile trust;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    CHUANYU_ASSIGN_OR_RETURN(merkle::VerifierKey key, merkle::VerifierKey::Parse(line));
    if (!trust.origin.empty() && key.name() != trust.origin) {
      return MakeError(Reason::CONFIG_INVALID, {.detail = path + " has keys of two nodes"});
    }
    trust.origin = key.name();
    (merkle::IsCosignature(key.type()) ? trust.cosignature : trust.checkpoint).push_back(std::move(key));
  }
  if (trust.checkpoint.empty())
    return MakeError(Reason::CONFIG_INVALID, {.detail = path + " has no checkpoint key"});
  return trust;
}

std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "\"";
}

std::string JsonOf(const std::vector<LogCheck>& checks) {
  std::string out;
  for (const LogCheck& check : checks) {
    absl::StrAppend(&out, out.empty() ? "" : ",", "{\"id\":", JsonText(check.id),
                    ",\"ok\":", check.ok ? "true" : "false", ",\"count\":", check.count,
                    ",\"failure\":", JsonText(check.failure), ",\"place\":", JsonText(check.place), "}");
  }
  return "[" + out + "]";
}

std::string JsonOf(const LogReport& report) {
  return absl::StrCat("{\"origin\":", JsonText(report.origin), ",\"size\":", report.size, ",\"root\":\"",
                      crypto::HexEncode(crypto::View(report.root)),
                      "\",\"ok\":", report.ok() ? "true" : "false", ",\"checks\":", JsonOf(report.checks),
                      "}");
}

void PrintChecks(const std::string& title, const std::vector<LogCheck>& checks) {
  std::vector<std::vector<std::string>> rows;
  for (const LogCheck& check : checks) {
    std::string text = check.text;
    if (!check.ok) absl::StrAppend(&text, ": ", check.failure, " (", check.place, ")");
    rows.push_back({check.ok ? "ok" : "FAILED", std::to_string(check.count), text});
  }
  std::printf("%s\n%s\n", title.c_str(), FormatTable({"RESULT", "CHECKED", "WHAT"}, rows).c_str());
}

void Print(const LogReport& report) {
  PrintChecks(absl::StrCat("Log of ", report.origin, ", ", report.size, " records"), report.checks);
  for (const auto& [witness, size] : report.cosigned) {
    std::printf("Cosigned by %s up to record %llu.\n\n", witness.c_str(),
                static_cast<unsigned long long>(size));
  }
}

absl::Status Verdict(bool ok) {
  return ok ? absl::OkStatus() : MakeError(Reason::PROOF_INVALID, {.detail = "the log does not verify"});
}

absl::StatusOr<LogToVerify> ToVerify(const std::string& dir, const TrustFile& trust,
                                     const TrustFile* witness) {
  LogToVerify log{.dir = dir, .trust = {.origin = trust.origin, .node_keys = trust.checkpoint}};
  if (witness != nullptr) log.trust.witness_keys = witness->cosignature;
  return log;
}

absl::Status VerifyLogs(const LogArguments& args, bool json) {
  CHUANYU_ASSIGN_OR_RETURN(const TrustFile trust, ReadTrust(args.trust));
  if (args.other_dir.empty()) {
    CHUANYU_ASSIGN_OR_RETURN(const LogToVerify log, ToVerify(args.dir, trust, nullptr));
    CHUANYU_ASSIGN_OR_RETURN(const LogReport report, exchange::VerifyLog(log));
    json ? (void)std::printf("%s\n", JsonOf(report).c_str()) : Print(report);
    return Verdict(report.ok());
  }
  CHUANYU_ASSIGN_OR_RETURN(const TrustFile other, ReadTrust(args.other_trust));
  CHUANYU_ASSIGN_OR_RETURN(const LogToVerify first, ToVerify(args.dir, trust, &other));
  CHUANYU_ASSIGN_OR_RETURN(const LogToVerify second, ToVerify(args.other_dir, other, &trust));
  CHUANYU_ASSIGN_OR_RETURN(const exchange::PairReport pair, exchange::VerifyLogPair(first, second));
  if (json) {
    std::printf("{\"first\":%s,\"second\":%s,\"between\":%s,\"ok\":%s}\n", JsonOf(pair.first).c_str(),
                JsonOf(pair.second).c_str(), JsonOf(pair.between).c_str(), pair.ok() ? "true" : "false");
  } else {
    Print(pair.first);
    Print(pair.second);
    PrintChecks("Between the two logs", pair.between);
  }
  return Verdict(pair.ok());
}

absl::Status PrintCheckpoint(const Connection& connection) {
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(connection));
  const auto stub = exchange::v1::Audit::NewStub(channel);
  grpc::ClientContext context;
  rpc::SetDeadline(context, absl::Now() + absl::Seconds(10));
  exchange::v1::GetCheckpointResponse response;
  const grpc::Status status = stub->GetCheckpoint(&context, {}, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  std::printf("%s", response.note().c_str());
  return absl::OkStatus();
}

}  // namespace

void AddAudit(CLI::App& app, Context& context) {
  CLI::App* const audit = app.add_subcommand("audit", "Checks evidence, offline where possible.");
  audit->require_subcommand(1);

  auto args = std::make_shared<LogArguments>();
  CLI::App* const verify = audit->add_subcommand(
      "verify-log",
      "Checks a whole log, or two logs against each other; offline. Exit code 1 when a check fails.");
  verify->add_option("dir", args->dir, "Published folder of the log, a mirror of it, or the journal folder")
      ->required();
  verify->add_option("--trust", args->trust, "Trust file of its node")->required();
  CLI::Option* const other = verify->add_option("--other", args->other_dir, "The other region's log");
  verify->add_option("--other-trust", args->other_trust, "Trust file of the other node")->needs(other);
  other->needs(verify->get_option("--other-trust"));
  verify->callback([args, &context] {
    context.run = [args, &context] { return VerifyLogs(*args, context.output == "json"); };
  });

  CLI::App* const checkpoint = audit->add_subcommand(
      "checkpoint", "Fetches the newest checkpoint with its cosignatures (a C2SP signed note).");
  AddConnection(*checkpoint, context);
  checkpoint->callback(
      [&context] { context.run = [&context] { return PrintCheckpoint(context.connection); }; });
}

}  // namespace chuanyu::cli
