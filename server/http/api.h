// What handlers work with: the parts of the server that all requests share, and who asks this time.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/catalogues.h"
#include "commands/context.h"
#include "commands/deliveries.h"
#include "commands/notes.h"
#include "commands/readings.h"
#include "commands/sign_in.h"
#include "commands/travel.h"
#include "commands/webhooks.h"
#include "http/body_members.h"
#include "http/description.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"
#include "http/server.h"
#include "plugins/registry.h"

namespace prometheus {
class Registry;
}

namespace assay {

class OfferedCatalogues;
class EventBells;

/// Shared by all requests; outlives the HTTP server; everything in it is thread-safe.
struct Service {
  Context& context;
  Catalogues& catalogues;
  const PluginRegistry& plugins;
  OfferedCatalogues& offered;
  EventBells& bells;
  SignInSettings sign_in;
  SignInThrottle& throttle;
  UrlRule webhook_url;  // what is wrong with a receiver's URL, or nothing
  int webhook_limit = usual_webhook_limit;
  // How much people read by grants.
  std::shared_ptr<ReadingThrottle> readings = std::make_shared<ReadingThrottle>(usual_readings);
  std::shared_ptr<Description> description = std::make_shared<Description>();
  std::size_t import_rows = 1000;       // of a table
  std::size_t case_file_rows = 20'000;  // of the file of a case
  NoteLimits note_limits = {};          // of working notes
  std::int64_t search_catch_up = 500;   // events that a search brings into the index
  std::string version;                  // of this release
  bool demo = false;                    // a demo data folder: its log-ins are shown on the start page
  std::string security_contact = {};    // URI for security.txt (RFC 9116); empty: none is served
  std::int64_t upload_limit;            // bytes
  std::shared_ptr<prometheus::Registry> metrics;
  Deliveries& deliveries;
  std::vector<PluginStatus> absent_plugins = {};  // installed packages whose files were not there at the start
  Travel travel = {};                             // empty: the clock is that of the machine
  const std::atomic<bool>& stopped;  // the store has stopped: nothing more can be written, the process ends
};

/// One request's view of the server.
class Api {
 public:
  explicit Api(const Service& service) : service_(service) {}
  Api(const Service& service, std::shared_ptr<const Principal> who) : service_(service), who_(std::move(who)) {}

  const Service& service() const { return service_; }
  Context& context() const { return service_.context; }
  bool signed_in() const { return who_ != nullptr; }
  /// Who asks. Only on routes with Access::signed_in, where the dispatch has seen to it.
  const Principal& who() const { return *who_; }

 private:
  const Service& service_;
  std::shared_ptr<const Principal> who_;
};

/// The dispatch of the server: authenticates by Authorization or session cookie, holds Access::signed_in and the scope
/// (read for GET, else write), demands X-CSRF-Token and the same site for writes that rest on a cookie, calls the
/// handler.
Dispatch dispatch_for(const Service& service);
/// Authenticates and asks whether the person may attach evidence there before a single byte is stored. What carries an
/// Idempotency-Key that the person has used is let through: a repetition gets the answer that is kept, whatever has
/// become of the record, and anything else is refused once its body is known.
OpenUpload open_upload_for(const Service& service);
/// The commands of a type whose forms begin with figures, which are counted for each answer.
TakesLong takes_long_for(const Service& service);

inline constexpr std::string_view session_cookie = "assay_session";

/// The call of a write: If-Match (a version ETag "v<n>") and Idempotency-Key as the request has them.
/// Refuses as malformed when one of them cannot be read.
Result<Call> call_of(const Api& api, const Request& request);

/// The language for labels: `?lang=`, else Accept-Language, else the person's, else English.
std::string language_of(const Api& api, const Request& request);

/// The sentences of unmet guards, and of fields that say theirs as wordings, in `language`; English ones stay as they
/// are.
Refusal translated(Refusal refusal, const WorkflowSet& set, std::string_view language);

/// ETag of a version, "v<n>".
std::string version_etag(std::int64_t version);

}  // namespace assay
