// From settings to the settings of each part.
#pragma once

#include "cli/settings.h"
#include "commands/sign_in.h"
#include "http/server.h"
#include "integrations/outbound.h"
#include "integrations/web_url.h"
#include "jobs/delivery_worker.h"
#include "jobs/housekeeping.h"
#include "plugins/plugin.h"

namespace assay {

/// Each throws SettingError when a value is not acceptable.
ServerSettings server_settings(const SettingValues& values);
/// `by_route`, and besides all requests while no connection to read `store` is free: an event loop that waited for one
/// would keep all its clients waiting.
TakesLong takes_long_without_reader(Store& store, TakesLong by_route);
/// A demo listens where only this machine can reach it.
void refuse_open_demo(const SettingValues& values);
SignInSettings sign_in_settings(const SettingValues& values);
OutboundSettings outbound_settings(const SettingValues& values);
UrlRules url_rules(const SettingValues& values);
DeliverySettings delivery_settings(const SettingValues& values);
PluginHost plugin_host(const SettingValues& values);
/// Where a program that comes with this one lies: beside it, or where it is installed.
std::filesystem::path part_of_program(std::string_view name);

}  // namespace assay
