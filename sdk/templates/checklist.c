/* A checklist in C: the texts lie in catalogue.*.json and are built into the library. */
#include <assay/ext/checklist.h>
#include <assay/plugin.h>
#include <string.h>

#include "catalogue_de.h"
#include "catalogue_en.h"

static int equals(assay_string text, const char* literal) {
  return text.length == strlen(literal) && memcmp(text.data, literal, strlen(literal)) == 0;
}

/* Writes after a failure fail as well, so the last status tells about all of them. */
static assay_status put(const assay_writer* out, const char* bytes, uint64_t length) {
  const assay_string text = {bytes, length};
  return out->write(out, text);
}

/* Writes all catalogues in the language of the call. Ids must be the same in all languages. */
static assay_status catalogues(const assay_call* call, const assay_writer* out) {
  assay_status status = put(out, "{\"catalogues\": [", 16);
  if (status == ASSAY_OK && equals(call->language, "de")) {
    status = put(out, catalogue_de, catalogue_de_length);
  } else if (status == ASSAY_OK) {
    status = put(out, catalogue_en, catalogue_en_length);
  }
  return status == ASSAY_OK ? put(out, "]}", 2) : status;
}

static assay_status init(const assay_host* host, const assay_call* call) {
  (void)host;
  (void)call;
  return ASSAY_OK;
}

static void deinit(void) {}

static const void* get_extension(assay_string id) {
  static const assay_checklist_1 checklist = {catalogues};
  return equals(id, ASSAY_CHECKLIST_1) ? &checklist : NULL;
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
