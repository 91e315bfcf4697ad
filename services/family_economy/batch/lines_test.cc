#include "services/family_economy/batch/lines.h"

#include <functional>

#include "common/errors/error.h"
#include "gtest/gtest.h"
#include "services/family_economy/batch/batch_testing.h"

namespace chuanyu::family_economy {
namespace {

v1::BatchManifest Manifest() { return MakeBatch("2026-03", {LineOf(kP02)}, 10).manifest; }

struct BadLine {
  const char* what;
  std::function<void(v1::BatchLine&)> change;
  Reason reason;
  const char* field;
};

TEST(BatchLine, EachFlawHasItsReasonAndField) {
  const BadLine table[] = {
      {"check digit", [](auto& l) { l.mutable_person()->set_doc_no("500112198504129910"); }, Reason::ID_CHECK,
       "person.doc_no"},
      {"30 February", [](auto& l) { l.mutable_person()->set_doc_no("511623202302302463"); },
       Reason::ID_BIRTHDATE, "person.doc_no"},
      {"born in the future", [](auto& l) { l.mutable_person()->set_doc_no("511623209912319918"); },
       Reason::ID_BIRTHDATE_RANGE, "person.doc_no"},
      {"no number",
       [](auto& l) {
         l.mutable_person()->set_doc_type(type::v1::DOC_TYPE_NONE);
         l.mutable_person()->clear_doc_no();
         l.mutable_person()->set_person_ref("0199aaaa-0000-7000-8000-000000000001");
       },
       Reason::ID_DOC_TYPE, "person.doc_type"},
      {"no authorisation", [](auto& l) { l.clear_auth_no(); }, Reason::AUTH_MISSING, "auth_no"},
      {"not yet in force", [](auto& l) { l.mutable_auth_valid_from()->set_value("2026-03-21"); },
       Reason::AUTH_MISSING, "auth_valid_from"},
      {"expired yesterday", [](auto& l) { l.mutable_auth_valid_to()->set_value("2026-03-19"); },
       Reason::AUTH_EXPIRED, "auth_valid_to"},
      {"revoked", [](auto& l) { l.mutable_auth_revoked_at()->set_seconds(absl::ToUnixSeconds(TestNow())); },
       Reason::AUTH_REVOKED, "auth_revoked_at"},
      {"class not allowed", [](auto& l) { l.mutable_auth_scope()->RemoveLast(); }, Reason::AUTH_SCOPE,
       "auth_scope"},
      {"impossible day", [](auto& l) { l.mutable_auth_valid_from()->set_value("2025-02-30"); },
       Reason::DATE_INVALID, "auth_valid_from"},
      {"number in the authorisation's", [](auto& l) { l.set_auth_no(std::string("A") + kP02); },
       Reason::BAD_REQUEST, "auth_no"},
      {"number as reference", [](auto& l) { l.set_case_ref(kP02); }, Reason::BAD_REQUEST, "case_ref"},
      {"no day of the file", [](auto& l) { l.mutable_known_until()->set_value("2026-02-30"); },
       Reason::DATE_INVALID, "known_until"},
      {"quote in the reference", [](auto& l) { l.set_case_ref("a'b"); }, Reason::BAD_REQUEST, "case_ref"},
      {"marital code", [](auto& l) { l.set_known_marital_code("11"); }, Reason::CODE_UNKNOWN,
       "known_marital_code"},
      {"no name", [](auto& l) { l.mutable_person()->clear_name(); }, Reason::BAD_REQUEST, "person.name"},
  };
  for (const BadLine& bad : table) {
    v1::BatchLine line = LineOf(kP02);
    bad.change(line);
    const absl::Status status = CheckLine(line, Manifest(), TestContext()).status();
    EXPECT_TRUE(HasReason(status, bad.reason)) << bad.what << ": " << status;
    EXPECT_EQ(FieldOf(status), bad.field) << bad.what;
  }
}

TEST(BatchLine, AuthorisationCountsOnItsFirstAndLastDay) {
  v1::BatchLine line = LineOf(kP02);
  line.mutable_auth_valid_from()->set_value("2026-03-20");
  line.mutable_auth_valid_to()->set_value("2026-03-20");
  EXPECT_TRUE(CheckLine(line, Manifest(), TestContext()).ok());
}

TEST(BatchLine, QuestionHasTheCanonicalNumberAndTheManifestsClasses) {
  v1::BatchLine line = LineOf("51168119551108992x");  // PX
  const auto person = CheckLine(line, Manifest(), TestContext());
  ASSERT_TRUE(person.ok()) << person.status();
  const v1::QueryStatusRequest question = QuestionAbout(*person, Manifest());
  EXPECT_EQ(question.person().doc_no(), "51168119551108992X");
  EXPECT_EQ(question.classes_size(), 3);
  EXPECT_EQ(question.as_of().value(), "2026-03-20");
}

struct BadManifest {
  const char* what;
  std::function<void(v1::BatchManifest&)> change;
  Reason reason;
};

TEST(BatchManifest, EachFlawHasItsReason) {
  EXPECT_TRUE(CheckManifest(Manifest()).ok());
  const BadManifest table[] = {
      {"number of the batch", [](auto& m) { m.set_batch_no("a b"); }, Reason::BAD_REQUEST},
      {"an ID number as batch", [](auto& m) { m.set_batch_no(kP02); }, Reason::BAD_REQUEST},
      {"request id", [](auto& m) { m.clear_request_id(); }, Reason::BAD_REQUEST},
      {"somebody applies", [](auto& m) { m.set_purpose("P-DIBAO"); }, Reason::PURPOSE_DENIED},
      {"another item", [](auto& m) { m.set_purpose("P-MARRY"); }, Reason::PURPOSE_DENIED},
      {"tier", [](auto& m) { m.clear_tier(); }, Reason::BAD_REQUEST},
      {"day", [](auto& m) { m.mutable_as_of()->set_value("2026-02-30"); }, Reason::DATE_INVALID},
      {"no class", [](auto& m) { m.clear_classes(); }, Reason::BAD_REQUEST},
      {"no such class", [](auto& m) { m.add_classes(static_cast<v1::DataClass>(16)); }, Reason::CODE_UNKNOWN},
      {"class twice", [](auto& m) { m.add_classes(v1::DATA_CLASS_A03_DEATH); }, Reason::BAD_REQUEST},
      {"count", [](auto& m) { m.set_count(0); }, Reason::BAD_REQUEST},
      {"hash", [](auto& m) { m.set_sm3("ABC"); }, Reason::BAD_REQUEST},
  };
  for (const BadManifest& bad : table) {
    v1::BatchManifest manifest = Manifest();
    bad.change(manifest);
    EXPECT_TRUE(HasReason(CheckManifest(manifest), bad.reason)) << bad.what;
  }
}

TEST(OnFile, IsWhatTheLineSaysOrAPeriodOfTheTier) {
  v1::BatchManifest manifest = Manifest();  // as_of 2026-03-20
  manifest.set_tier(v1::BATCH_TIER_QUARTERLY);
  v1::BatchLine line = LineOf(kP02);
  line.set_known_marital_code("20");
  EXPECT_EQ(OnFileOf(line, manifest).marital_code, "20");
  EXPECT_EQ(OnFileOf(line, manifest).until_month, "2025-12");
  line.mutable_known_until()->set_value("2026-02-28");
  EXPECT_EQ(OnFileOf(line, manifest).until_month, "2026-02");
}

}  // namespace
}  // namespace chuanyu::family_economy
