#include "tests/support/batches.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/calendar/china_time.h"
#include "common/crypto/hash.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "tests/support/eventually.h"

namespace chuanyu::testing {

using family_economy::v1::Batch;
using family_economy::v1::BatchChunk;
using family_economy::v1::BatchLine;
using family_economy::v1::BatchLines;
using family_economy::v1::FamilyEconomyBatches;

std::string SyntheticNumber(int64_t n) {
  const std::string digits = absl::StrFormat("500112%04d%02d%02d%03d", 1960 + n / 336'000 % 10,
                                             1 + n / 28'000 % 12, 1 + n / 1'000 % 28, n % 1'000);
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += (digits[i] - '0') * kWeights[i];
  return digits + "10X98765432"[sum % 11];
}

BatchLine SyntheticLine(const std::string& doc_no, int64_t line_no) {
  BatchLine line;
  line.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  line.mutable_person()->set_doc_no(doc_no);
  line.mutable_person()->set_name(kSyntheticName);
  line.set_auth_no(absl::StrFormat("SQ-2026-%d", line_no));
  line.mutable_auth_valid_from()->set_value("2025-01-01");
  line.add_auth_scope(family_economy::v1::DATA_CLASS_A02_MARRIAGE);
  line.add_auth_scope(family_economy::v1::DATA_CLASS_A03_DEATH);
  line.add_auth_scope(family_economy::v1::DATA_CLASS_A10_ASSISTANCE);
  line.set_case_ref(absl::StrFormat("CQ-%d", line_no));
  return line;
}

SyntheticBatch::SyntheticBatch(const std::string& batch_no, int64_t count, int64_t chunk_lines, LineFn line,
                               const std::vector<family_economy::v1::DataClass>& classes)
    : chunk_lines_(chunk_lines), line_(std::move(line)) {
  manifest_.set_batch_no(batch_no);
  manifest_.set_request_id(batch_no);
  manifest_.set_purpose("P-RECHECK");
  manifest_.set_tier(family_economy::v1::BATCH_TIER_MONTHLY);
  manifest_.mutable_as_of()->set_value(absl::FormatTime("%Y-%m-%d", absl::Now(), ChinaTime()));
  for (const family_economy::v1::DataClass data_class : classes) manifest_.add_classes(data_class);
  manifest_.set_count(count);
  std::string hashes;
  for (int64_t number = 0; number < chunks(); ++number) {
    hashes += crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {Chunk(number).lines()}));
  }
  manifest_.set_sm3(crypto::HexEncode(crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {hashes}))));
}

int64_t SyntheticBatch::chunks() const { return (manifest_.count() + chunk_lines_ - 1) / chunk_lines_; }

BatchChunk SyntheticBatch::Chunk(int64_t number) const {
  BatchLines lines;
  const int64_t end = std::min(manifest_.count(), (number + 1) * chunk_lines_);
  for (int64_t at = number * chunk_lines_; at < end; ++at) *lines.add_lines() = line_(at);
  BatchChunk chunk;
  chunk.set_number(number);
  chunk.set_lines(lines.SerializeAsString());
  chunk.set_sm3(crypto::HexEncode(crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {chunk.lines()}))));
  return chunk;
}

absl::StatusOr<Batch> UploadChunks(FamilyEconomyBatches::Stub& stub, const SyntheticBatch& batch,
                                   int64_t from, int64_t to) {
  grpc::ClientContext context;
  family_economy::v1::SubmitBatchResponse response;
  const auto writer = stub.SubmitBatch(&context, &response);
  family_economy::v1::SubmitBatchRequest request;
  *request.mutable_manifest() = batch.manifest();
  bool open = writer->Write(request);
  for (int64_t number = from; open && number < to; ++number) {
    *request.mutable_chunk() = batch.Chunk(number);
    open = writer->Write(request);
  }
  if (open && to < batch.chunks()) {
    const std::string& batch_no = batch.manifest().batch_no();
    Eventually(absl::Seconds(60), [&] {
      const auto now = GetBatch(stub, batch_no);
      return now.ok() && now->chunks_stored() == to;
    });
    context.TryCancel();
    (void)writer->Finish();
    return GetBatch(stub, batch_no);
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return rpc::FromGrpc(status);
  return response.batch();
}

absl::StatusOr<Batch> GetBatch(FamilyEconomyBatches::Stub& stub, const std::string& batch_no) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  rpc::SetDeadline(context, absl::Now() + absl::Seconds(30));
  family_economy::v1::GetBatchRequest request;
  request.set_batch_no(batch_no);
  family_economy::v1::GetBatchResponse response;
  const grpc::Status status = stub.GetBatch(&context, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return response.batch();
}

}  // namespace chuanyu::testing
