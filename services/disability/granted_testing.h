// Cases on their way through both regions, for tests on SQLite and on a real PostgreSQL. Synthetic persons.
#pragma once

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/disability/service_testing.h"

namespace chuanyu::disability {

class DisabilityTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override { regions_ = std::make_unique<TwoRegions>(GetParam()); }
  TwoRegions& regions() { return *regions_; }
  Side& cq() { return regions_->cq(); }
  Side& sc() { return regions_->sc(); }

  // To the county's desk, with these findings.
  std::string ToDecision(Side& window, Side& decider, const std::string& id, const Form& form,
                         const v1::Findings& found) {
    const auto created = window.Create(id, form);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    const std::string no = created->application_no();
    EXPECT_TRUE(window.Act(no, "push", "WINDOW").ok());
    regions_->Settle();
    PassAll(decider, no, found);
    return no;
  }
  // From the town to the county's desk.
  static void PassAll(Side& decider, const std::string& no, const v1::Findings& found) {
    v1::Findings statuses = found;
    statuses.clear_cert_state();
    v1::Findings certificate;
    certificate.set_cert_state(found.cert_state());
    const auto town = decider.Act(no, "town_pass", "TOWN", &statuses);
    EXPECT_TRUE(town.ok()) << town.status();
    const auto fed = decider.Act(no, "fed_pass", "DISABLED_FED", &certificate);
    EXPECT_TRUE(fed.ok()) << fed.status();
  }
  // Granted in Sichuan; the application's number.
  std::string Granted(const std::string& id, const Form& form = TestForm()) {
    const std::string no = ToDecision(sc(), sc(), id, form, TestFindings());
    const auto approved = sc().Act(no, "approve", "COUNTY");
    EXPECT_TRUE(approved.ok()) << approved.status();
    EXPECT_TRUE(sc().Act(no, "notify", "WINDOW").ok());
    regions_->Settle();
    return no;
  }
  static Form OnlyLife(Form form = TestForm()) {
    form.claimant.clear_benefits();
    form.claimant.add_benefits(v1::BENEFIT_LIFE);
    return form;
  }
  static Form MovedTo500109(Form form) {
    form.claimant.mutable_hukou_code()->set_code("500109");
    return form;
  }

 private:
  std::unique_ptr<TwoRegions> regions_;
};

}  // namespace chuanyu::disability
