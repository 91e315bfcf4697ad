#include "services/elderly_care/rules/public_entry.h"

#include <map>

#include "services/elderly_care/rules/change.h"
#include "services/elderly_care/rules/rules_testing.h"

namespace chuanyu::elderly_care {
namespace {

v1::Filing Filed(v1::FilingState state) {
  v1::Filing filing = TestFiling();
  filing.set_state(state);
  filing.mutable_receipt()->set_filing_no("YLBA-511623-2026-000001");
  filing.mutable_receipt()->mutable_filed_at()->set_value("2026-05-22");
  filing.set_discrepancy_note("两间房未按图");
  return filing;
}

// "y": shown, "n": taken off, "-": stays as it is.
TEST(PublicEntry, IsShownWhenFiledOrVerifiedAndNotElse) {
  const std::map<v1::FilingState, std::string> expected = {
      {v1::FILING_STATE_FILED, "y"},          {v1::FILING_STATE_VERIFIED, "y"},
      {v1::FILING_STATE_DISCREPANCY, "n"},    {v1::FILING_STATE_RECTIFIED, "n"},
      {v1::FILING_STATE_CHANGE_PENDING, "-"}, {v1::FILING_STATE_SUPPLEMENT, "-"},
      {v1::FILING_STATE_SUSPENDED, "n"},      {v1::FILING_STATE_TERMINATED, "n"},
      {v1::FILING_STATE_MOVED_OUT, "n"}};
  for (const auto& [state, shown] : expected) {
    const auto entry = PublicOf(Filed(state));
    EXPECT_EQ(!entry ? "-" : entry->shown() ? "y" : "n", shown) << v1::FilingState_Name(state);
  }
  EXPECT_FALSE(PublicOf(TestFiling()).has_value()) << "no receipt";
}

TEST(PublicEntry, HoldsPublicFieldsOnly) {
  const std::string bytes = PublicOf(Filed(v1::FILING_STATE_FILED))->SerializeAsString();
  for (const char* secret : {"51162319700101996X", "钱测辛", "13800000001", "两间房", kU2, "SYNTHETIC-1"}) {
    EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
  }
  EXPECT_NE(bytes.find("0826-0000001"), std::string::npos);
  const std::string hidden = PublicOf(Filed(v1::FILING_STATE_SUSPENDED))->SerializeAsString();
  EXPECT_EQ(hidden, "") << "taken off, and nothing said";
}

TEST(PublicEntry, BasicViewAndPushLeaveOutWhatIsNotTheirs) {
  const std::string basic = BasicOf(Filed(v1::FILING_STATE_FILED)).SerializeAsString();
  for (const char* secret : {"51162319700101996X", "钱测辛", "13800000001", "两间房"}) {
    EXPECT_EQ(basic.find(secret), std::string::npos) << secret;
  }
  v1::Filing pushed;
  CopyPushed(Filed(v1::FILING_STATE_FILED), &pushed);
  EXPECT_EQ(pushed.discrepancy_note(), "");
  EXPECT_EQ(pushed.institution().contact_phone(), "13800000001") << "the authority calls";
}

TEST(FilingStatus, TellsNothingOfChecks) {
  EXPECT_EQ(StatusOf(v1::FILING_STATE_DISCREPANCY), v1::FILING_STATUS_FILED);
  EXPECT_EQ(StatusOf(v1::FILING_STATE_VERIFIED), v1::FILING_STATUS_FILED);
  EXPECT_EQ(StatusOf(v1::FILING_STATE_SUSPENDED), v1::FILING_STATUS_SUSPENDED);
  EXPECT_EQ(StatusOf(v1::FILING_STATE_MOVED_OUT), v1::FILING_STATUS_ENDED);
  EXPECT_EQ(StatusOf(v1::FILING_STATE_CHECKING), v1::FILING_STATUS_NONE);
}

}  // namespace
}  // namespace chuanyu::elderly_care
