// Takes batches in: checks manifest, chunks and every line, and stores what is to be asked. Blocks;
// thread-safe.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/identity/division.h"
#include "services/family_economy/authorization_ledger.h"
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
        sql::Session& session, const std::vector<std::string>& persons, const std::string& org)>
        known = nullptr;
    // Whether a class may be asked for a purpose: PURPOSE_DENIED, SOURCE_NOT_CONFIGURED.
    std::function<absl::Status(const std::string& purpose, v1::DataClass data_class)> may_ask = nullptr;
    // As RefusedUses, about authorisations of an organisation.
    std::function<absl::StatusOr<std::map<size_t, absl::Status>>(const std::string& org,
                                                                 const std::vector<AuthorizationUse>& uses)>
        refused = nullptr;
  };
  explicit BatchIntake(Deps deps) : deps_(std::move(deps)) {}

  // Errors as CheckManifest, Deps::may_ask and BatchStore::Begin; KEY_UNKNOWN when there is no match key for
  // a region today.
  absl::StatusOr<StoredBatch> Begin(const std::string& org, const v1::BatchManifest& manifest);
  // Errors as BatchStore::AddChunk; BATCH_CHUNK_TOO_LARGE, BATCH_HASH_MISMATCH, BAD_REQUEST and UNKNOWN_FIELD
  // for the chunk. What is wrong with a line rejects the line.
  absl::Status Add(const StoredBatch& batch, const v1::BatchChunk& chunk);
  // As BatchStore::Complete.
  absl::StatusOr<StoredBatch> Complete(const StoredBatch& batch);

 private:
  absl::Status CheckClasses(const v1::BatchManifest& manifest) const;
  struct CheckedLine {
    absl::StatusOr<Person> person;  // or why the line is rejected
    std::string index;              // NewChunk::Accepted::person
  };
  absl::StatusOr<std::vector<CheckedLine>> CheckLines(const StoredBatch& batch, const v1::BatchLines& lines,
                                                      const RuleContext& context) const;
  absl::StatusOr<NewChunk> Check(const StoredBatch& batch, const v1::BatchChunk& chunk) const;
  absl::StatusOr<KnownWarnings> KnownOf(sql::Session& session, const StoredBatch& batch,
                                        const NewChunk& chunk) const;

  const Deps deps_;
};

}  // namespace chuanyu::family_economy
