#include "services/family_economy/sources/source_answer.h"

#include <algorithm>

#include "common/errors/error.h"
#include "common/identity/id_number_like.h"
#include "services/family_economy/registers/item_rules.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kMaxSourceName = 120;  // bytes

v1::ClassResult Unreadable(v1::DataClass data_class, const std::string& source, Reason reason) {
  v1::ClassResult result;
  result.set_data_class(data_class);
  result.set_state(v1::RESULT_STATE_ERROR);
  result.set_reason(std::string(ReasonName(reason)));
  result.set_source(source);
  return result;
}

// A text of the server's that is shown to people: it must not carry a number.
bool IsName(const std::string& text) {
  return !text.empty() && text.size() <= kMaxSourceName && !LooksLikeIdNumber(text);
}

v1::ClassResult ReadResult(const v1::ClassResult& said, const std::string& source_name,
                           const std::string& region) {
  const v1::DataClass data_class = said.data_class();
  const std::string source = IsName(said.source()) ? said.source() : source_name;
  const bool hit = said.state() == v1::RESULT_STATE_HIT;
  const bool no_hit = said.state() == v1::RESULT_STATE_NO_HIT;
  if (said.state() == v1::RESULT_STATE_ERROR) {
    return Unreadable(data_class, source, ParseReason(said.reason()).value_or(Reason::INTERNAL));
  }
  if ((!hit && !no_hit) || hit == said.items().empty() || said.items_size() > kMaxSourceItems) {
    return Unreadable(data_class, source, Reason::BAD_REQUEST);
  }
  v1::ClassResult result;
  result.set_data_class(data_class);
  result.set_state(said.state());
  result.set_source(source);
  if (said.has_data_as_of()) *result.mutable_data_as_of() = said.data_as_of();
  for (const v1::ClassItem& one : said.items()) {
    v1::ClassItem& item = *result.add_items();
    item = one;
    item.DiscardUnknownFields();
    const absl::Status status = CheckItem(*FindRegisterClass(data_class), region, &item);
    if (!status.ok()) {
      return Unreadable(data_class, source, ReasonOf(status).value_or(Reason::BAD_REQUEST));
    }
  }
  return result;
}

}  // namespace

std::vector<v1::ClassResult> ReadSourceAnswer(const v1::RegisterAnswer& answer,
                                              const std::vector<v1::DataClass>& classes,
                                              const std::string& source_name, const std::string& region) {
  std::vector<v1::ClassResult> results;
  for (const v1::DataClass data_class : classes) {
    const auto found = std::find_if(
        answer.results().begin(), answer.results().end(),
        [data_class](const v1::ClassResult& result) { return result.data_class() == data_class; });
    results.push_back(found == answer.results().end()
                          ? Unreadable(data_class, source_name, Reason::BAD_REQUEST)
                          : ReadResult(*found, source_name, region));
  }
  return results;
}

}  // namespace chuanyu::family_economy
