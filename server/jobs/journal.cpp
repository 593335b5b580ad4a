// How background work tells what it did.
#include "jobs/journal.h"

#include <spdlog/spdlog.h>

#include "storage/store.h"

namespace assay {

void Journal::write(Severity severity, std::string_view what, Json fields) const {
  if (!log) return;
  fields["what"] = what;
  const std::string line = fields.dump(-1, ' ', false, Json::error_handler_t::replace);
  switch (severity) {
    case Severity::info:
      return log->info(line);
    case Severity::warning:
      return log->warn(line);
    case Severity::error:
      return log->error(line);
  }
}

void Journal::write_exception(std::string_view what, Json fields) const {
  try {
    throw;
  } catch (const StoreStopped& stopped) {
    fields["reason"] = stopped.what();
    write(Severity::error, what, std::move(fields));
    if (give_up) give_up(stopped.what());
  } catch (const std::exception& error) {
    fields["reason"] = error.what();
    write(Severity::error, what, std::move(fields));
  }
}

}  // namespace assay
