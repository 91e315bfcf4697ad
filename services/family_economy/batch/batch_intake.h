// Takes batches in: checks manifest, chunks and every line, and stores what is to be asked. Blocks;
// thread-safe.
#pragma once

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/identity/division.h"
#include "services/family_economy/batch/batch_store.h"
#include "services/family_economy/batch/match_keys.h"
#include "services/family_economy/rules/application.h"

namespace chuanyu::family_economy {

class BatchIntake {
 public:
  struct Deps {
    BatchStore& store;
    const MatchKeys& keys;
    const crypto::BlindIndexer& indexer;  // the region's own, to find persons twice in a batch
    const DivisionTable& divisions;
    const Clock& clock;
    std::string own_region;
    std::set<std::string> peer_regions;  // every one of them is asked about every person
    // Warnings about what is known already of persons, by NewChunk::Accepted::person, for an organisation.
    std::function<absl::StatusOr<std::multimap<std::string, v1::BatchWarning>>(
        const std::vector<std::string>& persons, const std::string& org)>
        known = nullptr;
  };
  explicit BatchIntake(Deps deps) : deps_(std::move(deps)) {}

  // Errors as CheckManifest and BatchStore::Begin; KEY_UNKNOWN when there is no match key for a region today.
  absl::StatusOr<StoredBatch> Begin(const std::string& org, const v1::BatchManifest& manifest);
  // Errors as BatchStore::AddChunk; BATCH_CHUNK_TOO_LARGE, BATCH_HASH_MISMATCH, BAD_REQUEST and UNKNOWN_FIELD
  // for the chunk. What is wrong with a line rejects the line.
  absl::Status Add(const StoredBatch& batch, const v1::BatchChunk& chunk);
  // As BatchStore::Complete.
  absl::StatusOr<StoredBatch> Complete(const StoredBatch& batch);

 private:
  absl::StatusOr<NewChunk> Check(const StoredBatch& batch, const v1::BatchChunk& chunk) const;
  absl::Status AddKnown(const StoredBatch& batch, NewChunk& chunk) const;

  const Deps deps_;
};

}  // namespace chuanyu::family_economy
