// A definition as an input of other people's tools: drawn by Graphviz, run by XState or by an SCXML interpreter.
#pragma once

#include <string>
#include <string_view>

#include "domain/definition.h"

namespace assay {

/// A `digraph` in the language of Graphviz with the labels of `language`: every command on its arrows, as in
/// export_mermaid(); commands that keep the state point back at it. Same definition, same text.
std::string export_dot(const Definition& definition, std::string_view language);

/// A machine of XState 5 as JSON, for createMachine(). It begins in `unmade`, from where the commands that make a
/// record lead; the states of a definition have its groups as tags. Each command is an event, also one that a timer
/// gives: when that is due is the host's affair. What a command asks for is one condition of its name, which the host
/// provides; its parameters say who gives it, who confirms it, and each guard. Effects are actions. Definitions have no
/// parallel or nested states: neither has the machine.
std::string export_xstate(const Definition& definition);

/// The same machine in SCXML (W3C Recommendation of 2015-09-01) with the data model of ECMAScript. The condition of a
/// command is `!unmet.COMMAND`: everything is met until the host says otherwise in the data `unmet`. What a condition
/// stands for is in attributes of the namespace `urn:assay:workflow`, which interpreters pass over.
std::string export_scxml(const Definition& definition);

}  // namespace assay
