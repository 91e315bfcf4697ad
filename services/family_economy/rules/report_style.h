// How the report looks on A4 paper.
#pragma once

namespace chuanyu::family_economy {

// 未核查 differs by frame and weight, not by colour alone: many offices print in black.
inline constexpr char kReportStyle[] = R"(
@page { size: A4; margin: 16mm 15mm 18mm; @bottom-center { content: "第 " counter(page) " 页，共 " counter(pages) " 页";
  font-size: 9pt; } }
body { font-family: "Source Han Sans SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "SimSun", sans-serif;
  font-size: 10pt; line-height: 1.45; color: #000; background: #fff; max-width: 180mm; margin: 0 auto; }
h1 { font-size: 18pt; text-align: center; margin: 4mm 0 2mm; letter-spacing: 1mm; }
h2 { font-size: 12pt; margin: 6mm 0 2mm; break-after: avoid; }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.5pt solid #000; padding: 0.8mm 2mm; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
th { background: #eee; font-weight: bold; }
th.short, td.short { white-space: nowrap; width: 1%; }
tr.person { break-after: avoid; }
table.facts th { width: 26mm; }
.rules table { table-layout: fixed; }
.rules th:nth-child(1) { width: 32mm; } .rules th:nth-child(2) { width: 13mm; }
.rules th:nth-child(4) { width: 34mm; } .rules th:nth-child(5) { width: 44mm; }
.unchecked { font-weight: bold; border: 1.5pt solid #000; padding: 0 1mm; white-space: nowrap; }
.evidence { text-align: center; margin: 0 0 4mm; }
.banner { border: 2pt solid #000; padding: 2mm 4mm; font-weight: bold; margin: 4mm 0; }
.small { font-size: 9pt; }
.sign { margin-top: 6mm; break-inside: avoid; }
.sign td { height: 12mm; width: 33%; }
)";

}  // namespace chuanyu::family_economy
