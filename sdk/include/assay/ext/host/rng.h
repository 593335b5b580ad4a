/* Host extension rng/1: chance that can be repeated. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>

#define ASSAY_RNG_1 "rng/1"

/* Frozen. Valid until deinit has returned. */
typedef struct assay_rng_1 {
  /* [call] The next number of the running call: SplitMix64 from the seed that is kept with the audit, beginning anew
   * with each call. ASSAY_UNSUPPORTED when the call has no seed. For a number below n, throw away those that are not
   * below the largest multiple of n, and take the remainder. state := state + 0x9E3779B97F4A7C15        (all modulo
   * 2^64) z := state; z := (z xor (z >> 30)) * 0xBF58476D1CE4E5B9; z := (z xor (z >> 27)) * 0x94D049BB133111EB the
   * number is z xor (z >> 31) */
  assay_status (*next)(const assay_call* call, uint64_t* number);

  /* [call] That seed, to be printed with the result. */
  assay_status (*seed)(const assay_call* call, uint64_t* seed);
} assay_rng_1;

ASSAY_STATIC_ASSERT(sizeof(assay_rng_1) == 16, "layout of assay_rng_1");
ASSAY_STATIC_ASSERT(offsetof(assay_rng_1, seed) == 8, "layout of assay_rng_1");
