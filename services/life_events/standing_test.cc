#include "services/life_events/standing.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"

namespace chuanyu::life_events {
namespace {

struct Said {
  const char* region;
  const char* from;
  const char* to;
  int64_t revision = 0;
};

Reports ReportsOf(const std::vector<Said>& all) {
  Reports out;
  for (const Said& said : all) {
    v1::RegionReport& report = SetReport(said.region, &out);
    report.set_revision(said.revision);
    report.mutable_hukou_move()->mutable_from()->set_code(said.from);
    report.mutable_hukou_move()->mutable_to()->set_code(said.to);
  }
  return out;
}

struct Case {
  const char* name;
  std::vector<Said> said;
  const char* known;  // where to; "" when it is taken back, "?" when nothing decides
  const char* region = "";
};

const std::vector<Case> kCases = {
    {"nobody", {}, ""},
    {"one", {{"510000", "511623", "500109"}}, "500109", "510000"},
    {"one, taken back", {{"510000", "511623", "500109", 1}}, ""},
    {"both the same", {{"510000", "511623", "500109"}, {"500000", "511623", "500109"}}, "500109", "500000"},
    {"where it is entered knows better",
     {{"510000", "511623", "500101"}, {"500000", "511623", "500109"}},
     "500109",
     "500000"},
    {"also than one who sees it go elsewhere",
     {{"510000", "511623", "440103"}, {"500000", "511623", "500109"}},
     "500109",
     "500000"},
    {"until it takes that back",
     {{"510000", "511623", "500101"}, {"500000", "511623", "500109", 3}},
     "500101",
     "510000"},
    {"where it was knows better than who only heard",
     {{"510000", "511623", "440103"}, {"500000", "511623", "440106"}},
     "440103",
     "510000"},
    {"both have entered the person", {{"510000", "511623", "511602"}, {"500000", "511623", "500109"}}, "?"},
    {"both saw the person leave", {{"510000", "511623", "440103"}, {"500000", "500109", "440103"}}, "?"},
    {"both, until one takes it back",
     {{"510000", "511623", "511602", 1}, {"500000", "511623", "500109", 2}},
     "500109",
     "500000"},
};

TEST(Standing, IsThatOfTheRegionThatKnowsBestInWhateverOrder) {
  for (const Case& each : kCases) {
    std::vector<Said> said = each.said;
    for (int order = 0; order < 2; ++order) {
      const Standing standing = StandingOf(ReportsOf(said));
      std::string known = standing.disputed ? "?" : standing.hukou_move.to().code();
      if (standing.withdrawn) known.clear();
      EXPECT_EQ(known, each.known) << each.name;
      if (*each.region != '\0') {
        EXPECT_EQ(standing.region, each.region) << each.name;
      }
      std::reverse(said.begin(), said.end());
    }
  }
}

TEST(Standing, AReaderHearsOfWhatIsKnownOtherwise) {
  const Standing one = StandingOf(ReportsOf({{"510000", "511623", "500109"}}));
  const Standing both =
      StandingOf(ReportsOf({{"510000", "511623", "500109"}, {"500000", "511623", "500109"}}));
  const Standing other = StandingOf(ReportsOf({{"510000", "511623", "500101"}}));
  const Standing none = StandingOf(ReportsOf({{"510000", "511623", "500101", 1}}));
  EXPECT_TRUE(one.SaysTheSame(both));
  EXPECT_FALSE(one.SaysTheSame(other));
  EXPECT_FALSE(other.SaysTheSame(none));
  EXPECT_TRUE(none.SaysTheSame(StandingOf({})));
}

}  // namespace
}  // namespace chuanyu::life_events
