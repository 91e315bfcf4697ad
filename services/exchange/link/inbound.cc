#include "services/exchange/link/inbound.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/note.h"
#include "common/rpc/error_details.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kMaxPayloadBytes = 4u << 20;

absl::Status Bad(std::string_view detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = "batch", .detail = std::string(detail)});
}

absl::Status CheckCommitment(const v1::JournalRecord& record, const v1::LinkLeaf& leaf) {
  if (record.commitment().empty()) {
    return leaf.payload().empty() ? absl::OkStatus() : MakeError(Reason::COMMITMENT_MISMATCH);
  }
  const crypto::Digest digest = crypto::Hash(crypto::HashAlg::kSm3, {leaf.salt(), leaf.payload()});
  const bool same =
      leaf.salt().size() == 32 && crypto::ConstantTimeEqual(crypto::View(digest), record.commitment());
  return same ? absl::OkStatus() : MakeError(Reason::COMMITMENT_MISMATCH);
}

// Reads the records of a batch that are meant for us.
class Reader {
 public:
  Reader(const PeerTrust& peer, std::string_view own_region, const policy::Policy& policy, Inbound& inbound)
      : peer_(peer), own_region_(own_region), policy_(policy), inbound_(inbound) {}

  absl::Status Read(const v1::LinkLeaf& leaf, uint64_t index) {
    v1::JournalRecord record;
    if (!record.ParseFromString(leaf.record()) || record.sequence() != index) return Bad("not a record");
    if (leaf.payload().size() > kMaxPayloadBytes)
      return MakeError(Reason::PAYLOAD_TOO_LARGE, {.field = "batch"});
    CHUANYU_RETURN_IF_ERROR(CheckCommitment(record, leaf));
    const v1::RecordKind kind = record.kind();
    const bool asks = record.from_region() == peer_.region && record.to_region() == own_region_;
    const bool answers = record.from_region() == own_region_ && record.to_region() == peer_.region;
    if (kind == v1::RECORD_KIND_REQUEST_SENT && asks) {
      Request(std::move(record), leaf, index);
    } else if (kind == v1::RECORD_KIND_ANSWER_SENT && answers) {
      Take(v1::RECORD_KIND_ANSWER_RECEIVED, std::move(record), leaf, index);
    } else if (kind == v1::RECORD_KIND_CANCELLED && asks) {
      Take(v1::RECORD_KIND_CANCELLED, std::move(record), leaf, index);
    } else {
      return Bad("a record that is not for this region");
    }
    return absl::OkStatus();
  }

 private:
  void Take(v1::RecordKind kind, v1::JournalRecord record, const v1::LinkLeaf& leaf, uint64_t index) {
    record.set_kind(kind);
    record.set_peer_origin(peer_.origin);
    record.set_peer_index(index);
    // Append writes them anew, the commitment with the salt that came along.
    record.clear_sequence();
    record.clear_time_us();
    record.clear_commitment();
    record.clear_note();
    inbound_.drafts.push_back({.record = std::move(record), .payload = leaf.payload(), .salt = leaf.salt()});
  }

  // Our own policy decides too: the peer's may be another, older or wrong.
  void Request(v1::JournalRecord record, const v1::LinkLeaf& leaf, uint64_t index) {
    const std::string caller = absl::StrCat(record.from_region(), "/", record.from_system());
    const absl::Status allowed = policy_.Check({.caller = caller,
                                                .operation = record.operation(),
                                                .purpose = record.purpose(),
                                                .from_region = record.from_region(),
                                                .to_region = record.to_region(),
                                                .has_authorization = !record.authorization_no().empty()});
    v1::JournalRecord refusal = record;
    Take(v1::RECORD_KIND_REQUEST_RECEIVED, std::move(record), leaf, index);
    if (allowed.ok()) {
      inbound_.any_request = true;
      return;
    }
    refusal.set_kind(v1::RECORD_KIND_ANSWER_SENT);
    refusal.set_note("REFUSED");
    refusal.set_outcome(std::string(ReasonName(ReasonOf(allowed).value_or(Reason::POLICY_DENIED))));
    refusal.clear_sequence();
    refusal.clear_time_us();
    refusal.clear_commitment();
    refusal.clear_idempotency_key();
    inbound_.drafts.push_back(
        {.record = std::move(refusal), .payload = rpc::ToGrpc(allowed).error_details()});
  }

  const PeerTrust& peer_;
  const std::string_view own_region_;
  const policy::Policy& policy_;
  Inbound& inbound_;
};

absl::StatusOr<crypto::Digest> HashOf(const v1::LinkLeaf& leaf, crypto::HashAlg alg) {
  if (!leaf.record().empty()) return merkle::LeafHash(alg, leaf.record());
  if (leaf.hash().size() != crypto::Digest().size()) return Bad("a leaf without hash");
  return crypto::DigestFrom(leaf.hash());
}

}  // namespace

absl::StatusOr<Inbound> CheckBatch(const v1::LinkBatch& batch, const PeerTrust& peer,
                                   const merkle::Frontier& known, std::string_view own_region,
                                   const policy::Policy& policy) {
  if (batch.first_index() != known.size()) return Bad("does not start at the size that is known");
  if (batch.leaves().empty()) return Bad("no leaves");
  merkle::Frontier extended = known;
  for (const v1::LinkLeaf& leaf : batch.leaves()) {
    CHUANYU_ASSIGN_OR_RETURN(const crypto::Digest hash, HashOf(leaf, peer.tree_hash));
    extended.Append(hash);
  }
  CHUANYU_ASSIGN_OR_RETURN(
      const merkle::OpenedCheckpoint opened,
      merkle::OpenCheckpoint(batch.checkpoint(), peer.origin, merkle::NoteVerifier(peer.keys.checkpoint)));
  if (opened.checkpoint.head.size != extended.size()) return Bad("the checkpoint is of another size");
  if (opened.checkpoint.head.root != extended.root()) {
    return MakeError(Reason::LOG_FORKED,
                     {.detail = "a signed checkpoint that does not extend the log we know"});
  }
  Inbound inbound{.witness = {peer.origin, std::move(extended), batch.checkpoint()},
                  .checkpoint = opened.checkpoint};
  Reader reader(peer, own_region, policy, inbound);
  for (int i = 0; i < batch.leaves_size(); ++i) {
    const v1::LinkLeaf& leaf = batch.leaves(i);
    if (leaf.record().empty()) continue;
    CHUANYU_RETURN_IF_ERROR(reader.Read(leaf, batch.first_index() + static_cast<uint64_t>(i)));
  }
  return inbound;
}

}  // namespace chuanyu::exchange
