/* A report as one HTML file, in C. Every text of the input is somebody's typing: nothing gets into the output but by
 * put_text(). */
#include <assay/ext/report.h>
#include <assay/plugin.h>
#include <string.h>

#include "json.h"

static int equals(assay_string text, const char* literal) {
  return text.length == strlen(literal) && memcmp(text.data, literal, strlen(literal)) == 0;
}

/* What is collected before it goes to the host. After a failure nothing is written any more. */
typedef struct output {
  const assay_writer* writer;
  assay_status status;
  size_t size;
  char bytes[4096];
} output;

static void flush(output* out) {
  const assay_string piece = {out->bytes, out->size};
  if (out->status == ASSAY_OK && out->size > 0) out->status = out->writer->write(out->writer, piece);
  out->size = 0;
}

static void put_byte(output* out, char byte) {
  if (out->size == sizeof out->bytes) flush(out);
  out->bytes[out->size++] = byte;
}

static void put(output* out, const char* literal) {
  for (; *literal != '\0'; ++literal) put_byte(out, *literal);
}

static void put_utf8(output* out, long code) {
  if (code < 0x80) {
    put_byte(out, (char)code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
  put_byte(out, (char)(first[more] | (code >> (6 * more))));
  for (int i = more - 1; i >= 0; --i) put_byte(out, (char)(0x80 | ((code >> (6 * i)) & 0x3F)));
}

/* A character so that HTML can make nothing of it: no markup, no control characters, no overrides of direction. */
static void put_character(output* out, long code) {
  if (code == '&')
    put(out, "&amp;");
  else if (code == '<')
    put(out, "&lt;");
  else if (code == '>')
    put(out, "&gt;");
  else if (code == '"')
    put(out, "&quot;");
  else if (code == '\'')
    put(out, "&#39;");
  else if ((code < 0x20 && code != '\n' && code != '\t') || code == 0x7F)
    put(out, " ");
  else if (code < 0x202A || code > 0x202E)
    put_utf8(out, code);
}

/* The text that `value` is; nothing when it is none. */
static void put_text(output* out, json value) {
  if (value.at == NULL || *value.at != '"') return;
  const char* at = value.at + 1;
  long code = 0;
  while ((code = json_character(&at, value.end)) != 0) {
    if (code > 0) {
      put_character(out, code);
      continue;
    }
    /* Bytes of UTF-8, which the host has checked. */
    const unsigned first = (unsigned)-code;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    long whole = (long)(first & (0x3Fu >> more));
    for (int i = 0; i < more && at < value.end && ((unsigned char)*at & 0xC0u) == 0x80; ++i)
      whole = (whole << 6) | (*at++ & 0x3F);
    put_character(out, whole);
  }
}

static const char style[] =
    "body { max-width: 42rem; margin: 3rem auto; padding: 0 1.5rem; font: 1rem/1.55 system-ui, sans-serif; color: "
    "#1d2433; }\n"
    "header { border-bottom: 3px solid #b8923a; margin-bottom: 2rem; }\n"
    "h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; }\n"
    "header p, article p { color: #5a6478; }\n"
    "article { border-top: 1px solid #d9dde5; padding: .8rem 0; break-inside: avoid; }\n"
    "h3 { font-size: 1.05rem; margin: 0; }\n"
    "article p { margin: .2rem 0 0; }\n";

typedef struct words {
  const char *language, *report, *findings, *none;
} words;

static void put_name(output* out, json audit, const words* in) {
  put(out, in->report);
  put(out, " ");
  put_text(out, json_member(audit, "number"));
}

static void put_head(output* out, json input, const words* in) {
  const json audit = json_member(input, "audit");
  put(out, "<!DOCTYPE html>\n<html lang=\"");
  put(out, in->language);
  put(out, "\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
  put_name(out, audit, in);
  put(out, "</title>\n<style>\n");
  put(out, style);
  put(out, "</style>\n</head>\n<body>\n<header>\n<h1>");
  put_text(out, json_member(audit, "title"));
  put(out, "</h1>\n<p>");
  put_name(out, audit, in);
  put(out, " \xC2\xB7 ");
  put_text(out, json_member(json_member(input, "organisation"), "name"));
  put(out, "</p>\n</header>\n<h2>");
  put(out, in->findings);
  put(out, "</h2>\n");
}

static void put_finding(output* out, json finding) {
  put(out, "<article>\n<h3>");
  put_text(out, json_member(finding, "title"));
  put(out, "</h3>\n<p>");
  put_text(out, json_member(finding, "number"));
  put(out, " \xC2\xB7 ");
  put_text(out, json_member(finding, "grade"));
  const json clause = json_member(finding, "clause");
  if (clause.at != NULL) put(out, " \xC2\xB7 ");
  put_text(out, clause);
  put(out, "</p>\n</article>\n");
}

/* Writes the document; `input` is JSON as sdk/schema/report-input.json describes it, validated by the host. */
static assay_status render(const assay_call* call, assay_string format, assay_string input,
                           const assay_writer* writer) {
  static const words english = {"en", "Audit report", "Findings", "There are none."};
  static const words german = {"de", "Auditbericht", "Feststellungen", "Es gibt keine."};
  if (!equals(format, "html")) return ASSAY_UNSUPPORTED;
  const json whole = json_whole(input);
  if (whole.at == NULL) return ASSAY_INVALID;
  const words* in = equals(call->language, "de") ? &german : &english;
  output out = {writer, ASSAY_OK, 0, {0}};
  put_head(&out, whole, in);
  json finding = json_first(json_member(whole, "findings"));
  if (finding.at == NULL) {
    put(&out, "<p>");
    put(&out, in->none);
    put(&out, "</p>\n");
  }
  for (; finding.at != NULL && out.status == ASSAY_OK; finding = json_next(finding)) {
    if (call->cancelled(call)) return ASSAY_CANCELLED;
    put_finding(&out, finding);
  }
  put(&out, "</body>\n</html>\n");
  flush(&out);
  return out.status;
}

static assay_status init(const assay_host* host, const assay_call* call) {
  (void)host;
  (void)call;
  return ASSAY_OK;
}

static void deinit(void) {}

static const void* get_extension(assay_string id) {
  static const assay_report_1 report = {render};
  return equals(id, ASSAY_REPORT_1) ? &report : NULL;
}

const assay_plugin* assay_plugin_v1(void) {
  static const assay_plugin plugin = {
      {ASSAY_SIGNATURE, sizeof(assay_plugin), ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR, ASSAY_SDK_VERSION},
      {ASSAY_PLUGIN_ID, sizeof(ASSAY_PLUGIN_ID) - 1},
      {ASSAY_PLUGIN_VERSION, sizeof(ASSAY_PLUGIN_VERSION) - 1},
      init,
      deinit,
      get_extension};
  return &plugin;
}
