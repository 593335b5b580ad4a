/* Extension settings/1: what an organisation sets for the plugin. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>
#include <assay/stream.h>

#define ASSAY_SETTINGS_1 "settings/1"

/* Frozen. Of static lifetime. */
typedef struct assay_settings_1 {
  /* [call] Writes {"invalid": [...]} as sdk/schema/settings-check.json describes it: what is wrong with the settings
   * `input` beyond the schema of the manifest, which the host has held them against already; an empty list when nothing
   * is. Secrets are in `input` as empty texts when they are not set, and as "set" when they are. Every other call finds
   * the settings in call->settings. */
  assay_status (*check)(const assay_call* call, assay_string input, const assay_writer* out);
} assay_settings_1;

ASSAY_STATIC_ASSERT(sizeof(assay_settings_1) == 8, "layout of assay_settings_1");
ASSAY_STATIC_ASSERT(offsetof(assay_settings_1, check) == 0, "layout of assay_settings_1");
