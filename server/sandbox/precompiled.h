// What most of this layer includes, compiled once; the plugin host is to stay small, so there is little.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
