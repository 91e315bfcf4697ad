#include "services/family_economy/rules/declared.h"

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace chuanyu::family_economy {
namespace {

template <typename Message>
Message Read(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

std::string Earning(const std::string& kind, int64_t fen, const std::string& member = "P01") {
  return "incomes { member_id: '" + member + "' kind: INCOME_KIND_" + kind +
         " month { value: '2026-02' } net { amount: " + std::to_string(fen) + " } } ";
}
std::string Owning(const std::string& kind, const std::string& what) {
  return "property { member_id: 'P01' kind: PROPERTY_KIND_" + kind + " " + what + " } ";
}

TEST(Declares, AtLeastWhatARegisterShows) {
  struct Row {
    const char* data_class;
    std::string items;
    std::string economy;
    bool declares;
  };
  const std::string recipient =
      "items { social_insurance { type: SOCIAL_INSURANCE_TYPE_EMPLOYEE_PENSION role: "
      "INSURANCE_ROLE_RECIPIENT "
      "benefit_fen_month: 200000 } }";
  const std::string resident =
      "items { social_insurance { type: SOCIAL_INSURANCE_TYPE_RESIDENT_PENSION role: "
      "INSURANCE_ROLE_CONTRIBUTOR } }";
  const std::string employee =
      "items { social_insurance { type: SOCIAL_INSURANCE_TYPE_EMPLOYEE_PENSION role: "
      "INSURANCE_ROLE_CONTRIBUTOR } }";
  const std::string estate = "items { real_estate { use: REAL_ESTATE_USE_DWELLING } } ";
  const std::string car = "items { vehicle { type: VEHICLE_TYPE_CAR } } ";
  const std::string wheelchair = "items { vehicle { type: VEHICLE_TYPE_MOTORISED_WHEELCHAIR } } ";
  const std::string money = "items { financial_asset { balance_fen: 1000 } } ";
  const Row rows[] = {
      {"A04_SOCIAL_INSURANCE", recipient, "", false},
      {"A04_SOCIAL_INSURANCE", recipient, Earning("TRANSFER", 199'999), false},
      {"A04_SOCIAL_INSURANCE", recipient, Earning("TRANSFER", 200'000), true},
      {"A04_SOCIAL_INSURANCE", recipient, Earning("TRANSFER", 100'000) + Earning("BASIC_PENSION", 100'000),
       true},
      {"A04_SOCIAL_INSURANCE", recipient, Earning("TRANSFER", 200'000, "P02"), false},
      {"A04_SOCIAL_INSURANCE", resident, "", true},
      {"A04_SOCIAL_INSURANCE", employee, "", false},
      {"A04_SOCIAL_INSURANCE", employee, Earning("WAGE", 0), true},
      {"A04_SOCIAL_INSURANCE", employee + recipient, Earning("WAGE", 1), false},
      {"A04_SOCIAL_INSURANCE", "", "", false},
      {"A05_REAL_ESTATE", estate, "", false},
      {"A05_REAL_ESTATE", estate, Owning("HOUSING", "count: 1"), true},
      {"A05_REAL_ESTATE", estate + estate, Owning("HOUSING", "count: 1"), false},
      {"A05_REAL_ESTATE", "", "", false},
      {"A05_REAL_ESTATE", "", Owning("HOUSING", "count: 1"), true},
      {"A06_VEHICLE", car, "", false},
      {"A06_VEHICLE", car, Owning("VEHICLE", "count: 2"), true},
      {"A06_VEHICLE", car, Owning("HOUSING", "count: 2"), false},
      {"A06_VEHICLE", wheelchair, "", true},
      {"A06_VEHICLE", wheelchair + car, "", false},
      {"A07_BUSINESS", "items { business_interest { } }", "", false},
      {"A07_BUSINESS", "items { business_interest { } }", Owning("COMPANY", "count: 1"), true},
      {"A08_HOUSING_FUND", "items { housing_fund { base_fen_month: 1 balance_fen: 5 } }", "", false},
      {"A08_HOUSING_FUND", "items { housing_fund { base_fen_month: 1 balance_fen: 5 } }", Earning("WAGE", 1),
       true},
      {"A08_HOUSING_FUND", "items { housing_fund { balance_fen: 5 } }", "", false},
      {"A08_HOUSING_FUND", "items { housing_fund { balance_fen: 5 } }",
       Owning("FINANCIAL", "amount { amount: 5 }"), true},
      {"A09_TAX", "items { taxed_income { type: TAXED_INCOME_TYPE_WAGE } }", Earning("BUSINESS", 1), false},
      {"A09_TAX", "items { taxed_income { type: TAXED_INCOME_TYPE_WAGE } }", Earning("WAGE", 1), true},
      {"A09_TAX", "items { taxed_income { type: TAXED_INCOME_TYPE_SERVICES } }", Earning("BUSINESS", 1),
       true},
      {"A09_TAX", "items { taxed_income { type: TAXED_INCOME_TYPE_CAPITAL } }", Earning("WAGE", 1), false},
      {"A09_TAX", "items { taxed_income { type: TAXED_INCOME_TYPE_CAPITAL } }", Earning("PROPERTY", 1), true},
      {"A09_TAX", "", "", false},
      {"A14_FINANCE", money + money, Owning("FINANCIAL", "amount { amount: 1999 }"), false},
      {"A14_FINANCE", money + money, Owning("FINANCIAL", "amount { amount: 2000 }"), true},
      {"A14_FINANCE", "", "", false},
      {"A14_FINANCE", "", Owning("FINANCIAL", "amount { amount: 1 }"), true},
      // Neither property nor earnings.
      {"A02_MARRIAGE", "", "", true},
      {"A10_ASSISTANCE", "", "", true},
      {"A15_UTILITIES", "items { utility_use { paid_fen_month: 1 } }", "", true},
  };
  for (const Row& row : rows) {
    const auto found =
        Read<v1::ClassResult>("data_class: DATA_CLASS_" + std::string(row.data_class) + " " + row.items);
    EXPECT_EQ(Declares(Read<v1::HouseholdEconomy>(row.economy), "P01", found), row.declares)
        << row.data_class << "\n"
        << row.items << "\n"
        << row.economy;
  }
}

}  // namespace
}  // namespace chuanyu::family_economy
