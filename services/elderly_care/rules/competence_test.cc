#include "services/elderly_care/rules/competence.h"

#include <vector>

#include "services/elderly_care/rules/rules_testing.h"

namespace chuanyu::elderly_care {
namespace {

// Domain page §7 "Where", §0 and scenario 9 for the district change of 2026-01-25.
TEST(Competence, FollowsNatureAndDay) {
  struct Row {
    v1::Nature nature;
    const char* registered_at;
    const char* address;
    Date day;
    const char* expected;
  };
  const Date before(2026, 1, 24);
  const Date after(2026, 1, 25);
  for (const Row& row : std::vector<Row>{
           {v1::NATURE_FOR_PROFIT, "510000", "511623100", after, "511623 510000"},
           {v1::NATURE_FOR_PROFIT, "500112", "500112140", before, "500112 500000"},
           {v1::NATURE_FOR_PROFIT, "500112", "500112140", after, "500109 500000"},
           {v1::NATURE_FOR_PROFIT, "500112", "500112015", after, "500199 500000"},
           {v1::NATURE_NON_PROFIT, "511623", "500112140", after, "511623 510000"},
           {v1::NATURE_NON_PROFIT, "511600", "511623100", after, "511600 510000"},
           {v1::NATURE_NON_PROFIT, "500000", "511623100", after, "500000 500000"},
           {v1::NATURE_NON_PROFIT, "500112", "511623100", before, "500112 500000"},
           // The registering district was divided: the part in which the premises are.
           {v1::NATURE_NON_PROFIT, "500112", "500112140", after, "500109 500000"},
           {v1::NATURE_NON_PROFIT, "500112", "511623100", after, "CODE_UNKNOWN institution.registered_at"},
           {v1::NATURE_NON_PROFIT, "500105", "511623100", after, "500199 500000"},
           {v1::NATURE_PUBLIC, "511681", "511623100", after, "511681 510000"},
           {v1::NATURE_PUBLIC, "998800", "511623100", after, "CODE_UNKNOWN institution.registered_at"},
           {v1::NATURE_PUBLIC, "511681001", "511623100", after, "CODE_UNKNOWN institution.registered_at"},
           {v1::NATURE_UNSPECIFIED, "511681", "511623100", after, "BAD_REQUEST institution.nature"},
       }) {
    v1::Filing filing = TestFiling();
    filing.mutable_institution()->set_nature(row.nature);
    filing.mutable_institution()->mutable_registered_at()->set_code(row.registered_at);
    filing.mutable_premises()->mutable_address_code()->set_code(row.address);
    const auto authority = AuthorityOf(filing, PolicyOn(row.day), row.day, Divisions());
    EXPECT_EQ(authority.ok() ? authority->division + " " + authority->region : ReasonText(authority.status()),
              row.expected)
        << v1::Nature_Name(row.nature) << " " << row.registered_at << " " << row.address;
  }
}

}  // namespace
}  // namespace chuanyu::elderly_care
