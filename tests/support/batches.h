// Batches of the periodic re-check for tests and the benchmark: synthetic persons by number, the registers
// that some of them are in, chunks and the manifest over them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/batch.grpc.pb.h"

namespace chuanyu::testing {

// The n-th synthetic resident number with the right check digit, 0 <= n < 3,360,000. Made up: sequences and
// dates are counted through, nobody was asked for.
std::string SyntheticNumber(int64_t n);

// The name of all of them.
inline constexpr char kSyntheticName[] = "合成甲";

// A line about that number, with an authorisation for A02, A03 and A10 that is in force.
family_economy::v1::BatchLine SyntheticLine(const std::string& doc_no, int64_t line_no);

// A batch of `count` lines that are made when they are needed.
class SyntheticBatch {
 public:
  using LineFn = std::function<family_economy::v1::BatchLine(int64_t line)>;  // from 0

  // Goes through all lines once for the hash.
  SyntheticBatch(const std::string& batch_no, int64_t count, int64_t chunk_lines, LineFn line,
                 const std::vector<family_economy::v1::DataClass>& classes = {
                     family_economy::v1::DATA_CLASS_A02_MARRIAGE, family_economy::v1::DATA_CLASS_A03_DEATH,
                     family_economy::v1::DATA_CLASS_A10_ASSISTANCE});

  const family_economy::v1::BatchManifest& manifest() const { return manifest_; }
  int64_t chunks() const;
  family_economy::v1::BatchChunk Chunk(int64_t number) const;

 private:
  const int64_t chunk_lines_;
  const LineFn line_;
  family_economy::v1::BatchManifest manifest_;
};

// Sends chunks [from, to) and, when `to` is the last, ends the upload. With an earlier `to` the call is
// broken off after the server has stored them all.
absl::StatusOr<family_economy::v1::Batch> UploadChunks(family_economy::v1::FamilyEconomyBatches::Stub& stub,
                                                       const SyntheticBatch& batch, int64_t from, int64_t to);
absl::StatusOr<family_economy::v1::Batch> GetBatch(family_economy::v1::FamilyEconomyBatches::Stub& stub,
                                                   const std::string& batch_no);

}  // namespace chuanyu::testing
