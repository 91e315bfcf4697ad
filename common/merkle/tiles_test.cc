#include "common/merkle/tiles.h"

#include <map>

#include "common/errors/error.h"
#include "common/merkle/checkpoint.h"
#include "common/merkle/testing.h"
#include "gtest/gtest.h"

namespace chuanyu::merkle {
namespace {

using testing_support::MakeTree;
using testing_support::NaiveTree;
using testing_support::TestData;

bool Bad(const absl::Status& status) { return HasReason(status, Reason::BAD_REQUEST); }

// tlog-15 is a whole log of 15 entries made by another implementation (testdata/README.md).
NoteVerifier Tlog15Verifier() {
  std::string text = TestData("tlog-15.vkey");
  while (text.ends_with('\n')) text.pop_back();
  const auto key = VerifierKey::Parse(text);
  EXPECT_TRUE(key.ok()) << key.status();
  return NoteVerifier({*key});
}

std::vector<std::string> Tlog15Entries() {
  const auto entries = DecodeBundle(TestData("tlog-15/tile/entries/000.p/15"), 15);
  EXPECT_TRUE(entries.ok()) << entries.status();
  return *entries;
}

TEST(Tlog15, EveryCheckpointVerifiesAndHasTheRootOfItsEntries) {
  const NoteVerifier verifier = Tlog15Verifier();
  const std::vector<std::string> entries = Tlog15Entries();
  Frontier frontier(HashAlg::kSha256);
  for (uint64_t size = 0; size <= 15; ++size) {
    const std::string note = TestData("tlog-15/checkpoint." + std::to_string(size));
    const auto opened = OpenCheckpoint(note, "example.com/log/testdata", verifier);
    ASSERT_TRUE(opened.ok()) << size << ": " << opened.status();
    EXPECT_EQ(opened->checkpoint.head, (TreeHead{.size = size, .root = frontier.root()}));
    if (size < 15) frontier.Append(LeafHash(HashAlg::kSha256, entries[size]));
  }
  EXPECT_EQ(TestData("tlog-15/checkpoint"), TestData("tlog-15/checkpoint.15"));
}

TEST(Tlog15, EveryTileAndBundleIsRegeneratedByteForByte) {
  const std::vector<std::string> entries = Tlog15Entries();
  NaiveTree tree(HashAlg::kSha256);
  for (uint64_t size = 1; size <= 15; ++size) {
    tree.Append(entries[size - 1]);
    const std::vector<TileId> tiles = TilesToPublish(size - 1, size);
    ASSERT_EQ(tiles, (std::vector<TileId>{{.level = 0, .index = 0, .width = static_cast<uint32_t>(size)}}));
    EXPECT_EQ(*TileContent(tiles[0], tree), TestData("tlog-15/" + TilePath(tiles[0]))) << size;
    const std::vector<BundleId> bundles = BundlesToPublish(size - 1, size);
    ASSERT_EQ(bundles.size(), 1u);
    EXPECT_EQ(*EncodeBundle(absl::MakeSpan(entries).subspan(0, size)),
              TestData("tlog-15/" + BundlePath(bundles[0])));
  }
}

TEST(Tlog15, ProofsReadFromItsTilesVerifyAgainstItsCheckpoints) {
  const TileHashReader reader(HashAlg::kSha256, 15, [](const TileId& id) -> absl::StatusOr<std::string> {
    return TestData("tlog-15/" + TilePath(id));
  });
  const std::vector<std::string> entries = Tlog15Entries();
  const auto head = [](uint64_t size) {
    return OpenCheckpoint(TestData("tlog-15/checkpoint." + std::to_string(size)), "example.com/log/testdata",
                          Tlog15Verifier())
        ->checkpoint.head;
  };
  EXPECT_EQ(*RootAt(HashAlg::kSha256, 15, reader), head(15).root);
  for (uint64_t i = 0; i < 15; ++i) {
    const auto proof = InclusionProof(HashAlg::kSha256, i, 15, reader);
    EXPECT_TRUE(
        VerifyInclusion(HashAlg::kSha256, i, LeafHash(HashAlg::kSha256, entries[i]), head(15), *proof).ok());
    if (i == 0) continue;
    const auto consistency = ConsistencyProof(HashAlg::kSha256, i, 15, reader);
    EXPECT_TRUE(VerifyConsistency(HashAlg::kSha256, head(i), head(15), *consistency).ok());
  }
}

TEST(TilePath, WritesAndReadsTheSpellingsOfThePage) {
  const std::pair<TileId, std::string> cases[] = {
      {{.level = 0, .index = 0}, "tile/0/000"},
      {{.level = 0, .index = 67, .width = 8}, "tile/0/067.p/8"},
      {{.level = 0, .index = 1067, .width = 8}, "tile/0/x001/067.p/8"},
      {{.level = 1, .index = 1234067}, "tile/1/x001/x234/067"},
      {{.level = 63, .index = ~uint64_t{0}, .width = 255}, "tile/63/x018/x446/x744/x073/x709/x551/615.p/255"},
  };
  for (const auto& [id, path] : cases) {
    EXPECT_EQ(TilePath(id), path);
    const auto parsed = ParseTilePath(path);
    ASSERT_TRUE(parsed.ok()) << path << ": " << parsed.status();
    EXPECT_EQ(std::get<TileId>(*parsed), id);
  }
  EXPECT_EQ(BundlePath({.index = 1234067, .width = 1}), "tile/entries/x001/x234/067.p/1");
  EXPECT_EQ(std::get<BundleId>(*ParseTilePath("tile/entries/x001/x234/067.p/1")),
            (BundleId{.index = 1234067, .width = 1}));
}

TEST(TilePath, OtherSpellingsAreBadRequest) {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/64/000",
                           "tile/00/000",
                           "tile/-1/000",
                           "tile/x/000",
                           "/tile/0/000",
                           "tile/0/000/",
                           "tile/0//000",
                           "tile/0/001/067",
                           "tile/0/x001",
                           "tile/0/x000/001",
                           "tile/0/xx01/067",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/08",
                           "tile/0/000.p/8/",
                           "tile/0/000.p/8.p/8",
                           "tile/0/..",
                           "tile/0/../000",
                           "tile/0/ 00",
                           "tile/0/x018/x446/x744/x073/x709/x551/616",
                           "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
                           "tiles/0/000",
                           "tile/Entries/000",
                           "tile/entries/0",
                           "tile/entries"}) {
    EXPECT_TRUE(Bad(ParseTilePath(path).status())) << path;
  }
}

// "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width
// 112, one full level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1."
TEST(TilesToPublish, AreThoseOfTheExampleOfThePage) {
  std::map<std::pair<uint32_t, uint32_t>, int> count;
  for (const TileId& id : TilesToPublish(0, 70'000)) ++count[{id.level, id.width}];
  const std::map<std::pair<uint32_t, uint32_t>, int> want = {
      {{0, 256}, 273}, {{0, 112}, 1}, {{1, 256}, 1}, {{1, 17}, 1}, {{2, 1}, 1}};
  EXPECT_EQ(count, want);
  EXPECT_EQ(BundlesToPublish(0, 70'000).size(), 274u);
}

TEST(TilesToPublish, AreOnlyWhatIsNew) {
  EXPECT_TRUE(TilesToPublish(0, 0).empty());
  EXPECT_TRUE(TilesToPublish(70'000, 70'000).empty());
  EXPECT_TRUE(TilesToPublish(5, 4).empty());
  EXPECT_EQ(TilesToPublish(255, 256),
            (std::vector<TileId>{{.level = 0, .index = 0}, {.level = 1, .index = 0, .width = 1}}));
  EXPECT_EQ(TilesToPublish(256, 257), (std::vector<TileId>{{.level = 0, .index = 1, .width = 1}}));
  EXPECT_EQ(BundlesToPublish(255, 513),
            (std::vector<BundleId>{{.index = 0}, {.index = 1}, {.index = 2, .width = 1}}));
  EXPECT_EQ(TilesToPublish(~uint64_t{0} - 1, ~uint64_t{0}).size(), 1u);
}

// Published step by step, the files suffice for every root and proof at the end.
TEST(TileHashReader, GivesTheRootsOfATreeOverSeveralLevels) {
  const NaiveTree tree = MakeTree(HashAlg::kSm3, 1'100);
  std::map<std::string, std::string> files;
  uint64_t published = 0;
  for (const uint64_t size : {1, 7, 255, 256, 600, 1'024, 1'100}) {
    for (const TileId& id : TilesToPublish(published, size)) files[TilePath(id)] = *TileContent(id, tree);
    published = size;
    const TileHashReader reader(HashAlg::kSm3, size, [&](const TileId& id) -> absl::StatusOr<std::string> {
      const auto found = files.find(TilePath(id));
      if (found == files.end()) return absl::NotFoundError(TilePath(id));
      return found->second;
    });
    EXPECT_EQ(*RootAt(HashAlg::kSm3, size, reader), tree.Head(size).root) << size;
    EXPECT_EQ(*InclusionProof(HashAlg::kSm3, size / 2, size, reader),
              *InclusionProof(HashAlg::kSm3, size / 2, size, tree));
    EXPECT_TRUE(Bad(reader({0, size}).status()));
    EXPECT_TRUE(Bad(reader({64, 0}).status()));
  }
}

TEST(TileHashReader, TileOfTheWrongLengthIsCorrupt) {
  const TileHashReader reader(
      HashAlg::kSha256, 3, [](const TileId&) -> absl::StatusOr<std::string> { return std::string(95, 'x'); });
  EXPECT_TRUE(HasReason(reader({0, 0}).status(), Reason::JOURNAL_CORRUPT));
}

TEST(Bundle, RoundTrips) {
  const std::vector<std::string> records = {"", "a", std::string(65'535, 'x'), std::string("\0\xff", 2)};
  const auto bytes = EncodeBundle(records);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(*DecodeBundle(*bytes, 4), records);
}

TEST(Bundle, RecordOf65536BytesIsTooLarge) {
  EXPECT_TRUE(HasReason(EncodeBundle({std::string(65'536, 'x')}).status(), Reason::PAYLOAD_TOO_LARGE));
}

TEST(Bundle, MalformedBundlesAreBadRequest) {
  const std::string bytes = *EncodeBundle({"one", "two"});
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(Bad(DecodeBundle(bytes.substr(0, size), 2).status())) << size;
  }
  EXPECT_TRUE(Bad(DecodeBundle(bytes, 1).status()));
  EXPECT_TRUE(Bad(DecodeBundle(bytes, 3).status()));
  EXPECT_TRUE(Bad(DecodeBundle(bytes + '\0', 2).status()));
}

}  // namespace
}  // namespace chuanyu::merkle
