/* Extension scoring/1: figures over the answers of a checklist. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>
#include <assay/stream.h>

#define ASSAY_SCORING_1 "scoring/1"

/* Frozen. Of static lifetime. */
typedef struct assay_scoring_1 {
  /* [call] Writes {"scores": [...]} as sdk/schema/scores.json describes it, for `input`, which is as
   * sdk/schema/scoring-input.json says: one score for each of its sets of answers, in any order. Values lie within the
   * bounds of the manifest; a set that cannot be scored, an empty one for instance, has no value. The order of the
   * answers says nothing, and the same input gives the same scores every time. */
  assay_status (*score)(const assay_call* call, assay_string input, const assay_writer* out);
} assay_scoring_1;

ASSAY_STATIC_ASSERT(sizeof(assay_scoring_1) == 8, "layout of assay_scoring_1");
ASSAY_STATIC_ASSERT(offsetof(assay_scoring_1, score) == 0, "layout of assay_scoring_1");
