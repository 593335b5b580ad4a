// What a definition says about its machine, read from its file: the transition relation to hold exports against.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

/** The state of a record that is not made yet. */
export const unmade = "unmade";

const listed = (names) => `[${names.join(", ")}]`;

/** How a diagram labels a command: "Issue [lead_auditor] + [top_management] if linked_all". */
function labelOf(command) {
  const second = command.second?.length ? ` + ${listed(command.second)}` : "";
  const guards = command.guards?.length ? ` if ${command.guards.map((use) => use.guard).join(", ")}` : "";
  return `${command.label} ${listed(command.by)}${second}${guards}`;
}

/** The states that names and #groups stand for. */
function statesOf(names, states) {
  const meant = names.flatMap((name) =>
    name.startsWith("#") ? Object.keys(states).filter((state) => states[state].is?.includes(name.slice(1))) : [name],
  );
  return [...new Set(meant)];
}

/** The transitions of one command. Each state that may be adopted is an event of its own: "adopt.running". */
function transitionsOf(name, command, states) {
  const to = (from, event, state) => ({ from, event, command: name, to: state, label: labelOf(command) });
  if (command.adopts) return Object.keys(command.adopts.states).map((state) => to(unmade, `${name}.${state}`, state));
  if (command.from.length === 0) return [to(unmade, name, command.to)];
  return statesOf(command.from, states).map((from) => to(from, name, command.to ?? from));
}

function definitionOf(type, { states, commands }) {
  return {
    type,
    states: [unmade, ...Object.keys(states)],
    ends: Object.keys(states).filter((state) => states[state].end),
    commands: Object.keys(commands),
    transitions: Object.entries(commands).flatMap(([name, command]) => transitionsOf(name, command, states)),
  };
}

/**
 * Every record type in the folders of `workflows`:
 * {type, states, ends, commands, transitions: [{from, event, command, to, label}]}.
 */
export function readDefinitions(workflows) {
  const folders = readdirSync(workflows, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .flatMap(({ name }) => readdirSync(join(workflows, name)).map((file) => join(workflows, name, file)))
    .filter((file) => file.endsWith(".json"))
    .map((file) => [basename(file, ".json"), JSON.parse(readFileSync(file, "utf8"))])
    .filter(([, json]) => json.workflow && json.states && json.commands)
    .map(([type, json]) => definitionOf(type, json));
}
