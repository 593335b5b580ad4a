/* A library that takes each struct of the plugin ABI, so that abidiff sees all types behind them, those of the
 * functions that they point to included. The test holds it against tests/plugins/golden/abi-1.abi. */
#include <assay/abi.h>
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
#include <assay/host.h>
#include <assay/plugin.h>
#include <assay/stream.h>

#define TAKE(type)                     \
  void take_##type(const type* taken); \
  void take_##type(const type* taken) { (void)taken; }

TAKE(assay_string)
TAKE(assay_applicability_1)
TAKE(assay_checklist_1)
TAKE(assay_guard_1)
TAKE(assay_clock_1)
TAKE(assay_evidence_1)
TAKE(assay_log_1)
TAKE(assay_resource_1)
TAKE(assay_rng_1)
TAKE(assay_migrate_1)
TAKE(assay_report_1)
TAKE(assay_sampling_1)
TAKE(assay_scoring_1)
TAKE(assay_settings_1)
TAKE(assay_ticket_1)
TAKE(assay_host)
TAKE(assay_call)
TAKE(assay_magic)
TAKE(assay_plugin)
TAKE(assay_writer)
