#include "common/merkle/statement.h"

#include "common/errors/error.h"
#include "common/merkle/testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu::merkle {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::MakeSigner;

constexpr char kKeyName[] = "510000.chuanyu/child-welfare";

class StatementTest : public ::testing::Test {
 protected:
  static std::vector<Statement> Make(size_t count) {
    std::vector<Statement> out;
    for (size_t i = 0; i < count; ++i)
      out.push_back({.kind = "test.Kind", .name = "", .bytes = "statement " + std::to_string(i)});
    return out;
  }
  std::vector<std::string> Sign(const std::vector<Statement>& statements) const {
    return SignStatements({ed25519_, sm2_}, statements).value();
  }
  std::string Outcome(const std::string& bytes, const std::string& note, const char* kind = "test.Kind",
                      const char* name = "") const {
    const auto opened = OpenStatement(trusted_, {.kind = kind, .name = name}, bytes, note);
    if (opened.ok()) return opened->size() == 2 ? "OK" : "not by both";
    return std::string(ReasonName(ReasonOf(opened.status()).value_or(Reason::INTERNAL)));
  }

 private:
  const NoteSigner ed25519_ = MakeSigner(kKeyName, SignatureType::kEd25519);
  const NoteSigner sm2_ = MakeSigner(kKeyName, SignatureType::kSm2);
  const NoteVerifier trusted_{{ed25519_.key(), sm2_.key()}};
};

TEST_F(StatementTest, EachOfABatchOfAnySizeOpensByItself) {
  for (const size_t count : {1, 2, 3, 4, 5, 7, 8, 31, 256}) {
    const std::vector<Statement> statements = Make(count);
    const std::vector<std::string> notes = Sign(statements);
    ASSERT_EQ(notes.size(), count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(Outcome(statements[i].bytes, notes[i]), "OK") << i << " of " << count;
      EXPECT_EQ(Outcome("statement " + std::to_string(i + 1), notes[i]), "SIG_INVALID");
    }
  }
}

TEST_F(StatementTest, OneAloneIsAPlainNote) {
  const std::string note = Sign(Make(1))[0];
  EXPECT_THAT(note, ::testing::StartsWith("test.Kind\n\nsha256:"));
}

TEST_F(StatementTest, KindAndNameAreSignedInABatch) {
  std::vector<Statement> statements = Make(3);
  statements[1].name = "CQ-1";
  const std::vector<std::string> notes = Sign(statements);
  EXPECT_EQ(Outcome("statement 1", notes[1], "test.Kind", "CQ-1"), "OK");
  EXPECT_EQ(Outcome("statement 1", notes[1], "test.Kind", "CQ-2"), "SIG_INVALID");
  EXPECT_EQ(Outcome("statement 1", notes[1], "test.Other", "CQ-1"), "SIG_INVALID");
}

// Who sees one learns nothing of the others but hashes.
TEST_F(StatementTest, ANoteHoldsNothingOfTheOthers) {
  const std::vector<std::string> notes = Sign(Make(4));
  for (const std::string& note : notes) EXPECT_THAT(note, Not(HasSubstr("statement")));
  EXPECT_EQ(Outcome("statement 0", notes[1]), "SIG_INVALID");
}

TEST_F(StatementTest, RefusesEveryChangedOrMissingLine) {
  const std::string good = Sign(Make(5))[2];
  ASSERT_EQ(Outcome("statement 2", good), "OK");
  for (size_t begin = 0; begin < good.size();) {
    const size_t end = good.find('\n', begin) + 1;
    std::string without = good;
    without.erase(begin, end - begin);
    EXPECT_EQ(Outcome("statement 2", without), "SIG_INVALID") << good.substr(begin, end - begin);
    begin = end;
  }
  for (size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Outcome("statement 2", changed), "SIG_INVALID") << at;
  }
  EXPECT_EQ(Outcome("statement 2", ""), "SIG_INVALID");
  EXPECT_EQ(Outcome("statement 2", "chuanyu-batch 1\n"), "SIG_INVALID");
  EXPECT_EQ(Outcome("statement 2", "chuanyu-batch 1\n2 of 5\n\n"), "SIG_INVALID");
}

// The roots that are signed cannot be passed off as a statement, nor the other way round.
TEST_F(StatementTest, TheSignatureOverTheRootsIsOverNoStatement) {
  const std::string note = Sign(Make(2))[0];
  const std::string plain = note.substr(note.find("\n\n") + 2);
  EXPECT_EQ(Outcome("statement 0", plain), "SIG_INVALID");
  EXPECT_EQ(Outcome("statement 0", "chuanyu-batch 1\n0 of 1\n\n" + Sign(Make(1))[0]), "SIG_INVALID");
}

}  // namespace
}  // namespace chuanyu::merkle
