#include "services/exchange/journal/log_verifier.h"

#include <algorithm>
#include <utility>

#include "common/merkle/checkpoint.h"
#include "services/exchange/journal/record_schema.h"
#include "services/exchange/journal/sections.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {
namespace {

struct CheckText {
  const char* id;
  const char* text;
};

constexpr std::array<CheckText, static_cast<size_t>(LogVerifier::Check::kCount)> kTexts = {{
    {"parameters", "The log is the one named in the trust file"},
    {"segments",
     "Every byte of the node's own files passes its checksum and nothing is missing between them"},
    {"records", "Every record is complete, in its place and of the agreed form"},
    {"time", "Time never goes back from one record to the next"},
    {"tiles", "Every published file is what the records give"},
    {"roots", "Every checkpoint is over exactly the records before it, so the log only ever grew"},
    {"signatures", "Every checkpoint is signed by all keys of the node"},
    {"cosignatures", "Every cosignature is by a trusted witness, and there is one"},
}};

std::vector<merkle::VerifierKey> Joined(std::vector<merkle::VerifierKey> keys,
                                        const std::vector<merkle::VerifierKey>& more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

std::set<uint32_t> IdsOf(const std::vector<merkle::VerifierKey>& keys) {
  std::set<uint32_t> ids;
  for (const merkle::VerifierKey& key : keys) ids.insert(key.key_id());
  return ids;
}

}  // namespace

LogVerifier::LogVerifier(const LogTrust& trust, crypto::HashAlg tree_hash, bool records_from_bundles,
                         RecordVisitor visitor)
    : trust_(trust),
      current_(trust.node_keys, trust.witness_keys),
      retired_({}, Joined(trust.retired_keys, trust.witness_keys)),
      witness_ids_(IdsOf(trust.witness_keys)),
      visitor_(std::move(visitor)),
      stream_(tree_hash, records_from_bundles ? TileStream::Bundles::kNone : TileStream::Bundles::kBuild) {
  for (size_t i = 0; i < checks_.size(); ++i) {
    checks_[i].id = kTexts[i].id;
    checks_[i].text = kTexts[i].text;
  }
}

void LogVerifier::Fail(Check check, const std::string& failure, const std::string& place) {
  LogCheck& failed = at(check);
  if (!failed.ok) return;  // the first bad place is the one to look at
  failed.ok = false;
  failed.failure = failure;
  failed.place = place;
}

void LogVerifier::AddRecord(std::string_view bytes, absl::FunctionRef<std::string()> place) {
  const uint64_t index = stream_.size();
  Count(Check::kRecords);
  Count(Check::kTime);
  const std::string problem = CheckRecord(bytes, index, record_);
  if (!problem.empty()) {
    Fail(Check::kRecords, problem, place());
  } else {
    if (record_.time_us() < last_time_us_) Fail(Check::kTime, "earlier than the record before it", place());
    last_time_us_ = record_.time_us();
    if (visitor_) visitor_(record_);
  }
  // Comparing never fails: what differs goes into the report.
  (void)stream_.Append(bytes, merkle::LeafHash(stream_.alg(), bytes), [this](const TileStream::File& file) {
    CompareFile(file);
    return absl::OkStatus();
  });
  ReachSize();
}

void LogVerifier::ReachSize() {
  const uint64_t size = stream_.size();
  if (size == tiles_size_ && !tiles_dir_.empty()) {
    (void)stream_.Partials([this](const TileStream::File& file) {
      CompareFile(file);
      return absl::OkStatus();
    });
  }
  const auto [begin, end] = expected_.equal_range(size);
  if (begin == end) return;
  const crypto::Digest root = stream_.root();
  for (auto entry = begin; entry != end; ++entry) CheckRoot(size, entry->second, root);
  expected_.erase(begin, end);
  reached_.emplace_back(size, root);
}

const crypto::Digest* LogVerifier::ReachedRoot(uint64_t size) const {
  const auto found = std::lower_bound(reached_.begin(), reached_.end(), size,
                                      [](const auto& entry, uint64_t value) { return entry.first < value; });
  return found != reached_.end() && found->first == size ? &found->second : nullptr;
}

void LogVerifier::CheckRoot(uint64_t size, const Expected& expected, const crypto::Digest& root) {
  if (expected.root == root) return;
  Fail(Check::kRoots, "the first " + std::to_string(size) + " records do not give the signed root",
       expected.place);
}

void LogVerifier::AddBorder() {
  if (ReachedRoot(stream_.size()) == nullptr) reached_.emplace_back(stream_.size(), stream_.root());
}

std::optional<uint64_t> LogVerifier::AddCheckpoint(std::string_view note, const std::string& place) {
  Count(Check::kRoots);
  const auto checkpoint = ParseCheckpointNote(note, trust_.origin);
  if (!checkpoint.ok()) {
    Fail(Check::kRoots, "not a checkpoint of this log", place);
    return std::nullopt;
  }
  CheckSignatures(note, checkpoint->size, place);
  const Expected expected = {checkpoint->root, place};
  if (checkpoint->size > stream_.size()) {
    expected_.emplace(checkpoint->size, expected);
    return checkpoint->size;
  }
  if (checkpoint->size == stream_.size()) AddBorder();
  if (const crypto::Digest* reached = ReachedRoot(checkpoint->size); reached != nullptr) {
    CheckRoot(checkpoint->size, expected, *reached);
  } else {
    Fail(Check::kRoots, "a checkpoint of a size at which no batch ends", place);
  }
  return checkpoint->size;
}

void LogVerifier::CheckSignatures(std::string_view note, uint64_t size, const std::string& place) {
  Count(Check::kSignatures);
  auto opened = current_.Open(note);
  if (!opened.ok() && !trust_.retired_keys.empty()) {
    opened = retired_.Open(note);
    const std::set<uint32_t> retired_ids = IdsOf(trust_.retired_keys);
    const bool by_node = opened.ok() && std::any_of(opened->signatures.begin(), opened->signatures.end(),
                                                    [&](const merkle::VerifiedSignature& signature) {
                                                      return retired_ids.contains(signature.key_id);
                                                    });
    if (!by_node) opened = absl::UnauthenticatedError("no key of the node");
  }
  if (!opened.ok()) {
    Fail(Check::kSignatures, "a signature is missing or does not verify", place);
    return;
  }
  for (const merkle::VerifiedSignature& signature : opened->signatures) {
    if (!witness_ids_.contains(signature.key_id) || !merkle::IsCosignature(signature.type)) continue;
    Count(Check::kCosignatures);
    uint64_t& cosigned = cosigned_[signature.name];
    cosigned = std::max(cosigned, size);
  }
}

void LogVerifier::CompareTiles(const std::string& dir, uint64_t size) {
  tiles_dir_ = dir;
  tiles_size_ = size;
}

void LogVerifier::CompareFile(const TileStream::File& file) {
  if (tiles_dir_.empty() || stream_.size() > tiles_size_) return;
  Count(Check::kTiles);
  const std::string path = tiles_dir_ + "/" + file.path;
  auto published = ReadFileIfExists(path);
  if (!file.full && published.ok() && !published->has_value()) {
    // The mirror may be newer than its checkpoint and have the full file already.
    published = ReadFileIfExists(path.substr(0, path.rfind(".p/")));
    if (published.ok() && published->has_value()) (*published)->resize(file.bytes.size());
  }
  if (!published.ok() || !published->has_value()) {
    Fail(Check::kTiles, "the file is missing", path);
  } else if (**published != file.bytes) {
    Fail(Check::kTiles, "the file is not what the records give", path);
  }
}

LogReport LogVerifier::Finish() && {
  for (const auto& [size, expected] : expected_) {
    Fail(Check::kRoots,
         "a checkpoint of " + std::to_string(size) + " records, but the log has only " +
             std::to_string(stream_.size()),
         expected.place);
  }
  LogReport report{.origin = trust_.origin,
                   .size = stream_.size(),
                   .root = stream_.root(),
                   .cosigned = std::move(cosigned_)};
  if (!trust_.witness_keys.empty() && report.cosigned.empty() && report.size > 0) {
    Fail(Check::kCosignatures, "no checkpoint carries the cosignature of a trusted witness", trust_.origin);
  }
  for (LogCheck& check : checks_) {
    if (check.count > 0 || !check.ok) report.checks.push_back(std::move(check));
  }
  return report;
}

bool LogReport::ok() const {
  return std::all_of(checks.begin(), checks.end(), [](const LogCheck& check) { return check.ok; });
}

}  // namespace chuanyu::exchange
