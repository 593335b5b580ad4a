// What is fuzzed: the parsers of what strangers send, each with properties that hold for every input.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domain/check.h"
#include "domain/json.h"
#include "domain/refusal.h"

namespace assay::fuzz {

/// A property does not hold: what() names it.
struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

/// Throws Broken unless `holds`; `seen` says of what.
void require(bool holds, std::string_view property, std::string_view seen = {});

struct Target {
  std::string_view name;  // of its folder in corpus/ and its file in dictionary/
  void (*run)(std::string_view input);
};

/// All of them.
std::span<const Target> targets();
/// Null when there is none of that name.
const Target* find_target(std::string_view name);

// Each takes any bytes and throws Broken when a property does not hold. Anything else that comes out of it is a
// finding too.

/// Definitions: what the loader takes, the checks judge and the engine can run; each flaw has its place in a file.
/// `input`: "@@ PATH" or "@@ PATH#POINTER" on a line of its own, then what is put there in the small set of the tests.
void run_definitions(std::string_view input);
/// Bodies of commands of the shipped definitions. `input`: "TYPE.COMMAND" and a line end, then the body.
void run_bodies(std::string_view input);
/// Requests as bytes of a connection: the end of the head, the head, the target, the body.
void run_requests(std::string_view input);
/// Settings of a webhook: the body of a request, a URL, an address or a range of them.
void run_webhooks(std::string_view input);
/// Tables in CSV.
void run_tables(std::string_view input);
/// Plugin packages. `input`: the bytes of a file; or "tar" and a line end, then a tar archive, which is compressed; or
/// "entries" and a line end, then "@@ TYPE NAME" on a line of its own (file, folder, link, hard, pipe, device) before
/// the bytes of each, or where it leads. In a manifest there HASH(name) and SIZE(name) stand for those of an entry.
void run_packages(std::string_view input);

/// True for the form of RFC 6901: empty, or segments behind slashes with ~0 and ~1 as the only escapes.
bool is_pointer(std::string_view text);
/// Each field that a refusal names is a pointer to a value of `input`, or to a member that one of its objects lacks.
void require_places(const std::vector<InvalidField>& fields, const Json& input);

}  // namespace assay::fuzz
