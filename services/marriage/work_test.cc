// Registrations of the acceptance scenarios (domain page §10; the number is in each test's name) that need a
// day of their own, over two regions in one process, on SQLite and on a real PostgreSQL. Synthetic persons.
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/marriage/import.h"
#include "services/marriage/work_testing.h"

namespace chuanyu::marriage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(On, WorkTest, kBothDialects, DialectName);

// What does not depend on the database.
class RulesAtWorkTest : public WorkTest {};
INSTANTIATE_TEST_SUITE_P(On, RulesAtWorkTest, ::testing::Values(sql::Dialect::kSqlite));

TEST_P(RulesAtWorkTest, S21_CertificateNumbersCarryTheDivisionOfTheDay) {
  regions_.SetClocks(MorningOf(Date(2023, 8, 22)));
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP04, "511681"), PartyOf(kP05, "500112")),
            "J500112-2023-000001");
  EXPECT_EQ(regions_.Rows(kSc, "SELECT certificate_no, region FROM mr_marriage"),
            (std::vector<std::vector<std::string>>{{"J500112-2023-000001", kCq}}))
      << "C-5 has arrived";
  regions_.SetClocks(MorningOf(Date(2026, 3, 2)));
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP01, "500112"), PartyOf(kP02, "511623")),
            "J500199-2026-000001");
}

TEST_P(RulesAtWorkTest, S22_AgeIsThatOfTheDay) {
  regions_.SetClocks(MorningOf(Date(2026, 11, 23)));
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP20, "511623"), PartyOf(kP21, "511623")), "C_UNDERAGE");
  regions_.SetClocks(MorningOf(Date(2026, 11, 24)));
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP20, "511623"), PartyOf(kP21, "511623")),
            "J500199-2026-000001");
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP06, "511623"), PartyOf(kP05, "500112")), "C_UNDERAGE");
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP06, "511623"), PartyOf(kP07, "500112")), "C_UNDERAGE");
  EXPECT_THAT(Numbers(kCq), SizeIs(1)) << "a refusal uses no number";
}

TEST_P(WorkTest, S23_AMarriageOrACoolingOffInTheOtherRegionIsFound) {
  counter_.marriage_region = kSc;
  regions_.SetClocks(MorningOf(Date(2026, 6, 1)));
  ASSERT_EQ(counter_.Marry(kSc, kLinshui, PartyOf(kP04, "511681"), PartyOf(kP18, "511602")),
            "J511623-2026-000001");
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP04, "511681"), PartyOf(kP05, "500112")),
            "C_ALREADY_MARRIED");
  const auto divorce = counter_.Start(kSc, v1::REGISTRATION_KIND_DIVORCE, kLinshui, PartyOf(kP04, "511681"),
                                      PartyOf(kP18, "511602"));
  ASSERT_TRUE(divorce.ok()) << divorce.status();
  regions_.Settle();
  ASSERT_TRUE(counter_.Act(kSc, divorce->registration_no(), "accept").ok());
  regions_.SetClocks(MorningOf(Date(2026, 6, 2)));
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP04, "511681"), PartyOf(kP05, "500112")),
            "C_ALREADY_MARRIED");
  EXPECT_THAT(Numbers(kCq), IsEmpty());
}

// Only the register of 510000 knows: it is not told of, as one of before the exchange.
TEST_P(RulesAtWorkTest, S23_TheOtherRegistersAnswerDecides) {
  Work& sc = regions_.at(kSc);
  const std::string file =
      std::filesystem::path(sc.desk->config().kek).parent_path().string() + "/register.csv";
  const auto load = [&](const std::string& lines) {
    std::ofstream(file) << "certificate_no,doc_type_a,doc_no_a,doc_type_b,doc_no_b,registered_on\n" << lines;
    const absl::StatusOr<int> taken = ImportMarriages(*sc.desk, sc.registers, file);
    return taken.ok() ? std::to_string(*taken) : NameOf(taken.status()) + " at " + FieldOf(taken.status());
  };
  const std::string line = std::string("J511681-2019-000007,1,") + kP04 + ",1," + kP18 + ",2019-05-20\n";
  EXPECT_EQ(load(line + "J511681-2019-000008,1,500112198504129910,1," + kP02 + ",2019-05-20\n"),
            "ID_CHECK at line 3");
  EXPECT_THAT(regions_.Rows(kSc, "SELECT 1 FROM mr_marriage"), IsEmpty())
      << "nothing of a file that is wrong";
  EXPECT_EQ(load(line), "1");
  EXPECT_EQ(load(line), "0") << "again";
  EXPECT_EQ(load(std::string("J511681-2020-000001,1,") + kP04 + ",1," + kP05 + ",2020-05-20\n"),
            "C_ALREADY_MARRIED at line 2");
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP04, "511681"), PartyOf(kP05, "500112")),
            "C_ALREADY_MARRIED");
  EXPECT_THAT(regions_.Rows(kCq, "SELECT 1 FROM mr_spouse"), IsEmpty());
}

TEST_P(WorkTest, S23_WithoutTheOthersAnswerNothingIsRegistered) {
  const auto started = counter_.Start(kCq, v1::REGISTRATION_KIND_MARRIAGE, kYubei, PartyOf(kP04, "511681"),
                                      PartyOf(kP05, "500112"));
  ASSERT_TRUE(started.ok()) << started.status();
  const std::string& no = started->registration_no();
  EXPECT_EQ(started->state(), v1::REGISTRATION_STATE_PENDING_REMOTE_CHECK);
  EXPECT_EQ(NameOf(counter_.Act(kCq, no, "declare").status()), "PEER_UNAVAILABLE");
  EXPECT_EQ(NameOf(counter_.Act(kCq, no, "register").status()), "STATE_CONFLICT");
  EXPECT_THAT(Numbers(kCq), IsEmpty());
  // Ten minutes later both persons are free, and the officer may ask again.
  regions_.clock(kCq).Advance(absl::Minutes(11));
  regions_.Tick(kCq);
  EXPECT_EQ(counter_.StateOf(kCq, no), v1::REGISTRATION_STATE_DOCS_OK);
  regions_.Settle();
  ASSERT_TRUE(counter_.Act(kCq, no, "check").ok());
  regions_.Settle();
  EXPECT_EQ(counter_.StateOf(kCq, no), v1::REGISTRATION_STATE_NETWORK_CHECKED);
}

TEST_P(RulesAtWorkTest, AHoldThatHasEndedCannotBeUsed) {
  const auto started = counter_.Start(kCq, v1::REGISTRATION_KIND_MARRIAGE, kYubei, PartyOf(kP04, "511681"),
                                      PartyOf(kP05, "500112"));
  const std::string no = started->registration_no();
  regions_.Settle();
  ASSERT_TRUE(counter_.Act(kCq, no, "declare").ok());
  EXPECT_EQ(NameOf(counter_.Act(kCq, no, "register", /*both=*/false).status()), "C_ABSENT");
  regions_.clock(kCq).Advance(absl::Minutes(11));
  EXPECT_EQ(NameOf(counter_.Act(kCq, no, "register").status()), "STATE_CONFLICT") << "before any tick";
  regions_.Settle();
  EXPECT_EQ(counter_.StateOf(kCq, no), v1::REGISTRATION_STATE_DOCS_OK);
  EXPECT_THAT(Numbers(kCq), IsEmpty());
}

TEST_P(WorkTest, S24_OfTwoCountersAtOnceOneRegisters) {
  const auto at_cq = counter_.Start(kCq, v1::REGISTRATION_KIND_MARRIAGE, kYubei, PartyOf(kP04, "511681"),
                                    PartyOf(kP05, "500112"));
  const auto at_sc = counter_.Start(kSc, v1::REGISTRATION_KIND_MARRIAGE, kLinshui, PartyOf(kP04, "511681"),
                                    PartyOf(kP18, "511602"));
  regions_.Settle();
  const std::vector<v1::RegistrationState> states = {counter_.StateOf(kCq, at_cq->registration_no()),
                                                     counter_.StateOf(kSc, at_sc->registration_no())};
  EXPECT_THAT(states, ElementsAre(v1::REGISTRATION_STATE_NETWORK_CHECKED, v1::REGISTRATION_STATE_REFUSED));
  const auto refused = counter_.Get(kSc, at_sc->registration_no());
  EXPECT_THAT(refused->refused_reasons(), ElementsAre("STATE_CONFLICT"));
  ASSERT_TRUE(counter_.Act(kCq, at_cq->registration_no(), "declare").ok());
  ASSERT_TRUE(counter_.Act(kCq, at_cq->registration_no(), "register").ok());
  // P18 is free again; P04 is married as soon as the certificate is out, told or not.
  EXPECT_EQ(counter_.Marry(kSc, kLinshui, PartyOf(kP01, "500112"), PartyOf(kP18, "511602")),
            "J511623-2026-000001");
}

TEST_P(RulesAtWorkTest, S25_JurisdictionIsThatOfTheDay) {
  regions_.SetClocks(MorningOf(Date(2023, 8, 22)));
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP04, "511602"), PartyOf(kP18, "511602")), "C_JURISDICTION");
  v1::Party with_permit = PartyOf(kP04, "511602");
  with_permit.mutable_residence()->set_code("500112015");
  with_permit.add_documents()->set_kind(v1::DOCUMENT_KIND_RESIDENCE_PERMIT);
  EXPECT_EQ(counter_.Marry(kCq, kYubei, with_permit, PartyOf(kP18, "511602")), "J500112-2023-000001");
  regions_.SetClocks(MorningOf(Date(2025, 5, 9)));
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP20, "511602"), PartyOf(kP05, "511602")), "C_UNDERAGE");
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP01, "511602"), PartyOf(kP05, "511602")), "C_JURISDICTION");
  regions_.SetClocks(MorningOf(Date(2025, 5, 10)));
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP01, "511602"), PartyOf(kP05, "511602")),
            "J500112-2025-000001");
}

TEST_P(WorkTest, DivorceRunsThroughCoolingAndWindow) {
  counter_.marriage_region = kSc;
  regions_.SetClocks(MorningOf(Date(2026, 6, 1)));
  ASSERT_EQ(counter_.Marry(kSc, kLinshui, PartyOf(kP01, "500112"), PartyOf(kP02, "511623")),
            "J511623-2026-000001");
  const auto apply = [&](const char* office) {
    const auto started = counter_.Start(kCq, v1::REGISTRATION_KIND_DIVORCE, office, PartyOf(kP01, "500112"),
                                        PartyOf(kP02, "511623"));
    EXPECT_TRUE(started.ok()) << started.status();
    regions_.Settle();
    return started->registration_no();
  };
  const std::string no = apply(kYubei);
  EXPECT_EQ(NameOf(counter_.Act(kCq, no, "declare").status()), "STATE_CONFLICT") << "of the other kind";
  const auto accepted = counter_.Act(kCq, no, "accept");
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->state(), v1::REGISTRATION_STATE_APPLIED);
  EXPECT_EQ(accepted->divorce_days().cooling_ends().value(), "2026-07-01");
  EXPECT_EQ(accepted->divorce_days().window_ends().value(), "2026-07-31");
  regions_.Settle();
  // A second application, here or there, is none.
  const auto again = counter_.Start(kSc, v1::REGISTRATION_KIND_DIVORCE, kLinshui, PartyOf(kP01, "500112"),
                                    PartyOf(kP02, "511623"));
  regions_.Settle();
  EXPECT_THAT(counter_.Get(kSc, again->registration_no())->refused_reasons(),
              ElementsAre("DUP_ACTIVE_APPLICATION"));
  EXPECT_THAT(counter_.Get(kCq, apply(kBeibei))->refused_reasons(), ElementsAre("DUP_ACTIVE_APPLICATION"));

  regions_.SetClocks(MorningOf(Date(2026, 7, 1)));
  regions_.Settle();
  EXPECT_EQ(counter_.StateOf(kCq, no), v1::REGISTRATION_STATE_COOLING);
  EXPECT_EQ(NameOf(counter_.Act(kCq, no, "issue").status()), "C_COOLING_NOT_OVER");
  regions_.SetClocks(MorningOf(Date(2026, 7, 2)));
  EXPECT_EQ(NameOf(counter_.Act(kCq, no, "withdraw").status()), "C_WITHDRAW_TOO_LATE");
  EXPECT_EQ(NameOf(counter_.Act(kCq, no, "issue").status()), "STATE_CONFLICT") << "nobody was checked today";
  ASSERT_TRUE(counter_.Act(kCq, no, "check").ok());
  regions_.Settle();
  EXPECT_EQ(NameOf(counter_.Act(kCq, no, "issue", /*both=*/false).status()), "C_ABSENT")
      << "the window keeps running";
  const auto issued = counter_.Act(kCq, no, "issue");
  ASSERT_TRUE(issued.ok()) << issued.status();
  EXPECT_EQ(issued->certificate_no(), "L500199-2026-000001");
  regions_.Settle();
  EXPECT_THAT(regions_.Rows(kSc, "SELECT ended_by FROM mr_marriage"),
              ElementsAre(ElementsAre("L500199-2026-000001")));
  // 民法典 §1083: to each other again is a new marriage.
  EXPECT_EQ(counter_.Marry(kSc, kLinshui, PartyOf(kP01, "500112"), PartyOf(kP02, "511623")),
            "J511623-2026-000002");
}

TEST_P(WorkTest, DivorceIsWithdrawnOrLapsesAndMayBeAppliedForAgain) {
  regions_.SetClocks(MorningOf(Date(2026, 6, 1)));
  ASSERT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP01, "500112"), PartyOf(kP02, "511623")),
            "J500199-2026-000001");
  const auto apply = [&] {
    const auto started = counter_.Start(kCq, v1::REGISTRATION_KIND_DIVORCE, kYubei, PartyOf(kP01, "500112"),
                                        PartyOf(kP02, "511623"));
    regions_.Settle();
    const auto accepted = counter_.Act(kCq, started->registration_no(), "accept");
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    regions_.Settle();
    return started->registration_no();
  };
  const std::string first = apply();
  ASSERT_TRUE(counter_.Act(kCq, first, "withdraw", /*both=*/false).ok());
  EXPECT_EQ(counter_.StateOf(kCq, first), v1::REGISTRATION_STATE_WITHDRAWN);
  const std::string second = apply();
  regions_.SetClocks(MorningOf(Date(2026, 8, 1)));
  EXPECT_EQ(NameOf(counter_.Act(kCq, second, "issue").status()), "C_WINDOW_OVER");
  regions_.Settle();
  EXPECT_EQ(counter_.StateOf(kCq, second), v1::REGISTRATION_STATE_LAPSED);
  EXPECT_EQ(counter_.Get(kCq, apply())->divorce_days().receipt().value(), "2026-08-01");
  // Those who are not married to each other have nothing to divorce.
  const auto strangers = counter_.Start(kCq, v1::REGISTRATION_KIND_DIVORCE, kYubei, PartyOf(kP04, "511681"),
                                        PartyOf(kP05, "500112"));
  regions_.Settle();
  EXPECT_THAT(counter_.Get(kCq, strangers->registration_no())->refused_reasons(),
              ElementsAre("C_NO_MARRIAGE"));
}

TEST_P(WorkTest, VoidNumbersLeaveARecordAndNoGap) {
  v1::VoidCertificateNumberRequest request;
  request.set_request_id("void-1");
  request.set_office_code(kYubei);
  request.set_kind(v1::REGISTRATION_KIND_MARRIAGE);
  request.set_officer_id("officer-1");
  request.set_reason("blank-form-spoilt");
  EXPECT_EQ(*regions_.at(kCq).registrations.VoidNumber("county", request), "J500199-2026-000001");
  EXPECT_EQ(*regions_.at(kCq).registrations.VoidNumber("county", request), "J500199-2026-000001")
      << "a repeat";
  EXPECT_EQ(NameOf(regions_.at(kCq).registrations.VoidNumber("other", request).status()),
            "ORG_NOT_COMPETENT");
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP04, "511681"), PartyOf(kP05, "500112")),
            "J500199-2026-000002");
  EXPECT_THAT(
      regions_.Rows(kCq, "SELECT seq, officer, void_reason FROM mr_certificate ORDER BY seq"),
      ElementsAre(ElementsAre("1", "officer-1", "blank-form-spoilt"), ElementsAre("2", "officer-1", "")));
}

// 婚姻登记条例 §6, domain page §6.4: an officer's concern is never shown to a party.
TEST_P(RulesAtWorkTest, AConcernIsShownToOfficersAlone) {
  v1::Party woman = PartyOf(kP05, "500112");
  woman.set_confidential_concern(true);
  const auto started =
      counter_.Start(kCq, v1::REGISTRATION_KIND_MARRIAGE, kYubei, PartyOf(kP04, "511681"), woman);
  ASSERT_TRUE(started.ok());
  const std::string& no = started->registration_no();
  EXPECT_FALSE(started->has_party_b());
  EXPECT_TRUE(counter_.Get(kCq, no, v1::REGISTRATION_VIEW_OFFICER)->party_b().confidential_concern());
  const auto his = counter_.Get(kCq, no, v1::REGISTRATION_VIEW_PARTY_A);
  EXPECT_TRUE(his->has_party_a());
  EXPECT_FALSE(his->has_party_b());
  const auto hers = counter_.Get(kCq, no, v1::REGISTRATION_VIEW_PARTY_B);
  EXPECT_FALSE(hers->has_party_a());
  EXPECT_FALSE(hers->party_b().confidential_concern()) << "he may stand beside her";
  v1::GetRegistrationRequest foreign;
  foreign.set_registration_no(no);
  EXPECT_EQ(NameOf(regions_.at(kCq).registrations.Get("other", foreign).status()), "CASE_NOT_FOUND");
  ASSERT_TRUE(counter_.Act(kCq, no, "refuse").ok());
  EXPECT_THAT(counter_.Get(kCq, no)->refused_reasons(), ElementsAre("C_NOT_VOLUNTARY"));
  regions_.Settle();
  EXPECT_THAT(regions_.Rows(kSc, "SELECT 1 FROM uq_claim WHERE is_open = 1"), IsEmpty());
}

// A region that does not hold the two hears nothing.
TEST_P(RulesAtWorkTest, StatusIsToldAboutHeldPersonsOnly) {
  v1::CheckMaritalStatusRequest question;
  question.set_subject_a(std::string(32, 'a'));
  question.set_subject_b(std::string(32, 'b'));
  question.set_key_id("test");
  const auto answer = regions_.at(kSc).peers.CheckMaritalStatus(kCq, kMarry, question);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->held());
  EXPECT_FALSE(answer->has_status_a());
  EXPECT_EQ(NameOf(regions_.at(kSc).peers.CheckMaritalStatus(kCq, kAppointment, question).status()),
            "PURPOSE_DENIED");
}

}  // namespace
}  // namespace chuanyu::marriage
