#include "services/disability/rules/claim.h"

#include <functional>

#include "services/disability/rules/rules_testing.h"

namespace chuanyu::disability {
namespace {

constexpr Date kDay(2026, 6, 15);

std::string Outcome(const Form& form) {
  return ReasonText(ReadClaim(form.claimant, form.filer, kDay, kDay, Divisions()).status());
}

TEST(Claim, IsReadAsItIs) {
  const Form form = TestForm();
  const auto claim = ReadClaim(form.claimant, form.filer, kDay, kDay, Divisions());
  ASSERT_TRUE(claim.ok()) << claim.status();
  EXPECT_EQ(claim->hukou_region, "510000");
  EXPECT_EQ(claim->benefits.size(), 2u);
  EXPECT_EQ(claim->certificate.HeaviestGrade(), 2);
}

TEST(Claim, RefusesWhatTheRulesRefuse) {
  struct Row {
    const char* outcome;
    std::function<void(Form&)> spoil;
  };
  const auto guardian = [](Form& form) {
    form.filer.set_role(v1::FILER_ROLE_GUARDIAN);
    form.filer.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
    form.filer.mutable_person()->set_doc_no("511623198706239924");
    form.filer.mutable_person()->set_name("李测乙");
  };
  for (const Row& row : std::vector<Row>{
           {"OK", [](Form&) {}},
           {"OK",
            [&](Form& f) {
              guardian(f);
              f.claimant.mutable_account()->set_holder_name("李测乙");
            }},
           {"OK", [](Form& f) { f.filer.set_role(v1::FILER_ROLE_VILLAGE); }},
           {"E_ACCOUNT_NAME claimant.account.holder_name",
            [](Form& f) { f.claimant.mutable_account()->set_holder_name("李测乙"); }},
           {"E_ACCOUNT_NAME claimant.account.holder_name",
            [&](Form& f) {
              guardian(f);
              f.filer.set_role(v1::FILER_ROLE_CARER);  // a carer's account is not the person's
              f.claimant.mutable_account()->set_holder_name("李测乙");
            }},
           {"BAD_REQUEST claimant.account.account_no",
            [](Form& f) { f.claimant.mutable_account()->set_account_no("62-1"); }},
           {"BAD_REQUEST claimant.account.bank", [](Form& f) { f.claimant.mutable_account()->clear_bank(); }},
           {"BAD_REQUEST claimant.benefits", [](Form& f) { f.claimant.clear_benefits(); }},
           {"BAD_REQUEST claimant.benefits", [](Form& f) { f.claimant.add_benefits(v1::BENEFIT_LIFE); }},
           {"BAD_REQUEST claimant.care_months", [](Form& f) { f.claimant.set_care_months(-1); }},
           {"BAD_REQUEST filer.role", [](Form& f) { f.filer.clear_role(); }},
           {"BAD_REQUEST filer.person",
            [](Form& f) {
              f.filer.set_role(v1::FILER_ROLE_CARER);
              *f.filer.mutable_person() = f.claimant.person();
            }},
           {"BAD_REQUEST filer.person",
            [&](Form& f) {
              guardian(f);
              f.filer.mutable_person()->set_doc_no("511623201405209902");
            }},
           {"E_CERT_ID claimant.certificate.cert_no",
            [](Form& f) { f.claimant.mutable_certificate()->set_cert_no("51162320140520990254"); }},
           {"E_CERT_CODE claimant.certificate.cert_no",
            [](Form& f) { f.claimant.mutable_certificate()->set_cert_no("51162319700101996X48"); }},
           {"E_CERT_STATE claimant.certificate.valid_to",
            [](Form& f) { f.claimant.mutable_certificate()->mutable_valid_to()->set_value("2026-06-14"); }},
           {"ID_CHECK claimant.person.doc_no",
            [](Form& f) { f.claimant.mutable_person()->set_doc_no("511623197001019961"); }},
           {"CODE_UNKNOWN claimant.hukou_code",
            [](Form& f) { f.claimant.mutable_hukou_code()->set_code("990000"); }},
       }) {
    Form form = TestForm();
    row.spoil(form);
    EXPECT_EQ(Outcome(form), row.outcome);
  }
}

// What was shown must have been valid on the day of the application, not on the day somebody reads it.
TEST(Claim, IsJudgedOnTheDayItWasReceived) {
  Form form = TestForm();
  form.claimant.mutable_certificate()->mutable_valid_to()->set_value("2026-06-20");
  EXPECT_TRUE(ReadClaim(form.claimant, form.filer, kDay, Date(2026, 7, 1), Divisions()).ok());
  EXPECT_FALSE(ReadClaim(form.claimant, form.filer, Date(2026, 6, 21), Date(2026, 7, 1), Divisions()).ok());
}

}  // namespace
}  // namespace chuanyu::disability
