// One open case for a person and an item across regions: the protocol, without clock, store or network. Both
// (or all) regions hold a row for every claim; decision page docs/decisions/0005.
//
// Life of a claim: a region that receives a case opens a claim (PENDING) unless it knows of an open one about
// the same subject, and asks every other region. A region that is asked grants it (GRANTED: from now on it
// opens and grants no other about this subject) or refuses it. When all have granted it the claim is
// CONFIRMED, and only then may the case be decided. When two regions open claims at the same time, each of
// them compares both by (accepted_at, region): the later one is given up by its own region as soon as it
// hears of the earlier. The order needs no exact clocks: it only has to be the same on both sides. Whatever
// ends a claim is told to all (release), also to those that have not heard of it yet.
//
// Messages may come late, twice, in any order, and answers may get lost: every function here is idempotent,
// and the caller asks again until it has an answer. A peer that is away keeps a claim PENDING, never more.
// Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chuanyu::uniqueness {

enum class ClaimState {
  kPending,    // own; somebody has not answered
  kConfirmed,  // own; all have granted it
  kGranted,    // of another region; held for it
  kRefused,    // another one was first; final
  kReleased,   // its case has ended; final
};

// What is told of a claim that stands in the way: where and when, nothing else (domain page §5.4).
struct Holder {
  std::string region;
  int64_t accepted_at_ms = 0;
  friend bool operator==(const Holder&, const Holder&) = default;
};

struct Claim {
  std::string id;      // UUIDv7, of the region that opened it
  std::string region;  // 6 digits
  int64_t accepted_at_ms = 0;
  ClaimState state = ClaimState::kPending;
  std::set<std::string> waiting_for = {};  // own and pending: regions that have not answered
  std::optional<Holder> holder = {};       // refused: the one that was first

  bool IsOpen() const { return state <= ClaimState::kGranted; }
};

// Answer to a claim of another region.
struct Reply {
  bool granted = false;
  std::optional<Holder> holder;  // not granted: the one that was first; nothing when it was released already
};

// All claims about one subject that one region knows. At most one of them is open.
class ClaimBook {
 public:
  explicit ClaimBook(std::vector<Claim> claims = {}) : claims_(std::move(claims)) {}

  // Opens a claim of this region; `peers` are all other regions. Nothing when it is open now; otherwise the
  // holder of the one that is.
  std::optional<Holder> Open(const std::string& id, const std::string& region, int64_t accepted_at_ms,
                             const std::set<std::string>& peers);
  // A claim of another region has arrived. Own claims that lose by it are REFUSED afterwards.
  Reply OnClaim(const std::string& id, const std::string& region, int64_t accepted_at_ms);
  // What `peer` answers to an own claim. False when it changes nothing.
  bool OnReply(const std::string& id, const std::string& peer, const Reply& reply);
  // The case of an own claim has ended. False when the claim had ended before.
  bool Release(const std::string& id);
  // A claim of another region has ended there. Remembered also when the claim itself has not arrived yet, so
  // that it is not granted afterwards.
  void OnRelease(const std::string& id, const std::string& region);

  const std::vector<Claim>& claims() const { return claims_; }
  const Claim* Find(const std::string& id) const;
  // The open one; nullptr when there is none.
  const Claim* OpenOne() const;

 private:
  Claim* FindMutable(const std::string& id);
  std::vector<Claim> claims_;
};

}  // namespace chuanyu::uniqueness
