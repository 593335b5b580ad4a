// Documents that the validator takes and does not take.
#include "plugins/check/document.h"

#include "plugins/fixture.h"

namespace assay::test::document_test {
namespace {

constexpr std::string_view html = "text/html", csv = "text/csv", pdf = "application/pdf",
                           sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

TEST_CASE("documents are taken or not by what they are") {
  struct Row {
    std::string_view type, document, fault;  // no fault: sound
  };
  const Row rows[] = {
      {html, "<!DOCTYPE html><html><head><title>a < b</title></head><body><ul><li>x<li>y</ul><br></body></html>", ""},
      {html, "<!DOCTYPE html><style>a > b { content: '<script>' }</style><!-- <script> --><p>x", ""},
      {html, "<!doctype html><svg><path d='M0 0'/></svg>", ""},
      {html, "<html></html>", "DOCTYPE"},
      {html, "plain", "DOCTYPE"},
      {html, "<!DOCTYPE html><div><b></div></b>", "closes div where b is open"},
      {html, "<!DOCTYPE html><div>", "does not close div"},
      {html, "<!DOCTYPE html></div>", "closes div where nothing is open"},
      {html, "<!DOCTYPE html><SCRIPT>x</SCRIPT>", "element script"},
      {html, "<!DOCTYPE html><p onclick=x>", "attribute onclick"},
      {html, "<!DOCTYPE html><img src=//example.com/x>", "img loads"},
      {html, "<!DOCTYPE html><a href=\"javascript:x\">x</a>", "a has a script"},
      {html, "<!DOCTYPE html><a href=\" Java\tScript:x\">x</a>", "a has a script"},
      {html, "<!DOCTYPE html>\xFF", "not UTF-8"},
      {html, "<!DOCTYPE html>\x01", "control character"},
      {html, "", "empty"},
      {"application/json", "{\"a\": 1}", ""},
      {"application/json", "{\"a\": 1", "unexpected"},
      {"application/ld+json", "{} {}", ""},
      {"text/plain", "x\ty\r\n", ""},
      {pdf, "%PDF-1.7\nstartxref\n1\n%%EOF\n", ""},
      {pdf, "%PDF-1.7\n", "does not end"},
      {pdf, "PDF", "does not begin"},
      {sheet, "PK\x03\x04 [Content_Types].xml PK\x05\x06", ""},
      {sheet, "PK\x03\x04 PK\x05\x06", "[Content_Types].xml"},
      {sheet, "PK\x03\x04", "no directory"},
      {sheet, "x", "ZIP"},
      {"application/octet-stream", "anything", ""},
  };
  for (const Row& row : rows) {
    const auto fault = document_fault(row.type, row.document);
    INFO(row.type << ": " << row.document << ": " << fault.value_or("sound"));
    if (row.type == "application/ld+json") {
      CHECK(fault);  // two values
    } else if (row.fault.empty()) {
      CHECK_FALSE(fault);
    } else if (row.fault == "unexpected") {
      CHECK(fault);
    } else {
      REQUIRE(fault);
      CHECK(fault->find(row.fault) != std::string::npos);
    }
  }
}

TEST_CASE("texts that have become markup or formulas are seen, escaped ones are not") {
  struct Row {
    std::string_view type, document;
    bool seen;
  };
  const Row rows[] = {
      {html, "<p>&lt;assay-canary&gt;</p>", false},
      {html, "<p title=\"&quot; onassay-canary=1\">", false},
      {html, "<p><assay-canary></p>", true},
      {html, "<p title=\"\" onassay-canary=\"1\">", true},
      {html, "<p title='x' onassay-canary='1'>", true},
      {html, "<p>\xE2\x80\xAE</p>", true},
      {csv, "a,b\n'=1+1,-2.5\n", false},
      {csv, "a,\"=1+1\"\n", true},
      {csv, "a;@SUM(1)\n", true},
      {csv, "\"a\"\"b\n=1\",c\n", false},
      {csv, "+cmd\n", true},
      {csv, "a,\" \t=1+1\"\n", true},
      {csv, "a, -2.5\n", false},
      {"image/svg+xml", "<svg><assay-canary/></svg>", true},
      {"image/svg+xml", "<svg><ASSAY-Canary/></svg>", true},
      {html, "<P><ASSAY-CANARY>", true},
      {"text/plain", "<assay-canary>", false},
  };
  for (const Row& row : rows) {
    INFO(row.type << ": " << row.document);
    CHECK(injected(row.type, row.document).has_value() == row.seen);
  }
}

}  // namespace
}  // namespace assay::test::document_test
