/* Extension applicability/1: which items of a catalogue concern an organisation. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>
#include <assay/stream.h>

#define ASSAY_APPLICABILITY_1 "applicability/1"

/* Frozen. Of static lifetime. */
typedef struct assay_applicability_1 {
  /* [call] Writes {"items": [...]} as sdk/schema/applicability.json describes it, for `input`, which is as
   * sdk/schema/applicability-input.json says: every item of its catalogue once, with whether it applies, and why not.
   * A fact that is not there is unknown: an item applies unless the facts speak against it. */
  assay_status (*applicable)(const assay_call* call, assay_string input, const assay_writer* out);
} assay_applicability_1;

ASSAY_STATIC_ASSERT(sizeof(assay_applicability_1) == 8, "layout of assay_applicability_1");
ASSAY_STATIC_ASSERT(offsetof(assay_applicability_1, applicable) == 0, "layout of assay_applicability_1");
