// What every test includes, compiled once.
#pragma once

#include <catch2/catch_all.hpp>

#include "precompiled.h"
