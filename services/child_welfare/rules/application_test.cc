#include "services/child_welfare/rules/application.h"

#include <functional>

#include "services/child_welfare/rules/rules_testing.h"

namespace chuanyu::child_welfare {
namespace {

constexpr Date kToday(2026, 3, 2);

absl::StatusOr<ChildApplication> Parse(const Form& form) {
  return ParseChildApplication(form.child, form.parents, form.guardian, PolicyOf("510000", kToday), kToday,
                               Divisions());
}

TEST(Application, IsReadWithTheRegionOfTheHukou) {
  const auto application = Parse(TestForm());
  ASSERT_TRUE(application.ok()) << application.status();
  EXPECT_EQ(application->hukou_region, "510000");
  EXPECT_EQ(application->birth, Date(2014, 5, 20));
}

TEST(Application, FoundlingHasNoNumberButABirthDate) {
  Form form = TestForm();
  form.child.mutable_person()->set_doc_type(type::v1::DOC_TYPE_NONE);
  form.child.mutable_person()->clear_doc_no();
  form.child.mutable_person()->set_person_ref("foundling-1");
  form.parents = Both('U', 'U');
  form.child.set_care_type(v1::CARE_TYPE_INSTITUTION);
  form.guardian.clear_person();
  form.guardian.set_institution_uscc("12511681MB9999981D");
  EXPECT_EQ(ReasonText(Parse(form).status()), "DATE_INVALID child.birth_date");
  SetDay(form.child.mutable_birth_date(), Date(2026, 1, 2));
  EXPECT_EQ(ReasonText(Parse(form).status()), "OK");
}

TEST(Application, NamesWhatIsWrong) {
  struct Row {
    const char* reason;
    std::function<void(Form&)> spoil;
  };
  for (const Row& row : std::vector<Row>{
           {"ID_CHECK child.person.doc_no",
            [](Form& form) { form.child.mutable_person()->set_doc_no("511623201405209903"); }},
           {"B_AGE child", [](Form& form) { form.child.mutable_person()->set_doc_no("500112200712019937"); }},
           {"B_EVIDENCE_CONFLICT child.birth_date",
            [](Form& form) { SetDay(form.child.mutable_birth_date(), Date(2014, 5, 21)); }},
           {"CODE_UNKNOWN child.hukou_code",
            [](Form& form) { form.child.mutable_hukou_code()->set_code("510000"); }},
           {"CODE_UNKNOWN child.residence_code", [](Form& form) { form.child.clear_residence_code(); }},
           {"BAD_REQUEST child.care_type", [](Form& form) { form.child.clear_care_type(); }},
           {"B_PARENT_INCOMPLETE parents", [](Form& form) { form.parents.pop_back(); }},
           {"B_GUARDIAN_UNPROVEN guardian.person", [](Form& form) { form.guardian.clear_person(); }},
           {"B_GUARDIAN_UNPROVEN guardian.person",
            [](Form& form) { *form.guardian.mutable_person() = form.child.person(); }},
           {"B_GUARDIAN_UNPROVEN guardian.person",
            [](Form& form) { form.guardian.mutable_person()->set_doc_no("500112201509019936"); }},
           {"B_GUARDIAN_UNPROVEN guardian.evidence", [](Form& form) { form.guardian.clear_evidence(); }},
           {"B_GUARDIAN_UNPROVEN guardian.evidence.kind",
            [](Form& form) { form.guardian.mutable_evidence()->set_kind(v1::EVIDENCE_KIND_DIAGNOSIS); }},
           {"B_GUARDIAN_UNPROVEN guardian.evidence.date",
            [](Form& form) { SetDay(form.guardian.mutable_evidence()->mutable_date(), kToday + 1); }},
           {"B_GUARDIAN_UNPROVEN guardian.institution_uscc",
            [](Form& form) { form.child.set_care_type(v1::CARE_TYPE_INSTITUTION); }},
           {"B_EVIDENCE_CONFLICT guardian.relation", [](Form& form) { form.guardian.set_relation("51"); }},
           {"CODE_UNKNOWN guardian.relation", [](Form& form) { form.guardian.set_relation("aunt"); }}}) {
    Form form = TestForm();
    row.spoil(form);
    EXPECT_EQ(ReasonText(Parse(form).status()), row.reason);
  }
}

TEST(Hukou, IsJudgedOnTheDayAndByTheTown) {
  const auto in = [](const char* code, const char* county, Date day) {
    return IsInCounty(code, county, day, Divisions()).value();
  };
  EXPECT_TRUE(in("511623", "511623", kToday));
  EXPECT_FALSE(in("511623", "511681", kToday));
  // 茨竹镇 went from 渝北 to 北碚 on 2026-01-25.
  EXPECT_TRUE(in("500112140", "500112", Date(2026, 1, 24)));
  EXPECT_TRUE(in("500112140", "500109", Date(2026, 1, 25)));
  EXPECT_FALSE(in("500112140", "500112", Date(2026, 1, 25)));
  // 渝北 without a town may be either successor.
  EXPECT_TRUE(in("500112", "500199", kToday));
  EXPECT_TRUE(in("500112", "500109", kToday));
  EXPECT_FALSE(in("500112", "500101", kToday));
}

TEST(Transfer, IsCheckedBeforeItIsTakenIn) {
  v1::Transfer good;
  good.set_determination_no("SC-B-511623-20260302-00000001-D");
  good.set_category(v1::CATEGORY_DEFACTO);
  good.mutable_from_month()->set_value("2026-07");
  good.mutable_moved_on()->set_value("2026-06-09");
  good.mutable_confirmed_on()->set_value("2026-03-02");
  EXPECT_EQ(ReasonText(CheckTransfer(good)), "OK");
  struct Row {
    std::function<void(v1::Transfer*)> spoil;
    std::string reason;
  };
  for (const Row& row :
       {Row{[](auto* it) { it->clear_determination_no(); }, "BAD_REQUEST transfer.determination_no"},
        {[](auto* it) { it->clear_category(); }, "CODE_UNKNOWN transfer.category"},
        {[](auto* it) { it->mutable_from_month()->set_value("2026-06"); }, "BAD_REQUEST transfer.from_month"},
        {[](auto* it) { it->clear_from_month(); }, "DATE_INVALID transfer.from_month"},
        {[](auto* it) { it->clear_moved_on(); }, "DATE_INVALID transfer.moved_on"},
        {[](auto* it) { it->clear_confirmed_on(); }, "DATE_INVALID transfer.confirmed_on"}}) {
    v1::Transfer bad = good;
    row.spoil(&bad);
    EXPECT_EQ(ReasonText(CheckTransfer(bad)), row.reason);
  }
}

// Domain page §5.4: evidence not older than 6 months is used again.
TEST(Transfer, ReusesWhatWasConfirmedWithinSixMonths) {
  const PolicyDay policy = PolicyOf("510000", kToday);
  EXPECT_TRUE(IsReusable(Date(2025, 9, 2), policy, kToday));
  EXPECT_FALSE(IsReusable(Date(2025, 9, 1), policy, kToday));
  EXPECT_TRUE(IsReusable(kToday, policy, kToday));
}

}  // namespace
}  // namespace chuanyu::child_welfare
