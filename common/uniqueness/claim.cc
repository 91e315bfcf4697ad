#include "common/uniqueness/claim.h"

#include <algorithm>
#include <tuple>

namespace chuanyu::uniqueness {
namespace {

Holder HolderOf(const Claim& claim) {
  return {.region = claim.region, .accepted_at_ms = claim.accepted_at_ms};
}

// The same on every side, however the clocks stand.
bool Before(int64_t at_ms, const std::string& region, const Claim& other) {
  return std::tie(at_ms, region) < std::tie(other.accepted_at_ms, other.region);
}

}  // namespace

const Claim* ClaimBook::Find(const std::string& id) const {
  const auto found =
      std::find_if(claims_.begin(), claims_.end(), [&](const Claim& claim) { return claim.id == id; });
  return found == claims_.end() ? nullptr : &*found;
}

Claim* ClaimBook::FindMutable(const std::string& id) { return const_cast<Claim*>(Find(id)); }

const Claim* ClaimBook::OpenOne() const {
  const auto found =
      std::find_if(claims_.begin(), claims_.end(), [](const Claim& claim) { return claim.IsOpen(); });
  return found == claims_.end() ? nullptr : &*found;
}

std::optional<Holder> ClaimBook::Open(const std::string& id, const std::string& region,
                                      int64_t accepted_at_ms, const std::set<std::string>& peers) {
  if (Find(id) != nullptr) return std::nullopt;  // a repeat
  if (const Claim* const open = OpenOne()) return HolderOf(*open);
  claims_.push_back({.id = id,
                     .region = region,
                     .accepted_at_ms = accepted_at_ms,
                     .state = peers.empty() ? ClaimState::kConfirmed : ClaimState::kPending,
                     .waiting_for = peers});
  return std::nullopt;
}

Reply ClaimBook::OnClaim(const std::string& id, const std::string& region, int64_t accepted_at_ms) {
  if (const Claim* const known = Find(id)) {
    return {.granted = known->state == ClaimState::kGranted, .holder = known->holder};
  }
  Claim arrived{.id = id, .region = region, .accepted_at_ms = accepted_at_ms, .state = ClaimState::kGranted};
  // A region has one open claim about a subject: with a later one of its own the earlier has ended there, and
  // its release is on the way.
  if (const Claim* const open = OpenOne();
      open != nullptr && open->region == region &&
      std::tie(open->accepted_at_ms, open->id) < std::tie(accepted_at_ms, id)) {
    FindMutable(open->id)->state = ClaimState::kReleased;
  }
  if (const Claim* const open = OpenOne()) {
    // A confirmed one may be decided upon already; one that is held for another region is not ours to give
    // up.
    const bool gives_way = open->state == ClaimState::kPending && Before(accepted_at_ms, region, *open);
    if (gives_way) {
      Claim& lost = *FindMutable(open->id);
      lost.state = ClaimState::kRefused;
      lost.holder = HolderOf(arrived);
      lost.waiting_for.clear();
    } else {
      arrived.state = ClaimState::kRefused;
      arrived.holder = HolderOf(*open);
    }
  }
  claims_.push_back(arrived);
  return {.granted = arrived.state == ClaimState::kGranted, .holder = arrived.holder};
}

bool ClaimBook::OnReply(const std::string& id, const std::string& peer, const Reply& reply) {
  Claim* const claim = FindMutable(id);
  if (claim == nullptr || claim->state != ClaimState::kPending) return false;
  if (!reply.granted) {
    claim->state = ClaimState::kRefused;
    claim->holder = reply.holder;
    claim->waiting_for.clear();
    return true;
  }
  if (claim->waiting_for.erase(peer) == 0) return false;
  if (claim->waiting_for.empty()) claim->state = ClaimState::kConfirmed;
  return true;
}

bool ClaimBook::Release(const std::string& id) {
  Claim* const claim = FindMutable(id);
  if (claim == nullptr || !claim->IsOpen()) return false;
  claim->state = ClaimState::kReleased;
  claim->waiting_for.clear();
  return true;
}

void ClaimBook::OnRelease(const std::string& id, const std::string& region) {
  if (Claim* const claim = FindMutable(id)) {
    claim->state = ClaimState::kReleased;
    return;
  }
  claims_.push_back({.id = id, .region = region, .state = ClaimState::kReleased});
}

}  // namespace chuanyu::uniqueness
