// Random histories of regions that claim one subject, under delays, duplicates, losses, cuts and kills. Each
// has its seed in every message; the same seed is the same history.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/uniqueness/claim.h"
#include "gtest/gtest.h"

namespace chuanyu::uniqueness {
namespace {

struct Message {
  enum class Kind { kClaim, kRelease } kind;
  std::string id;
  std::string from;
  std::string to;
  int64_t accepted_at_ms = 0;
};

// A region: what it has in SQL survives a kill; the rest of it does not exist here.
struct Region {
  std::string code;
  int64_t clock_skew_ms = 0;
  ClaimBook book = ClaimBook();
  std::vector<Message> unanswered;  // written with the change that makes them, sent until answered
};

class World {
 public:
  World(unsigned seed, int regions) : random_(seed), seed_(seed) {
    for (int i = 0; i < regions; ++i) {
      regions_.push_back({.code = std::to_string(500000 + 10000 * i),
                          .clock_skew_ms = static_cast<int64_t>(Roll(600'000)) - 300'000});
    }
  }

  // One random event.
  void Step() {
    now_ms_ += Roll(2'000);
    Region& region = regions_[Roll(regions_.size())];
    switch (Roll(12)) {
      case 0:
      case 1:
        return File(region);
      case 2:
        return EndCase(region);
      case 3:
        return Approve(region);
      case 4:
        cut_ = Roll(3) != 0;
        return;
      default:
        if (!cut_) Deliver(region);
    }
  }

  // The link is up and everybody is answered.
  void Settle() {
    cut_ = false;
    settling_ = true;
    for (int turn = 0; turn < 100'000; ++turn) {
      const auto waiting = std::find_if(regions_.begin(), regions_.end(),
                                        [](const Region& region) { return !region.unanswered.empty(); });
      if (waiting == regions_.end()) return;
      Deliver(*waiting);
    }
    ADD_FAILURE() << "seed " << seed_ << ": messages without end";
  }

  // At no time may two regions be able to decide.
  void CheckSafety() const {
    int decidable = 0;
    for (const Region& region : regions_) {
      int open = 0;
      for (const Claim& claim : region.book.claims()) {
        open += claim.IsOpen() ? 1 : 0;
        decidable += claim.state == ClaimState::kConfirmed ? 1 : 0;
      }
      ASSERT_LE(open, 1) << "seed " << seed_ << " region " << region.code;
    }
    ASSERT_LE(decidable, 1) << "seed " << seed_;
    ASSERT_LE(approved_open_, 1) << "seed " << seed_;
  }

  // Nothing is left pending, and no region holds what its owner has given up, or lacks what its owner has.
  void CheckSettled() const {
    for (const Region& owner : regions_) {
      for (const Claim& claim : owner.book.claims()) {
        if (claim.region != owner.code) continue;
        ASSERT_NE(claim.state, ClaimState::kPending) << "seed " << seed_;
        for (const Region& other : regions_) {
          if (other.code == owner.code) continue;
          const Claim* const seen = other.book.Find(claim.id);
          const bool held = seen != nullptr && seen->state == ClaimState::kGranted;
          ASSERT_EQ(held, claim.state == ClaimState::kConfirmed)
              << "seed " << seed_ << " claim " << claim.id << " at " << other.code;
        }
      }
    }
  }

  int confirmed() const {
    int out = 0;
    for (const Region& region : regions_) {
      for (const Claim& claim : region.book.claims()) out += claim.state == ClaimState::kConfirmed ? 1 : 0;
    }
    return out;
  }
  int approvals() const { return approvals_; }
  int refusals() const { return refusals_; }
  std::vector<Region>& regions() { return regions_; }
  void File(Region& region) {
    const std::string id = region.code + "-" + std::to_string(next_id_++);
    std::set<std::string> peers;
    for (const Region& other : regions_) {
      if (other.code != region.code) peers.insert(other.code);
    }
    const int64_t at = now_ms_ + region.clock_skew_ms;
    if (region.book.Open(id, region.code, at, peers)) {
      ++refusals_;
      return;
    }
    Tell(region, Message::Kind::kClaim, id, at);
  }

 private:
  unsigned Roll(size_t below) { return static_cast<unsigned>(random_() % below); }

  Region& RegionOf(const std::string& code) {
    return *std::find_if(regions_.begin(), regions_.end(),
                         [&](const Region& region) { return region.code == code; });
  }
  void Tell(Region& region, Message::Kind kind, const std::string& id, int64_t at) {
    for (const Region& other : regions_) {
      if (other.code == region.code) continue;
      region.unanswered.push_back(
          {.kind = kind, .id = id, .from = region.code, .to = other.code, .accepted_at_ms = at});
    }
  }
  // An own claim that has just lost: the others are told, as one that has ended.
  void TellLosses(Region& region, const ClaimBook& before) {
    for (const Claim& claim : region.book.claims()) {
      const Claim* const was = before.Find(claim.id);
      if (claim.region != region.code || claim.state != ClaimState::kRefused) continue;
      if (was != nullptr && was->IsOpen()) {
        ++refusals_;
        Tell(region, Message::Kind::kRelease, claim.id, 0);
      }
    }
  }

  // Any message, in any order; it stays until its answer has arrived, which may get lost, and may be carried
  // out again long after that.
  void Deliver(Region& from) {
    if (from.unanswered.empty()) return;
    const size_t at = Roll(from.unanswered.size());
    const Message message = from.unanswered[at];
    const bool killed_before = !settling_ && Roll(8) == 0;
    if (killed_before) return;
    const Reply reply = HandleAt(RegionOf(message.to), message);
    const bool answer_lost = !settling_ && Roll(4) == 0;  // killed after, or the link was cut
    if (answer_lost) return;
    const ClaimBook before = from.book;
    if (message.kind == Message::Kind::kClaim) from.book.OnReply(message.id, message.to, reply);
    TellLosses(from, before);
    const bool duplicated = !settling_ && Roll(4) == 0;
    if (duplicated) return;
    // TellLosses only appends.
    from.unanswered.erase(from.unanswered.begin() + static_cast<long>(at));
  }

  Reply HandleAt(Region& region, const Message& message) {
    if (message.kind == Message::Kind::kRelease) {
      region.book.OnRelease(message.id, message.from);
      return {};
    }
    const ClaimBook before = region.book;
    const Reply reply = region.book.OnClaim(message.id, message.from, message.accepted_at_ms);
    TellLosses(region, before);
    return reply;
  }

  // Only a confirmed claim can be approved, and holds until its case ends.
  void Approve(Region& region) {
    const Claim* const open = region.book.OpenOne();
    if (open == nullptr || open->state != ClaimState::kConfirmed || approved_.contains(open->id)) return;
    approved_.insert(open->id);
    ++approved_open_;
    ++approvals_;
  }
  void EndCase(Region& region) {
    const Claim* const open = region.book.OpenOne();
    if (open == nullptr || open->region != region.code) return;
    const std::string id = open->id;
    region.book.Release(id);
    if (approved_.contains(id)) --approved_open_;
    Tell(region, Message::Kind::kRelease, id, 0);
  }

  std::mt19937 random_;
  const unsigned seed_;
  std::vector<Region> regions_;
  std::set<std::string> approved_;
  int64_t now_ms_ = 1'000'000;
  int next_id_ = 1;
  int approved_open_ = 0;
  int approvals_ = 0;
  int refusals_ = 0;
  bool cut_ = false;
  bool settling_ = false;
};

// 6,000 histories of two regions and of three.
TEST(ClaimHistory, NeverTwoThatCanBeDecided) {
  int approvals = 0;
  int refusals = 0;
  for (const int regions : {2, 3}) {
    for (unsigned seed = 1; seed <= 3'000; ++seed) {
      World world(seed, regions);
      for (int step = 0; step < 120; ++step) {
        world.Step();
        world.CheckSafety();
        if (HasFatalFailure()) return;
      }
      world.Settle();
      world.CheckSafety();
      world.CheckSettled();
      if (HasFatalFailure()) return;
      approvals += world.approvals();
      refusals += world.refusals();
    }
  }
  // The histories were about something.
  EXPECT_GT(approvals, 2'000);
  EXPECT_GT(refusals, 2'000);
}

// Both windows file at once and nobody withdraws: of two regions exactly one gets it, whatever the network
// does.
TEST(ClaimHistory, OneOfTwoThatFileAtOnceIsConfirmed) {
  for (unsigned seed = 1; seed <= 3'000; ++seed) {
    World world(seed, 2);
    world.File(world.regions()[0]);
    world.File(world.regions()[1]);
    world.CheckSafety();
    world.Settle();
    world.CheckSafety();
    world.CheckSettled();
    ASSERT_EQ(world.confirmed(), 1) << "seed " << seed;
    ASSERT_EQ(world.refusals(), 1) << "seed " << seed;
  }
}

}  // namespace
}  // namespace chuanyu::uniqueness
