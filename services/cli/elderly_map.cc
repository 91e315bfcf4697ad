// chuanyu elderly map, map-subscribe, map-watch, status: what everybody may see of filings.
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "grpcpp/client_context.h"
#include "services/cli/elderly.h"
#include "services/cli/verification.h"
#include "services/elderly_care/rules/geojson.h"

namespace chuanyu::cli {
namespace {

namespace ec = elderly_care::v1;

struct Args {
  std::string file;
  std::string region;
  ec::CheckStatusRequest status;
  int64_t after = 0;
};

absl::Status Map(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  std::vector<ec::PublicEntry> entries;
  ec::ListInstitutionsRequest request;
  request.set_page_size(200);
  do {
    grpc::ClientContext call;
    rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
    ec::ListInstitutionsResponse response;
    const grpc::Status status = stub->ListInstitutions(&call, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    for (const ec::PublicEntry& entry : response.entries()) {
      if (args.region.empty() || entry.region() == args.region) entries.push_back(entry);
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  const std::string text = elderly_care::GeoJsonOf(entries);
  if (args.file.empty()) {
    std::fputs(text.c_str(), stdout);
    return absl::OkStatus();
  }
  std::ofstream out(args.file, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  if (!out) return MakeError(Reason::BAD_REQUEST, {.detail = args.file + " cannot be written"});
  std::printf("%zu institutions\n", entries.size());
  return absl::OkStatus();
}

absl::Status Subscribe(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  ec::SubscribeMapRequest request;
  request.mutable_region()->set_code(args.region);
  ec::SubscribeMapResponse response;
  const grpc::Status status = stub->SubscribeMap(&call, request, &response);
  return status.ok() ? absl::OkStatus() : rpc::FromGrpc(status);
}

// Until the call ends.
absl::Status Watch(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  grpc::ClientContext call;
  ec::WatchInstitutionsRequest request;
  request.set_after_sequence(args.after);
  const auto reader = stub->WatchInstitutions(&call, request);
  for (ec::WatchInstitutionsResponse response; reader->Read(&response);) {
    for (const ec::MapChange& change : response.changes()) PrintJson(change);
    std::fflush(stdout);
  }
  const grpc::Status status = reader->Finish();
  return status.ok() ? absl::OkStatus() : rpc::FromGrpc(status);
}

absl::Status Status(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  ec::CheckStatusRequest request = args.status;
  request.mutable_region()->set_code(args.region);
  ec::CheckStatusResponse response;
  const grpc::Status status = stub->CheckStatus(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  if (context.output == "json") {
    PrintJson(response);
  } else {
    std::printf("%s  %s\n", response.filing_no().c_str(),
                ec::FilingStatus_Name(response.status()).substr(sizeof("FILING_STATUS_") - 1).c_str());
  }
  return absl::OkStatus();
}

}  // namespace

void AddElderlyMap(CLI::App& group, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* const map = group.add_subcommand("map", "The public map as GeoJSON (RFC 7946).");
  map->add_option("--out", args->file, "File to write; else to standard output");
  map->add_option("--region", args->region, "Only what this region states, 6 digits");
  map->callback([args, &context] { context.run = [args, &context] { return Map(context, *args); }; });
  CLI::App* const subscribe =
      group.add_subcommand("map-subscribe", "Asks another region for its map, from now on.");
  subscribe->add_option("region", args->region, "6 digits")->required();
  subscribe->callback(
      [args, &context] { context.run = [args, &context] { return Subscribe(context, *args); }; });
  CLI::App* const watch = group.add_subcommand("map-watch", "Changes of the map, one JSON each.");
  watch->add_option("--after", args->after, "Only those after this sequence");
  watch->callback([args, &context] { context.run = [args, &context] { return Watch(context, *args); }; });
  CLI::App* const status = group.add_subcommand("status", "Whether a filing is in force (政策跟着老人走).");
  status->add_option("filing_no", *args->status.mutable_filing_no(), "Of the receipt")->required();
  status->add_option("--region", args->region, "Region that issued it, 6 digits")->required();
  args->status.set_purpose("P-ELDER-SUBSIDY");
  status->add_option("--purpose", *args->status.mutable_purpose(), "P-ELDER-SUBSIDY or P-ELDER-FILE");
  status->callback([args, &context] { context.run = [args, &context] { return Status(context, *args); }; });
  for (CLI::App* const verb : {map, subscribe, watch, status}) AddConnection(*verb, context);
}

}  // namespace chuanyu::cli
