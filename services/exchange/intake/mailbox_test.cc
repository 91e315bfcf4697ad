#include "services/exchange/intake/mailbox.h"

#include <gtest/gtest.h>

namespace chuanyu::exchange {
namespace {

constexpr char kCaller[] = "500000/county/platform";

class RecordingSink final : public AnswerSink {
 public:
  void OnAnswers(const std::vector<std::shared_ptr<const v1::Answer>>& answers) override {
    for (const auto& answer : answers) ids.push_back(answer->request_id());
  }
  std::vector<std::string> ids;
};

std::shared_ptr<const v1::Answer> Answer(const std::string& id) {
  auto answer = std::make_shared<v1::Answer>();
  answer->set_request_id(id);
  return answer;
}

TEST(Mailbox, DeliversToTheNewestStreamOfTheCaller) {
  Mailbox mailbox;
  const auto old = std::make_shared<RecordingSink>();
  const auto young = std::make_shared<RecordingSink>();
  const auto other = std::make_shared<RecordingSink>();
  mailbox.Attach(kCaller, old);
  mailbox.Attach(kCaller, young);
  mailbox.Attach("500000/county/other", other);
  mailbox.Deliver(kCaller, {Answer("1"), Answer("2")});
  EXPECT_EQ(young->ids, (std::vector<std::string>{"1", "2"}));
  EXPECT_TRUE(old->ids.empty());
  EXPECT_TRUE(other->ids.empty());
  mailbox.Detach(kCaller, young.get());
  mailbox.Deliver(kCaller, {Answer("3")});
  EXPECT_EQ(old->ids, std::vector<std::string>{"3"});
}

TEST(Mailbox, EveryWaiterIsCalledOnce) {
  Mailbox mailbox;
  int calls = 0;
  mailbox.Await("1", [&](auto) { ++calls; });
  mailbox.Await("1", [&](auto) { ++calls; });
  mailbox.Await("2", [&](auto) { calls += 100; });
  mailbox.Deliver(kCaller, {Answer("1")});
  mailbox.Deliver(kCaller, {Answer("1")});
  EXPECT_EQ(calls, 2);
}

TEST(Mailbox, WhoStopsAwaitingIsNotCalled) {
  Mailbox mailbox;
  const uint64_t ticket = mailbox.Await("1", [](auto) { FAIL(); });
  EXPECT_TRUE(mailbox.StopAwaiting("1", ticket));
  EXPECT_FALSE(mailbox.StopAwaiting("1", ticket));
  mailbox.Deliver(kCaller, {Answer("1")});
}

TEST(Mailbox, RemembersWhatItHandedOutWhileAStreamIsOpen) {
  Mailbox mailbox;
  const auto sink = std::make_shared<RecordingSink>();
  mailbox.Deliver(kCaller, {Answer("0")});
  EXPECT_FALSE(mailbox.TakeHandedOut(kCaller, "0"));  // nobody took it
  mailbox.Attach(kCaller, sink);
  mailbox.Deliver(kCaller, {Answer("1"), Answer("2")});
  EXPECT_FALSE(mailbox.TakeHandedOut("500000/county/other", "1"));
  EXPECT_TRUE(mailbox.TakeHandedOut(kCaller, "1"));
  EXPECT_FALSE(mailbox.TakeHandedOut(kCaller, "1"));
  EXPECT_TRUE(mailbox.TakeHandedOut(kCaller, "2"));
  mailbox.Deliver(kCaller, {Answer("3")});
  mailbox.Detach(kCaller, sink.get());
  EXPECT_FALSE(mailbox.TakeHandedOut(kCaller, "3"));
}

}  // namespace
}  // namespace chuanyu::exchange
