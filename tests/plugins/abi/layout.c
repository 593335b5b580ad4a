/* Prints the layout of the plugin ABI: every struct with its size, every member with its offset and size, every
 * constant. The test holds it against tests/plugins/golden/abi-1.txt, which only grows. */
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
#include <stdio.h>

#define STRUCT(type) printf("struct %s %zu\n", #type, sizeof(type))
#define MEMBER(type, member) printf("  %s %zu %zu\n", #member, offsetof(type, member), sizeof(((const type*)0)->member))

static void constants(void) {
  printf("ASSAY_ABI_MAJOR %llu\n", (unsigned long long)ASSAY_ABI_MAJOR);
  printf("ASSAY_ABI_MINOR %llu\n", (unsigned long long)ASSAY_ABI_MINOR);
  printf("ASSAY_OK %llu\n", (unsigned long long)ASSAY_OK);
  printf("ASSAY_FAILED %llu\n", (unsigned long long)ASSAY_FAILED);
  printf("ASSAY_UNSUPPORTED %llu\n", (unsigned long long)ASSAY_UNSUPPORTED);
  printf("ASSAY_INVALID %llu\n", (unsigned long long)ASSAY_INVALID);
  printf("ASSAY_CANCELLED %llu\n", (unsigned long long)ASSAY_CANCELLED);
  printf("ASSAY_LIMIT %llu\n", (unsigned long long)ASSAY_LIMIT);
  printf("ASSAY_OUT_OF_MEMORY %llu\n", (unsigned long long)ASSAY_OUT_OF_MEMORY);
  printf("ASSAY_APPLICABILITY_1 \"%s\"\n", ASSAY_APPLICABILITY_1);
  printf("ASSAY_CHECKLIST_1 \"%s\"\n", ASSAY_CHECKLIST_1);
  printf("ASSAY_GUARD_1 \"%s\"\n", ASSAY_GUARD_1);
  printf("ASSAY_CLOCK_1 \"%s\"\n", ASSAY_CLOCK_1);
  printf("ASSAY_EVIDENCE_1 \"%s\"\n", ASSAY_EVIDENCE_1);
  printf("ASSAY_LOG_1 \"%s\"\n", ASSAY_LOG_1);
  printf("ASSAY_LOG_DEBUG %llu\n", (unsigned long long)ASSAY_LOG_DEBUG);
  printf("ASSAY_LOG_INFO %llu\n", (unsigned long long)ASSAY_LOG_INFO);
  printf("ASSAY_LOG_WARNING %llu\n", (unsigned long long)ASSAY_LOG_WARNING);
  printf("ASSAY_LOG_ERROR %llu\n", (unsigned long long)ASSAY_LOG_ERROR);
  printf("ASSAY_RESOURCE_1 \"%s\"\n", ASSAY_RESOURCE_1);
  printf("ASSAY_RNG_1 \"%s\"\n", ASSAY_RNG_1);
  printf("ASSAY_MIGRATE_1 \"%s\"\n", ASSAY_MIGRATE_1);
  printf("ASSAY_REPORT_1 \"%s\"\n", ASSAY_REPORT_1);
  printf("ASSAY_SAMPLING_1 \"%s\"\n", ASSAY_SAMPLING_1);
  printf("ASSAY_SCORING_1 \"%s\"\n", ASSAY_SCORING_1);
  printf("ASSAY_SETTINGS_1 \"%s\"\n", ASSAY_SETTINGS_1);
  printf("ASSAY_TICKET_1 \"%s\"\n", ASSAY_TICKET_1);
  printf("ASSAY_SIGNATURE %llu\n", (unsigned long long)ASSAY_SIGNATURE);
  printf("ASSAY_ENTRY_SYMBOL \"%s\"\n", ASSAY_ENTRY_SYMBOL);
}

static void structs(void) {
  STRUCT(assay_string);
  MEMBER(assay_string, data);
  MEMBER(assay_string, length);
  STRUCT(assay_applicability_1);
  MEMBER(assay_applicability_1, applicable);
  STRUCT(assay_checklist_1);
  MEMBER(assay_checklist_1, catalogues);
  STRUCT(assay_guard_1);
  MEMBER(assay_guard_1, judge);
  STRUCT(assay_clock_1);
  MEMBER(assay_clock_1, now_ms);
  STRUCT(assay_evidence_1);
  MEMBER(assay_evidence_1, read);
  STRUCT(assay_log_1);
  MEMBER(assay_log_1, log);
  STRUCT(assay_resource_1);
  MEMBER(assay_resource_1, read);
  STRUCT(assay_rng_1);
  MEMBER(assay_rng_1, next);
  MEMBER(assay_rng_1, seed);
  STRUCT(assay_migrate_1);
  MEMBER(assay_migrate_1, map);
  STRUCT(assay_report_1);
  MEMBER(assay_report_1, render);
  STRUCT(assay_sampling_1);
  MEMBER(assay_sampling_1, sample);
  STRUCT(assay_scoring_1);
  MEMBER(assay_scoring_1, score);
  STRUCT(assay_settings_1);
  MEMBER(assay_settings_1, check);
  STRUCT(assay_ticket_1);
  MEMBER(assay_ticket_1, requests);
  STRUCT(assay_host);
  MEMBER(assay_host, struct_size);
  MEMBER(assay_host, abi_minor);
  MEMBER(assay_host, context);
  MEMBER(assay_host, name);
  MEMBER(assay_host, version);
  MEMBER(assay_host, get_extension);
  STRUCT(assay_call);
  MEMBER(assay_call, struct_size);
  MEMBER(assay_call, reserved);
  MEMBER(assay_call, context);
  MEMBER(assay_call, language);
  MEMBER(assay_call, cancelled);
  MEMBER(assay_call, deadline_ms);
  MEMBER(assay_call, progress);
  MEMBER(assay_call, fail);
  MEMBER(assay_call, settings);
  STRUCT(assay_magic);
  MEMBER(assay_magic, signature);
  MEMBER(assay_magic, struct_size);
  MEMBER(assay_magic, abi_major);
  MEMBER(assay_magic, abi_minor);
  MEMBER(assay_magic, sdk_version);
  STRUCT(assay_plugin);
  MEMBER(assay_plugin, magic);
  MEMBER(assay_plugin, id);
  MEMBER(assay_plugin, version);
  MEMBER(assay_plugin, init);
  MEMBER(assay_plugin, deinit);
  MEMBER(assay_plugin, get_extension);
  STRUCT(assay_writer);
  MEMBER(assay_writer, context);
  MEMBER(assay_writer, write);
}

int main(void) {
  constants();
  structs();
  return 0;
}
