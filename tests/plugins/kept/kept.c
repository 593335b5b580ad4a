/* The source of tests/plugins/kept/1.0.0/kept.so: a plugin in C11 that implements every extension with a fixed answer
 * and uses every service of the host. Never changed, and never built again: what loads today must load for ever. */
#include <assay/ext/applicability.h>
#include <assay/ext/checklist.h>
#include <assay/ext/guard.h>
#include <assay/ext/host/clock.h>
#include <assay/ext/host/evidence.h>
#include <assay/ext/host/log.h>
#include <assay/ext/host/resource.h>
#include <assay/ext/host/rng.h>
#include <assay/ext/migrate.h>
#include <assay/ext/report.h>
#include <assay/ext/sampling.h>
#include <assay/ext/scoring.h>
#include <assay/ext/settings.h>
#include <assay/ext/ticket.h>
#include <assay/plugin.h>
#include <string.h>

static const assay_host* host;

static assay_string text(const char* literal) {
  assay_string string = {literal, strlen(literal)};
  return string;
}

static int is(assay_string string, const char* literal) {
  return string.length == strlen(literal) && memcmp(string.data, literal, string.length) == 0;
}

static assay_status catalogues(const assay_call* call, const assay_writer* out) {
  (void)call;
  return out->write(out,
                    text("{\"catalogues\": [{\"id\": \"small\", \"version\": \"1.0.0\", \"title\": \"Small\", "
                         "\"standard\": \"None\", \"language\": \"en\", "
                         "\"results\": [{\"id\": \"conforms\", \"title\": \"Conforms\"}], "
                         "\"groups\": [{\"id\": \"1\", \"title\": \"One\"}], "
                         "\"items\": [{\"id\": \"1.1\", \"group\": \"1\", \"clause\": \"1.1\", \"title\": \"Item\", "
                         "\"questions\": [{\"id\": \"1.1-q1\", \"question\": \"How?\"}]}]}]}"));
}

#define FIXED(function, answer)                                                                       \
  static assay_status function(const assay_call* call, assay_string input, const assay_writer* out) { \
    if (call->cancelled(call) != 0) return ASSAY_CANCELLED;                                           \
    if (input.length == 0) return ASSAY_INVALID;                                                      \
    return out->write(out, text(answer));                                                             \
  }
FIXED(score, "{\"scores\": [{\"set\": \"audit\", \"value\": 50}]}")
FIXED(applicable, "{\"items\": [{\"item\": \"1.1\", \"applies\": true}]}")
FIXED(sample, "{\"chosen\": [{\"id\": \"Aachen\"}]}")
FIXED(judge, "{\"verdict\": \"deny\", \"reason\": \"As always.\"}")
FIXED(requests, "{\"requests\": [{\"method\": \"POST\", \"path\": \"/\"}]}")
FIXED(check, "{\"invalid\": []}")
FIXED(map, "{\"mapping\": [{\"from\": \"1.1-q1\", \"to\": \"1.1-q1\", \"kind\": \"kept\"}], \"new\": []}")

static assay_status services(const assay_call* call, const assay_writer* out) {
  const assay_log_1* log = host->get_extension(host, text(ASSAY_LOG_1));
  const assay_resource_1* resource = host->get_extension(host, text(ASSAY_RESOURCE_1));
  const assay_evidence_1* evidence = host->get_extension(host, text(ASSAY_EVIDENCE_1));
  const assay_rng_1* rng = host->get_extension(host, text(ASSAY_RNG_1));
  const assay_clock_1* clock = host->get_extension(host, text(ASSAY_CLOCK_1));
  assay_string bytes = {NULL, 0};
  uint64_t number = 0, seed = 0;
  int64_t now = 0;
  if (log == NULL || resource == NULL || evidence == NULL || rng == NULL || clock == NULL) return ASSAY_UNSUPPORTED;
  log->log(host, ASSAY_LOG_INFO, text("services"));
  if (resource->read(host, call, text("kept.txt"), &bytes) != ASSAY_OK) return ASSAY_FAILED;
  if (out->write(out, bytes) != ASSAY_OK) return ASSAY_FAILED;
  if (evidence->read(call, text("E-1"), 0, 5, &bytes) != ASSAY_OK) return ASSAY_FAILED;
  if (out->write(out, bytes) != ASSAY_OK) return ASSAY_FAILED;
  if (rng->seed(call, &seed) != ASSAY_OK || rng->next(call, &number) != ASSAY_OK || seed != 42) return ASSAY_FAILED;
  if (clock->now_ms(call, &now) != ASSAY_OK || now != 1000) return ASSAY_FAILED;
  return ASSAY_OK;
}

static assay_status render(const assay_call* call, assay_string format, assay_string input, const assay_writer* out) {
  assay_status status = ASSAY_OK;
  if (!is(format, "text") || input.length == 0) return ASSAY_UNSUPPORTED;
  call->progress(call, 500);
  status = services(call, out);
  if (status != ASSAY_OK) {
    call->fail(call, status, text("/evidence"), text("a service failed"));
    return status;
  }
  if (call->deadline_ms(call) <= 0) return ASSAY_CANCELLED;
  return ASSAY_HAS(call, settings) ? out->write(out, call->settings) : ASSAY_OK;
}

static assay_status init(const assay_host* given, const assay_call* call) {
  (void)call;
  host = given;
  return is(given->name, "assay") && given->version.length > 0 ? ASSAY_OK : ASSAY_FAILED;
}

static void deinit(void) { host = NULL; }

static const void* get_extension(assay_string id) {
  static const assay_checklist_1 checklist = {catalogues};
  static const assay_report_1 report = {render};
  static const assay_scoring_1 scoring = {score};
  static const assay_applicability_1 applicability = {applicable};
  static const assay_sampling_1 sampling = {sample};
  static const assay_guard_1 guard = {judge};
  static const assay_ticket_1 ticket = {requests};
  static const assay_settings_1 settings = {check};
  static const assay_migrate_1 migrate = {map};
  if (is(id, ASSAY_CHECKLIST_1)) return &checklist;
  if (is(id, ASSAY_REPORT_1)) return &report;
  if (is(id, ASSAY_SCORING_1)) return &scoring;
  if (is(id, ASSAY_APPLICABILITY_1)) return &applicability;
  if (is(id, ASSAY_SAMPLING_1)) return &sampling;
  if (is(id, ASSAY_GUARD_1)) return &guard;
  if (is(id, ASSAY_TICKET_1)) return &ticket;
  if (is(id, ASSAY_SETTINGS_1)) return &settings;
  if (is(id, ASSAY_MIGRATE_1)) return &migrate;
  return NULL;
}

const assay_plugin* assay_plugin_v1(void) {
  static const assay_plugin plugin = {
      {ASSAY_SIGNATURE, sizeof(assay_plugin), ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR, ASSAY_SDK_VERSION},
      {"org.example.kept", 16},
      {"1.0.0", 5},
      init,
      deinit,
      get_extension};
  return &plugin;
}
