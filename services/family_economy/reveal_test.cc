// Persons in clear: a separate permission, a reason, an event for auditors (domain page §3.8). Synthetic
// persons.
#include <fstream>
#include <sstream>

#include "common/telemetry/log.h"
#include "gmock/gmock.h"
#include "services/family_economy/acts_testing.h"
#include "services/family_economy/rules/notes_shown.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kDesk[] = "500000/county/desk";
constexpr char kAuditor[] = "500000/audit/desk";

class RevealTest : public ActsFixture {
 protected:
  absl::StatusOr<v1::RevealPersonsResponse> Reveal(const std::string& number, const std::string& who = kDesk,
                                                   v1::RevealReason reason = v1::REVEAL_REASON_IDENTITY,
                                                   const std::string& text = "at the desk") {
    v1::RevealPersonsRequest request;
    request.set_verification_no(number);
    request.set_reason(reason);
    request.set_reason_text(text);
    request.set_officer_id("zhang.san");
    return Ask<v1::RevealPersonsResponse>(&v1::FamilyEconomy::Stub::RevealPersons, request, who);
  }
  absl::StatusOr<v1::ListAuditEventsResponse> Events(const std::string& who = kAuditor, int size = 0,
                                                     const std::string& token = "") {
    v1::ListAuditEventsRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    return Ask<v1::ListAuditEventsResponse>(&v1::FamilyEconomy::Stub::ListAuditEvents, request, who);
  }

 private:
  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(grpc::Status (v1::FamilyEconomy::Stub::*method)(grpc::ClientContext*,
                                                                               const Request&, Response*),
                               const Request& request, const std::string& who) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    Response response;
    const grpc::Status status = (*Stub(who).*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }
};

TEST_F(RevealTest, GivesTheFamilyInClearAndKeepsWhoLooked) {
  const v1::Verification check = ReportedCheck();
  const std::string number = check.verification_no();
  // Everybody else of the organisation sees it masked.
  EXPECT_EQ(Get(number, v1::VERIFICATION_VIEW_FULL)->household().members(0).person().doc_no(),
            "500***********9912");
  EXPECT_EQ(Get(number, v1::VERIFICATION_VIEW_FULL, kDesk)->household().members(0).person().name(), "张*甲");
  const auto revealed = Reveal(number);
  ASSERT_TRUE(revealed.ok()) << revealed.status();
  EXPECT_EQ(revealed->household().members(0).person().doc_no(), kP01);
  EXPECT_EQ(revealed->household().members(1).person().name(), "李测乙");
  EXPECT_EQ(revealed->authorization().auth_no(), "SQ-DEMO-0001");
  const auto events = Events();
  ASSERT_TRUE(events.ok()) << events.status();
  EXPECT_EQ(events->broken_at(), 0);
  ASSERT_THAT(events->events(), SizeIs(2));  // this reading is the newest
  EXPECT_EQ(events->events(0).kind(), v1::AUDIT_EVENT_KIND_AUDIT_READ);
  EXPECT_EQ(events->events(0).actor(), "audit/desk");
  const v1::AuditEvent& event = events->events(1);
  EXPECT_EQ(event.kind(), v1::AUDIT_EVENT_KIND_REVEALED);
  EXPECT_EQ(event.actor(), "county/desk");
  EXPECT_EQ(event.officer_id(), "zhang.san");
  EXPECT_EQ(event.verification_no(), number);
  EXPECT_EQ(event.reason(), v1::REVEAL_REASON_IDENTITY);
  EXPECT_EQ(event.reason_text(), "at the desk");
  EXPECT_EQ(event.at().seconds(), absl::ToUnixSeconds(TestNow()));
  // The check itself is not changed by being looked at.
  EXPECT_EQ(Get(number)->version(), check.version());
}

TEST_F(RevealTest, NotesAreShownToWhoWroteThemAndInClearForAReason) {
  const v1::Verification check = ReportedCheck();
  const std::string number = check.verification_no();
  ASSERT_TRUE(Decide(check, v1::DECISION_OUTCOME_GRANTED).ok());
  EXPECT_EQ(Get(number, v1::VERIFICATION_VIEW_FULL)->decision().note(), "张测甲: see report");
  // Another system of the organisation, also one that may see persons, sees that there is one.
  EXPECT_EQ(Get(number, v1::VERIFICATION_VIEW_FULL, kDesk)->decision().note(), kMaskedNote);
  EXPECT_EQ(Get(number, v1::VERIFICATION_VIEW_BASIC, kDesk)->decision().note(), "");
  const auto revealed = Reveal(number);
  ASSERT_TRUE(revealed.ok()) << revealed.status();
  ASSERT_THAT(revealed->notes(), SizeIs(1));
  EXPECT_EQ(revealed->notes(0).field(), "decision.note");
  EXPECT_EQ(revealed->notes(0).text(), "张测甲: see report");
  EXPECT_THAT(Events()->events(), SizeIs(2));
}

TEST_F(RevealTest, WithoutThePermissionThereIsNothingButAnEvent) {
  const std::string number = ReportedCheck().verification_no();
  const absl::Status refused = Reveal(number, kPlatform).status();
  EXPECT_TRUE(HasReason(refused, Reason::POLICY_DENIED)) << refused;
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  // The permission of one organisation's desk is not another's.
  EXPECT_TRUE(HasReason(Reveal(number, "500000/town/desk").status(), Reason::POLICY_DENIED));
  EXPECT_TRUE(HasReason(Reveal(number, "500000/ops/duty").status(), Reason::ROLE_DENIED));
  EXPECT_TRUE(HasReason(Reveal(number, kAuditor).status(), Reason::ROLE_DENIED));
  EXPECT_TRUE(HasReason(Reveal("CQ-A-500109-20260320-99999999").status(), Reason::CASE_NOT_FOUND));
  const auto events = Events();
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_THAT(events->events(), SizeIs(4));
  for (int at = 1; at < 4; ++at) {
    EXPECT_EQ(events->events(at).kind(), v1::AUDIT_EVENT_KIND_REVEAL_REFUSED);
    EXPECT_THAT(events->events(at).reason_text(), IsEmpty());
  }
  EXPECT_EQ(events->events(3).actor(), "county/platform");
  EXPECT_EQ(events->events(3).verification_no(), number);
}

TEST_F(RevealTest, WithoutAReasonThereIsNothing) {
  const std::string number = ReportedCheck().verification_no();
  EXPECT_EQ(FieldOf(Reveal(number, kDesk, v1::REVEAL_REASON_UNSPECIFIED).status()), "reason");
  EXPECT_EQ(FieldOf(Reveal(number, kDesk, v1::REVEAL_REASON_OTHER, "").status()), "reason_text");
  EXPECT_EQ(FieldOf(Reveal(number, kDesk, v1::REVEAL_REASON_OTHER, "张测甲 asks").status()), "reason_text");
  EXPECT_THAT(Events()->events(), SizeIs(1));
}

TEST_F(RevealTest, WhatWasErasedIsGone) {
  const std::string number = ReportedCheck().verification_no();
  ASSERT_TRUE(Revoke(number).ok());
  EXPECT_TRUE(HasReason(Reveal(number).status(), Reason::STATE_CONFLICT));
  EXPECT_THAT(Events()->events(), SizeIs(1));
}

TEST_F(RevealTest, EventsAreForAuditorsOfTheRegionInPages) {
  const std::string number = ReportedCheck().verification_no();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Reveal(number).ok());
  for (const char* who : {kPlatform, kDesk, "500000/ops/duty"}) {
    EXPECT_TRUE(HasReason(Events(who).status(), Reason::ROLE_DENIED)) << who;
  }
  const auto first = Events(kAuditor, 2);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_THAT(first->events(), SizeIs(2));
  const auto second = Events(kAuditor, 2, first->next_page_token());
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_THAT(second->events(), SizeIs(2));
  EXPECT_EQ(second->events(1).sequence(), 1);
  EXPECT_THAT(second->next_page_token(), IsEmpty());
  EXPECT_EQ(FieldOf(Events(kAuditor, 2, "2").status()), "page_token");
  EXPECT_EQ(FieldOf(Events(kAuditor, 201).status()), "page_size");
}

TEST_F(RevealTest, NeitherLogNorDatabaseTellsAboutAnybody) {
  const std::string log = folder_ + "/log";
  ASSERT_TRUE(OpenLog({.file = log}).ok());
  const std::string number = ReportedCheck().verification_no();
  ASSERT_TRUE(Reveal(number).ok());
  EXPECT_FALSE(Reveal(number, kDesk, v1::REVEAL_REASON_OTHER, "李测乙 is here").ok());
  EXPECT_FALSE(Reveal(number, kPlatform).ok());
  StopService();
  for (const std::string& name : {log, folder_ + "/cases.db"}) {
    std::ifstream file(name, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    ASSERT_FALSE(text.str().empty()) << name;
    for (const char* secret : {kP01, kP02, "张测甲", "李测乙", "at the desk"}) {
      EXPECT_THAT(text.str(), Not(HasSubstr(secret))) << name;
    }
  }
  std::ifstream file(log);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("persons_revealed"));
}

}  // namespace
}  // namespace chuanyu::family_economy
