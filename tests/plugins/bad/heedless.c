/* A plugin in plain C11 with the extensions that answer JSON with JSON, sound but for the one fault that the build
 * defines. */
#include <assay/ext/guard.h>
#include <assay/ext/host/rng.h>
#include <assay/ext/migrate.h>
#include <assay/ext/sampling.h>
#include <assay/ext/settings.h>
#include <assay/ext/ticket.h>
#include <assay/plugin.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"

static const assay_host* the_host;

static assay_string text(const char* literal) {
  const assay_string string = {literal, strlen(literal)};
  return string;
}

static int equals(assay_string string, const char* literal) {
  return string.length == strlen(literal) && memcmp(string.data, literal, strlen(literal)) == 0;
}

/* A value as it stands in the input. */
static assay_string raw(json value) {
  const assay_string none = {"", 0};
  if (value.at == NULL) return none;
  const assay_string string = {value.at, (uint64_t)(json_skip(value.at, value.end, 0) - value.at)};
  return string;
}

static int same(json left, json right) {
  const assay_string one = raw(left), other = raw(right);
  return one.length == other.length && memcmp(one.data, other.data, one.length) == 0;
}

static size_t number(json value) {
  size_t result = 0;
  for (const char* at = value.at; at != NULL && *at >= '0' && *at <= '9'; ++at)
    result = result * 10 + (size_t)(*at - '0');
  return result;
}

#if defined(FAULT_ENDS_LIKE_RUST)
#define LAST_WORDS "memory allocation of 5 bytes failed\n"
#elif defined(FAULT_ENDS_LIKE_CPP)
#define LAST_WORDS "terminate called after throwing an instance of 'std::bad_alloc'\n"
#endif

/* What is collected before it goes to the host: after a failure nothing. */
typedef struct output {
  char* bytes;
  size_t size, room;
} output;

static assay_status begin(output* out, size_t room) {
  out->size = 0;
  out->room = room;
  out->bytes = malloc(room);
#ifdef LAST_WORDS
  if (out->bytes == NULL) {
    if (write(STDERR_FILENO, LAST_WORDS, sizeof LAST_WORDS - 1) >= 0) abort();
  }
#endif
#ifdef FAULT_NO_MEMORY
  out->bytes[0] = '{';
#endif
  return out->bytes == NULL ? ASSAY_OUT_OF_MEMORY : ASSAY_OK;
}

static void put(output* out, assay_string piece) {
  if (piece.length > out->room - out->size) return;
  memcpy(out->bytes + out->size, piece.data, piece.length);
  out->size += piece.length;
}

static assay_status finish(output* out, const assay_writer* writer) {
  const assay_string all = {out->bytes, out->size};
  const assay_status status = writer->write(writer, all);
  free(out->bytes);
  return status;
}

static assay_status sample(const assay_call* call, assay_string input, const assay_writer* writer) {
  const json whole = json_whole(input);
  json one = json_first(json_member(whole, "population"));
  if (one.at == NULL) return ASSAY_INVALID;
  const assay_rng_1* rng = (const assay_rng_1*)the_host->get_extension(the_host, text(ASSAY_RNG_1));
  uint64_t chance = 0;
  if (rng != NULL && rng->next(call, &chance) != ASSAY_OK) {
#ifdef FAULT_TRUSTS_SERVICES
    abort();
#endif
    return ASSAY_FAILED;
  }
#ifdef FAULT_DRAWS_ANEW
  static uint64_t calls = 0;
  chance = ++calls;
#endif
  size_t size = 0;
  for (json each = one; each.at != NULL; each = json_next(each)) ++size;
  size_t least = number(json_member(whole, "at_least"));
#ifdef FAULT_TOO_FEW
  if (least > 0) --least;
#endif
  output out;
  const assay_status begun = begin(&out, input.length + 100);
#ifdef FAULT_FORGETS
  if (begun != ASSAY_OK) return writer->write(writer, text("{\"chosen\":[]}"));
#endif
  if (begun != ASSAY_OK) return begun;
  /* So many in a row, from a place that chance names. */
  put(&out, text("{\"chosen\":["));
  size_t index = 0, chosen = 0;
  const size_t from = (size_t)(chance % (size - least + 1));
  for (; one.at != NULL && chosen < least; one = json_next(one), ++index) {
    if (index < from) continue;
    if (call->cancelled(call)) {
      free(out.bytes);
      return ASSAY_CANCELLED;
    }
    put(&out, text(chosen++ == 0 ? "{\"id\":" : ",{\"id\":"));
    put(&out, raw(json_member(one, "id")));
    put(&out, text("}"));
  }
  put(&out, text("]}"));
  return finish(&out, writer);
}

static assay_status judge(const assay_call* call, assay_string input, const assay_writer* writer) {
  (void)call;
  if (json_whole(input).at == NULL) return ASSAY_INVALID;
#ifdef FAULT_NO_REASON
  return writer->write(writer, text("{\"verdict\":\"warn\"}"));
#else
  return writer->write(writer, text("{\"verdict\":\"warn\",\"reason\":\"it is late\"}"));
#endif
}

static assay_status requests(const assay_call* call, assay_string input, const assay_writer* writer) {
  (void)call;
  const json data = json_member(json_member(json_whole(input), "event"), "data");
  output out;
  const assay_status begun = begin(&out, 2 * input.length + 200);
  if (begun != ASSAY_OK) return begun;
  put(&out, text("{\"requests\":[{\"method\":\"POST\",\"path\":\"/issues\",\"headers\":{\"Content-Type\":\"application/"
                 "json\"},"
                 "\"body\":\"{\\\"title\\\":\\\""));
#ifdef FAULT_UNESCAPED_BODY
  const assay_string title = raw(json_member(data, "title"));
  if (title.length > 2) {
    const assay_string inner = {title.data + 1, title.length - 2};
    put(&out, inner);
  }
#else
  put(&out, text(data.at == NULL ? "none" : "an event"));
#endif
  put(&out, text("\\\"}\"}]}"));
  return finish(&out, writer);
}

static assay_status check(const assay_call* call, assay_string input, const assay_writer* writer) {
  (void)call;
  if (json_whole(input).at == NULL) return ASSAY_INVALID;
#ifdef FAULT_REFUSES_DEFAULTS
  return writer->write(writer, text("{\"invalid\":[{\"pointer\":\"/limit\",\"message\":\"is not for you\"}]}"));
#elif defined(FAULT_POINTS_NOWHERE)
  return writer->write(writer, text("{\"invalid\":[{\"pointer\":\"/border\",\"message\":\"is too low\"}]}"));
#else
  return writer->write(writer, text("{\"invalid\":[]}"));
#endif
}

static json first_question(json item) { return json_first(json_member(item, "questions")); }

/* The question of that id; items have one each. */
static json find(json items, json question) {
  for (json item = json_first(items); item.at != NULL; item = json_next(item)) {
    if (same(json_member(first_question(item), "id"), json_member(question, "id"))) return first_question(item);
  }
  const json none = {NULL, NULL};
  return none;
}

static assay_status map(const assay_call* call, assay_string input, const assay_writer* writer) {
  const json whole = json_whole(input);
  const json from = json_member(json_member(whole, "from"), "items"),
             to = json_member(json_member(whole, "to"), "items");
  if (whole.at == NULL) return ASSAY_INVALID;
  output out;
  const assay_status begun = begin(&out, 2 * input.length + 100);
  if (begun != ASSAY_OK) return begun;
  int several = 0;
  put(&out, text("{\"mapping\":["));
  for (json item = json_first(from); item.at != NULL && !call->cancelled(call); item = json_next(item)) {
    const json question = first_question(item), target = find(to, question);
#ifdef FAULT_LOSES_QUESTIONS
    if (target.at == NULL) continue;
#endif
    int changed = !same(json_member(question, "question"), json_member(target, "question"));
#ifdef FAULT_CHANGES_ALL
    changed = 1;
#endif
    const char* kind = target.at == NULL ? "removed" : changed ? "changed" : "kept";
    put(&out, text(several++ ? ",{\"kind\":\"" : "{\"kind\":\""));
    put(&out, text(kind));
    put(&out, text("\",\"from\":"));
    put(&out, raw(json_member(question, "id")));
    if (target.at != NULL) {
      put(&out, text(",\"to\":"));
      put(&out, raw(json_member(question, "id")));
    }
    put(&out, text("}"));
  }
  several = 0;
  put(&out, text("],\"new\":["));
  for (json item = json_first(to); item.at != NULL && !call->cancelled(call); item = json_next(item)) {
    if (find(from, first_question(item)).at != NULL) continue;
    if (several++) put(&out, text(","));
    put(&out, raw(json_member(first_question(item), "id")));
  }
  put(&out, text("]}"));
  return finish(&out, writer);
}

static assay_status init(const assay_host* host, const assay_call* call) {
  (void)call;
  the_host = host;
  return ASSAY_OK;
}

static void deinit(void) { the_host = NULL; }

static const void* get_extension(assay_string id) {
  static const assay_sampling_1 sampling = {sample};
  static const assay_guard_1 guard = {judge};
  static const assay_ticket_1 ticket = {requests};
  static const assay_settings_1 settings = {check};
  static const assay_migrate_1 migrate = {map};
  if (equals(id, ASSAY_SAMPLING_1)) return &sampling;
  if (equals(id, ASSAY_GUARD_1)) return &guard;
  if (equals(id, ASSAY_TICKET_1)) return &ticket;
  if (equals(id, ASSAY_SETTINGS_1)) return &settings;
  return equals(id, ASSAY_MIGRATE_1) ? &migrate : NULL;
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
