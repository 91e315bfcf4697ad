#include "services/elderly_care/rules/geojson.h"

#include <cstdint>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace chuanyu::elderly_care {
namespace {

// Text of a protobuf string field is UTF-8 already.
std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// RFC 7946 §11.2: seven decimals are a centimetre; written without going through a floating number.
std::string Degrees(int32_t e7) {
  const int64_t all = std::abs(int64_t{e7});
  return absl::StrFormat("%s%d.%07d", e7 < 0 ? "-" : "", all / 10'000'000, all % 10'000'000);
}

std::string FeatureOf(const v1::PublicEntry& entry) {
  const std::string geometry =
      entry.has_location()
          ? absl::StrCat("{\"type\":\"Point\",\"coordinates\":[", Degrees(entry.location().longitude_e7()),
                         ",", Degrees(entry.location().latitude_e7()), "]}")
          : "null";
  std::string properties = absl::StrCat(
      "{\"name\":", Quoted(entry.name()),
      ",\"nature\":", Quoted(v1::Nature_Name(entry.nature()).substr(sizeof("NATURE_") - 1)),
      ",\"division\":", Quoted(entry.address_code().code()), ",\"address\":", Quoted(entry.address()),
      ",\"beds\":", entry.beds_total(), ",\"phone\":", Quoted(entry.phone()));
  if (entry.grade() > 0) absl::StrAppend(&properties, ",\"grade\":", entry.grade());
  absl::StrAppend(&properties, ",\"filed_at\":", Quoted(entry.filed_at().value()),
                  ",\"region\":", Quoted(entry.region()), "}");
  return absl::StrCat("{\"type\":\"Feature\",\"id\":", Quoted(entry.entry_id()), ",\"geometry\":", geometry,
                      ",\"properties\":", properties, "}");
}

}  // namespace

std::string GeoJsonOf(const std::vector<v1::PublicEntry>& entries) {
  std::string out = "{\"type\":\"FeatureCollection\",\"features\":[";
  bool first = true;
  for (const v1::PublicEntry& entry : entries) {
    if (!entry.shown()) continue;
    absl::StrAppend(&out, first ? "\n" : ",\n", FeatureOf(entry));
    first = false;
  }
  return out + "\n]}\n";
}

}  // namespace chuanyu::elderly_care
