// A store of checks on SQLite and on a real PostgreSQL, for tests. Synthetic persons.
#pragma once

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/rules_testing.h"
#include "services/family_economy/store_testing.h"

namespace chuanyu::family_economy {

class CaseStoreFixture : public StoreFixture {
 protected:
  void SetUp() override {
    outbox_ = OutboxStore::Open(*pool_, *sealer_, "family_economy").value();
    auto store = CaseStore::Open(*pool_, *sealer_, {.ends = outbox_.get(), .region = kChongqing});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

  // A case with one question about P02, filed by `org`.
  NewCase Case(const std::string& id, const std::string& person = kP01, const std::string& org = "county") {
    NewCase out{.key = {org, id}, .body = {"body"}, .verification = Demo(), .document = {"document"}};
    out.verification.mutable_authorization()->set_auth_no("SQ-" + id);
    out.verification.set_state(v1::VERIFICATION_STATE_ACCEPTED);
    v1::RemoteQuery& query = *out.verification.add_remote_queries();
    query.set_request_id("question-" + org + id);
    query.mutable_region()->set_code(kSichuan);
    out.questions.emplace_back(query.request_id(), "asked about P02");
    out.applicants.push_back(indexer_->Index({.type = 1, .number = person}));
    out.region = kChongqing;
    out.county = "500109";
    out.today = TestContext().today;
    out.now = TestNow();
    return out;
  }
  v1::Verification MustCreate(const NewCase& new_case) {
    const auto created = store_->Create(new_case);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.value_or(v1::Verification());
  }

  std::unique_ptr<OutboxStore> outbox_;
  std::unique_ptr<CaseStore> store_;
};

}  // namespace chuanyu::family_economy
