/* Extension checklist/1: catalogues of audit questions. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>
#include <assay/stream.h>

#define ASSAY_CHECKLIST_1 "checklist/1"

/* Frozen. Of static lifetime. */
typedef struct assay_checklist_1 {
  /* [call] Writes {"catalogues": [...]} as sdk/schema/checklist.json describes it, in the call's language; at most
   * 8 MiB. The ids are those that the manifest names. Identifiers and their order do not depend on the language, and
   * the same plugin version and language give the same bytes every time: audits are pinned to the hash of a catalogue.
   */
  assay_status (*catalogues)(const assay_call* call, const assay_writer* out);
} assay_checklist_1;

ASSAY_STATIC_ASSERT(sizeof(assay_checklist_1) == 8, "layout of assay_checklist_1");
