#include "services/elderly_care/rules/geojson.h"

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace chuanyu::elderly_care {
namespace {

v1::PublicEntry Entry(const std::string& id, const std::string& name) {
  v1::PublicEntry entry;
  entry.set_entry_id(id);
  entry.set_region("510000");
  entry.set_shown(true);
  entry.set_name(name);
  entry.set_nature(v1::NATURE_FOR_PROFIT);
  entry.mutable_address_code()->set_code("511623100");
  entry.set_address("测试路1号");
  entry.set_beds_total(30);
  entry.set_phone("0826-0000001");
  entry.mutable_filed_at()->set_value("2026-05-22");
  return entry;
}

google::protobuf::Struct Parsed(const std::string& text) {
  google::protobuf::Struct out;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &out).ok()) << text;
  return out;
}

// RFC 7946 §3.3, §3.2 (null geometry), §3.1.1 (longitude first).
TEST(GeoJson, IsAFeatureCollectionWithLongitudeFirst) {
  v1::PublicEntry located = Entry("a", "测试\"养老\\院\"\n");
  located.mutable_location()->set_longitude_e7(1'069'300'000);
  located.mutable_location()->set_latitude_e7(-303'300'001);
  v1::PublicEntry hidden = Entry("c", "不显示");
  hidden.set_shown(false);
  const auto json = Parsed(GeoJsonOf({located, Entry("b", "无坐标"), hidden}));
  EXPECT_EQ(json.fields().at("type").string_value(), "FeatureCollection");
  const auto& features = json.fields().at("features").list_value();
  ASSERT_EQ(features.values_size(), 2);
  const auto& first = features.values(0).struct_value().fields();
  EXPECT_EQ(first.at("type").string_value(), "Feature");
  EXPECT_EQ(first.at("id").string_value(), "a");
  const auto& point = first.at("geometry").struct_value().fields();
  EXPECT_EQ(point.at("type").string_value(), "Point");
  EXPECT_DOUBLE_EQ(point.at("coordinates").list_value().values(0).number_value(), 106.93);
  EXPECT_DOUBLE_EQ(point.at("coordinates").list_value().values(1).number_value(), -30.3300001);
  const auto& properties = first.at("properties").struct_value().fields();
  EXPECT_EQ(properties.at("name").string_value(), "测试\"养老\\院\"\n");
  EXPECT_EQ(properties.at("beds").number_value(), 30);
  EXPECT_EQ(properties.at("nature").string_value(), "FOR_PROFIT");
  const auto& second = features.values(1).struct_value().fields();
  EXPECT_TRUE(second.at("geometry").has_null_value());
}

TEST(GeoJson, EmptyMapIsACollection) {
  EXPECT_EQ(Parsed(GeoJsonOf({})).fields().at("features").list_value().values_size(), 0);
}

}  // namespace
}  // namespace chuanyu::elderly_care
