/* A plugin in plain C11 that does its work but for the one fault that the build defines; what the validator must see.
 */
#define _GNU_SOURCE
#include <assay/ext/checklist.h>
#include <assay/ext/host/log.h>
#include <assay/ext/report.h>
#include <assay/ext/scoring.h>
#include <assay/plugin.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef FAULT_EXPORTS_MORE
#define SHOWN __attribute__((visibility("default")))
SHOWN int shown_to_others(void);
SHOWN int shown_to_others(void) { return 1; }
#endif

static const assay_host* the_host;

static assay_string text(const char* literal) {
  assay_string string = {literal, strlen(literal)};
  return string;
}

static int equals(assay_string string, const char* literal) {
  return string.length == strlen(literal) && memcmp(string.data, literal, strlen(literal)) == 0;
}

static assay_status put(const assay_writer* out, const char* literal) {
  const assay_status status = out->write(out, text(literal));
#ifdef FAULT_IGNORES_WRITER
  (void)status;
  return ASSAY_OK;
#else
  return status;
#endif
}

static int german(const assay_call* call) { return equals(call->language, "de"); }

static void misbehave(const assay_call* call) {
  (void)call;
#ifdef FAULT_PRINTS
  printf("hello\n");
  fflush(stdout);
#endif
#ifdef FAULT_SIGNALS
  signal(SIGUSR1, SIG_IGN);
#endif
#ifdef FAULT_LOCALE
  setlocale(LC_ALL, "C.UTF-8");
#endif
#ifdef FAULT_ENVIRONMENT
  setenv("ASSAY_CARELESS", "1", 1);
#endif
#ifdef FAULT_LEAKS
  void* volatile lost = malloc(1000);
  (void)lost;
#endif
#ifdef FAULT_OPENS
  FILE* file = fopen("/etc/hostname", "r");
  if (file != NULL) fclose(file);
#endif
#ifdef FAULT_DEAF
  const time_t until = time(NULL) + 3;
  while (time(NULL) < until) continue;
#endif
#ifdef FAULT_NEEDS_LOG
  const assay_log_1* log = (const assay_log_1*)the_host->get_extension(the_host, text(ASSAY_LOG_1));
  log->log(the_host, ASSAY_LOG_INFO, text("called"));
#endif
}

static assay_status catalogues(const assay_call* call, const assay_writer* out) {
  static int count = 0;
  char version[20];
  ++count;
  misbehave(call);
#ifdef FAULT_ENGLISH_WORKS
  if (german(call)) {
    call->fail(call, ASSAY_FAILED, text(""), text("it has forgotten its German"));
    return ASSAY_FAILED;
  }
#endif
#ifdef FAULT_ENGLISH_HANGS
  while (german(call) && call->cancelled(call) == 0) continue;
#endif
#ifdef FAULT_CHANGES
  snprintf(version, sizeof version, "1.0.%d", count);
#else
  snprintf(version, sizeof version, "1.0.0");
#endif
  const char* id = "1.1-q1";
  const char* language = german(call) ? "de" : "en";
  const char* question = german(call) ? "Wie?" : "How?";
#ifdef FAULT_OTHER_IDS
  if (german(call)) id = "1.1-f1";
#endif
#ifdef FAULT_UNTRANSLATED
  question = "How?";
#endif
#ifdef FAULT_ENGLISH_ONLY
  language = "en";
#endif
  char catalogue[1000];
  snprintf(catalogue, sizeof catalogue,
           "{\"catalogues\": [{\"id\": \"small\", \"version\": \"%s\", \"title\": \"Small\", \"standard\": \"None\", "
           "\"language\": \"%s\", \"results\": [{\"id\": \"conforms\", \"title\": \"Conforms\"}], "
           "\"groups\": [{\"id\": \"1\", \"title\": \"One\"}], "
           "\"items\": [{\"id\": \"1.1\", \"group\": \"1\", \"clause\": \"1.1\", \"title\": \"Item\", "
           "\"questions\": [{\"id\": \"%s\", \"question\": \"%s\"}]}]}]}",
           version, language, id, question);
#ifdef FAULT_NO_GROUP
  memcpy(strstr(catalogue, "\"group\": \"1\""), "\"group\": \"7\"", 12);
#endif
  return put(out, catalogue);
}

#ifdef REPORTS
/* The audit's objectives as they stand in the JSON text, escapes and all. */
static assay_string objectives(assay_string input) {
  static const char name[] = "\"objectives\":\"";
  assay_string found = {"", 0};
  for (uint64_t i = 0; i + sizeof name < input.length; ++i) {
    if (memcmp(input.data + i, name, sizeof name - 1) != 0) continue;
    found.data = input.data + i + sizeof name - 1;
    while (i + sizeof name - 1 + found.length < input.length && found.data[found.length] != '"') {
      found.length += found.data[found.length] == '\\' ? 2 : 1;
    }
    return found;
  }
  return found;
}

static assay_status render(const assay_call* call, assay_string format, assay_string input, const assay_writer* out) {
  static int count = 0;
  ++count;
  (void)input;
#ifndef FAULT_ANY_FORMAT
  if (!equals(format, "html") && !equals(format, "pdf")) return ASSAY_UNSUPPORTED;
#endif
  misbehave(call);
#ifdef FAULT_CRASHES_ON_NONSENSE
  if (input.length < 3) abort();
#endif
#ifdef FAULT_FRAGILE
  if (input.length > 1000 && memmem(input.data, input.length, "programme", 9) == NULL) abort();
#endif
  if (equals(format, "pdf")) return put(out, "this is no PDF");
  assay_status status = put(out, "<!DOCTYPE html><html><head><title>x</title></head><body><p>");
  (void)objectives;
#ifdef FAULT_UNESCAPED
  if (status == ASSAY_OK) status = out->write(out, objectives(input));
#endif
#ifdef FAULT_COUNTS
  char line[20];
  snprintf(line, sizeof line, "%d", count);
  if (status == ASSAY_OK) status = put(out, line);
#endif
#ifdef FAULT_UNCLOSED
  if (status == ASSAY_OK) status = put(out, "<div>");
#endif
#ifdef FAULT_LOADS
  if (status == ASSAY_OK) status = put(out, "<img src=\"https://example.com/logo.png\">");
#endif
  if (status == ASSAY_OK) status = put(out, "</p></body></html>");
  return status;
}
#endif

#ifdef SCORES
/* A score for each set of the validator's sample; what is right about it is its form. */
static assay_status score(const assay_call* call, assay_string input, const assay_writer* out) {
  (void)call;
  const char* const quoted = "{\"set\":\"site:\\\"A\\\" <b>\"}";
  const int empty = memmem(input.data, input.length, "conforms\"}", 10) == NULL;
  const char* first = empty ? "{\"set\":\"audit\"}" : "{\"set\":\"audit\",\"value\":50}";
#ifdef FAULT_OUT_OF_BOUNDS
  first = "{\"set\":\"audit\",\"value\":101}";
#endif
#ifdef FAULT_SCORES_NOTHING
  first = "{\"set\":\"audit\",\"value\":50}";
#endif
#ifdef FAULT_BY_ORDER
  const char* const begin = memmem(input.data, input.length, "\"answers\":[{", 12);
  if (begin != NULL && strncmp(begin, "\"answers\":[{\"item\":\"1.1\"", 24) == 0)
    first = "{\"set\":\"audit\",\"value\":49}";
#endif
  char scores[300];
  snprintf(scores, sizeof scores, "{\"scores\":[%s,%s,{\"set\":\"site:B\"}]}", first, quoted);
  return put(out, scores);
}
#endif

static assay_status init(const assay_host* host, const assay_call* call) {
  (void)call;
  the_host = host;
#ifdef FAULT_INIT_ONCE
  static int done = 0;
  if (done++ > 0) return ASSAY_FAILED;
#endif
#ifdef FAULT_SLOW
  const clock_t until = clock() + CLOCKS_PER_SEC / 4;
  while (clock() < until) continue;
#endif
  return ASSAY_OK;
}

static void deinit(void) { the_host = NULL; }

static const void* get_extension(assay_string id) {
#ifdef FAULT_PREFIX
  static const assay_checklist_1 prefixed = {catalogues};
  if (id.length >= 9 && memcmp(id.data, "checklist", 9) == 0) return &prefixed;
#endif
#ifdef SCORES
  static const assay_scoring_1 scoring = {score};
  if (equals(id, ASSAY_SCORING_1)) return &scoring;
#endif
#ifdef REPORTS
  static const assay_report_1 report = {render};
  if (equals(id, ASSAY_REPORT_1)) return &report;
  (void)catalogues;
#else
  static const assay_checklist_1 checklist = {catalogues};
  if (equals(id, ASSAY_CHECKLIST_1)) return &checklist;
#endif
  return NULL;
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
