/* Extension migrate/1: from one version of a catalogue to another. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>
#include <assay/stream.h>

#define ASSAY_MIGRATE_1 "migrate/1"

/* Frozen. Of static lifetime. */
typedef struct assay_migrate_1 {
  /* [call] Writes {"mapping": [...], "new": [...]} as sdk/schema/mapping.json describes it, for `input`, which is as
   * sdk/schema/migrate-input.json says: where every question of the old version has gone, and which of the new one come
   * from none. It is a proposal: a person accepts it, and until then the audit keeps what it has. */
  assay_status (*map)(const assay_call* call, assay_string input, const assay_writer* out);
} assay_migrate_1;

ASSAY_STATIC_ASSERT(sizeof(assay_migrate_1) == 8, "layout of assay_migrate_1");
ASSAY_STATIC_ASSERT(offsetof(assay_migrate_1, map) == 0, "layout of assay_migrate_1");
