// Synthetic persons.
#include "services/family_economy/report_signature.h"

#include <algorithm>
#include <memory>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

merkle::NoteSigner Signer(crypto::KeyAlg alg) {
  std::shared_ptr<const crypto::Signer> key = *crypto::GenerateSigner(alg);
  const auto type =
      alg == crypto::KeyAlg::kSm2 ? merkle::SignatureType::kSm2 : merkle::SignatureType::kEd25519;
  return *merkle::NoteSigner::Create(ReportKeyName(kChongqing), type, key);
}

class ReportSignatureTest : public ::testing::Test {
 protected:
  // The demo's family with its report and one result.
  static v1::Verification Reported() {
    v1::Verification verification = Demo();
    verification.set_verification_no("CQ-A-500112-20260320-00000001");
    const auto parsed = ParseApplication(Demo(), TestContext());
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    for (const v1::ReportMember& line : MaskedMembers(*parsed, TestContext().today)) {
      *verification.mutable_report()->add_members() = line;
    }
    v1::MemberResult& result = *verification.add_results();
    result.set_member_id("P01");
    result.mutable_result()->set_data_class(v1::DATA_CLASS_A10_ASSISTANCE);
    result.mutable_result()->set_state(v1::RESULT_STATE_NO_HIT);
    verification.add_duplicates()->set_member_id("P02");
    CompleteReport(TestNow(), &verification);
    return verification;
  }
  v1::Report Signed(const std::vector<merkle::NoteSigner>& signers) const {
    v1::Verification verification = Reported();
    EXPECT_TRUE(SignReport(signers, &verification).ok());
    return verification.report();
  }
  static std::string OutcomeOf(const v1::Report& report, const std::vector<merkle::VerifierKey>& keys) {
    const auto opened = OpenReport(report, merkle::NoteVerifier(keys));
    if (opened.ok()) return "OK";
    const auto reason = ReasonOf(opened.status());
    return reason ? std::string(ReasonName(*reason)) : opened.status().ToString();
  }

  const merkle::NoteSigner ed25519_ = Signer(crypto::KeyAlg::kEd25519);
  const merkle::NoteSigner sm2_ = Signer(crypto::KeyAlg::kSm2);
};

TEST_F(ReportSignatureTest, SignsWhatTheReportRestsOnWithBothKeys) {
  const v1::Report report = Signed({ed25519_, sm2_});
  const auto opened = OpenReport(report, merkle::NoteVerifier({ed25519_.key(), sm2_.key()}));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_THAT(opened->signatures, SizeIs(2));
  EXPECT_EQ(opened->evidence.report().report_no(), "CQ-A-500112-20260320-00000001-R1");
  ASSERT_EQ(opened->evidence.results_size(), 1);
  EXPECT_EQ(opened->evidence.duplicates_size(), 1);
  EXPECT_EQ(opened->evidence.report().note(), report.note());
  EXPECT_THAT(SignatureWord(opened->signatures[0]), HasSubstr("500000.chuanyu/family-economy，Ed25519"));
  EXPECT_THAT(SignatureWord(opened->signatures[1]), HasSubstr("SM2"));
}

TEST_F(ReportSignatureTest, StatesNoNameOrNumberOfThePersons) {
  const v1::Verification verification = Reported();
  const v1::Report report = Signed({ed25519_});
  EXPECT_FALSE(report.statement().empty());
  ASSERT_GT(verification.household().members_size(), 0);
  for (const v1::Member& member : verification.household().members()) {
    ASSERT_FALSE(member.person().name().empty());
    EXPECT_THAT(report.statement(), Not(HasSubstr(member.person().name())));
    EXPECT_THAT(report.statement(), Not(HasSubstr(member.person().doc_no())));
  }
}

TEST_F(ReportSignatureTest, RefusesWhatWasNotSigned) {
  const std::vector<merkle::VerifierKey> both = {ed25519_.key(), sm2_.key()};
  EXPECT_EQ(OutcomeOf(Signed({ed25519_, sm2_}), both), "OK");
  EXPECT_EQ(OutcomeOf(Reported().report(), both), "SIG_INVALID") << "not signed at all";
  EXPECT_EQ(OutcomeOf(Signed({ed25519_}), both), "SIG_INVALID") << "one signature was taken away";
  EXPECT_EQ(OutcomeOf(Signed({Signer(crypto::KeyAlg::kEd25519)}), {ed25519_.key()}), "SIG_INVALID")
      << "somebody else's key";

  v1::Report changed = Signed({ed25519_});
  v1::Verification evidence;
  ASSERT_TRUE(evidence.ParseFromString(changed.statement()));
  evidence.clear_duplicates();
  changed.set_statement(evidence.SerializeAsString());
  EXPECT_EQ(OutcomeOf(changed, {ed25519_.key()}), "SIG_INVALID") << "a duplicate benefit was taken out";

  v1::Report renumbered = Signed({ed25519_});
  renumbered.set_report_no("CQ-A-500112-20260320-00000001-R2");
  EXPECT_EQ(OutcomeOf(renumbered, {ed25519_.key()}), "SIG_INVALID") << "shown as another version";
}

// A report that is made again must not carry what was signed before.
TEST_F(ReportSignatureTest, ANewReportIsNotSignedYet) {
  v1::Verification verification = Reported();
  ASSERT_TRUE(SignReport({ed25519_}, &verification).ok());
  CompleteReport(TestNow() + absl::Hours(1), &verification);
  EXPECT_EQ(verification.report().note(), "");
  EXPECT_EQ(verification.report().statement(), "");
}

TEST_F(ReportSignatureTest, WithoutAKeyNothingIsSigned) {
  EXPECT_EQ(Signed({}).note(), "");
  EXPECT_EQ(Signed({}).statement(), "");
}

}  // namespace
}  // namespace chuanyu::family_economy
