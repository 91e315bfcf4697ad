// Writing a page so that text cannot become markup. Pure, thread-safe but for one HtmlPage.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace chuanyu::family_economy {

// As text of an HTML element or attribute. Bytes below 0x20 other than line ends become U+FFFD.
std::string EscapeHtml(const std::string& text);

// Everything but Raw escapes what it is given; Raw is for markup written here.
class HtmlPage {
 public:
  HtmlPage& Raw(const std::string& html) {
    html_ += html;
    return *this;
  }
  HtmlPage& Heading(const std::string& text) { return Raw("<h2>" + EscapeHtml(text) + "</h2>\n"); }
  HtmlPage& Paragraph(const std::string& text, const std::string& css = "") {
    return Raw("<p class=\"" + EscapeHtml(css) + "\">" + EscapeHtml(text) + "</p>\n");
  }
  HtmlPage& Begin(const std::vector<std::string>& columns) {
    Raw("<table><thead><tr>");
    for (const std::string& column : columns) Raw("<th>" + EscapeHtml(column) + "</th>");
    return Raw("</tr></thead><tbody>\n");
  }
  HtmlPage& Row(const std::vector<std::string>& cells) {
    Raw("<tr>");
    for (const std::string& cell : cells) Cell(cell);
    return Raw("</tr>\n");
  }
  HtmlPage& Cell(const std::string& text) { return Raw("<td>" + EscapeHtml(text) + "</td>"); }
  HtmlPage& Cell(const std::string& text, const std::string& css) {
    return Raw("<td class=\"" + EscapeHtml(css) + "\">" + EscapeHtml(text) + "</td>");
  }
  HtmlPage& Fact(const std::string& name, const std::string& value) {
    return Raw("<tr><th>" + EscapeHtml(name) + "</th><td>" + EscapeHtml(value) + "</td></tr>\n");
  }
  HtmlPage& End() { return Raw("</tbody></table>\n"); }
  std::string Take() { return std::move(html_); }

 private:
  std::string html_;
};

}  // namespace chuanyu::family_economy
