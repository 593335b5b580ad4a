/* A plugin in plain C11 that is sound but for the one fault that the build defines. */
#include <assay/ext/checklist.h>
#include <assay/ext/report.h>
#include <assay/ext/ticket.h>
#include <assay/plugin.h>
#include <string.h>

static assay_string text(const char* literal) {
  assay_string string = {literal, strlen(literal)};
  return string;
}

/* Of the two versions of the sound one, one question stays, one changes, one goes and one comes. */
#define ITEM(id, question)                                   \
  "{\"id\": \"" id "\", \"group\": \"1\", \"clause\": \"" id \
  "\", \"title\": \"Item\", \"questions\": "                 \
  "[{\"id\": \"" id "-q1\", \"question\": \"" question "\"}]}"
#if defined(FAULT_SOUND)
#define CATALOGUE_VERSION "1.0.0"
#define MORE_ITEMS ", " ITEM("1.2", "Since when?") ", " ITEM("1.3", "Who?")
#elif defined(FAULT_SOUND_NEWER)
#define CATALOGUE_VERSION "2.0.0"
#define MORE_ITEMS ", " ITEM("1.2", "Since which day?") ", " ITEM("1.4", "Where?")
#else
#define CATALOGUE_VERSION "1.0.0"
#define MORE_ITEMS
#endif

static assay_status catalogues(const assay_call* call, const assay_writer* out) {
  (void)call;
  return out->write(
      out, text("{\"catalogues\": [{\"id\": \"small\", \"version\": \"" CATALOGUE_VERSION "\", \"title\": \"Small\", "
                "\"standard\": \"None\", \"language\": \"en\", "
                "\"results\": [{\"id\": \"conforms\", \"title\": \"Conforms\"}], "
                "\"groups\": [{\"id\": \"1\", \"title\": \"One\"}], "
                "\"items\": [" ITEM("1.1", "How?") MORE_ITEMS "]}]}"));
}

#ifdef FAULT_TICKETS_ONLY
/* No fault, and as little as an adapter can do. */
static assay_status requests(const assay_call* call, assay_string input, const assay_writer* out) {
  (void)call;
  (void)input;
  return out->write(out, text("{\"requests\": []}"));
}
#endif

static assay_status init(const assay_host* host, const assay_call* call) {
  (void)host;
  (void)call;
#ifdef FAULT_FAILING_INIT
  call->fail(call, ASSAY_FAILED, text(""), text("the licence has run out"));
  return ASSAY_FAILED;
#else
  return ASSAY_OK;
#endif
}

static void deinit(void) {}

static const void* get_extension(assay_string id) {
  static const assay_checklist_1 checklist = {catalogues};
#ifdef FAULT_UNDECLARED
  static const assay_report_1 report = {0};
  if (id.length == strlen(ASSAY_REPORT_1) && memcmp(id.data, ASSAY_REPORT_1, id.length) == 0) return &report;
#endif
#ifdef FAULT_TICKETS_ONLY
  static const assay_ticket_1 ticket = {requests};
  (void)checklist;
  (void)catalogues;
  return id.length == strlen(ASSAY_TICKET_1) && memcmp(id.data, ASSAY_TICKET_1, id.length) == 0 ? &ticket : NULL;
#elif defined(FAULT_UNDELIVERED)
  (void)checklist;
  (void)id;
#else
  if (id.length == strlen(ASSAY_CHECKLIST_1) && memcmp(id.data, ASSAY_CHECKLIST_1, id.length) == 0) return &checklist;
#endif
#ifndef FAULT_TICKETS_ONLY
  return NULL;
#endif
}

#ifdef FAULT_NO_ENTRY
const assay_plugin* assay_plugin_v0(void);
#define assay_plugin_v1 assay_plugin_v0
#endif

const assay_plugin* assay_plugin_v1(void) {
  static assay_plugin plugin = {
      {ASSAY_SIGNATURE, sizeof(assay_plugin), ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR, ASSAY_SDK_VERSION},
      {ASSAY_PLUGIN_ID, sizeof(ASSAY_PLUGIN_ID) - 1},
      {ASSAY_PLUGIN_VERSION, sizeof(ASSAY_PLUGIN_VERSION) - 1},
      init,
      deinit,
      get_extension};
#ifdef FAULT_BAD_SIGNATURE
  plugin.magic.signature = 42;
  plugin.get_extension = NULL;
#endif
#ifdef FAULT_BAD_MAJOR
  plugin.magic.abi_major = 2;
#endif
#ifdef FAULT_NEWER_MINOR
  plugin.magic.abi_minor = ASSAY_ABI_MINOR + 1;
#endif
#ifdef FAULT_SMALL_ENTRY
  plugin.magic.struct_size = 64;
#endif
#ifdef FAULT_MISSING_FUNCTION
  plugin.deinit = NULL;
#endif
#ifdef FAULT_WRONG_ID
  plugin.id = text("org.example.somebody-else");
#endif
#ifdef FAULT_WRONG_VERSION
  plugin.version = text("9.9.9");
#endif
#ifdef FAULT_NULL_ENTRY
  return NULL;
#endif
  return &plugin;
}
