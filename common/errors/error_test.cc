#include "common/errors/error.h"

#include <gtest/gtest.h>

#include <set>

namespace chuanyu {
namespace {

TEST(Error, CarriesReasonCodeAndField) {
  const absl::Status status = MakeError(Reason::ID_CHECK, {.field = "person.doc_no"});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), Reason::ID_CHECK);
  EXPECT_EQ(FieldOf(status), "person.doc_no");
  EXPECT_EQ(status.message(), "ID_CHECK at person.doc_no");
}

TEST(Error, StatusFromElsewhereHasNoReason) {
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), std::nullopt);
  EXPECT_EQ(ReasonOf(absl::OkStatus()), std::nullopt);
}

TEST(Catalogue, NamesAreUniqueAndRoundTripAndHaveChineseText) {
  std::set<std::string_view> names;
  for (const Reason reason : AllReasons()) {
    EXPECT_TRUE(names.insert(ReasonName(reason)).second) << ReasonName(reason);
    EXPECT_EQ(ParseReason(ReasonName(reason)), reason);
    EXPECT_NE(ReasonCode(reason), absl::StatusCode::kOk);
    EXPECT_FALSE(ReasonTextZh(reason).empty());
  }
}

}  // namespace
}  // namespace chuanyu
