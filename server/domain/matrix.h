// A definition as a text table for reviews: who may do what in which state, and on what conditions.
#pragma once

#include <string>

#include "domain/definition.h"

namespace assay {

/// The golden matrix: states with their commands, next states, roles and second persons; below it what each command
/// needs, requires and does, and the timers. English names, no labels: a change of policy shows, a change of wording
/// does not. Same definition, same text.
std::string matrix(const Definition& definition);

/// What its records grant, and to whom; empty when nothing.
std::string grants_text(const Definition& definition);
/// By which sessions its records engage people, and while they are in which states; empty when they do not.
std::string engages_text(const Definition& definition);

}  // namespace assay
