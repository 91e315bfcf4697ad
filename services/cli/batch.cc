// chuanyu batch: the periodic re-check (常态化互查) from the command line.
#include "services/cli/batch.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/batch.grpc.pb.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "grpcpp/client_context.h"
#include "services/cli/batch_file.h"
#include "services/cli/batch_progress.h"
#include "services/cli/command.h"
#include "services/cli/table.h"

namespace chuanyu::cli {

absl::StatusOr<std::unique_ptr<family_economy::v1::FamilyEconomyBatches::Stub>> BatchStub(
    const Context& context) {
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(context.connection));
  return family_economy::v1::FamilyEconomyBatches::NewStub(channel);
}

namespace {

namespace v1 = family_economy::v1;
using Stub = v1::FamilyEconomyBatches::Stub;

struct SubmitOptions {
  std::string file;
  std::string batch_no;
  std::string request_id;
  std::string purpose = "P-RECHECK";
  std::string tier = "MONTHLY";
  std::string as_of;
  std::vector<std::string> classes = {"A02", "A03", "A10", "A11", "A12", "A13"};
};

absl::StatusOr<v1::BatchManifest> ManifestOf(const SubmitOptions& options) {
  v1::BatchManifest manifest;
  manifest.set_batch_no(options.batch_no);
  manifest.set_request_id(options.request_id.empty() ? options.batch_no : options.request_id);
  manifest.set_purpose(options.purpose);
  v1::BatchTier tier = v1::BATCH_TIER_UNSPECIFIED;
  if (!v1::BatchTier_Parse("BATCH_TIER_" + options.tier, &tier)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "--tier"});
  }
  manifest.set_tier(tier);
  manifest.mutable_as_of()->set_value(options.as_of);
  const auto* classes = v1::DataClass_descriptor();
  for (const std::string& code : options.classes) {
    const int before = manifest.classes_size();
    for (int i = 0; i < classes->value_count(); ++i) {
      if (classes->value(i)->name().starts_with("DATA_CLASS_" + code + "_")) {
        manifest.add_classes(static_cast<v1::DataClass>(classes->value(i)->number()));
      }
    }
    if (manifest.classes_size() == before) return MakeError(Reason::CODE_UNKNOWN, {.field = "--classes"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const BatchDigest digest, DigestOf(options.file));
  manifest.set_count(digest.count);
  manifest.set_sm3(digest.sm3);
  return manifest;
}

absl::StatusOr<v1::Batch> Get(Stub& stub, const std::string& batch_no) {
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  v1::GetBatchRequest request;
  request.set_batch_no(batch_no);
  v1::GetBatchResponse response;
  const grpc::Status status = stub.GetBatch(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return std::move(*response.mutable_batch());
}

// Sends what the server does not have yet.
absl::StatusOr<v1::Batch> Upload(Stub& stub, const v1::BatchManifest& manifest, const std::string& path) {
  const absl::StatusOr<v1::Batch> known = Get(stub, manifest.batch_no());
  if (!known.ok() && !HasReason(known.status(), Reason::CASE_NOT_FOUND)) return known.status();
  const int64_t stored = known.ok() ? known->chunks_stored() : 0;
  CHUANYU_ASSIGN_OR_RETURN(BatchFile file, BatchFile::Open(path));
  grpc::ClientContext call;
  v1::SubmitBatchResponse response;
  const auto writer = stub.SubmitBatch(&call, &response);
  v1::SubmitBatchRequest request;
  *request.mutable_manifest() = manifest;
  Progress progress("sent", manifest.count(), isatty(STDERR_FILENO) != 0);
  bool open = writer->Write(request);
  while (open) {
    absl::StatusOr<v1::BatchChunk> chunk = file.Next();
    if (!chunk.ok()) {
      call.TryCancel();
      (void)writer->Finish();
      return chunk.status();
    }
    if (chunk->lines().empty()) break;
    if (chunk->number() < stored) continue;
    *request.mutable_chunk() = *std::move(chunk);
    open = writer->Write(request);
    if (open) progress.Show(file.lines(), "");
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  progress.End();
  if (!status.ok()) return rpc::FromGrpc(status);
  return std::move(*response.mutable_batch());
}

absl::Status Submit(const Context& context, const SubmitOptions& options) {
  CHUANYU_ASSIGN_OR_RETURN(const v1::BatchManifest manifest, ManifestOf(options));
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, BatchStub(context));
  CHUANYU_ASSIGN_OR_RETURN(const v1::Batch batch, Upload(*stub, manifest, options.file));
  if (context.output == "json") {
    PrintJsonLine(batch);
  } else {
    std::printf("%s\n", batch.manifest().batch_no().c_str());
  }
  return absl::OkStatus();
}

std::string Numbers(const v1::Batch& batch) {
  const v1::BatchCounts& counts = batch.counts();
  std::string text = absl::StrFormat("ok %d  hits %d  rejected %d  dup %d  error %d", counts.ok(),
                                     counts.hits(), counts.rejected(), counts.dup(), counts.error());
  for (const v1::RejectedCount& code : counts.rejected_by_code()) {
    absl::StrAppendFormat(&text, "  %s %d", code.code(), code.lines());
  }
  return text;
}

absl::Status Watch(const Context& context, const std::string& batch_no) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, BatchStub(context));
  grpc::ClientContext call;
  v1::WatchBatchRequest request;
  request.set_batch_no(batch_no);
  const auto reader = stub->WatchBatch(&call, request);
  std::unique_ptr<Progress> progress;
  v1::Batch last;
  for (v1::WatchBatchResponse response; reader->Read(&response);) {
    last = response.batch();
    if (context.output == "json") {
      PrintJsonLine(last);
      continue;
    }
    if (progress == nullptr) {
      progress =
          std::make_unique<Progress>("checked", last.manifest().count(), isatty(STDOUT_FILENO) != 0, stdout);
    }
    const v1::BatchCounts& counts = last.counts();
    progress->Show(counts.ok() + counts.rejected() + counts.dup() + counts.error(),
                   absl::StrFormat("%.0f lines/s  %s", last.lines_per_second(), Numbers(last)));
  }
  if (progress != nullptr) progress->End();
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return rpc::FromGrpc(status);
  if (context.output != "json") {
    std::printf("%s %s%s\n", last.manifest().batch_no().c_str(),
                v1::BatchState_Name(last.state()).substr(sizeof("BATCH_STATE_") - 1).c_str(),
                last.outcome().empty() ? "" : (" " + last.outcome()).c_str());
  }
  return absl::OkStatus();
}

absl::Status Results(const Context& context, const std::string& batch_no, const std::string& outcome) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, BatchStub(context));
  v1::ListBatchResultsRequest request;
  request.set_batch_no(batch_no);
  request.set_page_size(1'000);
  v1::LineOutcome which = v1::LINE_OUTCOME_UNSPECIFIED;
  if (!v1::LineOutcome_Parse("LINE_OUTCOME_" + outcome, &which)) return MakeError(Reason::BAD_REQUEST);
  request.set_outcome(which);
  std::vector<std::vector<std::string>> rows;
  do {
    grpc::ClientContext call;
    rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
    v1::ListBatchResultsResponse page;
    const grpc::Status status = stub->ListBatchResults(&call, request, &page);
    if (!status.ok()) return rpc::FromGrpc(status);
    for (const v1::BatchLineResult& line : page.results()) {
      if (context.output == "json") {
        PrintJsonLine(line);
        continue;
      }
      std::string hits;
      for (const v1::ClassResult& result : line.results()) {
        if (result.state() != v1::RESULT_STATE_HIT) continue;
        hits += (hits.empty() ? "" : " ") + v1::DataClass_Name(result.data_class()).substr(11, 3);
      }
      rows.push_back({std::to_string(line.line_no()), line.case_ref(), line.code(), line.field(),
                      line.region().code(), hits});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (context.output != "json") {
    std::printf("%s", FormatTable({"LINE", "CASE", "CODE", "FIELD", "REGION", "HITS"}, rows).c_str());
  }
  return absl::OkStatus();
}

std::string TodayText() { return absl::FormatTime("%Y-%m-%d", absl::Now(), ChinaTime()); }

}  // namespace

void AddBatch(CLI::App& app, Context& context) {
  CLI::App* const group = app.add_subcommand("batch", "The periodic re-check (常态化互查).");
  group->require_subcommand(1);
  auto options = std::make_shared<SubmitOptions>();
  options->as_of = TodayText();
  auto outcome = std::make_shared<std::string>("HIT");

  CLI::App* const submit = group->add_subcommand(
      "submit", "Uploads a file of persons; run again after a break, it goes on where it stopped.");
  submit->add_option("file", options->file, "*.csv with a header, or JSON lines (BatchLine)")->required();
  submit->add_option("--batch-no", options->batch_no, "Number of the batch")->required();
  submit->add_option("--request-id", options->request_id,
                     "Id of the submission; default: the batch's number");
  submit->add_option("--purpose", options->purpose, "P-RECHECK, P-MONITOR or P-REVIEW")
      ->capture_default_str();
  submit->add_option("--tier", options->tier, "YEARLY, HALF_YEARLY, QUARTERLY or MONTHLY")
      ->capture_default_str();
  submit->add_option("--as-of", options->as_of, "Day to check for, YYYY-MM-DD")->capture_default_str();
  submit->add_option("--classes", options->classes, "A01 to A15; those that both regions can list")
      ->capture_default_str();
  AddConnection(*submit, context);
  submit->callback([=, &context] { context.run = [=, &context] { return Submit(context, *options); }; });

  CLI::App* const watch = group->add_subcommand("watch", "Progress of a batch until it is over.");
  watch->add_option("batch_no", options->batch_no)->required();
  AddConnection(*watch, context);
  watch->callback(
      [=, &context] { context.run = [=, &context] { return Watch(context, options->batch_no); }; });

  CLI::App* const results =
      group->add_subcommand("results", "Lines that need attention, in the file's order.");
  results->add_option("batch_no", options->batch_no)->required();
  results->add_option("--outcome", *outcome, "HIT, REJECTED, DUP or ERROR")
      ->check(CLI::IsMember({"HIT", "REJECTED", "DUP", "ERROR"}))
      ->capture_default_str();
  AddConnection(*results, context);
  results->callback([=, &context] {
    context.run = [=, &context] { return Results(context, options->batch_no, *outcome); };
  });
  AddBatchWarnings(*group, context);
}

}  // namespace chuanyu::cli
