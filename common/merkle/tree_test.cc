#include "common/merkle/tree.h"

#include <random>

#include "common/errors/error.h"
#include "common/merkle/testing.h"
#include "gtest/gtest.h"

namespace chuanyu::merkle {
namespace {

using testing_support::MakeTree;
using testing_support::NaiveTree;

constexpr HashAlg kBoth[] = {HashAlg::kSha256, HashAlg::kSm3};

TEST(Tree, Sm3HashesDifferFromSha256) {
  EXPECT_EQ(crypto::HexEncode(crypto::View(EmptyRoot(HashAlg::kSm3))),
            "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
  EXPECT_NE(MakeTree(HashAlg::kSm3, 5).Head(5).root, MakeTree(HashAlg::kSha256, 5).Head(5).root);
}

// Second preimages: a record that looks like a node is still a leaf.
TEST(Tree, LeavesAndNodesAreKeptApart) {
  const Digest a = LeafHash(HashAlg::kSm3, "a");
  const Digest b = LeafHash(HashAlg::kSm3, "b");
  EXPECT_NE(NodeHash(HashAlg::kSm3, a, b),
            LeafHash(HashAlg::kSm3, std::string(crypto::View(a)) + std::string(crypto::View(b))));
  EXPECT_NE(NodeHash(HashAlg::kSm3, a, b), NodeHash(HashAlg::kSm3, b, a));
}

TEST(Frontier, HasTheNaiveRootAtEverySize) {
  for (const HashAlg alg : kBoth) {
    const NaiveTree tree = MakeTree(alg, 300);
    Frontier frontier(alg);
    EXPECT_EQ(frontier.root(), EmptyRoot(alg));
    for (uint64_t size = 1; size <= tree.size(); ++size) {
      frontier.Append(tree.leaf(size - 1));
      ASSERT_EQ(frontier.size(), size);
      ASSERT_EQ(frontier.root(), tree.Head(size).root) << size;
      ASSERT_EQ(*RootAt(alg, size, tree), tree.Head(size).root) << size;
    }
  }
}

TEST(Frontier, SinkIsToldOfEverySubtreeOnce) {
  const NaiveTree tree = MakeTree(HashAlg::kSha256, 100);
  Frontier frontier(HashAlg::kSha256);
  std::vector<NodeId> told;
  for (uint64_t i = 0; i < tree.size(); ++i) {
    frontier.Append(tree.leaf(i), [&](NodeId id, const Digest& hash) {
      EXPECT_EQ(hash, *tree(id));
      EXPECT_EQ((id.index + 1) << id.level, i + 1);  // just completed
      told.push_back(id);
    });
  }
  EXPECT_EQ(told.size(), 100 + 50 + 25 + 12 + 6 + 3 + 1u);
}

TEST(Frontier, SerialisedAndParsedItGoesOnAsBefore) {
  for (const HashAlg alg : kBoth) {
    const NaiveTree tree = MakeTree(alg, 70);
    Frontier frontier(alg);
    for (uint64_t i = 0; i < tree.size(); ++i) {
      absl::StatusOr<Frontier> copy = Frontier::Parse(frontier.Serialise());
      ASSERT_TRUE(copy.ok()) << copy.status();
      ASSERT_EQ(*copy, frontier);
      copy->Append(tree.leaf(i));
      EXPECT_EQ(frontier.size(), i);  // the copy is a value of its own
      frontier = *copy;
      ASSERT_EQ(frontier.root(), tree.Head(i + 1).root);
    }
  }
}

TEST(Frontier, MalformedBytesAreBadRequest) {
  Frontier frontier(HashAlg::kSm3);
  for (int i = 0; i < 3; ++i) frontier.Append(LeafHash(HashAlg::kSm3, "x"));
  const std::string good = frontier.Serialise();
  std::string alg = good;
  alg[0] = 3;
  std::string size = good;
  size[8] = 7;
  for (const std::string& bad :
       {std::string(), good.substr(1), good.substr(0, good.size() - 1), good + "x", alg, size}) {
    EXPECT_TRUE(HasReason(Frontier::Parse(bad).status(), Reason::BAD_REQUEST));
  }
}

TEST(Proofs, EveryInclusionProofOfEverySizeVerifies) {
  for (const HashAlg alg : kBoth) {
    const NaiveTree tree = MakeTree(alg, 40);
    for (uint64_t size = 1; size <= tree.size(); ++size) {
      for (uint64_t index = 0; index < size; ++index) {
        const auto proof = InclusionProof(alg, index, size, tree);
        ASSERT_TRUE(proof.ok()) << proof.status();
        EXPECT_TRUE(VerifyInclusion(alg, index, tree.leaf(index), tree.Head(size), *proof).ok())
            << index << " in " << size;
      }
    }
  }
}

TEST(Proofs, EveryConsistencyProofOfEveryPairVerifies) {
  for (const HashAlg alg : kBoth) {
    const NaiveTree tree = MakeTree(alg, 40);
    for (uint64_t newer = 1; newer <= tree.size(); ++newer) {
      for (uint64_t older = 1; older <= newer; ++older) {
        const auto proof = ConsistencyProof(alg, older, newer, tree);
        ASSERT_TRUE(proof.ok()) << proof.status();
        EXPECT_TRUE(VerifyConsistency(alg, tree.Head(older), tree.Head(newer), *proof).ok())
            << older << " to " << newer;
      }
    }
  }
}

TEST(Proofs, CannotBeMadeForWhatIsNotThere) {
  const NaiveTree tree = MakeTree(HashAlg::kSha256, 4);
  EXPECT_TRUE(HasReason(InclusionProof(HashAlg::kSha256, 4, 4, tree).status(), Reason::BAD_REQUEST));
  EXPECT_TRUE(HasReason(InclusionProof(HashAlg::kSha256, 0, 0, tree).status(), Reason::BAD_REQUEST));
  EXPECT_TRUE(HasReason(ConsistencyProof(HashAlg::kSha256, 3, 2, tree).status(), Reason::BAD_REQUEST));
  EXPECT_TRUE(HasReason(ConsistencyProof(HashAlg::kSha256, 0, 2, tree).status(), Reason::BAD_REQUEST));
  // The reader's own failure comes through.
  EXPECT_EQ(InclusionProof(HashAlg::kSha256, 0, 9, tree).status().code(), absl::StatusCode::kOutOfRange);
}

// Changes one thing about a valid proof: a bit of a hash, an element more or less, or two in another order.
// False when nothing changed.
bool Mutate(std::mt19937_64& random, std::vector<Digest>& proof) {
  switch (random() % 4) {
    case 0:
      if (proof.empty()) return false;
      proof[random() % proof.size()][random() % sizeof(Digest)] ^= static_cast<uint8_t>(1 << random() % 8);
      return true;
    case 1:
      if (proof.empty()) return false;
      proof.erase(proof.begin() + static_cast<ptrdiff_t>(random() % proof.size()));
      return true;
    case 2:
      proof.insert(proof.begin() + static_cast<ptrdiff_t>(random() % (proof.size() + 1)), Digest{});
      return true;
    default: {
      if (proof.size() < 2) return false;
      const size_t i = random() % (proof.size() - 1);
      std::swap(proof[i], proof[i + 1]);
      return proof[i] != proof[i + 1];
    }
  }
}

TEST(Proofs, NoMutatedInclusionProofOfARandomTreeVerifies) {
  std::mt19937_64 random(20260310);
  for (int round = 0; round < 400; ++round) {
    const HashAlg alg = kBoth[round % 2];
    const uint64_t size = 1 + random() % 600;
    const uint64_t index = random() % size;
    const NaiveTree tree = MakeTree(alg, size);
    const TreeHead head = tree.Head(size);
    std::vector<Digest> proof = *InclusionProof(alg, index, size, tree);
    ASSERT_TRUE(VerifyInclusion(alg, index, tree.leaf(index), head, proof).ok());
    const uint64_t other = random() % size;
    EXPECT_EQ(VerifyInclusion(alg, other, tree.leaf(index), head, proof).ok(), other == index)
        << size << " " << index;
    EXPECT_FALSE(VerifyInclusion(alg, index, LeafHash(alg, "forged"), head, proof).ok());
    if (Mutate(random, proof)) {
      EXPECT_FALSE(VerifyInclusion(alg, index, tree.leaf(index), head, proof).ok()) << size << " " << index;
    }
  }
}

TEST(Proofs, NoMutatedConsistencyProofOfARandomTreeVerifies) {
  std::mt19937_64 random(20260311);
  for (int round = 0; round < 400; ++round) {
    const HashAlg alg = kBoth[round % 2];
    const uint64_t size = 2 + random() % 600;
    const uint64_t older = 1 + random() % (size - 1);
    const NaiveTree tree = MakeTree(alg, size);
    const TreeHead new_head = tree.Head(size);
    const TreeHead old_head = tree.Head(older);
    std::vector<Digest> proof = *ConsistencyProof(alg, older, size, tree);
    ASSERT_TRUE(VerifyConsistency(alg, old_head, new_head, proof).ok());
    TreeHead forged = old_head;
    forged.root[random() % sizeof(Digest)] ^= 1;
    EXPECT_FALSE(VerifyConsistency(alg, forged, new_head, proof).ok());
    EXPECT_FALSE(VerifyConsistency(alg, new_head, old_head, proof).ok());
    if (Mutate(random, proof)) {
      EXPECT_FALSE(VerifyConsistency(alg, old_head, new_head, proof).ok()) << older << " to " << size;
    }
  }
}

// What the witness is for: a history in which one earlier record was replaced.
TEST(Proofs, ForkedHistoryIsNotConsistent) {
  for (uint64_t forked = 0; forked < 8; ++forked) {
    NaiveTree honest(HashAlg::kSha256);
    NaiveTree fork(HashAlg::kSha256);
    for (uint64_t i = 0; i < 13; ++i) {
      honest.Append("record " + std::to_string(i));
      fork.Append(i == forked ? "another record" : "record " + std::to_string(i));
    }
    const auto proof = ConsistencyProof(HashAlg::kSha256, 8, 13, fork);
    EXPECT_TRUE(HasReason(VerifyConsistency(HashAlg::kSha256, honest.Head(8), fork.Head(13), *proof),
                          Reason::PROOF_INVALID));
  }
}

TEST(Proofs, EmptyTreesAreConsistentOnlyWithTheEmptyRoot) {
  const TreeHead empty{.size = 0, .root = EmptyRoot(HashAlg::kSm3)};
  EXPECT_TRUE(VerifyConsistency(HashAlg::kSm3, empty, empty, {}).ok());
  EXPECT_FALSE(VerifyConsistency(HashAlg::kSha256, empty, empty, {}).ok());
  EXPECT_FALSE(VerifyConsistency(HashAlg::kSm3, empty, MakeTree(HashAlg::kSm3, 1).Head(1), {}).ok());
}

// Sizes near 2^64 must neither overflow nor loop.
TEST(Proofs, HugeSizesAreJudgedQuickly) {
  const TreeHead head{.size = ~uint64_t{0}, .root = {}};
  const std::vector<Digest> proof(64);
  EXPECT_FALSE(VerifyInclusion(HashAlg::kSha256, ~uint64_t{0} - 1, {}, head, proof).ok());
  EXPECT_FALSE(
      VerifyConsistency(HashAlg::kSha256, {.size = uint64_t{1} << 63, .root = {}}, head, proof).ok());
  const auto zero = [](NodeId) -> absl::StatusOr<Digest> { return Digest{}; };
  EXPECT_EQ(InclusionProof(HashAlg::kSha256, 0, ~uint64_t{0}, zero)->size(), 64u);
  EXPECT_TRUE(ConsistencyProof(HashAlg::kSha256, ~uint64_t{0} - 1, ~uint64_t{0}, zero).ok());
}

}  // namespace
}  // namespace chuanyu::merkle
