#include "services/child_welfare/rules/assessment.h"

#include <map>
#include <set>

#include "absl/strings/str_split.h"
#include "services/child_welfare/rules/rules_testing.h"

namespace chuanyu::child_welfare {
namespace {

constexpr Date kToday(2026, 3, 2);

// Domain page §5.2, written out: the table itself is data, so the test must not be made from it.
constexpr char kOrphan[] = "DD DM MM";
constexpr char kDefactoBoth[] =
    "RR RK RJ RQ RX RL RC RE KK KJ KQ KX KL KC KE JJ "
    "JQ JX JL JC JE QQ QX QL QC QE XX XL XC XE LL LC "
    "LE CC CE EE";
constexpr char kDefactoGone[] = "DR DK DJ DQ DX DL DC DE MR MK MJ MQ MX ML MC ME";

std::set<std::string> Pairs(const char* text) {
  const std::vector<std::string> pairs = absl::StrSplit(text, ' ');
  return {pairs.begin(), pairs.end()};
}

v1::TableResult ResultOf(const PolicyDay& day, char father, char mother) {
  const auto parents = CheckParents(Both(father, mother), day, kToday);
  EXPECT_TRUE(parents.ok()) << parents.status() << " " << father << mother;
  return parents.ok() ? AssessParents(*parents, day, kToday).result : v1::TABLE_RESULT_UNSPECIFIED;
}

// Scenario 15: every pair of the twelve conditions, either way round.
TEST(Table, S15_EveryPairOfConditions) {
  std::set<std::string> defacto = Pairs(kDefactoBoth);
  ASSERT_EQ(defacto.size(), 36u);
  defacto.merge(Pairs(kDefactoGone));
  ASSERT_EQ(defacto.size(), 52u);
  const std::set<std::string> orphan = Pairs(kOrphan);
  const std::string letters = "DMRKJQXLCEUN";
  const PolicyDay day = PolicyOf("510000", kToday);
  std::map<v1::TableResult, int> counts;
  for (size_t i = 0; i < letters.size(); ++i) {
    for (size_t j = i; j < letters.size(); ++j) {
      const std::string pair{letters[i], letters[j]};
      v1::TableResult expected = v1::TABLE_RESULT_MANUAL;  // one U with anything else
      if (orphan.contains(pair) || pair == "UU") expected = v1::TABLE_RESULT_ORPHAN;
      if (defacto.contains(pair)) expected = v1::TABLE_RESULT_DEFACTO;
      if (pair.find('N') != std::string::npos) expected = v1::TABLE_RESULT_NOT_ELIGIBLE;  // wins over U
      EXPECT_EQ(ResultOf(day, letters[i], letters[j]), expected) << pair;
      EXPECT_EQ(ResultOf(day, letters[j], letters[i]), expected) << pair << " the other way round";
      ++counts[expected];
    }
  }
  EXPECT_EQ(counts[v1::TABLE_RESULT_DEFACTO], 52);
  EXPECT_EQ(counts[v1::TABLE_RESULT_ORPHAN], 4);  // with U/U
  EXPECT_EQ(counts[v1::TABLE_RESULT_NOT_ELIGIBLE], 12);
  EXPECT_EQ(counts[v1::TABLE_RESULT_MANUAL], 10);
}

// 粤民规字〔2019〕10号 limits E to the row with D and M; the national text knows both rows.
TEST(Table, DeportedOnlyBesideDeadOrMissingWhereTheRegionSaysSo) {
  PolicyDay day = PolicyOf("510000", kToday);
  day.deported_only_with_dead_or_missing = true;
  for (const char other : std::string("RKJQXLCE")) {
    EXPECT_EQ(ResultOf(day, 'E', other), v1::TABLE_RESULT_NOT_ELIGIBLE) << other;
  }
  EXPECT_EQ(ResultOf(day, 'D', 'E'), v1::TABLE_RESULT_DEFACTO);
  EXPECT_EQ(ResultOf(day, 'E', 'M'), v1::TABLE_RESULT_DEFACTO);
  EXPECT_EQ(ResultOf(day, 'E', 'U'), v1::TABLE_RESULT_MANUAL);
  EXPECT_EQ(ResultOf(day, 'R', 'K'), v1::TABLE_RESULT_DEFACTO);
}

struct Stated {
  const char* what;
  std::vector<v1::ParentFact> facts;
  const char* reason;
};

TEST(CheckParents, NamesWhatIsMissingOrContradicts) {
  constexpr auto kFather = v1::PARENT_ROLE_FATHER;
  constexpr auto kMother = v1::PARENT_ROLE_MOTHER;
  const v1::ParentFact mother = Fact(kMother, 'D');
  v1::ParentFact unstated = Fact(kFather, 'D');
  unstated.clear_condition();
  v1::ParentFact unchecked = Fact(kFather, 'D');
  unchecked.clear_checked_by();
  v1::ParentFact paperless = Fact(kFather, 'D');
  paperless.set_checked_by(v1::CHECKED_BY_DOCUMENT);
  v1::ParentFact roleless = Fact(kFather, 'D');
  roleless.clear_role();
  v1::ParentFact no_end = Fact(kFather, 'J');
  no_end.clear_until();
  const Date day(2025, 1, 10);
  for (const Stated& each : std::vector<Stated>{
           {"mother only", {mother}, "B_PARENT_INCOMPLETE parents"},
           {"nothing", {}, "B_PARENT_INCOMPLETE parents"},
           {"no condition", {mother, unstated}, "B_PARENT_INCOMPLETE parents[1].condition"},
           {"not checked", {unchecked, mother}, "B_PARENT_INCOMPLETE parents[0].checked_by"},
           {"no paper", {paperless, mother}, "B_PARENT_INCOMPLETE parents[0].evidence"},
           {"no role", {roleless, mother}, "B_PARENT_INCOMPLETE parents[0].role"},
           {"no first day",
            {Fact(kFather, 'L', std::nullopt), mother},
            "B_PARENT_INCOMPLETE parents[0].since"},
           {"no last day", {no_end, mother}, "B_PARENT_INCOMPLETE parents[0].until"},
           {"two mothers", {mother, mother}, "B_EVIDENCE_CONFLICT parents[1].role"},
           {"future", {Fact(kFather, 'R', kToday + 1), mother}, "B_EVIDENCE_CONFLICT parents[0].since"},
           {"ends first", {Fact(kFather, 'J', day, day - 1), mother}, "B_EVIDENCE_CONFLICT parents[0].until"},
           {"dead until",
            {Fact(kFather, 'D', day, kToday + 9), mother},
            "B_EVIDENCE_CONFLICT parents[0].until"},
           {"wrong paper",
            {OnPaper(Fact(kFather, 'J'), v1::EVIDENCE_KIND_DEATH_CERTIFICATE, day), mother},
            "B_EVIDENCE_CONFLICT parents[0].evidence.kind"},
           {"paper of tomorrow",
            {OnPaper(Fact(kFather, 'D'), v1::EVIDENCE_KIND_DEATH_CERTIFICATE, kToday + 1), mother},
            "B_EVIDENCE_CONFLICT parents[0].evidence.date"},
           {"paper before the death",
            {OnPaper(Fact(kFather, 'D'), v1::EVIDENCE_KIND_DEATH_CERTIFICATE, day - 1), mother},
            "B_EVIDENCE_CONFLICT parents[0].evidence.date"},
           {"in order",
            {OnPaper(Fact(kFather, 'D'), v1::EVIDENCE_KIND_DEATH_CERTIFICATE, day), mother},
            "OK"}}) {
    EXPECT_EQ(ReasonText(CheckParents(each.facts, PolicyOf("510000", kToday), kToday).status()), each.reason)
        << each.what;
  }
}

struct Term {
  char letter;
  Date since;
  std::optional<Date> until;
  Date today;
  const char* reason;
  std::optional<Date> earliest;
  std::optional<Date> last;
};

// At least six months: decided for J, Q and X; elapsed since the police accepted the report for L. Beside a
// dead father, so that the mother's term alone decides.
TEST(Terms, OfAtLeastSixMonths) {
  const Date s(2025, 8, 31);
  for (
      const Term& row : std::vector<Term>{
          {'J', s, Date(2026, 2, 28), Date(2025, 9, 1), "OK", s, Date(2026, 2, 28)},
          {'J', s, Date(2026, 2, 27), Date(2025, 9, 1), "B_TERM_TOO_SHORT parents[1]", {}, Date(2026, 2, 27)},
          {'Q', s, Date(2026, 2, 27), Date(2025, 9, 1), "B_TERM_TOO_SHORT parents[1]", {}, Date(2026, 2, 27)},
          {'X', s, Date(2026, 2, 27), Date(2025, 9, 1), "B_TERM_TOO_SHORT parents[1]", {}, Date(2026, 2, 27)},
          {'L', s, {}, Date(2026, 2, 27), "B_TERM_TOO_SHORT parents[1]", Date(2026, 2, 28), {}},
          {'L', s, {}, Date(2026, 2, 28), "OK", Date(2026, 2, 28), {}},
          {'R', s, {}, s, "OK", s, {}},
          // The last day itself still counts; the day after it the mother is back.
          {'J', s, Date(2026, 8, 31), Date(2026, 8, 31), "OK", s, Date(2026, 8, 31)},
          {'J', s, Date(2026, 8, 31), Date(2026, 9, 1), "B_NOT_ELIGIBLE parents", {}, {}}}) {
    const PolicyDay day = PolicyOf("500000", row.today);
    const auto parents = CheckParents({Fact(v1::PARENT_ROLE_FATHER, 'D', Date(2020, 1, 1)),
                                       Fact(v1::PARENT_ROLE_MOTHER, row.letter, row.since, row.until)},
                                      day, row.today);
    ASSERT_TRUE(parents.ok()) << parents.status();
    const Assessment assessment = AssessParents(*parents, day, row.today);
    const auto decided = Decide(assessment, Date(2014, 5, 20), day.age, row.today, v1::CATEGORY_UNSPECIFIED);
    const std::string what = std::string(1, row.letter) + " on " + FormatDate(row.today);
    EXPECT_EQ(ReasonText(decided.status()), row.reason) << what;
    EXPECT_EQ(assessment.earliest_eligible, row.earliest) << what;
    EXPECT_EQ(assessment.until, row.last) << what;
  }
}

TEST(Terms, TheFirstToEndAndTheLastToBegin) {
  const PolicyDay day = PolicyOf("510000", kToday);
  const auto parents = CheckParents({Fact(v1::PARENT_ROLE_FATHER, 'J', Date(2024, 5, 1), Date(2028, 5, 1)),
                                     Fact(v1::PARENT_ROLE_MOTHER, 'Q', Date(2025, 7, 1), Date(2027, 7, 1))},
                                    day, kToday);
  ASSERT_TRUE(parents.ok()) << parents.status();
  const Assessment assessment = AssessParents(*parents, day, kToday);
  EXPECT_EQ(assessment.earliest_eligible, Date(2025, 7, 1));
  EXPECT_EQ(assessment.until, Date(2027, 7, 1));
}

TEST(Decide, LeavesToAnOfficerWhatTheTableDoesNotSay) {
  const PolicyDay day = PolicyOf("510000", kToday);
  const Assessment assessment = AssessParents(*CheckParents(Both('U', 'R'), day, kToday), day, kToday);
  const Date birth(2014, 5, 20);
  EXPECT_EQ(ReasonText(Decide(assessment, birth, day.age, kToday, v1::CATEGORY_UNSPECIFIED).status()),
            "STATE_CONFLICT category");
  EXPECT_EQ(*Decide(assessment, birth, day.age, kToday, v1::CATEGORY_DEFACTO), v1::CATEGORY_DEFACTO);
  // Where the table decides, nobody chooses.
  const Assessment dead = AssessParents(*CheckParents(Both('D', 'D'), day, kToday), day, kToday);
  EXPECT_EQ(*Decide(dead, birth, day.age, kToday, v1::CATEGORY_DEFACTO), v1::CATEGORY_ORPHAN);
}

// Scenario 18: P19, born 2008-11-25.
TEST(Age, S18_EndsOnTheEighteenthBirthdayUnlessStudyingWhereTheRegionAllows) {
  const Date birth(2008, 11, 25);
  const Date last(2026, 11, 24);
  const AgeRules chongqing = PolicyOf("500000", last).age;
  const AgeRules sichuan = PolicyOf("510000", last).age;
  EXPECT_EQ(LastDayAsChild(birth, chongqing), last);
  const PolicyDay day = PolicyOf("500000", last);
  const Assessment dead = AssessParents(*CheckParents(Both('D', 'D'), day, last), day, last);
  EXPECT_TRUE(Decide(dead, birth, chongqing, last, v1::CATEGORY_UNSPECIFIED).ok());
  EXPECT_EQ(ReasonText(Decide(dead, birth, chongqing, last + 1, v1::CATEGORY_UNSPECIFIED).status()),
            "B_AGE child");
  struct Row {
    v1::Category category;
    v1::StudyStage stage;
    Date today;
    bool chongqing;
    bool sichuan;
  };
  for (const Row& row :
       {Row{v1::CATEGORY_DEFACTO, v1::STUDY_STAGE_NONE, last, true, true},
        Row{v1::CATEGORY_ORPHAN, v1::STUDY_STAGE_NONE, last + 1, false, false},
        Row{v1::CATEGORY_ORPHAN, v1::STUDY_STAGE_SENIOR_SECONDARY, last + 1, true, false},
        Row{v1::CATEGORY_ORPHAN, v1::STUDY_STAGE_VOCATIONAL_SECONDARY, last + 1, true, false},
        Row{v1::CATEGORY_ORPHAN, v1::STUDY_STAGE_UNDERGRADUATE, last + 1, false, false},
        Row{v1::CATEGORY_DEFACTO, v1::STUDY_STAGE_SENIOR_SECONDARY, last + 1, false, false}}) {
    EXPECT_EQ(MayContinue(birth, row.category, row.stage, chongqing, row.today), row.chongqing);
    EXPECT_EQ(MayContinue(birth, row.category, row.stage, sichuan, row.today), row.sichuan);
  }
}

TEST(FirstMonth, IsTheOneAfterConfirmation) {
  EXPECT_EQ(FirstMonth(Date(2026, 1, 1)), Month(2026, 2));
  EXPECT_EQ(FirstMonth(Date(2026, 12, 31)), Month(2027, 1));
}

}  // namespace
}  // namespace chuanyu::child_welfare
