/* A checklist with a score of its own: a chain is as strong as its weakest link. */
#include <assay/ext/checklist.h>
#include <assay/ext/scoring.h>
#include <assay/plugin.h>
#include <string.h>

#include "catalogue.h"
#include "json.h"

static int equals(assay_string text, const char* literal) {
  return text.length == strlen(literal) && memcmp(text.data, literal, strlen(literal)) == 0;
}

static assay_status put_bytes(const assay_writer* out, const char* bytes, uint64_t length) {
  const assay_string text = {bytes, length};
  return out->write(out, text);
}

static assay_status put(const assay_writer* out, const char* literal) {
  return put_bytes(out, literal, strlen(literal));
}

static assay_status catalogues(const assay_call* call, const assay_writer* out) {
  (void)call;
  assay_status status = put(out, "{\"catalogues\": [");
  if (status == ASSAY_OK) status = put_bytes(out, catalogue, catalogue_length);
  return status == ASSAY_OK ? put(out, "]}") : status;
}

/* What results are worth, the weakest first. */
static const struct {
  const char *result, *score;
} links[] = {{"\"broken\"", "\"value\": 0, \"label\": \"broken\""},
             {"\"strained\"", "\"value\": 1, \"label\": \"strained\""},
             {"\"holds\"", "\"value\": 2, \"label\": \"holds\""}};
enum { link_count = sizeof links / sizeof links[0] };

/* The index of the weakest result among the answers; link_count when none is answered. */
static int weakest(json answers) {
  int found = link_count;
  for (json answer = json_first(answers); answer.at != NULL; answer = json_next(answer)) {
    const json result = json_member(answer, "result");
    for (int i = 0; i < found && result.at != NULL; ++i) {
      if (strncmp(result.at, links[i].result, strlen(links[i].result)) == 0) found = i;
    }
  }
  return found;
}

/* A score for each set. Its id goes out as it came in: it is JSON already. */
static assay_status put_score(const assay_writer* out, json set, int first) {
  const json id = json_member(set, "id");
  if (id.at == NULL) return ASSAY_INVALID;
  assay_status status = put(out, first ? "{\"set\": " : ", {\"set\": ");
  if (status == ASSAY_OK) status = put_bytes(out, id.at, (uint64_t)(json_skip(id.at, id.end, 0) - id.at));
  const int found = weakest(json_member(set, "answers"));
  if (status == ASSAY_OK && found < link_count) status = put(out, ", ");
  if (status == ASSAY_OK && found < link_count) status = put(out, links[found].score);
  return status == ASSAY_OK ? put(out, "}") : status;
}

static assay_status score(const assay_call* call, assay_string input, const assay_writer* out) {
  const json whole = json_whole(input);
  if (whole.at == NULL) return ASSAY_INVALID;
  assay_status status = put(out, "{\"scores\": [");
  int first = 1;
  for (json set = json_first(json_member(whole, "sets")); set.at != NULL && status == ASSAY_OK; set = json_next(set)) {
    if (call->cancelled(call)) return ASSAY_CANCELLED;
    status = put_score(out, set, first);
    first = 0;
  }
  return status == ASSAY_OK ? put(out, "]}") : status;
}

static assay_status init(const assay_host* host, const assay_call* call) {
  (void)host;
  (void)call;
  return ASSAY_OK;
}

static void deinit(void) {}

static const void* get_extension(assay_string id) {
  static const assay_checklist_1 checklist = {catalogues};
  static const assay_scoring_1 scoring = {score};
  if (equals(id, ASSAY_CHECKLIST_1)) return &checklist;
  return equals(id, ASSAY_SCORING_1) ? &scoring : NULL;
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
